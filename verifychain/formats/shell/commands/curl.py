"""curl (its manual: options pair with URLs in order, ``-O`` names the file after the URL)."""

from __future__ import annotations

import re
from itertools import zip_longest

from verifychain.formats.shell.brought import named_by_server
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Option, Options, is_option, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import braced, file_name, is_local
from verifychain.formats.shell.values import UNKNOWN

_SHORT = "A b c C d D e E F H K m o P Q r t T u U w x X y Y z"
_LONG = """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
    connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw
    data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech
    egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user
    ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256
    hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type knownhosts krb libcurl
    limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file
    noproxy oauth2-bearer output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto
    proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers
    proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name
    proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote
    random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
    service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr
    telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
    trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority
    write-out"""
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
_MOST_PARTS = 64
_MOST_LINES = 99  # of a file with options
_LINE = re.compile(r"[ \t]*-{0,2}([a-z][a-z-]{2,40})[ \t]*[=: \t]?[ \t]*(\"([^\"]*)\"|[^\s\"#][^\s]*)?[ \t]*\r?")
_NOWHERE = ("/dev/null", "nul", "NUL")
_SHOWS = ("I", "head", "V", "version", "M", "manual", "h", "help")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+\.[A-Za-z]{2,}(?:[:/]|$)")


def run(shell: Shell, call: Call) -> str:
    """A call of curl; behind ``--next`` other options hold."""
    given = _configured(shell, call, parse(call.arguments, _VALUES))
    if not given.has("next", ":"):
        return _transfer(shell, call, given)
    parts = _parts(call.arguments)
    return "".join(_transfer(shell, call, parse(part, _VALUES)) for part in parts)


def _configured(shell: Shell, call: Call, given: Options) -> Options:
    """With the options that stand in the file of ``-K``, where the script has written that."""
    for name in given.values("K", "config"):
        text = (call.stdin or "") if name == "-" else shell.content(name)
        lines = [found for line in text.split("\n")[:_MOST_LINES] if (found := _LINE.fullmatch(line)) is not None]
        fields = [
            Field(f"--{line[1]}={line[3] or line[2]}" if line[2] else f"--{line[1]}", call.word) for line in lines
        ]
        given = parse((*call.arguments, *fields), _VALUES)
    return given


def _parts(arguments: tuple[Field, ...]) -> list[tuple[Field, ...]]:
    parts: list[tuple[Field, ...]] = [()]
    for field in arguments:
        if field.text in ("--next", "-:"):
            parts.append(())
        else:
            parts[-1] += (field,)
    return parts[:_MOST_PARTS]


def _transfer(shell: Shell, call: Call, given: Options) -> str:
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
    ask = shell.answer if _sends(given) else shell.fetch
    out, first = "", len(shell.fetches)
    for url, target in zip_longest(urls, _targets(shell, urls, targets, named)):
        if target in _NOWHERE:
            out += shell.table.result("$(curl …)")  # what -w prints
        elif url is not None:
            name = target if target is None or folder is None else f"{folder}/{target}"
            content = ask(call, url, "curl", name)
            out += content if name is None else ""
    if named and given.has("J", "remote-header-name"):
        named_by_server(shell, first)
    return out


def _insecure(shell: Shell, options: tuple[Option, ...]) -> None:
    for option in options:
        if option.name in ("k", "insecure", "proxy-insecure"):
            off(shell, option.field, _shown(option), "the server's certificate is not verified",
                "remove it, or name the authority with --cacert")  # fmt: skip


def _shown(option: Option) -> str:
    return f"--{option.name}" if len(option.name) > 1 else f"-{option.name}"


def _looks_only(given: Options) -> bool:
    """Whether no body is asked for: headers, a status."""
    return not given.names.isdisjoint(_SHOWS) or "HEAD" in map(str.upper, given.values("X", "request"))


def _sends(given: Options) -> bool:
    if any(method.upper() not in ("GET", "") for method in given.values("X", "request")):
        return True
    return not given.names.isdisjoint(_SENDS) and not given.has("G", "get")  # or else it goes into the URL


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
