"""`verifychain sri hash`: integrity values, bare or in the tag or header where they are to stand."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import click

from verifychain import opening
from verifychain.cli.console import Console, standard_input
from verifychain.cli.options import Command, Seconds
from verifychain.core.digest import Algorithm, Digest, Notation, of_each
from verifychain.core.errors import Unavailable, UsageError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.ports import Fetcher
from verifychain.core.record import NamedTuple
from verifychain.inputs import STDIN
from verifychain.output.style import printable


class Resource(NamedTuple):
    """Something hashed: a path or what a page calls it, its integrity value and its size in bytes."""

    name: str
    integrity: str
    size: int
    is_url: bool


@click.command(cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="FILE…|URL…|-")
@click.option(
    "--algorithm",
    "--alg",
    "labels",
    multiple=True,
    type=click.Choice([algorithm.label for algorithm in Algorithm]),
    help="May be repeated; browsers use the strongest only.  [default: sha384]",
)
@click.option(
    "--tag",
    type=click.Choice(["script", "link", "importmap", "header", "json"]),
    help="Print it where it is to stand: an HTML tag, an import map, a Link header, JSON.",
)
@click.option("--url", metavar="URL", help="The URL that the page has for the file, for --tag.")
@click.option("--offline", is_flag=True, envvar="VERIFYCHAIN_OFFLINE", help="Open no connection.")
@click.option(
    "--timeout",
    type=Seconds(),
    default=30.0,
    metavar="SECONDS",
    help="The longest wait for one answer.  [default: 30]",
)
@click.pass_obj
def hash(console: Console, /, **given: Any) -> int:
    """
    Print the integrity value of each FILE or URL, ready to paste.

    A URL is fetched: its value says what the server sends today and not what it should send. `data:` URLs are hashed
    without a connection.
    """
    console.verdict = ExitCode.OK
    names, tag, url = given["names"], given["tag"], given["url"]
    if url is not None and (len(names) > 1 or tag is None):
        raise UsageError("--url names one resource, in a --tag", "give one FILE, and a --tag")
    if url is None and STDIN in names and tag not in (None, "json"):
        raise UsageError("a tag names a URL, and standard input has none", "give --url, as the page has it")
    chosen = tuple(algorithm for algorithm in Algorithm if algorithm.label in given["labels"])
    fetch = _Fetch(names, given["offline"], given["timeout"])
    found = [_attempt(console, name, chosen or (Algorithm.SHA384,), fetch) for name in names]
    resources = [one if url is None else one._replace(name=url, is_url=True) for one in found if one is not None]
    console.result(_written(resources, tag, alone=len(names) == 1))
    return int(console.verdict)


def _attempt(console: Console, name: str, algorithms: tuple[Algorithm, ...], fetch: _Fetch) -> Resource | None:
    """Hash one; what cannot be hashed is said, and does not stop the others."""
    try:
        digests, size = _hashed(name, algorithms, fetch)
    except OSError as error:
        console.verdict = ExitCode.FAILED
        console.fail(f"{printable(name)}: {strerror(error)}", "name a file or a URL")
    except Unavailable as error:
        if console.verdict is ExitCode.OK:
            console.verdict = ExitCode.INCOMPLETE
        console.fail(error.message, error.hint)
    else:
        value = " ".join(digest.format(Notation.SRI) for digest in digests)
        return Resource(name, value, size, _has_host(name) or name.startswith("data:"))
    return None


def _hashed(name: str, algorithms: tuple[Algorithm, ...], fetch: _Fetch) -> tuple[list[Digest], int]:
    scheme = name.partition(":")[0].lower()
    if name == STDIN:
        return _listed(*of_each(standard_input(), algorithms))
    if scheme == "data":
        return _listed(*of_each(BytesIO(_decoded(name)), algorithms))
    if "://" not in name:
        with opening.regular(name) as file:
            return _listed(*of_each(file, algorithms))
    if scheme not in ("http", "https"):
        raise UsageError(f"{printable(name)} is no http, https or data URL", "name a file by its path")
    from verifychain.cli.network import require_urls

    require_urls(name)
    if len(algorithms) > 1:
        raise UsageError("several algorithms would fetch a URL several times", "give one --algorithm, or download it")
    digest, size = fetch(name, algorithms[0])
    return [digest], size


def _listed(digests: dict[Algorithm, Digest], size: int) -> tuple[list[Digest], int]:
    return [*digests.values()], size


def _decoded(url: str) -> bytes:
    """The content of a ``data:`` URL (WHATWG fetch, "data: URL processor")."""
    import base64
    import binascii
    from urllib.parse import unquote_to_bytes

    head, comma, body = url.partition(",")
    if not comma:
        raise UsageError("a data: URL has a comma before its content", "data:text/javascript,CONTENT")
    data = unquote_to_bytes(body.partition("#")[0])
    if not head.rstrip(" ").lower().endswith(";base64"):
        return data
    bare = b"".join(data.split()).rstrip(b"=")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        raise UsageError("the content of the data: URL is not base64", "check that it was copied whole") from None


class _Fetch:
    """Asks the web, when there is something to ask."""

    def __init__(self, urls: Sequence[str], offline: bool, timeout: float) -> None:
        self._urls = urls
        self._offline = offline
        self._timeout = timeout
        self._fetcher: Fetcher | None = None

    def __call__(self, url: str, algorithm: Algorithm) -> tuple[Digest, int]:
        if self._offline:
            raise Unavailable(f"{printable(url)} is not fetched: offline", "leave out --offline, or name a file")
        if self._fetcher is None:
            from verifychain import config
            from verifychain.cli.network import Network

            configuration = config.load((), isolated=False)
            self._fetcher = Network(configuration, timeout=self._timeout, named=self._urls).web()
        return self._fetcher.digest(url, algorithm)


def _written(resources: list[Resource], tag: str | None, *, alone: bool) -> str:
    match tag:
        case "json":
            return _as_json(resources)
        case "importmap":
            return _as_import_map(resources) if resources else ""
        case None:
            names = ("" if alone else f"  {printable(one.name)}" for one in resources)
            return "".join(f"{one.integrity}{name}\n" for one, name in zip(resources, names, strict=True))
        case _:
            return "".join(f"{_WRITERS[tag](one)}\n" for one in resources)


def _as_json(resources: list[Resource]) -> str:
    import json

    listed = [{"name": one.name, "integrity": one.integrity, "size": one.size} for one in resources]
    return json.dumps({"version": 1, "resources": listed}, indent=2) + "\n"


def _as_import_map(resources: list[Resource]) -> str:
    """Keys are URLs: a bare name is taken for a package's, and ignored. With `<` escaped nothing ends the script."""
    import json

    values = {_key(one): one.integrity for one in resources}
    text = json.dumps({"integrity": values}, indent=2).replace("<", "\\u003c")
    return f'<script type="importmap">\n{text}\n</script>\n'


