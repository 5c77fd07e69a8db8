from collections.abc import Iterator

from verifychain.core import digest
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-checkout-bytes", severity=Severity.WARNING)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    A file has other line ends than the one that its integrity is of.

    Digests are of bytes. Git's `autocrlf` writes CRLF on one machine and LF on another, and one of them serves a file
    that no browser runs. Say in `.gitattributes` how the file is checked out: `*.js text eol=lf`.

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
        if algorithm is None or local.hashed(algorithm) in stated:
            continue
        lines = local.data().replace(b"\r\n", b"\n")
        for name, data in (("LF", lines), ("CRLF", lines.replace(b"\n", b"\r\n"))):
            if digest.of_bytes(data, algorithm) in stated:
                yield Problem(
                    subresource.place(reading.strongest[0]),
                    f"this is the digest of {local.path} with {name} line ends, which it does not have here",
                    help="fix the line ends in .gitattributes: *.js text eol=lf",
                )
                return
