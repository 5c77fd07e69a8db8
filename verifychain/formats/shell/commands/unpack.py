"""Programs that unpack or install files: a use, and from a pipe one before anything can be checked."""

from __future__ import annotations

import re

from verifychain.facts.download import Consumer
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import is_url
from verifychain.formats.shell.values import UNKNOWN

_VALUES = frozenset(
    [
        "C",
        "f",
        "T",
        "X",
        "I",
        "directory",
        "file",
        "strip-components",
        "transform",
        "exclude",
        "one-top-level",
        "use-compress-program",
    ]
)
_TAR = frozenset({"tar", "bsdtar", "gtar", "star", "pax"})
_SYSTEM = frozenset(
    [
        "apt",
        "apt-get",
        "yum",
        "dnf",
        "dnf5",
        "microdnf",
        "tdnf",
        "zypper",
        "apk",
        "pacman",
        "installer",
        "msiexec",
        "alien",
        "brew",
        "snap",
        "flatpak",
    ]
)
_UNSIGNED = "the packages' signatures are not verified"
_SWITCHES = {
    "allow-unauthenticated": _UNSIGNED,
    "force-yes": _UNSIGNED,
    "allow-insecure-repositories": "the repository's signature is not verified",
    "no-gpg-checks": _UNSIGNED,
    "nogpgcheck": _UNSIGNED,
    "no-gpgcheck": _UNSIGNED,
    "allow-untrusted": _UNSIGNED,
    "nosignature": _UNSIGNED,
    "force-bad-verify": _UNSIGNED,
    "no-check-certificate": "the server's certificate is not verified",
    "dangerous": _UNSIGNED,
    "nodigest": "the packages' digests are not verified",
}
_SETTING = re.compile(
    r"(?:Acquire::https?::?[\w.:-]*Verify-(?:Peer|Host)|APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories"
    r"|sslverify|gpgcheck|repo_gpgcheck)=\"?(?:false|0|no|true|1|yes)\"?$",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"(?:gpgcheck|sslverify)=\"?(?:true|1|yes)|(?:Verify-(?:Peer|Host))=\"?(?:true|1)|Allow\w+=\"?(?:false|0|no)",
    re.IGNORECASE,
)


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    if call.name in _SYSTEM:
        _system(shell, call)
        return ""
    if call.name in _TAR:
        return _tar(shell, call)
    given = parse(call.arguments, frozenset({"d", "D", "C"}))
    names = [field.text for field in given.operands]
    if call.name in ("cpio", "jar", "bsdcat") or not names or names == ["-"]:
        shell.pipe(call.stdin or "", Consumer.UNPACKER, call.word, call.name)
    if call.name in ("dpkg", "dpkg-deb"):
        _dpkg(shell, call, given)
        return ""
    if call.name == "ar" and names[:1] and names[0].lstrip("-")[:1] not in ("x", "p"):
        return ""
    if call.name == "unzip" and given.has("l", "t", "Z", "v") and not given.has("d"):
        return ""
    shell.use_files(names, call.word, call.name)
    return "".join(shell.content(name) for name in names) if call.name == "rpm2cpio" else ""


def _dpkg(shell: Shell, call: Call, given: Options) -> None:
    for option in given.options:
        if option.name in {"force-bad-verify", "force-all"}:
            off(shell, option.field, f"--{option.name}", "packages are installed whatever their signature")
    if given.has("i", "install", "x", "extract", "unpack", "R", "recursive", "X", "e", "vextract", "fsys-tarfile"):
        shell.use_files([field.text for field in given.operands], call.word, call.name)


def _tar(shell: Shell, call: Call) -> str:
    arguments = call.arguments
    if arguments and arguments[0].text.isascii() and arguments[0].text.isalpha():
        arguments = _unbundled(arguments[0], arguments[1:])
    given = parse(arguments, _VALUES)
    if given.has("c", "create", "t", "list", "r", "u"):
        return "" if not given.has("t", "list") else shell.table.result("$(tar -t)")
    names = given.values("f", "file")
    named = [name for name in names if name not in ("-", "/dev/stdin")]
    for name in [name for name in named if UNKNOWN.search(name) is not None]:
        for content in shell.contents(name):
            shell.pipe(content, Consumer.UNPACKER, call.word, call.name)
    if named:
        shell.use_files(named, call.word, call.name)
    else:
        shell.pipe(call.stdin or "", Consumer.UNPACKER, call.word, call.name)
    return shell.table.result("$(tar …)")


def _unbundled(bundle: Field, behind: tuple[Field, ...]) -> tuple[Field, ...]:
    """
    The first word as options, where it is a bundle without a dash: ``tar xvfz - `` reads what comes.

    Its letters take their values from the words behind it in turn.
    """
    taking = [letter for letter in bundle.text if letter in _VALUES]
    letters = [letter for letter in bundle.text if letter not in _VALUES]
    if len(taking) == 1 and behind:  # then it is what it would be with a dash
        return (Field("".join(["-", *letters, *taking]), bundle.word), *behind)
    given_to = zip((f"-{letter}" for letter in taking), behind, strict=False)
    taken = [Field(text, value.word) for letter, value in given_to for text in (letter, value.text)]
    return (*(Field(f"-{letter}", bundle.word) for letter in letters), *taken, *behind[len(taking) :])


def _system(shell: Shell, call: Call) -> None:
    values = frozenset(
        ["o", "c", "t", "R", "X", "p", "root", "option", "repository", "releasever", "target-release"]
    ) | frozenset({"setopt"})
    given = parse(call.arguments, values if call.name.startswith("apt") else values - {"o", "c"})
    for option in given.options:
        effect = _SWITCHES.get(option.name)
        if effect is not None and option.value not in ("false", "no", "0"):
            off(shell, option.field, f"--{option.name}", effect)
        setting = option.value or ""
        if option.name in ("o", "option", "setopt") and _SETTING.match(setting) and not _GOOD.search(setting):
            off(shell, option.field, setting, "servers or packages are not verified")
    words = [field.text for field in given.operands]
    if not any(
        word in ("install", "localinstall", "add", "in", "reinstall", "upgrade", "update", "groupinstall", "-U")
        for word in words
    ) and call.name not in ("installer", "msiexec", "pacman"):
        return
    for field in given.operands:
        if is_url(field.text):
            content = shell.fetch(call, field, call.name)
            for fetch in shell.fetched(content):
                fetch.data = fetch.streaming = False
                shell.use([fetch], call.word, call.name)
        elif "/" in field.text or "." in field.text:
            shell.use_files([field.text], call.word, call.name)
