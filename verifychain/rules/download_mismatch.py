from collections.abc import Iterator

from verifychain.core.errors import Unavailable
from verifychain.core.finding import Problem
from verifychain.core.pin import Pin
from verifychain.core.ports import Fetcher
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download
from verifychain.facts.pinned_file import PinnedFile

_NO_VALUE = "give it a default; of an ARG before the first FROM a stage knows only what it repeats: ARG NAME"


@rule("download-mismatch", severity=Severity.ERROR, in_comments=False)
def check(fact: PinnedFile | Download, fetcher: Fetcher | None) -> Iterator[Problem]:
    """
    A file, or with `--online` what a URL serves, is not what its digest says.

    Either the file was changed, or the pin was: one of them is wrong, and who uses the file runs other bytes than were
    reviewed. Fetch it again (`verifychain download fetch`), or, where the new content is meant, pin that. A file that
    is not there is no finding: downloads are often left out of the repository.

    With `--online` what a Dockerfile's `ADD --checksum` fetches, and what each URL of a pin in the lock serves, is
    fetched and hashed too: the build, or the next `verifychain download fetch`, would fail, or fall back on another
    URL. An `ARG` stands for its default; where one without a default decides the URL, the run is incomplete.

    Bad:
    ```checksums
    f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  tool
    ```

    Good:
    ```checksums
    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  tool
    ```
    """
    match fact:
        case PinnedFile():
            yield from _stored(fact)
        case Download() if fetcher is not None:
            yield from _served(fact, fetcher)


def _served(download: Download, fetcher: Fetcher) -> Iterator[Problem]:
    # Not scripts: a digest that one checks may be that of another file than the one it downloads.
    if download.via not in ("add-http", "lock"):
        return
    for pin in download.pins:
        if isinstance(pin, Pin):
            if download.via == "add-http" and "$" in download.url:
                raise Unavailable(f"{download.url} is not known: a variable without a value decides it", _NO_VALUE)
            yield from _compared(download, pin, fetcher)


def _compared(download: Download, pin: Pin, fetcher: Fetcher) -> Iterator[Problem]:
    """Every URL is asked: one that cannot be does not hide what another one serves."""
    unavailable: Unavailable | None = None
    for url in (download.url, *download.others):
        try:
            digest, size = fetcher.digest(url, pin.digest.algorithm)
        except Unavailable as error:
            unavailable = unavailable or error
            continue
        if digest != pin.digest:
            yield Problem(
                pin.span,
                f"{url} serves other content: expected {pin.digest}, got {digest} ({size:,} bytes)",
                help="find out which of the two is the right one before anything is changed",
                related=download.chain,
            )
    if unavailable is not None:
        raise unavailable


def _stored(file: PinnedFile) -> Iterator[Problem]:
    if file.stored is None:
        return
    digest, size = file.stored
    again = "get it again" if file.url is None else "fetch it again with `verifychain download fetch`"
    origin = "" if file.url is None else f", pinned for {file.url}"
    if digest != file.pin.digest:
        yield Problem(
            file.pin.span,
            f"content of {file.path} differs from its pin: expected {file.pin.digest}, got {digest} "
            f"({size:,} bytes{origin})",
            help=f"{again}; if the new content is meant, review it and pin it",
        )
    elif file.size is not None and file.size.value != size:
        yield Problem(
            file.size.span,
            f"{file.path} has {size:,} bytes and the pinned digest, and the pinned size is {file.size.value:,}",
            help=f"write size = {size}",
        )
