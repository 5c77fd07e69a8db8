"""
The trust root: whose certificates, logs and timestamps are believed, and in which time.

The format is protobuf-JSON, ``application/vnd.dev.sigstore.trustedroot+json`` 0.1 and 0.2, one document or several as
JSON lines (https://github.com/sigstore/protobuf-specs, ``sigstore_trustroot.proto``). Several roots are several: the
log of one never vouches for a certificate of another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verifychain.core.digest import Digest, of_bytes
from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.signatures.keys import PublicKey, load_der
from verifychain.signatures.strict_json import MOST_BYTES, Fields, lines
from verifychain.signatures.verdict import Reason, Rejected, shown

if TYPE_CHECKING:
    from cryptography import x509

_MEDIA_TYPES = {
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
}
# What logs and CT logs sign with; a log with another key is left out, so that evidence of it is of an unknown log.
_KEY_KINDS = {
    "PKIX_ECDSA_P256_SHA_256",
    "PKIX_ECDSA_P384_SHA_384",
    "PKIX_ECDSA_P521_SHA_512",
    "PKIX_ED25519",
    "PKCS1_RSA_PKCS1V5",
    "PKIX_RSA_PKCS1V15_2048_SHA256",
    "PKIX_RSA_PKCS1V15_3072_SHA256",
    "PKIX_RSA_PKCS1V15_4096_SHA256",
}
_TIME = expression(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_WRONG = Reason.MALFORMED_TRUST_ROOT
_MOST = 1000


class Window(NamedTuple):
    """A time in which something is believed, both ends included; no end is for ever."""

    start: datetime
    end: datetime | None

    def covers(self, time: datetime) -> bool:
        return self.start <= time and (self.end is None or time <= self.end)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} to {'now' if self.end is None else f'{self.end:%Y-%m-%d}'}"


class Log(NamedTuple):
    """A transparency log or a CT log."""

    url: str
    key: PublicKey
    log_id: bytes
    key_hint: bytes  # the first four bytes of what its checkpoints are signed with
    window: Window

    @property
    def names(self) -> tuple[str, ...]:
        """What its checkpoints may be called: the host, or the host with the path."""
        parts = urlsplit(self.url if "://" in self.url else f"//{self.url}")
        return parts.netloc, (parts.netloc + parts.path).rstrip("/")


class Authority(NamedTuple):
    """A certificate or timestamp authority: its chain as listed (DER), and when it is believed."""

    url: str
    listed: tuple[bytes, ...]
    window: Window
    named: bool  # the document gives it a common name, which the second engine insists on

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates, the same objects each time. Raises Rejected where one is malformed."""
        return _certificates(self.listed)


class TrustRoot(NamedTuple):
    """One root of trust."""

    media_type: str
    logs: tuple[Log, ...]
    authorities: tuple[Authority, ...]
    ct_logs: tuple[Log, ...]
    timestamp_authorities: tuple[Authority, ...]
    document: bytes

    @property
    def digest(self) -> Digest:
        return of_bytes(self.document)


@lru_cache(maxsize=4096)
def _certificates(listed: tuple[bytes, ...]) -> tuple[x509.Certificate, ...]:
    from verifychain.signatures import x509_parsing

    return tuple(map(x509_parsing.load, listed))


def parse(data: bytes, *, is_ours: bool = False) -> tuple[TrustRoot, ...]:
    """
    Read a trust root, or several as JSON lines. Raises Rejected with what is wrong.

    Its certificates are read, too, unless it came with this program: whoever trusts a key alone needs none of them, and
    to load what reads them takes longer than to verify ten images.
    """
    if len(data) > MOST_BYTES:
        raise Rejected(Reason.TOO_LARGE, f"the trust root has {len(data):,} bytes")
    return tuple(_one(document, is_ours=is_ours) for document in lines(data))


def _one(data: bytes, *, is_ours: bool) -> TrustRoot:
    fields = Fields.parse(data, _WRONG, "trust root")
    media_type = fields.text("mediaType")
    if media_type not in _MEDIA_TYPES:
        raise Rejected(_WRONG, f"the media type of the trust root is {shown(media_type)}")
    return TrustRoot(
        media_type=media_type,
        logs=_logs(fields, "tlogs"),
        authorities=_authorities(fields, "certificateAuthorities", is_ours=is_ours),
        ct_logs=_logs(fields, "ctlogs"),
        timestamp_authorities=_authorities(fields, "timestampAuthorities", is_ours=is_ours),
        document=data,
    )


def _logs(fields: Fields, name: str) -> tuple[Log, ...]:
    listed = fields.objects(name, _MOST)
    found = tuple(log for item in listed if (log := _log(item)) is not None)
    if listed and not found:
        # No log at all would mean that none is needed.
        raise fields.wrong(name, "has no log with a key of a known kind")
    return found


def _log(fields: Fields) -> Log | None:
    public = fields.required("publicKey")
    window = _window(public)
    if public.text("keyDetails") not in _KEY_KINDS:
        return None
    try:
        key = load_der(_spki(public)).public
    except Rejected as rejected:
        raise Rejected(_WRONG, f"the key of the log {shown(fields.text('baseUrl'))}: {rejected.detail}") from None
    log_id = fields.required("logId").data("keyId")
    hint = fields.optional("checkpointKeyId")
    return Log(fields.text("baseUrl"), key, log_id, (log_id if hint is None else hint.data("keyId"))[:4], window)


def _spki(public: Fields) -> bytes:
    """The key as a SubjectPublicKeyInfo: PKCS1_RSA_PKCS1V5 is, despite its name, used for both forms."""
    raw = public.data("rawBytes")
    if not public.text("keyDetails").startswith("PKCS1_"):
        return raw
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        return raw
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _authorities(fields: Fields, name: str, *, is_ours: bool) -> tuple[Authority, ...]:
    return tuple(_authority(item, is_ours=is_ours) for item in fields.objects(name, _MOST))


def _authority(fields: Fields, *, is_ours: bool) -> Authority:
    listed = fields.required("certChain").objects("certificates", _MOST)
    if not listed:
        raise fields.wrong("certChain", "has no certificate")
    chain = tuple(item.data("rawBytes") for item in listed)
    try:
        if not is_ours:
            _certificates(chain)
    except Rejected as rejected:
        raise Rejected(_WRONG, f"the authority {shown(fields.text('uri'))}: {rejected.detail}") from None
    subject = fields.optional("subject")
    named = subject is not None and subject.has("commonName") and subject.has("organization")
    return Authority(fields.text("uri"), chain, _window(fields), named)


def _window(fields: Fields) -> Window:
    """A window without a start would believe anything that anyone ever signed: it is a fault of the document."""
    valid = fields.required("validFor")
    start = _time(valid, "start")
    if start is None:
        raise valid.wrong("start", "is missing")
    return Window(start, _time(valid, "end"))


def _time(fields: Fields, name: str) -> datetime | None:
    text = fields.text(name)
    if not text:
        return None
    try:
        if _TIME.fullmatch(text) is None:
            raise ValueError
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise fields.wrong(name, "is not a time as RFC 3339 writes it") from None
