from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download, Role


@rule("download-unpinned-key", severity=Severity.WARNING)
def check(download: Download) -> Iterator[Problem]:
    """
    A key that signatures are checked with is downloaded, and nothing says which key it must be.

    Whoever can change what the server sends can send a key of their own, and sign with it. Check the digest of the key
    file, or ask for the key by its full fingerprint (40 hexadecimal digits; short ids have been forged).

    Bad:
    ```bash
    set -e
    curl -fsSL https://cdn.example/apt/key.gpg | gpg --dearmor -o /usr/share/keyrings/example.gpg
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo /etc/apt/keyrings/e.asc https://cdn.example/apt/key.asc
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  /etc/apt/keyrings/e.asc" | sha256sum -c -
    ```
    """
    if download.role is not Role.KEY or download.grade not in (Grade.UNPINNED, Grade.UNCHECKED, Grade.PIPED):
        return
    if download.url.startswith(("http", "ftp")):
        message, hint = (
            "a key is downloaded that nothing checks",
            "check the digest of the key file, or keep the key in the repository",
        )
    else:
        message, hint = (
            "a key is asked for by a short id, which can be forged",
            "use the full fingerprint, 40 hexadecimal digits",
        )
    yield Problem(download.name_span, message, help=hint)
