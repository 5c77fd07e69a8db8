from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import UnusualEncoding


@rule("pip-encoding", severity=Severity.WARNING)
def check(encoding: UnusualEncoding) -> Iterator[Problem]:
    """
    The file is not in UTF-8.

    Without a byte order mark and without a `coding:` comment pip reads UTF-8, and what is none by the locale of the
    machine that installs: the same file then says different things, or is refused. uv reads UTF-8 and files with a byte
    order mark only; a `coding:` comment is a note.

    Bad:
    ```requirements
    # -*- coding: latin-1 -*-
    idna==3.10
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if encoding.guessed:
        message, severity = "not UTF-8: pip reads it as the locale of each machine says, or refuses it", None
    elif encoding.encoding.startswith("utf-"):
        message, severity = f"{encoding.encoding}: git and most tools take it for a binary file", None
    else:
        message, severity = f"{encoding.encoding}: uv refuses it", Severity.NOTE
    yield Problem(encoding.span, message, help="write it in UTF-8", severity=severity)
