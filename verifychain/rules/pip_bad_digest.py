from collections.abc import Iterator

from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.requirement import Hash, Kind, Requirement


@rule("pip-bad-digest", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    What stands in a hash is not a digest.

    pip does not look at the digest when it reads the file. One that is cut, mistyped or empty never matches, which
    shows only when that very file is to be installed, perhaps on another machine, and not at all as long as another
    hash of the requirement matches. Capitals are refused by pip before 24.2.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.tidy:
        return
    for hash in requirement.hashes:
        if hash.reason:
            yield Problem(
                hash.value,
                f"malformed digest: {hash.reason}; pip takes the line, and no file ever matches it",
                help=_help(hash),
            )
        elif hash.digest is not None and hash.text != hash.text.lower():
            yield Problem(
                hash.value,
                "the digest is in capitals: pip before 24.2 refuses it",
                fix=_lower(requirement, hash),
                severity=Severity.WARNING,
            )
    stated = [hash for hash in requirement.hashes if hash.fragment and hash.digest is not None]
    for hash in stated:
        others = {one.digest for one in requirement.given if one.algorithm == hash.algorithm}
        if requirement.kind is Kind.ARCHIVE and others and hash.digest not in others:
            yield Problem(hash.value, "the URL has another digest than --hash, and names one file", help="state one")


def _help(hash: Hash) -> str:
    digits = {"sha384": 96, "sha512": 128}.get(hash.algorithm, 64)
    return f"write the whole digest: {digits} hexadecimal digits" if hash.strong else "write --hash=sha256:…"


def _lower(requirement: Requirement, hash: Hash) -> Fix | None:
    if hash.value.length != len(hash.text):
        return None
    edit = Edit(Location(requirement.origin.source, hash.value), hash.text.lower().encode())
    return Fix("write the digest in lower case", (edit,), Applicability.SAFE)
