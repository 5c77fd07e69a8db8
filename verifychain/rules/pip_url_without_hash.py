from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Kind, Requirement


@rule("pip-url-without-hash", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    r"""
    A package is taken from a URL or a file without a hash.

    Whoever controls the server can replace the file. State its sha256: as `--hash`, or as `#sha256=…` at the end of the
    URL. Of a fragment pip heeds only `name=digest`; it takes `#sha256:…` and algorithms that it does not know for
    nothing.

    Bad:
    ```requirements
    idna @ https://files.example/idna-3.10-py3-none-any.whl
    ```

    Good:
    ```requirements
    idna @ https://files.example/idna-3.10-py3-none-any.whl \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.kind is Kind.ARCHIVE and not requirement.editable and not requirement.hashes:
        refused = ": pip refuses it here" if requirement.mode.on else ""
        yield Problem(
            requirement.name_span,
            f"no hash for the file that is fetched{refused}",
            help="append --hash=sha256:… (`verifychain digest` prints it)",
        )
