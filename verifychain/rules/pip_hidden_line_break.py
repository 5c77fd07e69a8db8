from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import HiddenBreak


@rule("pip-hidden-line-break", severity=Severity.ERROR)
def check(hidden: HiddenBreak) -> Iterator[Problem]:
    """
    A character that readers do not see changes what the file says.

    pip ends lines at form feeds, at U+2028 and at some others where editors, `git diff` and uv do not: what looks like
    the rest of a comment is a live requirement or index. Characters that turn the direction of text, or have no width,
    show a line in another order than it is read in, or make two names look the same.

    Bad:
    ```requirements
    --require-hashes
    # see the notes idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    # see the notes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    more = f" (and {hidden.more} more)" if hidden.more else ""
    if hidden.breaks:
        message = f"{hidden.name} ends the line for pip, and not for editors, git and uv{more}"
        hint, title = "end the line visibly, or remove the character", "end the line visibly"
    else:
        message = f"{hidden.name} is not seen, and can hide what the line says{more}"
        hint, title = "remove it", "remove the invisible character"
    yield Problem(
        hidden.span, message, help=hint, fix=Fix(title, hidden.edits, Applicability.SAFE) if hidden.edits else None
    )
