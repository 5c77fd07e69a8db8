"""Keys, encodings and certificate authorities of the private Sigstore."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=3650)
SIGNED = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
IDENTITY = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3"
ISSUER = "https://issuer.example"
HOST, HOST_V2 = "rekor.example", "log2026.rekor.example"
CLAIMS = {
    1: ISSUER,
    2: "push",
    3: "a" * 40,
    4: "release",
    5: "acme/app",
    6: "refs/tags/v1.2.3",
    8: ISSUER,
    9: IDENTITY,
    12: "https://github.com/acme/app",
    13: "a" * 40,
    14: "refs/tags/v1.2.3",
    20: "push",
}
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def spki(key: Any) -> bytes:
    public = key.public_key() if hasattr(key, "public_key") else key
    data: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return data


def pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def sign(key: PrivateKey, data: bytes, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm or hashes.SHA256())
    natural = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.curve.key_size]
    return key.sign(data, ec.ECDSA(algorithm or natural))


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def statement(artifact: bytes, predicate: Any = None, kind: str = "https://slsa.dev/provenance/v1") -> bytes:
    subject = [{"name": "artifact", "digest": {"sha256": hashlib.sha256(artifact).hexdigest()}}]
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": kind,
            "predicate": {"level": 3} if predicate is None else predicate,
        }
    ).encode()


def _name(text: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "example"), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    )


_USAGE = {
    "digital_signature": False, "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
    "key_agreement": False, "key_cert_sign": False, "crl_sign": False, "encipher_only": False, "decipher_only": False,
}  # fmt: skip


def usage(name: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{**_USAGE, name: True})


@dataclass
class Authority:
    """A root, and one certificate below it: an intermediate for code signing, or a timestamp authority's."""

    root_key: ec.EllipticCurvePrivateKey
    root: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


CA = x509.BasicConstraints(ca=True, path_length=0)
NOT_UNDERSTOOD = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"")


def authority(
    name: str,
    purpose: x509.ObjectIdentifier,
    *,
    ca: bool,
    constraints: x509.BasicConstraints = CA,
    below_root: int = 1,
    critical: bool = False,
    use: str = "",
    until: datetime = END,
) -> Authority:
    """
    A root and one certificate below it.

    constraints  of the certificate below; below_root: how many authorities the root allows below itself
    critical     the certificate below has a critical extension that nobody understands
    use          what the key below is for, where that is not what it should be for
    until        the end of the life of the certificate below
    """
    root_key, key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())

    def builder(
        subject: str, public: ec.EllipticCurvePublicKey, issuer: str, end: datetime = END
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        )

    root = (
        builder(f"{name} root", root_key.public_key(), f"{name} root")
        .add_extension(x509.BasicConstraints(ca=True, path_length=below_root), critical=True)
        .add_extension(usage("key_cert_sign"), critical=True)
        .sign(root_key, hashes.SHA384())
    )
    below = builder(name, key.public_key(), f"{name} root", until).add_extension(
        x509.ExtendedKeyUsage([purpose]), critical=not ca
    )
    if ca:
        below = below.add_extension(constraints, critical=True)
    if critical:
        below = below.add_extension(NOT_UNDERSTOOD, critical=True)
    below = below.add_extension(usage(use or ("key_cert_sign" if ca else "digital_signature")), critical=True)
    return Authority(root_key, root, key, below.sign(root_key, hashes.SHA384()))
