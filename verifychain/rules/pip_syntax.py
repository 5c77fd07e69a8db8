from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import SyntaxFault


@rule("pip-syntax", severity=Severity.ERROR)
def check(fault: SyntaxFault) -> Iterator[Problem]:
    """
    Pip cannot read a line.

    pip stops at the first such line and installs nothing. A tab in front of `--hash`, a blank behind a backslash, or a
    backslash with no blank on either side of the joint look right and are not; they are mended by `--fix`.
    What pip takes and uv refuses (abbreviated or glued options, quotes, two backslashes) is a warning.

    Bad:
    ```requirements
    --require-hashes
    idna=3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    fix = Fix(fault.title, fault.edits, Applicability.SAFE) if fault.edits else None
    severity = Severity.WARNING if fault.only_uv else None
    yield Problem(fault.mark, fault.message, help=fault.hint, fix=fix, severity=severity)
