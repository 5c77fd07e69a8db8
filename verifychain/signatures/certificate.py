"""
The signer's certificate: its profile, and a chain to an authority of the trust root at every verified time.

The chain is only ever built from certificates of the trust root, which lists each in full; what a bundle brings along
is no part of it. "Now" is never asked: certificates of Fulcio live for ten minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from verifychain.signatures.identity import misfit
from verifychain.signatures.trust_root import Authority, TrustRoot
from verifychain.signatures.verdict import Reason, Rejected

_E = TypeVar("_E", bound=x509.ExtensionType)

_UNDERSTOOD = {
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}


def check_profile(certificate: x509.Certificate) -> None:
    """Check that the certificate is for signing code and nothing more. Raises Rejected."""
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.digital_signature or usage.key_cert_sign:
        raise misfit("its key is not for signatures alone")
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    if extended is None or ExtendedKeyUsageOID.CODE_SIGNING not in extended:
        raise misfit("it is not for signing code")
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise misfit("it is an authority's")
    _check_critical(certificate)


def check_chain(certificate: x509.Certificate, root: TrustRoot, times: Sequence[datetime]) -> x509.Certificate:
    """
    Find the authority that issued the certificate and was believed at all the times; return the direct issuer.

    Raises Rejected: of an unknown authority, or not valid at one of the times.
    """
    linked = [
        (authority, chain) for authority in root.authorities if (chain := _path(certificate, authority)) is not None
    ]
    if not linked:
        raise Rejected(Reason.CERTIFICATE_UNTRUSTED, "no authority of the trust root issued the certificate")
    for authority, chain in linked:
        if all(_valid(authority, (certificate, *chain), time) for time in times):
            return chain[0]
    lives = f"{_shown(certificate.not_valid_before_utc)} to {_shown(certificate.not_valid_after_utc)}"
    signed = ", ".join(map(_shown, times))
    detail = f"signed at {signed}; the certificate is valid from {lives}, its authority from {linked[0][0].window}"
    raise Rejected(Reason.CERTIFICATE_EXPIRED, detail)


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _valid(authority: Authority, chain: Sequence[x509.Certificate], time: datetime) -> bool:
    return authority.window.covers(time) and all(
        one.not_valid_before_utc <= time <= one.not_valid_after_utc for one in chain
    )


def _path(leaf: x509.Certificate, authority: Authority) -> tuple[x509.Certificate, ...] | None:
    """The certificates from the leaf's issuer to the authority's last one; None where they do not lead there."""
    return next((chain for chain in _chains(authority) if _issued(leaf, chain[0], 0)), None)


@lru_cache(maxsize=64)
def _chains(authority: Authority) -> tuple[tuple[x509.Certificate, ...], ...]:
    """From each certificate of an authority the way to its last one, where there is one; found once per authority."""
    chain = authority.chain
    ways = (_upwards(one, chain) for one in chain)
    return tuple(way for way in ways if way is not None)


def _upwards(start: x509.Certificate, chain: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...] | None:
    way = [start]
    while way[-1] is not chain[-1]:
        above = (one for one in chain if one not in way and _issued(way[-1], one, len(way)))
        found = next(above, None)
        if found is None:
            return None
        way.append(found)
    return tuple(way)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, below: int) -> bool:
    """Whether the issuer signed the certificate, and may: with ``below`` authorities between it and the leaf."""
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = _extension(issuer, x509.BasicConstraints)
        usage = _extension(issuer, x509.KeyUsage)
        extended = _extension(issuer, x509.ExtendedKeyUsage)
        _check_critical(issuer)
    except (ValueError, TypeError, InvalidSignature, Rejected):
        return False
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        return False
    if extended is not None and ExtendedKeyUsageOID.CODE_SIGNING not in extended:
        return False
    return constraints.path_length is None or constraints.path_length >= below


def _check_critical(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise misfit(f"the critical extension {extension.oid.dotted_string} is not understood")


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
