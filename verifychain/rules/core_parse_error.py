from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.broken import Broken


@rule("core-parse-error", severity=Severity.ERROR, in_comments=False)
def check(broken: Broken) -> Iterator[Problem]:
    """
    A file, or a part of it, cannot be read as its format.

    The program that the file is written for would refuse it here, or read it differently from what it seems to say.
    What stands behind the fault was not judged, so the file is not known to be safe. Text of a template that is filled
    in before the file is used is reported as a note: the rest of the file was judged.

    Bad:
    ```dockerfile
    FROM debian:12 # bookworm
    ```

    Good:
    ```dockerfile
    # bookworm
    FROM debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    severity = Severity.NOTE if broken.template else None
    yield Problem(broken.span, broken.message, help=broken.hint, severity=severity)
