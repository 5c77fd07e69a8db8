"""
Public keys, and whether a signature is theirs: ECDSA on P-256, P-384 and P-521, RSA of 2048 bits and more, Ed25519.

Which hashes a key may be used with follows cosign: SHA-256 for every key (its older formats), and the one of the curve
(its newer ones). The hash is never taken from the evidence.
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.record import NamedTuple
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.strict_json import base64_bytes
from verifychain.signatures.verdict import Reason, Rejected, Unsupported

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_LEAST_RSA_BITS, _MOST_RSA_BITS = 2048, 16384
_CURVES = {
    "secp256r1": (Algorithm.SHA256,),
    "secp384r1": (Algorithm.SHA384, Algorithm.SHA256),
    "secp521r1": (Algorithm.SHA512, Algorithm.SHA256),
}
_HASHES = {
    Algorithm.SHA256: hashes.SHA256(),
    Algorithm.SHA384: hashes.SHA384(),
    Algorithm.SHA512: hashes.SHA512(),
}
# What stands before the point of a key on P-256 or P-384 (RFC 5480), or before the key itself (RFC 8410): DER has one
# way to write it. So keys of the usual kinds need nobody to read or write DER, and to load the library's takes longer
# than to verify twenty signatures: it brings those for OpenSSH and for private keys along.
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_P384 = bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004")
_ED25519 = bytes.fromhex("302a300506032b6570032100")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----")


class Key(NamedTuple):
    """A key that a user trusts: the key and its SubjectPublicKeyInfo in DER."""

    public: PublicKey
    spki: bytes

    @property
    def fingerprint(self) -> Digest:
        """SHA-256 of the SubjectPublicKeyInfo, the name by which a key is shown."""
        return digests.of_bytes(self.spki)


def load_pem(text: bytes) -> Key:
    """Read a key that a user names, a PEM ``PUBLIC KEY``. Raises Rejected with what is wrong."""
    label, der = pem_der(text)
    if label != "PUBLIC KEY":
        wanted = "a PEM block PUBLIC KEY is needed"
        raise Rejected(Reason.MALFORMED_KEY, f"{wanted}, this is {label}" if label else f"{wanted}, there is none")
    return load_der(der)


def load_der(spki: bytes) -> Key:
    """Read a SubjectPublicKeyInfo. Raises Rejected where it is none, or of a key that is too weak."""
    try:
        key = _read(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Rejected(Reason.MALFORMED_KEY, f"not a public key: {error}") from None
    return Key(usable(key), spki)


def _read(spki: bytes) -> PublicKeyTypes:
    """The key in a SubjectPublicKeyInfo; raises ValueError, TypeError or UnsupportedAlgorithm."""
    for before, curve in ((_P256, ec.SECP256R1()), (_P384, ec.SECP384R1())):
        if spki.startswith(before) and len(spki) == len(before) + curve.key_size // 4:
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + spki[len(before) :])
    if spki.startswith(_ED25519) and len(spki) == len(_ED25519) + 32:
        return ed25519.Ed25519PublicKey.from_public_bytes(spki[len(_ED25519) :])
    from cryptography.hazmat.primitives import serialization

    return serialization.load_der_public_key(spki)


def spki_of(key: PublicKeyTypes) -> bytes:
    """The SubjectPublicKeyInfo of a key, in DER."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        before = {"secp256r1": _P256, "secp384r1": _P384}.get(key.curve.name)
        if before is not None:
            point, size = key.public_numbers(), key.key_size // 8
            return before + point.x.to_bytes(size) + point.y.to_bytes(size)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def usable(key: PublicKeyTypes) -> PublicKey:
    """The key, if it is of a kind and size that is used here. Raises Rejected."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name in _CURVES:
            return key
        raise Rejected(Reason.MALFORMED_KEY, f"the curve {key.curve.name} is none of {', '.join(_CURVES)}")
    if isinstance(key, rsa.RSAPublicKey):
        if _LEAST_RSA_BITS <= key.key_size <= _MOST_RSA_BITS:
            return key
        sizes = f"{_LEAST_RSA_BITS} to {_MOST_RSA_BITS}"
        raise Rejected(Reason.MALFORMED_KEY, f"an RSA key of {key.key_size} bits: {sizes} are used")
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    raise Rejected(Reason.MALFORMED_KEY, f"keys of the kind {type(key).__name__} are not used for signatures here")


def pem_der(text: bytes) -> tuple[str, bytes]:
    """The label and the DER of a text that is exactly one PEM block, ``("", b"")`` where it is not."""
    try:
        found = _PEM.fullmatch(text.decode("ascii").strip(" \t\r\n"))
        return (found[1], base64_bytes("".join(found[2].split()))) if found else ("", b"")
    except (UnicodeDecodeError, ValueError, binascii.Error):
        return "", b""


def verify(key: PublicKey, signature: bytes, artifact: Artifact) -> Algorithm | None:
    """
    Check a signature over an artifact, by the hashes that the key may be used with.

    Returns the hash that it was made with, None for Ed25519 over the bytes themselves. Raises Rejected where no way of
    checking holds, and Unsupported where only a digest is known of which this key can say nothing.
    """
    match key:
        case ed25519.Ed25519PublicKey():
            return _verify_ed25519(key, signature, artifact)
        case ec.EllipticCurvePublicKey():
            signature = _as_der(key, signature)
            allowed = _CURVES[key.curve.name]
        case _:
            allowed = (Algorithm.SHA256,)
    known = [(algorithm, digest) for algorithm in allowed if (digest := artifact.digest(algorithm)) is not None]
    if not known:
        raise Unsupported(f"this key signs {allowed[0].label}, and only another digest is known: name the file")
    for algorithm, digest in known:
        if _holds(key, signature, digest, algorithm):
            return algorithm
    raise Rejected(Reason.SIGNATURE_INVALID, "the signature is not this key's over these bytes")


def _holds(
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, signature: bytes, digest: Digest, algorithm: Algorithm
) -> bool:
    hashed = Prehashed(_HASHES[algorithm])
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest.raw, padding.PKCS1v15(), hashed)
        else:
            key.verify(signature, digest.raw, _Ecdsa(hashed))
    except InvalidSignature:
        return False
    return True


class _Ecdsa(ec.ECDSA):
    """
    ECDSA to verify with.

    The library's own asks its whole backend, ciphers and all, whether it could sign without chance, and loads it first.
    """

    def __init__(self, algorithm: Prehashed) -> None:
        self._hashed = algorithm

    @property
    def algorithm(self) -> Prehashed:
        return self._hashed

    @property
    def deterministic_signing(self) -> bool:
        return False


def _as_der(key: ec.EllipticCurvePublicKey, signature: bytes) -> bytes:
    """Some signers write r and s one after the other, each as long as the curve's order; Go takes both forms."""
    size = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * size or _is_der_pair(signature):
        return signature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))


