from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.packages import Packaging
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.facts.requirements_file import RequirementsFile
from verifychain.rules._hashes import release_of


@rule("pip-sdist-may-build", severity=Severity.WARNING)
def check(fact: RequirementsFile | Requirement, index: PackageIndex | None) -> Iterator[Problem]:
    """
    Something may be built from source, by tools that no hash holds.

    When pip installs a source archive it first fetches what builds it, and checks no hash of that, even with
    `--require-hashes`; code of the archive and of those tools then runs. It is a warning where it is certain (an
    archive, `--no-binary`; with `--online` also where the hashes here are those of source archives alone), else, and
    offline only, a note on the file. `--only-binary :all:` rules it out. pip ≥ 26.1 has `--build-constraint`, uv has
    `--require-build-hashes`.

    Bad:
    ```requirements
    --require-hashes
    --no-binary idna
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    --only-binary :all:
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    hint = "add --only-binary :all:, or hold the build with --build-constraint (uv: --require-build-hashes)"
    if isinstance(fact, Requirement):
        asked = fact.builds or index is not None
        if not asked or not fact.mode.on or not fact.digests:
            return
        if fact.builds:
            message = "it is built from source: what builds it is fetched without any check"
            yield Problem(fact.name_span, message, help=hint)
        elif index is not None and _has_sources_alone(fact, index):
            message = "only its source archive has a hash here: what builds it is fetched without any check"
            yield Problem(fact.name_span, message, help=f"add the hashes of wheels, if there are any; or {hint}")
        return
    if (
        index is None
        and fact.mode.on
        and not fact.only_binary
        and not fact.nested
        and any(one.digests for one in fact.requirements)
    ):
        message = "source archives are allowed here: what builds them would be fetched without any check"
        yield Problem(fact.span, message, help=hint, severity=Severity.NOTE)


def _has_sources_alone(requirement: Requirement, index: PackageIndex) -> bool:
    """Whether every file of the release that has a hash here is a source archive."""
    release = release_of(requirement, index)
    if release is None:
        return False
    used = [file for file in release.files if not requirement.digests.isdisjoint(file.digests)]
    return bool(used) and all(file.packaging is Packaging.SOURCE for file in used)
