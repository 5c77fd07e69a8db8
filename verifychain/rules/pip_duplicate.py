from collections.abc import Iterator

from verifychain.core.finding import Applicability, Edit, Fix, Problem, Related
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.requirement import Other, Requirement


@rule("pip-duplicate", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    r"""
    A project is required more than once.

    pip takes the hashes of the line that it reads first and ignores those of later ones, uv takes the last; with
    different versions pip refuses the file. Lines whose markers never hold on one machine are fine. A repetition that
    says the same is a warning, and `--fix` removes it where it is identical.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    Idna==3.10 --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a \
        --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```
    """
    for other in requirement.others:
        if not other.earlier or not other.overlaps or other.in_constraints != requirement.in_constraints:
            continue
        same = other.specifiers == requirement.specifiers and other.hashes == requirement.digests
        yield Problem(
            requirement.name_span,
            f"{requirement.name} is required twice, with the same {_what(requirement)}"
            if same
            else _different(requirement, other),
            help="keep one line" if same else "write one line with one version and all hashes",
            fix=_drop(requirement) if other.identical else None,
            related=(Related(other.location, "first required here"),),
            severity=Severity.WARNING if same else None,
        )
        return


def _what(requirement: Requirement) -> str:
    return "version and hashes" if requirement.hashes else "version"


def _different(requirement: Requirement, other: Other) -> str:
    if other.specifiers != requirement.specifiers:
        return f"{requirement.name} is required twice, with different versions: pip refuses that"
    return f"{requirement.name} is required twice, with different hashes: pip heeds the first line's, uv the last's"


def _drop(requirement: Requirement) -> Fix:
    edit = Edit(Location(requirement.origin.source, requirement.lines), b"")
    return Fix("remove the repetition", (edit,), Applicability.SAFE)
