from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.ignore import ExpiredIgnore


@rule("core-expired-ignore", severity=Severity.WARNING, in_comments=False)
def check(ignore: ExpiredIgnore) -> Iterator[Problem]:
    """
    An ignore of the configuration has expired, and what it set aside is still there.

    From the day in `expires` on the findings are reported again. Mend them, or give the ignore a new day and say why.

    Bad:
    ```toml
    [[tool.verifychain.ignores]]
    rule = "image-unpinned"
    paths = ["docs/**"]
    reason = "the docs image is not shipped"
    expires = 2020-01-01
    ```

    Good:
    ```toml
    [[tool.verifychain.ignores]]
    rule = "image-unpinned"
    paths = ["docs/**"]
    reason = "the docs image is not shipped"
    expires = 2099-01-01
    ```
    """
    message = f"the ignore of {ignore.rule} expired on {ignore.expires}: {ignore.reason}"
    yield Problem(ignore.span, message, help="mend the findings, or set a new day")
