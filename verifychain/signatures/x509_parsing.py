"""Certificates from DER, parsed to the end: what is lazily read later would fail in the middle of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifychain.core import uncompiled
from verifychain.signatures.verdict import Reason, Rejected

if TYPE_CHECKING:
    from cryptography import x509


def load(der: bytes) -> x509.Certificate:
    """Parse a certificate with its names, extensions and key. Raises Rejected."""
    uncompiled.load("cryptography.x509")
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(der)
        tuple(certificate.extensions)
        certificate.public_key()
        _ = certificate.subject, certificate.issuer, certificate.signature_algorithm_parameters
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Exception as error:  # noqa: BLE001 - the parser raises several kinds for hostile certificates
        raise Rejected(Reason.MALFORMED_CERTIFICATE, f"the certificate cannot be read: {error}") from None
    return certificate
