"""wget and wget2."""

from __future__ import annotations

import re

from verifychain.formats.shell.brought import named_by_server
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Option, Options, is_option, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import braced, file_name, is_url
from verifychain.formats.shell.values import UNKNOWN

# Options with a value, of GNU wget 1.25 and wget2.
_WITH_VALUE = """a A B D e i I l o O P Q R t T U w X accept accept-regex append-output base bind-address
    bind-dns-address bind-interface body-data body-file ca-certificate ca-directory certificate certificate-type
    choose-config ciphers compression config connect-timeout crl-file cut-dirs default-page directory-prefix
    dns-servers dns-timeout domains egd-file exclude-directories exclude-domains execute follow-tags ftp-password
    ftp-user header hsts-file http-passwd http-password http-user ignore-tags include-directories input-file
    input-metalink level limit-rate load-cookies local-encoding max-redirect method output-document output-file
    password pinnedpubkey post-data post-file prefer-family preferred-location private-key private-key-type
    progress proxy-password proxy-user quota random-file read-timeout referer regex-type reject reject-regex
    rejected-log remote-encoding report-speed restrict-file-names retry-on-http-error save-cookies secure-protocol
    start-pos timeout tries use-askpass user user-agent wait waitretry warc-dedup warc-file warc-header
    warc-max-size warc-tempdir"""
_VALUES = frozenset(_WITH_VALUE.split())
_SENDS = frozenset(("post-data", "post-file", "body-data", "body-file"))
_NOT_CHECKING = frozenset("no-check-certificate"[:at] for at in range(len("no-ch"), 21))  # getopt_long takes all
_CHECKING = _NOT_CHECKING | {"e", "execute", "check-certificate"}
_UNCHECKED = re.compile(r"check_?-?certificate\s*=\s*(?:off|no|0|quiet)\s*", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:(?!//)")


def run(shell: Shell, call: Call) -> str:
    """A call of wget."""
    given = parse(call.arguments, _VALUES)
    if not given.names.isdisjoint(_CHECKING):
        _insecure(shell, given)
    method = (given.value("method") or "GET").upper()
    if given.has("spider") or method == "HEAD":
        return shell.table.result("$(wget …)")
    ask = shell.fetch if method == "GET" and given.names.isdisjoint(_SENDS) else shell.answer
    target = given.value("O", "output-document")
    if target == "/dev/null":
        return ""
    out, first = "", len(shell.fetches)
    for url in (*_urls(shell, given), *_listed(shell, call, given)):
        out += ask(call, url, "wget", _target(shell, given, url, target))
    if target is None and given.has("content-disposition", "trust-server-names"):
        named_by_server(shell, first)
    return out


def _insecure(shell: Shell, given: Options) -> None:
    for option in given.options:
        if _is_unchecked(option):
            off(shell, option.field, _shown(option), "the server's certificate is not verified",
                "remove it, or name the authority with --ca-certificate")  # fmt: skip


def _is_unchecked(option: Option) -> bool:
    """``--no-check-certificate``, also cut short, as a setting of the configuration, and as wget2 has it."""
    if option.name in ("e", "execute"):
        return _UNCHECKED.fullmatch((option.value or "").strip()) is not None
    if option.name == "check-certificate":
        return option.value in ("no", "off", "0", "quiet")
    return option.name in _NOT_CHECKING


def _shown(option: Option) -> str:
    if option.name in ("e", "execute"):
        return f"-e {option.value}"
    return "--no-check-certificate" if option.value is None else f"--{option.name}={option.value}"


def _urls(shell: Shell, given: Options) -> list[Field]:
    """The operands without options in a variable, and without files of Windows, where ``wget`` is an alias."""
    operands = [Field(one, field.word) for field in given.operands for one in braced(field.text)]
    urls = [field for field in operands if _DRIVE.match(field.text) is None and not is_option(shell.table, field)]
    if any(is_url(field.text) for field in urls):
        return [field for field in urls if UNKNOWN.fullmatch(field.text) is None]
    return urls


def _listed(shell: Shell, call: Call, given: Options) -> list[Field]:
    """The addresses in the file of ``-i``, one for all of them where it is not known what it holds."""
    name = given.value("i", "input-file")
    if name is None:
        return []
    text = (call.stdin or "") if name == "-" else shell.content(name)
    unknown = "".join(dict.fromkeys(UNKNOWN.findall(text))) or shell.table.result("$(…)")
    urls = [word for word in text.split() if is_url(word)] or [unknown]
    return [Field(url, call.word) for url in urls[:50]]


def _brings_several(given: Options, url: Field) -> bool:
    """Whether nobody knows how many files come, nor their names."""
    listed = UNKNOWN.match(url.text) is not None and given.has("i", "input-file")
    return listed or given.has("r", "recursive", "m", "mirror")


def _target(shell: Shell, given: Options, url: Field, target: str | None) -> str | None:
    if target is not None:
        return None if target in ("-", "/dev/stdout") else target
    text = url.text if is_url(url.text) or UNKNOWN.match(url.text) else f"http://{url.text}"
    name = "*" if _brings_several(given, url) else file_name(text) or "index.html"
    folder = given.value("P", "directory-prefix")
    return name if folder is None else f"{folder}/{name}"
