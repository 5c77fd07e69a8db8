from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Kind, Requirement


@rule("pip-unhashable", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    A requirement cannot be held by a hash: version control, a folder, or `-e`.

    pip refuses all three as soon as hashes are required, and a `--hash` behind `-e` is not looked at. Outside of hash
    checking the full commit id is the least that names the content of a repository: branches move, and tags can.
    Publish a wheel or an archive and state its hash, or install such projects by a command of their own.

    Bad:
    ```requirements
    --require-hashes
    idna @ git+https://git.example/idna@v3.10
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.in_constraints or not (requirement.editable or requirement.kind in (Kind.VCS, Kind.DIRECTORY)):
        return
    what = {Kind.VCS: "a checkout from version control", Kind.DIRECTORY: "a folder"}.get(requirement.kind, "`-e`")
    mutable = requirement.kind is Kind.VCS and not requirement.commit
    if requirement.given:
        message = f"{what} has no hash: the one that stands here is not looked at"
    elif requirement.mode.on:
        message = f"{what} cannot be checked by a hash: pip refuses it here"
    elif mutable:
        message = "taken from version control at a ref that can move: only a full commit id names the content"
    else:
        message = f"{what} cannot be checked by a hash"
    strict = mutable or requirement.mode.on or requirement.given
    yield Problem(
        requirement.name_span,
        message,
        help=_help(requirement, mutable=mutable),
        severity=None if strict else Severity.WARNING,
    )


def _help(requirement: Requirement, *, mutable: bool) -> str:
    _, _, fragment = (requirement.url or "").partition("#")
    if mutable and fragment and "=" not in fragment:
        return "pip does not look at what stands behind `#`: write @ and the full commit id"
    return "use a release with a hash, or install it by a command of its own"
