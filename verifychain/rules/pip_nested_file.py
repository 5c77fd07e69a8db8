from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Include


@rule("pip-nested-file", severity=Severity.ERROR)
def check(include: Include) -> Iterator[Problem]:
    """
    A file that is included is missing, or was not checked.

    `-r` and `-c` are looked for beside the file that names them. A missing file, or one that leads back to itself,
    stops pip. What lies behind a URL or outside of the project is read by pip, and was not checked here.

    Bad:
    ```requirements
    -r missing.txt
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if include.fault:
        severity = None if include.refused else Severity.WARNING
        hint = "mend the path" if include.refused else "keep the file in this project"
        stops = ": pip stops there" if include.refused and "pip" not in include.fault else ""
        yield Problem(include.target_span, include.fault + stops, help=hint, severity=severity)
