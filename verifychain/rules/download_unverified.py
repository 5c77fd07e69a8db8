from collections.abc import Iterator

from verifychain.core.finding import Problem, Wanted
from verifychain.core.pin import Grade, lower_case
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download, Flaw, Loose, Role

_ADD = "state its digest: ADD --checksum=sha256:… (print it with `verifychain digest FILE`)"
_COMMAND = (
    'check it before it is used: echo "<sha256>  FILE" | sha256sum -c - (print it with `verifychain digest FILE`)'
)


@rule("download-unverified", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A file is downloaded and no digest of it is checked.

    The server, its CDN, or whoever takes over the domain can serve other bytes tomorrow, and the build will use them
    without a word. State the SHA-256 of the file and have it checked before the file is used. An empty or meaningless
    check is none, and neither is a digest that is computed from the file itself.

    `gpg --verify tool.tgz.asc` looks at `tool.tgz` only where the `.asc` holds a signature alone. Whoever serves both
    can put any text there that the key has ever signed, and gpg succeeds. It is a warning until both files are named.

    Bad:
    ```dockerfile
    FROM scratch
    ADD https://a.example/f /f
    ```

    Bad:
    ```bash
    set -e
    curl -fsSLO https://cdn.example/tool.tar.gz
    tar xf tool.tar.gz
    ```

    Good:
    ```dockerfile
    FROM scratch
    ADD --checksum=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a https://a.example/f /f
    ```

    Good:
    ```bash
    set -e
    curl -fsSLO https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xf tool.tar.gz
    ```
    """
    yield from _left_open(download)
    if download.git is not None or download.role is not Role.ARTIFACT:
        return
    if download.malformed is not None:
        fix = lower_case(download.malformed, download.slot)
        wanted = "write sha256: and 64" if download.via == "add-http" else "write the"
        hint = "" if fix else f"{wanted} lower-case hexadecimal digits"
        yield Problem(download.malformed.span, f"malformed checksum: {download.malformed.reason}", hint, fix)
    elif download.grade in (Grade.UNPINNED, Grade.UNCHECKED) and download.flaw in (None, Flaw.MEANINGLESS):
        yield _unverified(download)


def _unverified(download: Download) -> Problem:
    return Problem(
        download.name_span,
        "downloaded without a check of its digest" if download.grade is Grade.UNPINNED else _why(download),
        help=_ADD if download.via == "add-http" else _COMMAND,
        fix=_wanted(download),
        related=download.chain + tuple(place for place in (download.check, download.use) if place is not None),
    )


def _left_open(download: Download) -> Iterator[Problem]:
    """What a signature that verifies says nothing of."""
    if download.loose is None or download.check is None:
        return
    file = download.target or download.url
    if download.loose is Loose.BESIDE:
        message = f"gpg does not look at {file} where a signed message stands in the signature's file"
        hint = "name both: `gpg --verify SIGNATURE FILE`"
    else:
        message = f"gpg looks at the signed message in {file} alone, and not at what stands around it"
        hint = "use what gpg writes: `gpg --output LIST --verify SIGNED`"
    yield Problem(download.check.location.span, message, help=hint, severity=Severity.WARNING)


def _why(download: Download) -> str:
    if download.flaw is Flaw.MEANINGLESS:
        return "checked against a digest that is computed from the file itself: any content passes"
    if download.variables:
        return f"the checksum is empty: {', '.join(download.variables)} has no value"
    return "a check stands here, but checks nothing"


def _wanted(download: Download) -> Wanted | None:
    if download.slot is None or "$" in download.url:
        return None  # what a variable decides cannot be asked for
    return Wanted(f"state the digest of {download.url}", download.slot, "download", download.url)
