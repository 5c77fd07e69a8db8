from collections.abc import Iterator

from verifychain.core.finding import Problem, Related
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement


@rule("pip-conflicting-constraint", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    A constraint has other hashes than the requirement.

    pip heeds the hashes of the requirement and ignores those of the constraint; uv refuses. Whichever of the two was
    meant to protect, one of them does not.

    Bad:
    ```requirements
    --require-hashes
    -c constraints.txt
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    ```constraints
    idna==3.10 --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.in_constraints or not requirement.others or not requirement.digests:
        return
    for other in requirement.others:
        if other.in_constraints and other.overlaps and other.hashes and other.hashes.isdisjoint(requirement.digests):
            yield Problem(
                requirement.name_span,
                "none of its hashes is one of the constraint's, which pip ignores and uv does not",
                help="state the same hashes in both, or only here",
                related=(Related(other.location, "constrained here"),),
            )
            return
