from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.ignore import UnknownRule


@rule("core-unknown-rule", severity=Severity.WARNING, in_comments=False)
def check(unknown: UnknownRule) -> Iterator[Problem]:
    """
    An ignore names a rule that does not exist, or none.

    It ignores nothing, and whoever wrote it believes that it does. There is no form that ignores all rules: one is
    written for what somebody looked at.

    Bad:
    ```dockerfile
    # verifychain: ignore[image-unpined] built by us an hour earlier
    FROM registry.internal/base:today@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Bad:
    ```dockerfile
    # verifychain: ignore
    FROM registry.internal/base:today@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    # verifychain: ignore[image-unpinned] built by us an hour earlier
    FROM registry.internal/base:today
    ```
    """
    if not unknown.rule:
        help = "write the ids of the rules in brackets, and why: ignore[image-unpinned] built by us"
        yield Problem(unknown.span, "this ignore names no rule, and ignores nothing", help=help)
        return
    yield Problem(unknown.span, f"no rule is called {unknown.rule!r}", help=unknown.hint)
