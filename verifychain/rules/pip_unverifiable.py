from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import PackageIndex
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement
from verifychain.rules._hashes import release_of


@rule("pip-unverifiable", severity=Severity.WARNING)
def check(requirement: Requirement, index: PackageIndex) -> Iterator[Problem]:
    r"""
    The index does not say enough to verify the hashes.

    It states no digest of that algorithm for a file of the release (only md5, or none at all; or the file pins sha512
    where the index has sha256). Whether the hash belongs to the release can only be seen by fetching the file. Runs
    with `--online` only.

    Bad:
    ```requirements
    foo==1.0 \
        --hash=sha384:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ```

    Good:
    ```requirements
    foo==1.0 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    release = release_of(requirement, index)
    if release is None:
        return
    for algorithm in dict.fromkeys(hash.digest.algorithm for hash in requirement.hashes if hash.digest is not None):
        files = (*release.files, *release.local)
        silent = [file for file in files if all(digest.algorithm is not algorithm for digest in file.digests)]
        if silent:
            message = f"{silent[0].origin} states no {algorithm.label} of {silent[0].name}"
            more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
            yield Problem(requirement.name_span, message + more, help="state the sha256, which indexes publish")
