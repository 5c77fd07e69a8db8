"""`verifychain download`: artifacts, and their pins in verifychain.lock."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from verifychain.cli.console import Console
from verifychain.cli.cosign import options as signing
from verifychain.cli.options import COLOR, Command, Section, asking, checking, configured, option
from verifychain.core.errors import Unavailable, UsageError, VerifychainError
from verifychain.core.exit_code import ExitCode

if TYPE_CHECKING:
    from verifychain.cli.download_pins import Pins
    from verifychain.core.digest import Digest
    from verifychain.core.source import Source
    from verifychain.downloader import Stream

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Size(click.ParamType[int]):
    """A number of bytes, or of KiB, MiB, GiB with K, M, G behind it."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """``100M`` as 104857600."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"([0-9]{1,15})([KMG]?)i?B?", str(value), re.ASCII | re.IGNORECASE)
        if match is None:
            self.fail(f"{value!r} is no size; write 500000, 100M or 4G", param, ctx)
        return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2].upper()]


_LOCK = option("Pins", "--lock", metavar="FILE", help="The lock.  [default: verifychain.lock beside the configuration]")
_PINS = (
    _LOCK,
    option("Pins", "--platform", metavar="OS/ARCH", help="Take the pins of this platform.  [default: this machine's]"),
)
_QUIET = option("Output", "-q", "--quiet", is_flag=True, help="Say only what is wrong.")
_SHOWN = (
    option("Output", "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help=COLOR),
    option("Output", "-v", "--verbose", count=True, help="-vv: tracebacks of internal errors."),
)
_MOST = option("Network", "--max-size", type=Size(), default="4G", help="Take no more.  [default: 4G]")


def _about_one(section: str, *names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """An option about one file. It has no name in the environment, which would speak of every file of every run."""
    return click.option(*names, cls=Section, section=section, **settings)


def _options(*options: Callable[[_Function], _Function]) -> Callable[[_Function], _Function]:
    def decorate(command: _Function) -> _Function:
        command = configured(command)
        every: list[Callable[[_Function], _Function]] = [*options, *_SHOWN]
        for one in reversed(every):
            command = one(command)
        return command

    return decorate


@click.group()
def download() -> None:
    """
    Fetch files and verify them against their pins, which live in verifychain.lock.

    A file is written to its place whole and verified, or not at all.
    """


@download.command(cls=Command, short_help="Fetch pinned files, or one URL, verified.")
@click.argument("names", nargs=-1, metavar="[NAME…|URL]")
@_about_one("One file", "-o", "--output", metavar="FILE", help="With a URL: where the file belongs.")
@_about_one("One file", "--sha256", metavar="HEX", help="With a URL: what it must have.")
@_about_one("One file", "--size", type=Size(), help="With a URL: the bytes that it must have.")
@_about_one("One file", "--executable", is_flag=True, help="With a URL: let it be run.")
@_options(*_PINS, asking, _MOST, _QUIET)
@click.pass_obj
def fetch(console: Console, /, **given: Any) -> int:
    """
    Fetch the pinned files NAME (their paths in the lock; default: all), or one URL.

    What is right already is not asked for. Each URL of a pin is tried in turn until one gives the pinned bytes; when
    none does, what stood in the file's place is as it was.
    """
    return _concluded(console, given, lambda: _fetch(console, given))


def _fetch(console: Console, given: dict[str, Any]) -> ExitCode:
    from verifychain.cli import download_fetch
    from verifychain.downloader import Wanted

    if given["sha256"] or given["output"] or any("://" in name for name in given["names"]):
        name, wanted = _one_file(given)
        results = download_fetch.fetch_all([wanted], _stream(given, wanted.urls), console)
        return download_fetch.report([name], results, console, quiet=given["quiet"])
    pins = _pins(given)
    entries = pins.chosen(given["names"])
    if pins.others and not given["names"]:
        console.say(f"note: {pins.others} pinned for other platforms than {pins.platform}, left out\n")
    if not entries:
        console.fail("nothing to fetch: no file is pinned", "pin one: verifychain download add URL")
        return ExitCode.NOTHING
    wanted_all = [
        Wanted(pins.target(entry), entry.urls, entry.sha256, entry.size, executable=entry.executable)
        for entry in entries
    ]
    results = download_fetch.fetch_all(wanted_all, _stream(given, (), pins), console)
    return download_fetch.report([entry.path for entry in entries], results, console, quiet=given["quiet"])


def _one_file(given: dict[str, Any]) -> tuple[str, Any]:
    """The file that a command line describes without a lock."""
    import os

    from verifychain.cli.download_fetch import name_of
    from verifychain.cli.network import require_urls
    from verifychain.downloader import Wanted

    urls = given["names"]
    if not urls or any("://" not in url for url in urls):
        raise UsageError("-o and --sha256 are for a URL", "verifychain download fetch URL -o FILE --sha256 HEX")
    require_urls(*urls)
    digest = _digest(given["sha256"])
    if digest is None:
        hint = "give --sha256 HEX; `verifychain download add URL` trusts what comes first, and pins it"
        raise UsageError("without a digest nothing can be verified", hint)
    name = given["output"] or name_of(urls[0])
    if not name:
        raise UsageError(f"{urls[0]} does not say what the file is called", "give -o FILE")
    wanted = Wanted(
        os.path.realpath(name), urls, digest, given["size"], executable=given["executable"], most=given["max_size"]
    )
    return name, wanted


@download.command(cls=Command, short_help="Verify files on disk against pins or a checksum list.")
@click.argument("names", nargs=-1, metavar="[FILE…]")
@_about_one("Pins", "--manifest", metavar="SUMS", help="Verify against a checksum list, whose files stand beside it.")
@option("Pins", "--ignore-missing", is_flag=True, help="Pass over files that are not there.")
@option(
    "Pins", "--bundle", multiple=True, metavar="FILE", help="A signature of the list.  [default: SUMS.sigstore.json]"
)
@signing.apply(signing.IDENTITY, signing.TRUST)
@_options(*_PINS, _QUIET)
@click.pass_obj
def verify(console: Console, /, **given: Any) -> int:
    """
    Verify that files on disk are what is pinned. Nothing is fetched, and nothing is written.

    Without FILE, every pinned file of this platform must be there. A checksum list is read as sha256sum reads it, but
    strictly: a line that sha256sum would pass over makes the whole list refused. With --key or an identity the list
    itself must be signed, and no file counts unless it is.
    """
    return _concluded(console, given, lambda: _verify(console, given))


def _verify(console: Console, given: dict[str, Any]) -> ExitCode:
    from verifychain.cli import download_verify

    if given["manifest"] is not None:
        source = download_verify.read_list(given["manifest"])
        if not _is_signed(console, source, given):
            return ExitCode.FINDINGS
        try:
            claims = download_verify.of_list(source, given["names"])
        except UsageError:
            raise
        except VerifychainError as error:
            console.fail(error.message, error.hint)
            return ExitCode.FINDINGS
    elif _signers(given):
        raise UsageError("a signature is demanded, and of what is not said", "give --manifest SUMS, the signed list")
    else:
        claims = download_verify.of_pins(_pins(given), given["names"])
    return download_verify.judge(claims, console, quiet=given["quiet"], ignore_missing=given["ignore_missing"])


def _signers(given: dict[str, Any]) -> bool:
    """Whether anything says that the list must be signed."""
    return bool(given["bundle"]) or signing.is_anyone_expected(given)


def _is_signed(console: Console, source: Source, given: dict[str, Any]) -> bool:
    """Verify the signature of the list, where one is demanded: of the bytes that are then read, not of the file."""
    if not _signers(given):
        return True
    from verifychain.cli.cosign import blobs, report

    result = blobs.verify_data(source.path, source.data, given)
    if result.status == "error":
        raise UsageError(f"{source.path}: {result.error}", "give --bundle FILE")
    if result.status != "verified" or not given["quiet"]:
        console.say(report.text([result], console.style()))
    return result.status == "verified"


@download.command(cls=Command, short_help="Fetch a URL and pin it.")
@click.argument("url")
@_about_one(
    "Pins", "--path", metavar="PATH", help="Where the file belongs, from the lock's folder.  [default: the URL's]"
)
@_about_one("Pins", "--mirror", multiple=True, metavar="URL", help="A further URL of the same bytes; may be repeated.")
@_about_one("Pins", "--executable", is_flag=True, help="Let the file be run.")
@_about_one("Pins", "--platform", metavar="OS/ARCH", help="Fetch it on this platform only.")
@_about_one("Trust", "--from-sums", metavar="FILE|URL", help="Take the digest from the checksum list of its makers.")
@_about_one("Trust", "--sha256", metavar="HEX", help="Take this digest.")
@_options(_LOCK, asking, _MOST)
@click.pass_obj
def add(console: Console, /, **given: Any) -> int:
    """
    Fetch URL, put the file in its place, and pin it in verifychain.lock.

    Without --from-sums or --sha256 the first bytes that come are trusted, and the command says so.
    """
    return _concluded(console, given, lambda: _add(console, given))


def _add(console: Console, given: dict[str, Any]) -> ExitCode:
    from verifychain.cli.download_change import Addition
    from verifychain.cli.download_change import add as run
    from verifychain.cli.network import require_urls

    urls = (given["url"], *given["mirror"])
    addition = Addition(
        urls=urls,
        path=given["path"],
        digest=_digest(given["sha256"]),
        sums=given["from_sums"],
        executable=given["executable"],
        platform=given["platform"],
        most=given["max_size"],
    )
    lists = (addition.sums,) if addition.sums and "://" in addition.sums else ()
    require_urls(*lists)
    pins = _pins(given, must_exist=False)
    return run(pins, addition, _stream(given, (*urls, *lists), pins), console)


@download.command(cls=Command, short_help="Show what URLs serve today, and pin what you agree to.")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@_about_one("Pins", "--url", multiple=True, metavar="URL", help="For one NAME: fetch it from here from now on.")
@option("Trust", "-y", "--yes", is_flag=True, help="Write what changed without asking.")
@_options(*_PINS, asking, _MOST)
@click.pass_obj
def update(console: Console, /, **given: Any) -> int:
    """
    Ask what the URLs of pinned files serve today; show old and new digest, and pin the new one if you agree.

    Without a terminal nothing is written unless --yes is given, and the exit code says that something changed.
    """
    return _concluded(console, given, lambda: _update(console, given))


def _update(console: Console, given: dict[str, Any]) -> ExitCode:
    from verifychain.cli.download_change import Update
    from verifychain.cli.download_change import update as run

    wanted = Update(given["names"], given["url"], given["yes"], given["max_size"])
    pins = _pins(given)
    return run(pins, wanted, _stream(given, wanted.urls, pins), console)


@download.command(cls=Command, short_help="Print the pins as a checksum list.")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@option("Output", "--sha256sums", is_flag=True, help="As a list for sha256sum -c; the only form, and the default.")
@_about_one("Output", "-o", "--output", metavar="FILE", help="Write it to a file.")
@_options(*_PINS)
@click.pass_obj
def export(console: Console, /, **given: Any) -> int:
    """Print the pins as a checksum list that sha256sum -c, busybox and shasum -c take."""
    return _concluded(console, given, lambda: _export(console, given))


def _export(console: Console, given: dict[str, Any]) -> ExitCode:
    from verifychain.cli.download_change import export as run

    text = run(_pins(given), given["names"])
    if not text:  # sha256sum fails on an empty list, and one that is made anew must not take the place of another
        console.fail("nothing to export: no file is pinned", "pin one: verifychain download add URL")
        return ExitCode.NOTHING
    console.result(text, given["output"])
    return ExitCode.OK


@download.command(cls=Command, short_help="Check locks and checksum lists, as `verifychain check` does.")
@checking
@click.pass_obj
def check(console: Console, /, **given: Any) -> int:
    """
    Check locks and checksum lists: are the files beside them what they pin?

    The same as `verifychain check`, for verifychain.lock, SHA256SUMS, *.sha256 and their like only. A file that is not
    there is no finding; `verifychain download verify` wants every file.
    """
    from verifychain.cli.judging import check_one_format

    return check_one_format(console, given, "checksums")


def _concluded(console: Console, given: dict[str, Any], work: Callable[[], ExitCode]) -> int:
    """The exit code of a command: what was rejected is 1, what could not be asked for is 4."""
    from verifychain.downloader import Rejected

    console.adopt(given["color"], given["verbose"])
    try:
        console.verdict = work()
    except (Rejected, Unavailable) as error:
        console.verdict = ExitCode.FINDINGS if isinstance(error, Rejected) else ExitCode.INCOMPLETE
        console.fail(error.message, error.hint)
    return int(console.verdict)


def _pins(given: dict[str, Any], *, must_exist: bool = True) -> Pins:
    from verifychain.cli.download_pins import load

    return load(given["lock"], given["platform"], given["config"], isolated=given["isolated"], must_exist=must_exist)


def _digest(text: str | None) -> Digest | None:
    from verifychain.core.digest import DigestError
    from verifychain.lock import parse_sha256

    try:
        return None if text is None else parse_sha256(text)
    except DigestError as error:
        raise UsageError(f"--sha256: {error}", "give 64 hexadecimal digits") from None


def _stream(given: dict[str, Any], named: Sequence[str], pins: Pins | None = None) -> Stream:
    """What streams URLs; the hosts of URLs that the user ``named`` may be at private addresses."""
    from verifychain import config
    from verifychain.cli.download_fetch import connect
    from verifychain.cli.network import Network

    if given["offline"]:
        return _no_connection
    configuration = config.load(given["config"], isolated=given["isolated"]) if pins is None else pins.configuration
    return connect(Network(configuration, timeout=given["timeout"], named=named))


def _no_connection(url: str, sink: Callable[[bytes], None], most: int) -> None:
    """What ``--offline`` puts in place of a stream: what is right already needs none."""
    raise Unavailable("--offline: no connection is opened", "leave it out, or verify what is there")
