from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Kind, Requirement
from verifychain.rules._hashes import wanted


@rule("pip-missing-hash", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    A requirement has no hash, and the file is meant to be checked by hashes.

    As soon as one requirement has a `--hash`, or `--require-hashes` is given, pip demands a hash for every one, and
    refuses to install anything otherwise; a line whose marker is false on your machine breaks the installation on
    another. uv passes over the line without a hash unless it is called with `--require-hashes`. A hash that stands only
    in a constraints file is taken by pip ≥ 26.1 and refused by pip ≤ 26.0.

    Bad:
    ```requirements
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    certifi==2025.1.31
    ```

    Good:
    ```requirements
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    certifi==2025.1.31 --hash=sha256:c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561
    ```
    """
    if not requirement.mode.on or requirement.kind is not Kind.NAMED or requirement.editable or requirement.hashes:
        return
    constrained = [other for other in requirement.others if other.in_constraints and other.hashes]
    severity = None
    message = "no hash: pip refuses the whole file, uv installs whatever the index serves"
    if requirement.in_constraints:
        severity, message = (
            Severity.WARNING,
            "no hash, while other constraints have one: pip refuses it where it is used",
        )
    elif constrained:
        severity = Severity.NOTE
        message = "its hash stands in a constraints file only: pip ≥ 26.1 takes it, pip ≤ 26.0 refuses"
    yield Problem(
        requirement.name_span,
        message,
        help=_help(requirement),
        fix=None if requirement.version is None else wanted(requirement, requirement.slot),
        severity=severity,
    )


def _help(requirement: Requirement) -> str:
    if requirement.generated is not None:
        return f"let {requirement.generated.by} write the hashes: {requirement.generated.command}"
    return "add --hash=sha256:… for every file of the release (--fix --online --trust writes them)"
