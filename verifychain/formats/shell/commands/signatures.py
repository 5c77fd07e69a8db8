"""Programs that verify signatures, and the keys that they do it with."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.facts.download import Consumer
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import is_url
from verifychain.formats.shell.values import UNKNOWN, Level

_GPG = frozenset(
    [
        "a",
        "o",
        "r",
        "u",
        "homedir",
        "keyserver",
        "keyserver-options",
        "output",
        "keyring",
        "no-default-keyring-",
        "primary-keyring",
        "secret-keyring",
        "trust-model",
        "status-fd",
        "logger-fd",
        "passphrase",
        "passphrase-fd",
        "recipient",
        "local-user",
        "options",
        "display-charset",
        "trusted-key",
        "default-key",
        "import-options",
        "export-options",
        "verify-options",
        "compress-algo",
        "cipher-algo",
        "digest-algo",
    ]
)
_FINGERPRINT = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
_SIGNATURE = re.compile(r"\.(?:asc|sig|sign|gpg|minisig|pem|bundle|sigstore(?:\.json)?)$")


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    return _PROGRAMS[call.name](shell, call)


def _gpg(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _GPG)
    files = [field.text for field in given.operands]
    output = given.value("o", "output")
    if given.has("recv-keys", "receive-keys", "recv-key", "recv"):
        _received(shell, given, call)
    elif given.has("fetch-keys", "fetch-key"):
        for field in given.operands:
            _key(shell, call, field)
    elif given.has("export"):
        _exported(shell, call, files)
    elif given.has("import", "dearmor", "no-default-keyring") and not given.has("verify", "decrypt"):
        return _imported(shell, call, files, output)
    elif given.has("verify", "verify-files"):
        _verified(shell, files, call)
    elif given.has("decrypt", "d"):
        return _decrypted(shell, call, files, output)
    elif output is not None and (files or call.stdin):
        shell.write(output, shell.content(files[0]) if files else call.stdin or "")
    elif given.has("fingerprint", "list-keys", "with-fingerprint", "show-keys", "with-colons", "k"):
        return _shown_keys(shell, call, files)
    return ""


def _decrypted(shell: Shell, call: Call, files: list[str], output: str | None) -> str:
    """``gpg --decrypt``, which verifies what it writes."""
    _verified(shell, files, call)
    content = "".join(shell.content(name) for name in files[:1]) or call.stdin or ""
    if output is None:
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
            before = len(shell.fetches)
            shell.fetch(call, Field(f"{given.value('keyserver') or 'keyserver'}#{text}", field.word), "gpg")
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


def _verified(shell: Shell, files: list[str], call: Call) -> None:
    """``gpg --verify signature [file…]``: without a file it is the signature's name without its ending."""
    for key in shell.exports:
        key.checks.clear()
        shell.state = shell.state.without_check(key.index)
    shell.exports = []
    if not files:
        shell.listed(shell.fetched(call.stdin or ""), Level.SIGNED, call.word)
        return
    signature, *signed = files
    covered = shell.fetched_files(signed or [_SIGNATURE.sub("", signature)])
    for fetch in shell.fetched_files([signature]):
        if signed or covered:
            shell.serves(fetch)
        covered.append(fetch)
    shell.listed(covered, Level.SIGNED, call.word)


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


def _cosign(shell: Shell, call: Call) -> str:
    values = frozenset(
        [
            "key",
            "certificate",
            "cert",
            "certificate-identity",
            "certificate-identity-regexp",
            "certificate-oidc-issuer",
            "certificate-oidc-issuer-regexp",
            "signature",
            "bundle",
            "rekor-url",
            "certificate-chain",
            "ca-roots",
            "timestamp-certificate-chain",
            "type",
            "policy",
            "predicate",
            "k",
            "certificate-github-workflow-repository",
            "trusted-root",
        ]
    )
    given = parse(call.arguments, values)
    for option in given.options:
        if (
            option.name
            in (
                "insecure-ignore-tlog",
                "insecure-ignore-sct",
                "allow-insecure-registry",
                "private-infrastructure",
                "insecure-skip-verify",
                "allow-http-registry",
            )
            and option.value != "false"
        ):
            off(shell, option.field, f"--{option.name}", "the transparency log or the registry is not verified")
    names = [field.text for field in given.operands]
    if names[:1] not in (["verify-blob"], ["verify-blob-attestation"]):
        return shell.table.result("$(cosign …)")
    identity = given.has("certificate-identity", "certificate-identity-regexp") and given.has(
        "certificate-oidc-issuer", "certificate-oidc-issuer-regexp"
    )
    if identity or given.has("key", "k"):
        _evidence(shell, given.values("signature", "certificate", "cert", "bundle", "key"))
        shell.listed(shell.fetched_files(names[1:]), Level.SIGNED, call.word)
    return ""


def _evidence(shell: Shell, names: list[str]) -> None:
    for fetch in shell.fetched_files(names):
        shell.serves(fetch)


def _minisign(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, frozenset(["m", "P", "p", "x", "s", "o"]))
    if given.has("V", "H") or call.name.startswith("signify"):
        files = given.values("m")
        _evidence(shell, given.values("x") or [f"{name}.minisig" for name in files])
        shell.listed(shell.fetched_files(files), Level.SIGNED, call.word)
    return ""


def _slsa(shell: Shell, call: Call) -> str:
    given = parse(
        call.arguments, frozenset(["provenance-path", "source-uri", "source-tag", "builder-id", "source-branch"])
    )
    if given.operands and given.operands[0].text.startswith("verify-"):
        _evidence(shell, given.values("provenance-path"))
        shell.listed(shell.fetched_files([field.text for field in given.operands[1:]]), Level.SIGNED, call.word)
    return ""


def _rpm(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, frozenset(["root", "dbpath", "D", "define", "E", "eval"]))
    for option in given.options:
        if option.name in ("nosignature", "nodigest", "nogpgcheck"):
            off(shell, option.field, f"--{option.name}", "the packages' signatures are not verified")
    if given.has("import"):
        for field in given.operands:
            if is_url(field.text):
                _key(shell, call, field)
            else:
                _imported(shell, call, [field.text], None)
        return ""
    if given.has("K", "checksig"):
        shell.listed(shell.fetched_files([field.text for field in given.operands]), Level.SIGNED, call.word)
    elif given.has("i", "install", "U", "upgrade", "F", "freshen"):
        for field in given.operands:
            if is_url(field.text):
                content = shell.fetch(call, field, "rpm")
                shell.pipe(content, Consumer.UNPACKER, call.word, "rpm")
                shell.fetches[-1].consumer = None
            else:
                shell.use_files([field.text], call.word, "rpm")
    return ""


def _gpgv(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _GPG)
    _verified(shell, [field.text for field in given.operands], call)
    return ""


_PROGRAMS: dict[str, Callable[[Shell, Call], str]] = {
    "gpg": _gpg, "gpg2": _gpg, "gpgv": _gpgv, "apt-key": _apt_key,
    "cosign": _cosign, "minisign": _minisign, "signify": _minisign, "signify-openbsd": _minisign,
    "slsa-verifier": _slsa, "rpm": _rpm, "rpmkeys": _rpm,
}  # fmt: skip
