"""
Who a certificate names, and whether that is who was expected.

Fulcio puts the subject into the one subject alternative name and what the issuer said of it into extensions
(https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from verifychain.core.record import NamedTuple
from verifychain.signatures.verdict import Reason, Rejected, shown

if TYPE_CHECKING:
    from cryptography import x509

_ARC = "1.3.6.1.4.1.57264.1."
_USERNAME = f"{_ARC}7"
# The extensions by their number. 2 to 6 are raw text of the time before 8 to 22, which are DER strings.
CLAIMS = {
    1: "issuer-v1",
    2: "github-workflow-trigger",
    3: "github-workflow-sha",
    4: "github-workflow-name",
    5: "github-workflow-repository",
    6: "github-workflow-ref",
    8: "issuer",
    9: "build-signer-uri",
    10: "build-signer-digest",
    11: "runner-environment",
    12: "source-repository-uri",
    13: "source-repository-digest",
    14: "source-repository-ref",
    15: "source-repository-identifier",
    16: "source-repository-owner-uri",
    17: "source-repository-owner-identifier",
    18: "build-config-uri",
    19: "build-config-digest",
    20: "build-trigger",
    21: "run-invocation-uri",
    22: "source-repository-visibility",
}
_RAW_TEXT = range(1, 7)
_LONGEST = 1024  # bytes of a subject: expressions of users are run on it


class Signer(NamedTuple):
    """
    What a certificate says of its holder.

    subject  the subject alternative name
    kind     ``uri``, ``email``, ``username`` or ``dns``
    issuer   who identified the holder
    claims   the extensions by the names of ``CLAIMS``
    """

    subject: str
    kind: str
    issuer: str
    claims: dict[str, str]


class Match(Enum):
    """How a pattern is compared, always with the whole value."""

    EXACT = "exact"
    GLOB = "glob"  # `*` does not cross `@`, which parts a workflow from its ref
    REGEXP = "regexp"


class Pattern(NamedTuple):
    """One expected value."""

    match: Match
    text: str

    def covers(self, value: str) -> bool:
        """Whether the whole value is meant."""
        if self.match is Match.EXACT:
            return value == self.text
        expression = self.text if self.match is Match.REGEXP else _translated(self.text)
        return len(value) <= _LONGEST and re.fullmatch(expression, value) is not None

    def __str__(self) -> str:
        return shown(self.text) if self.match is Match.EXACT else f"the {self.match.value} {shown(self.text)}"


def _translated(glob: str) -> str:
    return re.sub(r"\\\*(?:\\\*)*", "[^@]*", re.escape(glob))


class Identity(NamedTuple):
    """An expected signer: subject and issuer, and claims that must hold as well."""

    subject: Pattern
    issuer: Pattern
    claims: tuple[tuple[str, Pattern], ...] = ()

    def check(self, signer: Signer) -> None:
        """Raise Rejected with what was expected and what the certificate says."""
        if not self.issuer.covers(signer.issuer):
            detail = f"expected the issuer {self.issuer}, the certificate has {shown(signer.issuer)}"
            raise Rejected(Reason.ISSUER_MISMATCH, detail)
        if not self.subject.covers(signer.subject):
            detail = f"expected the identity {self.subject}, the certificate has {shown(signer.subject)}"
            raise Rejected(Reason.IDENTITY_MISMATCH, detail)
        for name, pattern in self.claims:
            found = signer.claims.get(name)
            if found is None or not pattern.covers(found):
                has = "none" if found is None else shown(found)
                raise Rejected(Reason.WORKFLOW_MISMATCH, f"expected {name} to be {pattern}, the certificate has {has}")


def read(certificate: x509.Certificate) -> Signer:
    """What a certificate says. Raises Rejected where it has no single subject or contradicts itself."""
    subject, kind = _subject(certificate)
    claims = _claims(certificate)
    old, new = claims.get("issuer-v1"), claims.get("issuer")
    if old is not None and new is not None and old != new:
        raise misfit(f"it names two issuers, {shown(old)} and {shown(new)}")
    issuer = new if new is not None else old
    if issuer is None:
        raise misfit("it names no issuer")
    return Signer(subject, kind, issuer, claims)


def _subject(certificate: x509.Certificate) -> tuple[str, str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise misfit("it has no subject alternative name") from None
    listed = list(names)
    if len(listed) != 1:
        raise misfit(f"it has {len(listed)} subject alternative names, not one")
    match listed[0]:
        case x509.UniformResourceIdentifier(value=value):
            return value, "uri"
        case x509.RFC822Name(value=value):
            return value, "email"
        case x509.DNSName(value=value):
            return value, "dns"
        case x509.OtherName(type_id=kind, value=der) if kind.dotted_string == _USERNAME:
            return _der_text(der), "username"
        case other:
            raise misfit(f"its subject alternative name is a {type(other).__name__}")


def _claims(certificate: x509.Certificate) -> dict[str, str]:
    from cryptography import x509

    found: dict[str, str] = {}
    for extension in certificate.extensions:
        dotted = extension.oid.dotted_string
        number = int(dotted.removeprefix(_ARC)) if dotted.startswith(_ARC) and dotted.count(".") == 8 else 0
        if number in CLAIMS and isinstance(extension.value, x509.UnrecognizedExtension):
            value = extension.value.value
            found[CLAIMS[number]] = _text(value) if number in _RAW_TEXT else _der_text(value)
    return found


def _der_text(der: bytes) -> str:
    """The text of a DER UTF8String, or IA5String."""
    if len(der) < 2 or der[0] not in (0x0C, 0x16):
        raise misfit("an extension is no DER string")
    head, size = 2, der[1]
    if size & 0x80:
        head = 2 + (size & 0x7F)
        size = int.from_bytes(der[2:head])
        if size < 0x80 or not der[2]:  # BER has several ways to write a length, DER the shortest only
            raise misfit("an extension is no DER string")
    if len(der) != head + size:
        raise misfit("an extension is no DER string")
    return _text(der[head:])


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise misfit("an extension is not UTF-8") from None


def misfit(fault: str) -> Rejected:
    """The rejection of a certificate for what it is, to be raised."""
    return Rejected(Reason.CERTIFICATE_PROFILE, f"the certificate does not fit: {fault}")