def _key(one: Resource) -> str:
    url = _url(one)
    return url if _has_host(url) or url.startswith(("/", "./", "../")) else f"./{url}"


def _has_host(url: str) -> bool:
    return "://" in url or url.startswith("//")


def _url(one: Resource) -> str:
    """The name as a URL: what would end it, or be read as its query, is percent-encoded in the name of a file."""
    from urllib.parse import quote

    marks = "/:@!$&'()*+,;=~"
    return quote(one.name, safe=marks + "?#%[]" if one.is_url else marks)


def _attributes(one: Resource, name: str) -> str:
    url = _url(one)
    text = f'{name}="{html.escape(url)}" integrity="{one.integrity}"'
    return text + (' crossorigin="anonymous"' if _has_host(url) else "")


def _kind(one: Resource) -> str:
    path = _url(one).partition("?")[0].partition("#")[0].lower()
    return "style" if path.endswith(".css") else "module" if path.endswith(".mjs") else "script"


def _as_script(one: Resource) -> str:
    module = ' type="module"' if _kind(one) == "module" else ""
    return f"<script{module} {_attributes(one, 'src')}></script>"


def _as_link(one: Resource) -> str:
    relation = {"style": 'rel="stylesheet"', "module": 'rel="modulepreload"', "script": 'rel="preload" as="script"'}
    return f"<link {relation[_kind(one)]} {_attributes(one, 'href')}>"


def _as_header(one: Resource) -> str:
    kind, url = _kind(one), _url(one)
    what = "rel=modulepreload" if kind == "module" else f"rel=preload; as={kind}"
    origin = "; crossorigin=anonymous" if _has_host(url) else ""
    return f'Link: <{url}>; {what}{origin}; integrity="{one.integrity}"'


_WRITERS: dict[str, Callable[[Resource], str]] = {"script": _as_script, "link": _as_link, "header": _as_header}
