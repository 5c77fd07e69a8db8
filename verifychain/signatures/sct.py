"""Signed certificate timestamps: that a certificate was shown to a CT log before it was used (RFC 6962 3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.certificate_transparency import SignedCertificateTimestamp

from verifychain.core import digest
from verifychain.signatures.keys import signed_by, spki_of
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def listed(certificate: x509.Certificate) -> list[SignedCertificateTimestamp]:
    """The timestamps that are embedded in the certificate."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps)
    except x509.ExtensionNotFound:
        return []
    return list(found.value)


def check(certificate: x509.Certificate, issuer: x509.Certificate, root: TrustRoot) -> None:
    """Check that a CT log of the trust root has signed for the certificate. Raises Rejected."""
    stamps = listed(certificate)
    if not stamps:
        raise Rejected(Reason.SCT_MISSING, "the certificate has no signed certificate timestamp")
    known = [(stamp, log) for stamp in stamps for log in root.ct_logs if log.log_id == stamp.log_id]
    if not known:
        raise Rejected(Reason.SCT_INVALID, "the certificate's timestamp is of a CT log that the trust root lacks")
    for stamp, log in known:
        time = stamp.timestamp.replace(tzinfo=UTC)
        if log.window.covers(time) and signed_by(log.key, stamp.signature, _signed(certificate, issuer, stamp, time)):
            return
    raise Rejected(Reason.SCT_INVALID, "no signed certificate timestamp of the certificate holds")


def _signed(
    certificate: x509.Certificate, issuer: x509.Certificate, stamp: SignedCertificateTimestamp, time: datetime
) -> bytes:
    """The structure that the log signed: version 1, certificate_timestamp, a precert_entry."""
    milliseconds = (time - _EPOCH) // timedelta(milliseconds=1)
    tbs, extensions = certificate.tbs_precertificate_bytes, stamp.extension_bytes
    return b"".join(
        (
            b"\x00\x00",
            milliseconds.to_bytes(8),
            b"\x00\x01",
            digest.of_bytes(spki_of(issuer.public_key())).raw,
            len(tbs).to_bytes(3),
            tbs,
            len(extensions).to_bytes(2),
            extensions,
        )
    )
