from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement


@rule("pip-on-two-indexes", severity=Severity.WARNING)
def check(requirement: Requirement, index: PackageIndex) -> Iterator[Problem]:
    """
    More than one index has the project.

    pip takes the highest version of either, and of the same version whichever file it meets first. If the project is
    yours, register its name on the public index, or take everything from one. Runs with `--online` only.

    Bad:
    ```requirements
    --extra-index-url https://index.example/simple
    foo==1.0
    ```

    Good:
    ```requirements
    --index-url https://index.example/simple
    foo==1.0
    ```
    """
    if not requirement.listed_in_index or requirement.in_constraints:
        return
    release = index.release(requirement.name or "", requirement.version or "0", requirement.places)
    if len(release.indexes) > 1:
        message = f"{requirement.name} is on {' and on '.join(release.indexes)}"
        yield Problem(requirement.name_span, message, help="take it from one index, or pin it with hashes")
