"""RFC 3161 timestamps: when a signature was there, by the word of a timestamp authority of the trust root."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest
from verifychain.signatures.evidence import Evidence
from verifychain.signatures.trust_root import Authority, TrustRoot
from verifychain.signatures.verdict import Reason, Rejected

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

MOST = 32  # as sigstore-go has it: each costs a signature
_ALGORITHMS = {
    "2.16.840.1.101.3.4.2.1": Algorithm.SHA256,
    "2.16.840.1.101.3.4.2.2": Algorithm.SHA384,
    "2.16.840.1.101.3.4.2.3": Algorithm.SHA512,
}


def check(evidence: Evidence, root: TrustRoot) -> list[datetime]:
    """
    The times that the evidence's timestamps prove.

    Where there are timestamps and the root has authorities, one at least must hold: raises Rejected with the fault of
    the last one otherwise. Without authorities the timestamps say nothing, neither good nor bad.
    """
    if len(set(evidence.timestamps)) != len(evidence.timestamps):
        raise Rejected(Reason.TIMESTAMP_INVALID, "the same timestamp stands twice")
    if not root.timestamp_authorities:
        return []
    times: list[datetime] = []
    fault: Rejected | None = None
    for token in evidence.timestamps:
        try:
            times.append(_time(token, evidence.timestamped, root))
        except Rejected as rejected:
            fault = rejected
    if fault is not None and not times:
        raise fault
    return times


def _time(token: bytes, data: bytes, root: TrustRoot) -> datetime:
    response, imprint, time = _decoded(token)
    if imprint != digest.of_bytes(data, imprint.algorithm):
        raise Rejected(Reason.TIMESTAMP_INVALID, "the timestamp is over other bytes than this signature")
    faults = [_fault(response, imprint, time, authority) for authority in root.timestamp_authorities]
    if None in faults:
        return time
    outside = next((fault for fault in faults if fault is Reason.TIMESTAMP_OUTSIDE), None)
    if outside is not None:
        detail = f"{time:%Y-%m-%dT%H:%M:%SZ} is outside the time of the authority or of its certificates"
        raise Rejected(outside, detail)
    raise Rejected(Reason.TIMESTAMP_UNTRUSTED, "no timestamp authority of the trust root signed the timestamp")


def _decoded(token: bytes) -> tuple[TimeStampResponse, Digest, datetime]:
    from rfc3161_client import decode_timestamp_response

    try:
        response = decode_timestamp_response(token)
        imprint = response.tst_info.message_imprint
        algorithm = _ALGORITHMS.get(imprint.hash_algorithm.dotted_string)
        if algorithm is None:
            raise Rejected(Reason.TIMESTAMP_INVALID, "the timestamp's hash is none of SHA-256, SHA-384 and SHA-512")
        return response, Digest(algorithm, imprint.message), response.tst_info.gen_time
    except Rejected:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises several kinds for malformed tokens
        raise Rejected(Reason.TIMESTAMP_INVALID, f"the timestamp cannot be read: {error}") from None


def _fault(response: TimeStampResponse, imprint: Digest, time: datetime, authority: Authority) -> Reason | None:
    """Why a token is not this authority's word at a time at which it was believed; None where it is."""
    # RFC 5280 has the last second of a certificate still in its time, OpenSSL below the library has not: it refuses it.
    in_time = authority.window.covers(time) and all(
        one.not_valid_before_utc <= time < one.not_valid_after_utc for one in authority.chain
    )
    if not _signed(response, imprint, authority):
        # A certificate out of its time is not told apart by the library from a signature of someone else.
        named = any(_names(response, one) for one in authority.chain[:1])
        return Reason.TIMESTAMP_OUTSIDE if named and not in_time else Reason.TIMESTAMP_UNTRUSTED
    return None if in_time else Reason.TIMESTAMP_OUTSIDE


def _names(response: TimeStampResponse, certificate: object) -> bool:
    """Whether the token says that this certificate's key signed it."""
    try:
        return any(
            one.serial_number == getattr(certificate, "serial_number", None)
            and one.issuer == getattr(certificate, "issuer", None)
            for one in response.signed_data.signer_infos
        )
    except Exception:  # noqa: BLE001 - the library reads names only now: ValueError or KeyError for malformed ones
        return False


def _signed(response: TimeStampResponse, imprint: Digest, authority: Authority) -> bool:
    from rfc3161_client import VerifierBuilder

    leaf, *rest = authority.chain
    if not rest:
        return False
    verifier = VerifierBuilder(tsa_certificate=leaf, intermediates=rest[:-1], roots=rest[-1:]).build()
    try:
        return verifier.verify(response, imprint.raw)
    except Exception:  # noqa: BLE001 - VerificationError, and ValueError from below it
        return False
