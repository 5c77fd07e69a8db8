from collections.abc import Iterator

from verifychain.core.digest import Algorithm, Notation
from verifychain.core.finding import Problem, Wanted
from verifychain.core.packages import PublishedFile, Release
from verifychain.core.pin import Slot
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.settings import PipSettings
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Span
from verifychain.facts.requirement import Hash, Requirement
from verifychain.rules._hashes import behind_gap, release_of, wanted


@rule("pip-unknown-hash", severity=Severity.ERROR)
def check(requirement: Requirement, index: PackageIndex, settings: PipSettings) -> Iterator[Problem]:
    """
    A hash is that of no file of the release.

    Nothing that the index lists for this version has the hash. The message names the file where the hash belongs to
    another version or project: some tools copy it from the wrong file. Otherwise the file was replaced or deleted on
    the index, or the hash was never right, which does not show as long as another hash of the requirement matches. It
    is not replaced, unless with `--fix --online --trust --replace-unknown`: whoever can change the index would
    otherwise have it confirmed. In a pylock.toml a hash is compared with that of the file it stands beside. Runs with
    `--online` only.

    Bad:
    ```requirements
    foo==1.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000
    ```

    Good:
    ```requirements
    foo==1.0 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    release = release_of(requirement, index)
    if release is None or not (release.files or release.local):
        return
    for hash in requirement.hashes:
        if hash.digest is None or _is_known(hash, release):
            continue
        owner = next((file for file in (*release.files, *release.others) if hash.digest in file.digests), None)
        owner = owner or index.owner(hash.digest, requirement.places)
        yield Problem(
            hash.span,
            _message(requirement, hash, release) + (f": it is that of {owner.name}" if owner else ""),
            help="find out where it came from, before it is replaced",
            fix=_replace(requirement) if settings.replace_unknown else None,
        )


def _message(requirement: Requirement, hash: Hash, release: Release) -> str:
    if not hash.file:
        return f"no file of {requirement.name} {requirement.version} has this hash"
    if any(file.name == hash.file for file in release.files):
        return f"{hash.file} has another hash on the index"
    return f"no index has a file {hash.file}"


def _is_known(hash: Hash, release: Release) -> bool:
    """Whether a file has it, or may have it: one of which the index states no digest of that algorithm."""
    if hash.digest is None:
        return True
    algorithm = hash.digest.algorithm
    files = (*release.files, *release.local)
    if hash.file:
        files = tuple(file for file in files if file.name == hash.file)
        return any(hash.digest in file.digests or not _states(file, algorithm) for file in files)
    if any(hash.digest in file.digests for file in (*files, *(one for one in release.others if one.version is None))):
        return True
    return any(not _states(file, algorithm) for file in files)


def _states(file: PublishedFile, algorithm: Algorithm) -> bool:
    return any(digest.algorithm is algorithm for digest in file.digests)


def _replace(requirement: Requirement) -> Wanted | None:
    """All hashes of the requirement, if they stand together, by those of the release."""
    slot, hashes = requirement.slot, requirement.given
    if slot is None or not hashes:
        return None
    source = requirement.origin.source
    start, end = hashes[0].span.start, hashes[-1].span.end
    between = source.data[start:end]
    for hash in hashes:
        between = between.replace(source.data[hash.span.start : hash.span.end], b"", 1)
    if between.strip(b" \t\r\n\\"):
        return None
    place = Slot(Location(source, Span(behind_gap(source, start), end)), slot.before, Notation.PIP)
    return wanted(requirement, place, "replace")