def _is_der_pair(signature: bytes) -> bool:
    return signature[:1] == b"\x30" and signature[1:2] == bytes([len(signature) - 2]) and signature[2:3] == b"\x02"


def _verify_ed25519(key: ed25519.Ed25519PublicKey, signature: bytes, artifact: Artifact) -> Algorithm | None:
    """Prehashed with SHA-512 (Ed25519ph), cosign's default for blobs, or else over all bytes, which are then read."""
    from verifychain.signatures import ed25519ph

    prehash = artifact.digest(Algorithm.SHA512)
    if prehash is None:
        raise Unsupported("an Ed25519 key signs the bytes or their SHA-512, and neither is known: name the file")
    if ed25519ph.holds(key.public_bytes_raw(), signature, prehash):
        return Algorithm.SHA512
    data = artifact.data()
    if data is not None and verify_ed25519(key, signature, data):
        return None
    raise Rejected(Reason.SIGNATURE_INVALID, "the signature is not this key's over these bytes")


def verify_ed25519(key: ed25519.Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Plain Ed25519 over bytes."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def signed_by(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a service (log, CT log) signed the data: the curve's own hash, SHA-256 for RSA, plain Ed25519."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return verify_ed25519(key, signature, data)
    algorithm = Algorithm.SHA256 if isinstance(key, rsa.RSAPublicKey) else _CURVES[key.curve.name][0]
    return _holds(key, signature, digests.of_bytes(data, algorithm), algorithm)
