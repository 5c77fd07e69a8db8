"""openssl: digests, signatures, and ciphers that something fetched goes through."""

from __future__ import annotations

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.checksums import hash_of
from verifychain.formats.shell.commands.evidence import evidence, trusted
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.values import Kind, Level

_ALGORITHMS = ("sha1", "sha224", "sha256", "sha384", "sha512", "md5")
_WITH_VALUE = """in out inform outform keyform passin inkey hmac mac macopt sign sigopt signature engine rand
    writerand provider CAfile CApath CAstore certfile content signer recip purpose digest pkeyopt peerkey peerform
    sigfile pass k kfile K iv S md bufsize iter econtent_type"""
_VALUES = frozenset(_WITH_VALUE.split())
_DGST = _VALUES | {"verify", "prverify"}  # of the others it is an action
_CIPHERS = ("enc", "base64", "zlib", "aes", "aria", "camellia", "des", "bf", "cast", "chacha", "rc", "seed", "sm4")
_UNVERIFIED = ("noverify", "nosigs", "no_content_verify", "no_attr_verify")


def run(shell: Shell, call: Call) -> str:
    """A call of it; the first word is the command."""
    name = call.arguments[0].text if call.arguments else ""
    hashes = name == "dgst" or name in _ALGORITHMS
    given = parse(call.arguments[1:], _DGST if hashes else _VALUES, old=True)
    if hashes:
        return _dgst(shell, call, name, given)
    if name == "pkeyutl" and given.has("verify"):
        _pkeyutl(shell, call, given)
        return ""
    if name in ("cms", "smime") and given.has("verify"):
        return _message(shell, call, given)
    if name.startswith(_CIPHERS) or given.has("decrypt"):
        return _written(shell, given, _input(shell, call, given))
    return shell.table.result("$(openssl …)")


def _dgst(shell: Shell, call: Call, name: str, given: Options) -> str:
    files = [field.text for field in given.operands]
    keys = given.values("verify", "prverify")
    if keys:
        signatures = given.values("signature")
        if signatures and len(files) < 2:  # else it fails: of several files none is verified
            trusted(shell, call, keys)
            evidence(shell, signatures)
            covered = shell.fetched_files(files) if files else shell.fetched(call.stdin or "")
            shell.listed(covered, Level.SIGNED, call.word)
        return ""
    named = name if name in _ALGORITHMS else "sha256"
    algorithm = next((option.name for option in given.options if option.name in _ALGORITHMS), named)
    return hash_of(shell, files, algorithm, call.stdin)


def _pkeyutl(shell: Shell, call: Call, given: Options) -> None:
    """With ``-rawin`` it is about the file, else about what stands in it: its digest."""
    trusted(shell, call, given.values("inkey"))
    evidence(shell, given.values("sigfile"))
    content = _input(shell, call, given)
    covered = shell.fetched(content) if given.has("rawin") else _hashed(shell, content)
    shell.listed(covered, Level.SIGNED, call.word)


def _hashed(shell: Shell, content: str) -> list[Fetch]:
    names = [name for one in shell.carried(content) if one.kind is Kind.HASH for name in one.name.split("\n")]
    return shell.fetched_files(names)


def _message(shell: Shell, call: Call, given: Options) -> str:
    """
    ``cms -verify``: by a certificate of an authority that is named, or by that certificate alone.

    The system's authorities sign for everybody; with ``-noverify`` any certificate will do that the message brings.
    """
    content = _input(shell, call, given)
    apart = given.values("content")
    named = given.values("CAfile", "CApath", "CAstore")
    if given.has("certfile") and given.has("nointern"):
        named = named or given.values("certfile")
        unverified = given.has(*_UNVERIFIED[1:])
    else:
        unverified = given.has(*_UNVERIFIED)
    if named and not unverified:
        trusted(shell, call, named)
        if apart:
            for fetch in shell.fetched(content):
                shell.serves(fetch)
        shell.listed(shell.fetched_files(apart) if apart else shell.fetched(content), Level.SIGNED, call.word)
    return "" if apart else _written(shell, given, content)


def _input(shell: Shell, call: Call, given: Options) -> str:
    name = given.value("in")
    return (call.stdin or "") if name in (None, "-", "/dev/stdin") else shell.content(name)


def _written(shell: Shell, given: Options, content: str) -> str:
    target = given.value("out")
    if target in (None, "-", "/dev/stdout"):
        return content
    shell.write(target, content)
    return ""
