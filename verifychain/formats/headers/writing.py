"""Policies for pages, written for the servers that send them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from verifychain.core.csp import source_of
from verifychain.core.digest import of_bytes
from verifychain.core.integrity import read_all
from verifychain.facts.policy import Load

_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?", re.ASCII)


def integrity_policy() -> str:
    """The one that every engine enforces."""
    return "blocked-destinations=(script)"


def script_src(loads: Sequence[Load]) -> str:
    """
    The Content-Security-Policy that lets these scripts run: hashes, and URLs only for what carries none.

    What modules import by a name that is made when they run is not known, so with modules there is ``'self'``. Nor is
    what a worker is; it is of the page's origin, or of bytes that a script of the page had.
    """
    words = dict.fromkeys(word for load in loads for word in _sources(load))
    ordered = sorted(words, key=lambda word: word.startswith("'sha"))
    workers = "; worker-src 'self' blob:" if any(load.starts_worker for load in loads) else ""
    return "script-src " + (" ".join(ordered) or "'none'") + workers


def _sources(load: Load) -> Iterator[str]:
    if load.via in ("module", "inline-module"):
        yield "'self'"
    if load.content is not None:
        yield source_of(of_bytes(load.content))
    elif load.via == "json-import":
        return
    readings = read_all(load.integrity or "")
    digests = dict.fromkeys(token.digest for reading in readings for token in reading.kept if token.digest is not None)
    yield from map(source_of, digests)
    if load.content is None and not all(reading.enforced for reading in readings):
        yield from _origin(load.subject)


def _origin(url: str) -> Iterator[str]:
    """The origin that a URL names, ``'self'`` where it names none. No page writes more than that into a header."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    if parts.scheme in ("data", "blob"):
        yield f"{parts.scheme}:"
    elif not parts.netloc:
        yield "'self'"
    elif _HOST.fullmatch(parts.netloc) is not None:
        yield f"{parts.scheme}://{parts.netloc}" if parts.scheme else parts.netloc


def written(headers: Mapping[str, str], server: str) -> str:
    """The headers as ``header``, ``nginx``, ``apache``, ``netlify`` or ``django`` wants them."""
    return _WRITERS[server](headers)


def _plain(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _nginx(headers: Mapping[str, str]) -> str:
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())


def _apache(headers: Mapping[str, str]) -> str:
    return "".join(f'Header always set {name} "{value}"\n' for name, value in headers.items())


def _netlify(headers: Mapping[str, str]) -> str:
    return "/*\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())


def _django(headers: Mapping[str, str]) -> str:
    lines = "".join(f'        response.headers["{name}"] = "{value}"\n' for name, value in headers.items())
    return (
        "# a middleware: name it in MIDDLEWARE of the settings\n"
        "def integrity_policy(get_response):\n"
        "    def middleware(request):\n"
        "        response = get_response(request)\n"
        f"{lines}"
        "        return response\n"
        "\n"
        "    return middleware\n"
    )


_WRITERS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "header": _plain,
    "nginx": _nginx,
    "apache": _apache,
    "netlify": _netlify,
    "django": _django,
}
