from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import OrphanHash


@rule("pip-orphan-hash", severity=Severity.ERROR)
def check(orphan: OrphanHash) -> Iterator[Problem]:
    r"""
    A hash belongs to no requirement.

    A backslash joins only the very next line: a comment or a blank line between, or a missing backslash, cuts the hash
    off. pip then warns and goes on, and the requirement above is without that hash. A comment that ends in a backslash
    swallows the next line, the hash on it included, and there is no warning at all.

    Bad:
    ```requirements
    idna==3.10 \
        # see the changelog
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    # see the changelog
    idna==3.10 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    fix = Fix("give the hash back to its requirement", orphan.edits, Applicability.SAFE) if orphan.edits else None
    if orphan.swallowed:
        message = "the backslash at the end of the comment makes this hash part of the comment"
    else:
        message = "this hash belongs to no requirement: pip ignores it"
    yield Problem(
        orphan.span, message, help="join it to its requirement with a backslash at the end of the line", fix=fix
    )
