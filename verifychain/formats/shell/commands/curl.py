"""curl (its manual: options pair with URLs in order, ``-O`` names the file after the URL)."""

from __future__ import annotations

import re
from itertools import zip_longest

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Option, Options, is_option, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import braced, file_name, is_local
from verifychain.formats.shell.values import UNKNOWN

_SHORT = "A b c C d D e E F H K m o P Q r t T u U w x X y Y z"
_LONG = """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile data data-ascii data-binary data-raw data-urlencode
    delegation doh-url dump-header
    engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-method ftp-port
    happy-eyeballs-timeout-ms header hostpubmd5 hostpubsha256 interface ipfs-gateway json keepalive-time key key-type
    limit-rate local-port login-options mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy output
    output-dir parallel-max pass pinnedpubkey post301 preproxy proto proto-default proto-redir proxy proxy-cacert
    proxy-header proxy-user range rate referer request request-target resolve retry retry-delay retry-max-time
    socks4 socks5 socks5-hostname speed-limit speed-time stderr telnet-option time-cond tls-max tls13-ciphers trace
    trace-ascii unix-socket upload-file url url-query user user-agent variable write-out"""
_VALUES = frozenset(_SHORT.split()) | frozenset(_LONG.split())
_SENDS = (
    "d",
    "data",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "data-ascii",
    "F",
    "form",
    "json",
    "T",
    "upload-file",
)
_SHOWS = ("I", "head", "V", "version", "M", "manual", "h", "help")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+\.[A-Za-z]{2,}(?:[:/]|$)")


def run(shell: Shell, call: Call) -> str:
    """A call of curl."""
    given = parse(call.arguments, _VALUES)
    urls, targets, named = _wanted(given.sequence)
    urls = [url for url in _without_options(urls, max(len(targets), 1)) if not is_option(shell.table, url)]
    if given.has("k", "insecure", "proxy-insecure") and not (urls and all(is_local(url.text) for url in urls)):
        _insecure(shell, given.options)
    if _looks_only(given):
        return shell.table.result("$(curl …)")
    if given.has("remote-name-all"):
        named += [True] * (len(urls) - len(named))
    if not given.has("g", "globoff"):
        urls = [Field(one, url.word) for url in urls for one in braced(url.text)]
        named += [True] * (len(urls) - len(named)) if named else []
    folder = given.value("output-dir")
    out = ""
    for url, target in zip_longest(urls, _targets(shell, urls, targets, named)):
        if url is not None:
            name = target if target is None or folder is None else f"{folder}/{target}"
            content = shell.fetch(call, url, "curl", name)
            out += content if name is None else ""
    return out


def _insecure(shell: Shell, options: tuple[Option, ...]) -> None:
    for option in options:
        if option.name in ("k", "insecure", "proxy-insecure"):
            off(shell, option.field, _shown(option), "the server's certificate is not verified",
                "remove it, or name the authority with --cacert")  # fmt: skip


def _shown(option: Option) -> str:
    return f"--{option.name}" if len(option.name) > 1 else f"-{option.name}"


def _looks_only(given: Options) -> bool:
    """Whether nothing is kept: headers, a status, a request that sends something."""
    asks = given.has("G", "get")  # what is sent goes into the URL
    return (
        not given.names.isdisjoint(_SHOWS)
        or (not asks and not given.names.isdisjoint(_SENDS))
        or any(method.upper() not in ("GET", "") for method in given.values("X", "request"))
        or any(name in ("/dev/null", "nul", "NUL") for name in given.values("o", "output"))
    )


def _wanted(sequence: tuple[Option | Field, ...]) -> tuple[list[Field], list[str | None], list[bool]]:
    """URLs, and in the order of ``-o`` and ``-O`` the names given, or None for the URL's own."""
    urls: list[Field] = []
    targets: list[str | None] = []
    named: list[bool] = []
    for one in sequence:
        if isinstance(one, Field):
            if _URL.match(one.text) or UNKNOWN.search(one.text):
                urls.append(one)
        elif one.name == "url" and one.value is not None:
            urls.append(Field(one.value, one.field.word))
        elif one.name in ("o", "output"):
            targets.append(one.value)
        elif one.name in ("O", "remote-name"):
            targets.append(None)
            named.append(True)
    return urls, targets, named


def _without_options(urls: list[Field], most: int) -> list[Field]:
    """``curl $OPTIONS -o f "$URL"``: of more operands than there are files, those that tell nothing are options."""
    for url in list(urls):
        if len(urls) > most and UNKNOWN.fullmatch(url.text):
            urls.remove(url)
    return urls


def _targets(shell: Shell, urls: list[Field], targets: list[str | None], named: list[bool]) -> list[str | None]:
    found: list[str | None] = []
    for index, url in enumerate(urls):
        if index < len(targets):
            target = targets[index]
        elif index < len(named):
            target = None
        else:
            found.append(None)
            continue
        name = (file_name(url.text) or shell.table.result("…")) if target is None else target
        found.append(None if name in ("-", "/dev/stdout") else name)
    return found
