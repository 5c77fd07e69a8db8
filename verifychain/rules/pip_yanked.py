from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.rules._hashes import release_of


@rule("pip-yanked", severity=Severity.WARNING)
def check(requirement: Requirement, index: PackageIndex) -> Iterator[Problem]:
    """
    The release was taken back by its authors.

    A yanked file is still installed where its version is pinned exactly. The reason, where one was given, often is a
    security fault or a broken build. Runs with `--online` only.

    Bad:
    ```requirements
    foo==1.0
    ```

    Good:
    ```requirements
    foo==1.1
    ```
    """
    release = release_of(requirement, index)
    if release is None:
        return
    taken = [file for file in release.files if file.yanked is not None]
    pinned = any(not requirement.digests.isdisjoint(file.digests) for file in taken)
    if taken and (pinned or len(taken) == len(release.files)):
        reason = next((file.yanked for file in taken if file.yanked), "")
        said = f": {reason}" if reason else ", no reason given"
        message = f"{requirement.name} {requirement.version} is yanked{said}"
        yield Problem(requirement.name_span, message, help="pin another version")
