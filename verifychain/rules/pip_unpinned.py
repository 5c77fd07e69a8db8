from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Kind, Requirement


@rule("pip-unpinned", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    A requirement is not pinned to exactly one version.

    Pinned means one `==` (or `===`) without a `*`. With anything else the version is chosen at every installation, by
    whatever the index offers that day. pip ≥ 26.1 accepts hashes without a pin, pip ≤ 26.0 and uv refuse them;
    `==1.*` with a hash is accepted by pip and refused by uv. In a constraints file only lines with a hash are judged.

    Bad:
    ```requirements
    --require-hashes
    idna>=3 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.kind is not Kind.NAMED or requirement.editable or requirement.version is not None:
        return
    if requirement.in_constraints and not requirement.hashes:
        return
    specifiers = requirement.specifiers
    severity, refused = None, "pip ≤ 26.0 and uv refuse it" if requirement.hashes else ""
    if not specifiers:
        message = "no version: whatever is newest that day is installed"
    elif len(set(specifiers)) == 1 and len(specifiers) > 1 and specifiers[0][0].startswith("=="):
        message, severity, refused = "the same version is stated more than once", Severity.WARNING, "uv refuses it"
    elif len(specifiers) == 1 and specifiers[0][1].endswith(".*"):
        message, refused = "a pattern is no version: every release that fits may be installed", "uv refuses it"
        refused = refused if requirement.hashes else ""
    else:
        message = "not pinned to one version: the index decides which is installed"
    yield Problem(
        requirement.name_span,
        f"{message}; with a hash, {refused}" if refused else message,
        help="write one `==` with the full version",
        severity=severity,
    )
