"""Programs that verify signatures, and the keys that they do it with."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.facts.download import Consumer, Loose
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.evidence import trusted
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import is_url
from verifychain.formats.shell.values import UNKNOWN, Level

_OF_GPG = """a o r u R N homedir keyserver keyserver-options output keyring primary-keyring secret-keyring trust-model
    status-fd logger-fd status-file logger-file log-file passphrase passphrase-fd passphrase-file pinentry-mode
    recipient local-user options display-charset trusted-key default-key import-options export-options verify-options
    list-options compress-algo cipher-algo digest-algo keyid-format auto-key-locate weak-digest max-output
    command-fd command-file attribute-fd comment sender set-filename group"""
_GPG = frozenset(_OF_GPG.split())
_FINGERPRINT = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
_LOCATING = ("locate-keys", "locate-key", "locate-external-keys", "locate-external-key")
_PASSPHRASE = ("passphrase", "passphrase-fd", "passphrase-file")
_RETRIEVING = re.compile(r"(?<!no-)auto-key-retrieve")
_LEVEL = re.compile(r"_pkgverify_level\s+(?:all|signature)")
_SIGNATURE = re.compile(r"\.(?:asc|sig|sign)$")  # what gpg takes away to find the file (2.2.40, run): no others


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    return _PROGRAMS[call.name](shell, call)


def _gpg(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _GPG)
    files = [field.text for field in given.operands]
    if given.has("recv-keys", "receive-keys", "recv-key", "recv"):
        _received(shell, given, call)
    elif given.has("fetch-keys", "fetch-key"):
        for field in given.operands:
            _key(shell, call, field)
    elif given.has(*_LOCATING):
        for field in given.operands:
            _from_anywhere(shell, call, field.text, field)
    elif given.has("export"):
        _exported(shell, call, files)
    else:
        return _of_messages(shell, call, given, files)
    return ""


def _of_messages(shell: Shell, call: Call, given: Options, files: list[str]) -> str:
    """What gpg does with files and with what comes: keys, signatures, messages."""
    output = given.value("o", "output")
    if given.has("verify", "verify-files"):
        _verified(shell, files, call, given)
        if output is not None:
            return _written(shell, call, files, output)
    elif given.has("import", "dearmor", "no-default-keyring") and not given.has("decrypt", "d"):
        return _imported(shell, call, files, output)
    elif given.has("decrypt", "d"):
        return _decrypted(shell, call, files, given)
    elif output is not None and (files or call.stdin):
        shell.write(output, shell.content(files[0]) if files else call.stdin or "")
    elif given.has("fingerprint", "list-keys", "with-fingerprint", "show-keys", "with-colons", "k"):
        return _shown_keys(shell, call, files)
    elif not files:
        return call.stdin or ""  # it guesses what to do, and writes what is in the message
    return ""


def _decrypted(shell: Shell, call: Call, files: list[str], given: Options) -> str:
    """``gpg --decrypt``, which verifies what it writes, unless that is only encrypted with a passphrase."""
    if not given.has(*_PASSPHRASE):
        _verified(shell, files, call, given)
    return _written(shell, call, files, given.value("o", "output"))


def _written(shell: Shell, call: Call, files: list[str], output: str | None) -> str:
    """What is signed goes to a file, or on."""
    content = "".join(shell.content(name) for name in files[:1]) or call.stdin or ""
    if output in (None, "-"):
        return content
    shell.write(output, content)
    return ""


def _shown_keys(shell: Shell, call: Call, files: list[str]) -> str:
    """Fingerprints of keys: what is compared with them is a check of the keys."""
    keys = shell.fetched_files(files) or shell.keys
    if any(_FINGERPRINT.fullmatch(name.replace(" ", "")) for name in files):
        _fingerprinted(shell, call)
    return (
        shell.table.result("$(gpg --fingerprint)")
        if not keys
        else "".join(shell.content(one.target) for one in keys if one.target)
    )


def _fingerprinted(shell: Shell, call: Call) -> None:
    """A fingerprint that is asked for by name must be there: that is a check of the keys."""
    shell.all_listed(shell.ledger.keys, Level.VERIFIED, call.word)


def _exported(shell: Shell, call: Call, names: list[str]) -> None:
    """
    ``gpg --import KEYS; gpg --export FINGERPRINT > keyring``: of all keys that came, this one alone is trusted.

    That holds for the keyring that is written, not for signatures that are verified with what was imported.
    """
    wanted = [name for text in names for name in text.split()]
    if wanted and all(UNKNOWN.search(name) or _FINGERPRINT.fullmatch(name) for name in wanted):
        new = [fetch for fetch in shell.keys[shell.exported :] if not shell.is_checked(fetch)]
        shell.exported = len(shell.keys)
        shell.exports += new
        shell.listed(new, Level.VERIFIED, call.word)


def _received(shell: Shell, given: Options, call: Call) -> None:
    shell.receipts += 1
    for field in given.operands:
        text = field.text.replace(" ", "")
        if UNKNOWN.search(text) is None and _FINGERPRINT.fullmatch(text) is None:
            _from_anywhere(shell, call, f"{given.value('keyserver') or 'keyserver'}#{text}", field)


def _from_anywhere(shell: Shell, call: Call, name: str, field: Field) -> None:
    """A key that others may have made: it is asked for by a short id or an address, or is whatever has signed."""
    before = len(shell.fetches)
    shell.fetch(call, field._replace(text=name), "gpg")
    for fetch in shell.fetches[before:]:
        fetch.key, fetch.data = True, False


def _key(shell: Shell, call: Call, url: Field) -> None:
    before = len(shell.fetches)
    shell.fetch(call, url, call.name)
    for fetch in shell.fetches[before:]:
        shell.add_key(fetch)


def _imported(shell: Shell, call: Call, files: list[str], output: str | None) -> str:
    content = "".join(shell.content(name) for name in files) if files else call.stdin or ""
    for fetch in shell.fetched(content):
        shell.add_key(fetch)
    if output is not None:
        shell.write(output, content)
        return ""
    return content


def _verified(shell: Shell, files: list[str], call: Call, given: Options) -> None:
    """``gpg --verify signature [file…]``."""
    trusted(shell, call, given.values("keyring", "primary-keyring"))
    if given.has("auto-key-retrieve") or any(_RETRIEVING.search(text) for text in given.values("keyserver-options")):
        _from_anywhere(shell, call, "keyserver#auto-key-retrieve", Field("", call.word))
    for key in shell.exports:
        key.checks.clear()
        shell.state = shell.state.without_check(key.index)
    shell.exports = []
    if not files:
        shell.listed(shell.fetched(call.stdin or ""), Level.SIGNED, call.word, _around(given))
    elif len(files) == 1 or given.has("verify-files", "multifile"):
        for name in files:
            _verified_alone(shell, name, call, given)
    else:
        _verified_with(shell, files[0], files[1:], call)


def _verified_with(shell: Shell, signature: str, signed: list[str], call: Call) -> None:
    """A signature and the files that it is of; gpg refuses one that holds a message of its own."""
    covered = shell.fetched_files(signed)
    if "-" in signed:
        covered += shell.fetched(call.stdin or "")
    for fetch in shell.fetched_files([signature]):
        shell.serves(fetch)
        covered.append(fetch)
    shell.listed(covered, Level.SIGNED, call.word)


def _verified_alone(shell: Shell, name: str, call: Call, given: Options) -> None:
    """
    ``gpg --verify f.asc``: the message in it, and only where there is none the file ``f`` beside it.

    Whoever serves ``f.asc`` decides which it is, by any text that the key has ever signed. gpgv, and gpg with
    ``--batch``, never look for ``f`` (gpg 2.2.40, run). ``--output`` writes what is signed, and nothing around it.
    """
    own = shell.fetched_files([name])
    beside = _SIGNATURE.sub("", name)
    covered = shell.fetched_files([beside]) if beside != name and _looks_beside(call, given) else []
    for fetch in own if covered else ():
        shell.serves(fetch)
    shell.listed(covered, Level.SIGNED, call.word, Loose.BESIDE if own else None)
    shell.listed(own, Level.SIGNED, call.word, None if covered else _around(given))


def _around(given: Options) -> Loose | None:
    """What is open of a file with a message in it, unless the message is written apart."""
    return None if given.has("o", "output", "decrypt", "d") else Loose.AROUND


def _looks_beside(call: Call, given: Options) -> bool:
    """Whether the program looks for the file beside its signature: gpg does, and by ``--verify`` not in a batch."""
    if call.name not in ("gpg", "gpg2"):
        return False
    modes = [option.name for option in given.options if option.name in ("batch", "no-batch")]
    return modes[-1:] != ["batch"] or given.has("decrypt", "d")


def _apt_key(shell: Shell, call: Call) -> str:
    texts = call.texts
    if "adv" in texts:
        given = parse(call.arguments, _GPG)
        if given.has("fetch-keys"):
            for field in given.operands:
                if is_url(field.text):
                    _key(shell, call, field)
        else:
            _received(shell, given._replace(operands=tuple(f for f in given.operands if f.text != "adv")), call)
        return ""
    return _imported(shell, call, [name for name in texts if name not in ("add", "-")], None)


def _rpm(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, frozenset(["root", "dbpath", "D", "define", "E", "eval"]))
    files = [field.text for field in given.operands]
    for option in given.options:
        if option.name in ("nosignature", "nodigest", "nogpgcheck"):
            off(shell, option.field, f"--{option.name}", "the packages' signatures are not verified")
    if given.has("import"):
        for field in given.operands:
            if is_url(field.text):
                _key(shell, call, field)
            else:
                _imported(shell, call, [field.text], None)
    elif given.has("K", "checksig"):
        if _asks_for_signatures(given):
            shell.listed(shell.fetched_files(files), Level.SIGNED, call.word)
    elif given.has("i", "install", "U", "upgrade", "F", "freshen"):
        _rpm_installed(shell, call, given.operands)
    return ""


def _rpm_installed(shell: Shell, call: Call, packages: tuple[Field, ...]) -> None:
    for field in packages:
        if is_url(field.text):
            content = shell.fetch(call, field, "rpm")
            shell.pipe(content, Consumer.UNPACKER, call.word, "rpm")
            shell.fetches[-1].consumer = None
        else:
            shell.use_files([field.text], call.word, "rpm")


def _asks_for_signatures(given: Options) -> bool:
    """
    ``rpm -K`` succeeds for a package that nobody has signed: its digests, which stand in it, fit (rpm 4.18, run).

    Signatures are asked for by a macro alone.
    """
    levels = (_LEVEL.fullmatch(text.strip()) for text in given.values("D", "define"))
    return any(levels) and not given.has("nosignature", "nodigest")


def _gpgv(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _GPG)
    _verified(shell, [field.text for field in given.operands], call, given)
    return ""


_PROGRAMS: dict[str, Callable[[Shell, Call], str]] = {
    "gpg": _gpg, "gpg2": _gpg, "gpgv": _gpgv, "gpgv2": _gpgv, "sqv": _gpgv, "apt-key": _apt_key, "rpm": _rpm,
    "rpmkeys": _rpm,
}  # fmt: skip
