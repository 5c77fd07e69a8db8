from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.rules._hashes import release_of


@rule("pip-version-missing", severity=Severity.ERROR)
def check(requirement: Requirement, index: PackageIndex) -> Iterator[Problem]:
    """
    No index has the version.

    The version was never published, or was deleted; whoever owns the project can publish it at any time. Runs with
    `--online` only.

    Bad:
    ```requirements
    foo==9999.0
    ```

    Good:
    ```requirements
    foo==1.0
    ```
    """
    release = release_of(requirement, index)
    if release is not None and release.indexes and not release.files and not release.local:
        message = f"no index has a file of {requirement.name} {requirement.version}"
        yield Problem(requirement.name_span, message, help="pin a version that is published")
