from collections.abc import Iterator

from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Span
from verifychain.facts.requirement import Hash, Requirement
from verifychain.rules._hashes import behind_gap

_MOST = 50  # of one requirement, which is enough to see what happened


@rule("pip-repeated-hash", severity=Severity.NOTE)
def check(requirement: Requirement) -> Iterator[Problem]:
    r"""
    A requirement has the same hash twice.

    It changes nothing, and makes the file harder to review. Some tools write it when a wheel is published under two
    names.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.tidy:
        return
    seen = set()
    told = 0
    for hash in requirement.given:
        if hash.digest in seen and told < _MOST:
            yield Problem(hash.span, "the same hash stands before", help="remove it", fix=_drop(requirement, hash))
            told += 1
        if hash.digest is not None:
            seen.add(hash.digest)


def _drop(requirement: Requirement, hash: Hash) -> Fix | None:
    if requirement.slot is None:
        return None
    source = requirement.origin.source
    place = Span(behind_gap(source, hash.span.start), hash.span.end)
    return Fix("remove the repetition", (Edit(Location(source, place), b""),), Applicability.SAFE)
