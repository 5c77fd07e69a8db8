from collections.abc import Iterator

from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.requirement import Hash, Requirement


@rule("pip-unsorted", severity=Severity.NOTE)
def check(requirement: Requirement) -> Iterator[Problem]:
    r"""
    The hashes of a requirement are not in order.

    pip-compile and uv write hashes sorted, and `--fix` does. In a sorted list a change is seen for what it is.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 \
        --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a \
        --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```
    """
    if requirement.tidy:
        return
    hashes = requirement.given
    ordered = sorted(hashes, key=lambda one: (one.algorithm, one.text.lower()))
    if ordered == list(hashes) or any(hash.digest is None for hash in hashes):
        return
    first = next(hash for hash, other in zip(hashes, ordered, strict=True) if hash != other)
    yield Problem(first.span, "the hashes are not sorted", help="sort them", fix=_sort(requirement, ordered))


def _sort(requirement: Requirement, ordered: list[Hash]) -> Fix | None:
    if requirement.slot is None:
        return None
    source = requirement.origin.source
    edits = [
        Edit(Location(source, hash.span), source.data[other.span.start : other.span.end])
        for hash, other in zip(requirement.given, ordered, strict=True)
        if hash != other
    ]
    return Fix("sort the hashes", tuple(edits), Applicability.SAFE)
