from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download


@rule("download-mutable-git-ref", severity=Severity.WARNING)
def check(download: Download) -> Iterator[Problem]:
    """
    A git repository is fetched at a branch, a tag or an abbreviated commit.

    Branches move, tags can be moved, and a short commit id can come to mean another commit. Only the full commit id
    (40 or 64 hexadecimal digits) names the content.

    Bad:
    ```dockerfile
    FROM scratch
    ADD https://github.com/moby/buildkit.git#v0.10.1 /src
    ```

    Good:
    ```dockerfile
    FROM scratch
    ADD https://github.com/moby/buildkit.git#0123456789012345678901234567890123456789 /src
    ```
    """
    git = download.git
    if git is None or git.is_commit or download.grade not in (Grade.UNPINNED, Grade.UNCHECKED):
        return
    what = "the default branch" if git.ref is None else f"`{git.ref}`"
    yield Problem(
        download.name_span,
        f"git is fetched at {what}, which can move",
        help="use the full commit id as the ref, and say the tag in a comment",
        related=download.chain,
    )
