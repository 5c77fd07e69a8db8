"""wget and wget2."""

from __future__ import annotations

import re

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, is_option, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import braced, file_name, is_url
from verifychain.formats.shell.values import UNKNOWN

_VALUES = frozenset(
    [
        "a",
        "A",
        "B",
        "D",
        "e",
        "i",
        "I",
        "l",
        "o",
        "O",
        "P",
        "Q",
        "R",
        "t",
        "T",
        "U",
        "w",
        "X",
        "S-",
        "accept",
        "accept-regex",
        "append-output",
        "background",
        "base",
        "bind-address",
        "body-data",
        "body-file",
        "ca-certificate",
        "ca-directory",
        "certificate",
        "certificate-type",
        "ciphers",
        "config",
        "connect-timeout",
        "cut-dirs",
        "default-page",
        "directory-prefix",
        "dns-timeout",
        "domains",
        "exclude-directories",
        "exclude-domains",
        "execute",
        "ftp-password",
        "ftp-user",
        "header",
        "http-passwd",
        "http-password",
        "http-user",
        "https-only",
        "include-directories",
        "input-file",
        "level",
        "limit-rate",
        "load-cookies",
        "local-encoding",
        "max-redirect",
        "method",
        "output-document",
        "output-file",
        "password",
        "post-data",
        "post-file",
        "prefer-family",
        "private-key",
        "progress",
        "proxy-password",
        "proxy-user",
        "quota",
        "read-timeout",
        "referer",
        "regex-type",
        "reject",
        "reject-regex",
        "remote-encoding",
        "report-speed",
        "restrict-file-names",
        "retry-on-http-error",
        "save-cookies",
        "secure-protocol",
        "timeout",
        "tries",
        "use-askpass",
        "user",
        "user-agent",
        "wait",
        "waitretry",
        "warc-file",
        "hsts-file",
    ]
)
_DRIVE = re.compile(r"[A-Za-z]:(?!//)")


def run(shell: Shell, call: Call) -> str:
    """A call of wget."""
    given = parse(call.arguments, _VALUES)
    for option in given.options:
        if option.name == "no-check-certificate":
            off(shell, option.field, "--no-check-certificate", "the server's certificate is not verified",
                "remove it, or name the authority with --ca-certificate")  # fmt: skip
    if given.has("spider", "post-data", "post-file", "body-data", "body-file") or given.value("method") not in (
        None,
        "GET",
    ):
        return shell.table.result("$(wget …)")
    target = given.value("O", "output-document")
    if target == "/dev/null":
        return ""
    out = ""
    for url in (*_urls(shell, given), *_listed(shell, call, given)):
        out += shell.fetch(call, url, "wget", _target(shell, given, url, target))
    return out


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


def _target(shell: Shell, given: Options, url: Field, target: str | None) -> str | None:
    if target is not None:
        return None if target in ("-", "/dev/stdout") else target
    text = url.text if is_url(url.text) or UNKNOWN.match(url.text) else f"http://{url.text}"
    name = file_name(text) or "index.html"
    folder = given.value("P", "directory-prefix")
    return name if folder is None else f"{folder}/{name}"
