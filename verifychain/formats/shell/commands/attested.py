"""cosign, slsa-verifier and ``gh attestation verify``: signatures whose signer has an identity, or a key."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.evidence import evidence, trusted
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.values import Level

# Options with a value of `verify-blob` and `verify-blob-attestation` (cosign 1 to 3, doc/cosign_verify-blob*.md).
_OF_COSIGN = """key k certificate cert certificate-identity certificate-identity-regexp certificate-oidc-issuer
    certificate-oidc-issuer-regexp certificate-email signature bundle rekor-url certificate-chain ca-roots
    ca-intermediates timestamp-certificate-chain rfc3161-timestamp sct slot type policy predicate trusted-root digest
    digestAlg signature-digest-algorithm max-workers timeout t output-file output
    certificate-github-workflow-repository certificate-github-workflow-name certificate-github-workflow-ref
    certificate-github-workflow-sha certificate-github-workflow-trigger"""
_COSIGN = frozenset(_OF_COSIGN.split())
_WITHOUT_LOG = frozenset(["insecure-ignore-tlog", "private-infrastructure", "insecure-skip-tlog-verify"])
_OFF = _WITHOUT_LOG | {"insecure-ignore-sct", "allow-insecure-registry", "insecure-skip-verify", "allow-http-registry"}
_ROOTS = ("certificate-chain", "ca-roots", "ca-intermediates", "timestamp-certificate-chain", "trusted-root")
# What says when a short-lived certificate was used, or whose certificates are not short-lived ones of Fulcio.
_TIMED = (*_ROOTS, "rfc3161-timestamp", "use-signed-timestamps")
_OF_GH = """b bundle d digest-alg o owner R repo L limit i cert-identity-regex cert-identity cert-oidc-issuer
    custom-trusted-root predicate-type signer-repo signer-workflow signer-digest source-ref source-digest format q jq
    t template hostname"""
_GH = frozenset(_OF_GH.split())
_OF_SLSA = """provenance-path attestation-path attestations-path source-uri source-tag source-versioned-tag
    source-branch builder-id build-workflow-input package-name package-version provenance-repository"""
_SLSA = frozenset(_OF_SLSA.split())
# An expression that any signer fits: of no letter, or of a service that is everybody's.
_ANYBODY = re.compile(
    r"[\^(]*(?:(?:https\??)?:?(?:\\?/){2}(?:www\\?\.)?(?:(?:github|gitlab)\\?\.com)?)?"
    r"(?:\\?/)?(?:[.^$*+?()/\s-]|\[\^?/\]|\\[wWsSdD.])*"
)


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    return _PROGRAMS[call.name](shell, call)


def _cosign(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _COSIGN)
    for option in given.options:
        if option.name in _OFF and option.value != "false":
            off(shell, option.field, f"--{option.name}", "the transparency log or the registry is not verified")
    names = [field.text for field in given.operands]
    if names[:1] not in (["verify-blob"], ["verify-blob-attestation"]):
        return shell.table.result("$(cosign …)")
    if _is_verified(given):
        trusted(shell, call, given.values("key", "k", *_ROOTS))
        evidence(shell, given.values("signature", "certificate", "cert", "bundle", "rfc3161-timestamp"))
        shell.listed(shell.fetched_files(names[1:]), Level.SIGNED, call.word)
    return ""


def _is_verified(given: Options) -> bool:
    """
    Whether a signature of somebody in particular is asked for, over the file itself.

    Without the log nobody says when a certificate of ten minutes was used, and cosign refuses all that have expired:
    only certificates of one's own root, or a timestamp, are left. A key needs no time.
    """
    if given.value("check-claims") == "false":
        return False  # the envelope alone is verified, whatever file it is about
    if given.has("key", "k", "sk"):
        return True
    signers = given.values("certificate-identity"), given.values("certificate-identity-regexp")
    issued = given.has("certificate-oidc-issuer", "certificate-oidc-issuer-regexp")
    if not issued or not (signers[0] or signers[1]) or any(map(_ANYBODY.fullmatch, signers[1])):
        return False
    without_log = any(one.name in _WITHOUT_LOG and one.value != "false" for one in given.options)
    return not without_log or given.has(*_TIMED)


def _slsa(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, _SLSA)
    if given.operands and given.operands[0].text.startswith("verify-") and given.has("source-uri"):
        evidence(shell, given.values("provenance-path", "attestation-path", "attestations-path"))
        shell.listed(shell.fetched_files([field.text for field in given.operands[1:]]), Level.SIGNED, call.word)
    return ""


def of_github(shell: Shell, call: Call, arguments: tuple[Field, ...]) -> None:
    """``gh attestation verify``, which is an error of usage without an owner or a repository."""
    given = parse(arguments, _GH)
    if given.has("o", "owner", "R", "repo"):
        trusted(shell, call, given.values("custom-trusted-root"))
        evidence(shell, given.values("b", "bundle"))
        shell.listed(shell.fetched_files([field.text for field in given.operands]), Level.SIGNED, call.word)


_PROGRAMS: dict[str, Callable[[Shell, Call], str]] = {"cosign": _cosign, "slsa-verifier": _slsa}
