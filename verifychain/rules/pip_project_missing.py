from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement


@rule("pip-project-missing", severity=Severity.ERROR)
def check(requirement: Requirement, index: PackageIndex) -> Iterator[Problem]:
    """
    No index has the project.

    The name is mistyped, or the index is not the one that is meant. Whoever registers the name on that index later
    decides what is installed. Runs with `--online` only.

    Bad:
    ```requirements
    fooo==1.0
    ```

    Good:
    ```requirements
    foo==1.0
    ```
    """
    if not requirement.listed_in_index or requirement.in_constraints:
        return
    release = index.release(requirement.name or "", requirement.version or "0", requirement.places)
    if not release.indexes:
        yield Problem(requirement.name_span, f"no index has a project {requirement.name}", help="check the name")
