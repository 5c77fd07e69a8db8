from collections.abc import Iterator

from verifychain.core.digest import Algorithm
from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.packages import Packaging, PublishedFile, account
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.settings import PipSettings
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.rules._hashes import release_of


@rule("pip-uncovered-file", severity=Severity.ERROR)
def check(requirement: Requirement, index: PackageIndex, settings: PipSettings) -> Iterator[Problem]:
    r"""
    A file of the release has no hash here.

    A machine that needs this file is refused. That is often meant (hashes of the source archive only), and files are
    added to a release later, so that it is a note; for the machines in `targets` it is an error where none of the files
    that they can install has its hash here. `--fix --online --trust` adds the hashes. Runs with `--online` only.

    Bad:
    ```requirements
    foo==1.0 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    foo==1.0 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a \
        --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```
    """
    release = release_of(requirement, index)
    if release is None or not requirement.digests:
        return
    files = [file for file in release.files if _may_install(file, requirement)]
    covered = [file for file in files if not requirement.digests.isdisjoint(file.digests)]
    algorithms = {digest.algorithm for digest in requirement.digests}
    missing = [file for file in files if file not in covered and _states(file, algorithms)]
    wanted = [file for file in missing if _is_wanted(file, index, settings)]
    for target in settings.targets:
        if not any(index.fits(file, target) for file in covered):
            message = f"no hash of a file that Python {target.python} on {target.platform} can install"
            yield Problem(
                requirement.name_span, message, help="add the hashes of the files for it", fix=_add(requirement, wanted)
            )
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        yield Problem(
            requirement.name_span,
            f"no hash of {', '.join(file.name for file in missing[:3])}{more}",
            help="add them, if machines may need these files",
            fix=_add(requirement, wanted),
            severity=Severity.NOTE,
        )


def _states(file: PublishedFile, algorithms: set[Algorithm]) -> bool:
    """Whether the index states a digest that could be the one of the file here; pip-unverifiable says where not."""
    return any(digest.algorithm in algorithms for digest in file.digests)


def _is_wanted(file: PublishedFile, index: PackageIndex, settings: PipSettings) -> bool:
    return not settings.targets or any(index.fits(file, target) for target in settings.targets)


def _may_install(file: PublishedFile, requirement: Requirement) -> bool:
    if file.packaging is Packaging.WHEEL:
        return requirement.places.takes_wheels(requirement.name or "")
    return file.packaging is Packaging.SOURCE and requirement.places.takes_sources(requirement.name or "")


def _add(requirement: Requirement, files: list[PublishedFile]) -> Fix | None:
    digests = {digest for file in files for digest in file.digests if digest.algorithm is Algorithm.SHA256}
    if requirement.slot is None or not digests:
        return None
    edit = requirement.slot.write(*sorted(digests, key=str))
    notes = (account(f"{requirement.name} {requirement.version}", files), *requirement.warnings)
    return Fix(f"add the hashes of {len(digests)} more files", (edit,), Applicability.TRUST, notes)
