from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.ignore import UnusedIgnore


@rule("core-unused-ignore", severity=Severity.WARNING, in_comments=False)
def check(ignore: UnusedIgnore) -> Iterator[Problem]:
    """
    An ignore sets no finding aside.

    What it was written for is mended, or it stands in the wrong place. Left alone it would hide the next finding of
    that rule, which nobody looked at. An ignore counts for its own logical line and the one directly below; it is only
    reported where the rule that it names ran.

    Bad:
    ```dockerfile
    # verifychain: ignore[image-unpinned] built by us an hour earlier
    FROM debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    # verifychain: ignore[image-unpinned] built by us an hour earlier
    FROM registry.internal/base:today
    ```
    """
    yield Problem(ignore.span, f"{ignore.rule}: {ignore.why}", help="remove it from the ignore")
