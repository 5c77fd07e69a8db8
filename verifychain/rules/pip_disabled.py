from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import HashesDisabled


@rule("pip-disabled", severity=Severity.ERROR)
def check(disabled: HashesDisabled) -> Iterator[Problem]:
    """
    The file switches the checking of hashes off.

    `--no-require-hashes` (pip ≥ 26.2) lets requirements without a hash through, in this file and in all that are read
    with it. Hashes that are there are still checked; older versions of pip refuse the line.

    Bad:
    ```requirements
    --no-require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    yield Problem(
        disabled.span,
        "requirements without a hash are let through by pip ≥ 26.2; earlier ones refuse the line",
        help="remove the line",
    )
