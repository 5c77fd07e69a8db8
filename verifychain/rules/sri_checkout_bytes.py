from collections.abc import Iterator

from verifychain.core import digest
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import LocalFile, Subresource

_HELP = "fix the line ends in .gitattributes: *.js text eol=lf"


@rule("sri-checkout-bytes", severity=Severity.WARNING)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    A file has other line ends than the one that its integrity is of, or will have them elsewhere.

    Digests are of bytes. Git writes CRLF on one machine and LF on another where its attributes say `text` or
    `text=auto` and no `eol`, or where `core.autocrlf` is on, and one of the two serves a file that no browser runs. Say
    in `.gitattributes` how the file is checked out: `*.js text eol=lf`.

    Bad:
    ```html
    <script src="app.js" integrity="sha384-nuRLZXYi3JM6KLF5xqzt2ZCoebjxeVGprcXoawkOJw44oB10rIvBDm3LBJleqw9z"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    local = subresource.local
    if local is None or local.fault is not None:
        return
    for reading in subresource.readings(settings.engine):
        algorithm = reading.strongest[0].algorithm if reading.strongest else None
        stated = [token.digest for token in reading.strongest]
        if algorithm is None:
            continue
        if local.hashed(algorithm) in stated:
            reason = _elsewhere(local)
            if reason:
                yield Problem(subresource.place(reading.strongest[0]), reason, help=_HELP)
                return
            continue
        lines = local.data().replace(b"\r\n", b"\n")
        for name, data in (("LF", lines), ("CRLF", lines.replace(b"\n", b"\r\n"))):
            if digest.of_bytes(data, algorithm) in stated:
                yield Problem(
                    subresource.place(reading.strongest[0]),
                    f"this is the digest of {local.path} with {name} line ends, which it does not have here",
                    help=_HELP,
                )
                return


def _elsewhere(local: LocalFile) -> str:
    """Why another checkout of the same commit has a file with another digest; empty where none has."""
    ends = local.line_ends()
    if ends is None or not (ends.varies or ends.stores_others):
        return ""
    data = local.data()
    if ends.varies and b"\n" in data:
        return f"git gives {local.path} other line ends on other machines (text without eol), and another digest"
    if ends.stores_others and b"\r\n" in data:
        return f"git stores {local.path} with LF (core.autocrlf): others get another file than this digest is of"
    return ""
