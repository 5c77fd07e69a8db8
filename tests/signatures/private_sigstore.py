"""
A Sigstore of our own: an authority whose certificates carry SCTs, logs of both versions, a timestamp authority.

Everything is deterministic but the signatures. The formats are written from their specifications, not by the code under
test: a mistake in both would have to be the same one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signatures import der
from tests.signatures.authorities import (
    CLAIMS,
    HOST,
    HOST_V2,
    IDENTITY,
    NOT_UNDERSTOOD,
    SIGNED,
    Authority,
    PrivateKey,
    authority,
    b64,
    canonical,
    pae,
    pem,
    sha256,
    sign,
    spki,
    statement,
    usage,
)
from tests.signatures.recipes import Facts, Recipe, to_pem


@dataclass
class Sigstore:
    """The instance. ``bundle`` makes evidence, ``trusted_root`` what verifies it."""

    ca: Authority = field(default_factory=lambda: authority("ca", ExtendedKeyUsageOID.CODE_SIGNING, ca=True))
    tsa: Authority = field(default_factory=lambda: authority("tsa", ExtendedKeyUsageOID.TIME_STAMPING, ca=False))
    ct: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    log: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    log_v2: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    keys: dict[str, PrivateKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, curve in (("p256", ec.SECP256R1()), ("p384", ec.SECP384R1()), ("p521", ec.SECP521R1())):
            self.keys[name] = ec.generate_private_key(curve)
        self.keys["rsa"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.keys["ed25519"] = ed25519.Ed25519PrivateKey.generate()

    # The trust root

    def trusted_root(self) -> dict[str, Any]:
        def log(url: str, key: Any, details: str, log_id: bytes) -> dict[str, Any]:
            public = {"rawBytes": b64(spki(key)), "keyDetails": details, "validFor": self._window()}
            return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": {"keyId": b64(log_id)}}

        def chain(one: Authority, url: str) -> dict[str, Any]:
            ders = (one.certificate.public_bytes(Encoding.DER), one.root.public_bytes(Encoding.DER))
            return {
                "subject": {"organization": "example", "commonName": "example"},
                "uri": url,
                "certChain": {"certificates": [{"rawBytes": b64(data)} for data in ders]},
                "validFor": self._window(),
            }

        ecdsa = "PKIX_ECDSA_P256_SHA_256"
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [
                log(f"https://{HOST}", self.log, ecdsa, sha256(spki(self.log))),
                log(f"https://{HOST_V2}", self.log_v2, "PKIX_ED25519", self._id_v2()),
            ],
            "certificateAuthorities": [chain(self.ca, "https://ca.example")],
            "ctlogs": [log("https://ct.example", self.ct, ecdsa, sha256(spki(self.ct)))],
            "timestampAuthorities": [chain(self.tsa, "https://tsa.example")],
        }

    def _window(self) -> dict[str, str]:
        return {"start": "2026-01-01T00:00:00Z"}

    def _id_v2(self) -> bytes:
        raw = self.log_v2.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return sha256(HOST_V2.encode() + b"\n\x01" + raw)

    # Certificates

    def certificate(
        self,
        key: Any,
        *,
        subject: x509.GeneralName | None = None,
        second: x509.GeneralName | None = None,
        claims: dict[int, str] | None = None,
        start: datetime = SIGNED - timedelta(seconds=30),
        sct: bool = True,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING,
        use: str = "digital_signature",
        constraints: x509.BasicConstraints | None = None,
        critical: bool = False,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.ca.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(minutes=10))
            .add_extension(usage(use), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.ca.key.public_key()), critical=False)
        )
        names = [subject or x509.UniformResourceIdentifier(IDENTITY), *([] if second is None else [second])]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
        if constraints is not None:
            builder = builder.add_extension(constraints, critical=True)
        if critical:
            builder = builder.add_extension(NOT_UNDERSTOOD, critical=True)
        for number, text in (CLAIMS if claims is None else claims).items():
            value = text.encode() if number < 7 else der.utf8(text)
            oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
        signer: CertificateIssuerPrivateKeyTypes = self.ca.key
        if not sct:
            return builder.sign(signer, hashes.SHA256())
        stamps = self._sct_list(builder.sign(signer, hashes.SHA256()).tbs_certificate_bytes, start)
        oid = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, der.octets(stamps)), critical=False)
        return builder.sign(signer, hashes.SHA256())

    def _sct_list(self, tbs: bytes, time: datetime) -> bytes:
        stamp = int(time.timestamp() * 1000).to_bytes(8)
        issuer = sha256(spki(self.ca.key))
        signed = b"\0\0" + stamp + b"\0\1" + issuer + len(tbs).to_bytes(3) + tbs + b"\0\0"
        signature = sign(self.ct, signed)
        one = b"\0" + sha256(spki(self.ct)) + stamp + b"\0\0" + b"\x04\x03" + len(signature).to_bytes(2) + signature
        item = len(one).to_bytes(2) + one
        return len(item).to_bytes(2) + item

    # Timestamps

    def timestamp(self, data: bytes, time: datetime = SIGNED, *, embed: bool = True) -> bytes:
        """A TimeStampResp, RFC 3161 2.4.2, with a CMS SignedData, RFC 5652."""
        sha = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
        info = der.sequence(
            der.integer(1),
            der.oid("1.3.6.1.4.1.57264.2"),
            der.sequence(sha, der.octets(sha256(data))),
            der.integer(7),
            der.generalized_time(time),
        )
        kind, certificate = der.oid("1.2.840.113549.1.9.16.1.4"), self.tsa.certificate
        attributes = [
            der.sequence(der.oid("1.2.840.113549.1.9.3"), der.set_of(kind)),
            der.sequence(der.oid("1.2.840.113549.1.9.4"), der.set_of(der.octets(sha256(info)))),
            der.sequence(
                der.oid("1.2.840.113549.1.9.16.2.47"),
                der.set_of(
                    der.sequence(der.sequence(der.sequence(der.octets(sha256(certificate.public_bytes(Encoding.DER))))))
                ),
            ),
        ]
        signature = sign(self.tsa.key, der.set_of(*attributes))
        signer = der.sequence(
            der.integer(1),
            der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number)),
            sha,
            der.tlv(0xA0, *sorted(attributes)),
            der.sequence(der.oid("1.2.840.10045.4.3.2")),
            der.octets(signature),
        )
        signed = der.sequence(
            der.integer(3),
            der.set_of(sha),
            der.sequence(kind, der.tlv(0xA0, der.octets(info))),
            *([der.tlv(0xA0, certificate.public_bytes(Encoding.DER))] if embed else []),
            der.set_of(signer),
        )
        token = der.sequence(der.oid("1.2.840.113549.1.7.2"), der.tlv(0xA0, signed))
        return der.sequence(der.sequence(der.integer(0)), token)

    # The log

    def entry(self, body: bytes, version: int, *, promise: bool = True, proof: bool = True) -> dict[str, Any]:
        """An entry as a bundle has it, the third of a tree of five."""
        parsed = json.loads(body)
        log_id = sha256(spki(self.log)) if version == 1 else self._id_v2()
        found: dict[str, Any] = {
            "logIndex": "1002" if version == 1 else "2",
            "logId": {"keyId": b64(log_id)},
            "kindVersion": {"kind": parsed["kind"], "version": parsed["apiVersion"]},
            "canonicalizedBody": b64(body),
        }
        if promise and version == 1:
            found["integratedTime"] = str(int(SIGNED.timestamp()))
            found["inclusionPromise"] = {"signedEntryTimestamp": b64(self.promise(body, log_id, 1002))}
        if proof:
            found["inclusionProof"] = self._proof(body, version)
        return found

    def promise(self, body: bytes, log_id: bytes, index: int) -> bytes:
        fields = {
            "body": b64(body),
            "integratedTime": int(SIGNED.timestamp()),
            "logID": log_id.hex(),
            "logIndex": index,
        }
        return sign(self.log, canonical(fields))

    def _proof(self, body: bytes, version: int) -> dict[str, Any]:
        leaves = [sha256(b"\0" + data) for data in (b"zero", b"one", body, b"three", b"four")]
        left, right = sha256(b"\1" + leaves[0] + leaves[1]), sha256(b"\1" + leaves[2] + leaves[3])
        four = sha256(b"\1" + left + right)
        root = sha256(b"\1" + four + leaves[4])
        return {
            "logIndex": "2",
            "treeSize": "5",
            "rootHash": b64(root),
            "hashes": [b64(leaves[3]), b64(left), b64(leaves[4])],
            "checkpoint": {"envelope": self.checkpoint(5, root, version)},
        }

    def checkpoint(self, size: int, root: bytes, version: int) -> str:
        if version == 1:
            text = f"{HOST} - 42\n{size}\n{b64(root)}\nTimestamp: 1\n"
            return f"{text}\n\u2014 {HOST} {b64(sha256(spki(self.log))[:4] + sign(self.log, text.encode()))}\n"
        text = f"{HOST_V2}\n{size}\n{b64(root)}\n"
        return f"{text}\n\u2014 {HOST_V2} {b64(self._id_v2()[:4] + sign(self.log_v2, text.encode()))}\n"

    # Evidence

    def bundle(self, artifact: bytes, recipe: Recipe, payload: bytes | None = None) -> dict[str, Any]:
        """Evidence for the artifact as the recipe has it."""
        with_certificate = recipe.signer == "certificate"
        key = self.keys["p256" if with_certificate else recipe.signer]
        certificate = self.certificate(key).public_bytes(Encoding.DER) if with_certificate else b""
        kind, payload = "application/vnd.in-toto+json", statement(artifact) if payload is None else payload
        signed = artifact if recipe.content == "message" else pae(kind, payload)
        signature = sign(key, signed, recipe.hash)
        envelope = {
            "payload": b64(payload),
            "payloadType": kind,
            "signatures": [{"sig": b64(signature), "keyid": ""}],
        }
        verifier = to_pem("CERTIFICATE", certificate) if with_certificate else pem(key)
        facts = Facts(recipe, artifact, payload, envelope, signed, signature, verifier, certificate or spki(key))
        body = canonical(facts.body()) if recipe.entry else b""
        if recipe.container == "legacy":
            return self._legacy(facts, body)
        return self._bundle(facts, body, certificate)

    def _bundle(self, facts: Facts, body: bytes, certificate: bytes) -> dict[str, Any]:
        recipe = facts.recipe
        material: dict[str, Any] = {}
        if not certificate:
            material["publicKey"] = {"hint": "the-key"}
        elif recipe.container == "0.3":
            material["certificate"] = {"rawBytes": b64(certificate)}
        else:
            rest = self.ca.certificate.public_bytes(Encoding.DER)
            listed = [{"rawBytes": b64(certificate)}, {"rawBytes": b64(rest)}]
            material["x509CertificateChain"] = {"certificates": listed}
        if body:
            version = 2 if recipe.is_v2 else 1
            entry = self.entry(body, version, promise=recipe.promise, proof=recipe.proof)
            material["tlogEntries"] = [entry]
        if recipe.timestamp:
            stamps = [{"signedTimestamp": b64(self.timestamp(facts.signature))}]
            material["timestampVerificationData"] = {"rfc3161Timestamps": stamps}
        media_type = "application/vnd.dev.sigstore.bundle.v0.3+json"
        if recipe.container != "0.3":
            media_type = f"application/vnd.dev.sigstore.bundle+json;version={recipe.container}"
        found = {"mediaType": media_type, "verificationMaterial": material}
        if recipe.content == "dsse":
            return {**found, "dsseEnvelope": facts.envelope}
        digest = {"algorithm": "SHA2_256", "digest": b64(sha256(facts.artifact))}
        return {**found, "messageSignature": {"messageDigest": digest, "signature": b64(facts.signature)}}

    def _legacy(self, facts: Facts, body: bytes) -> dict[str, Any]:
        raw = facts.signature if facts.recipe.content == "message" else json.dumps(facts.envelope).encode()
        found: dict[str, Any] = {"base64Signature": b64(raw), "cert": b64(facts.verifier)}
        if body:
            log_id = sha256(spki(self.log))
            payload = {
                "body": b64(body),
                "integratedTime": int(SIGNED.timestamp()),
                "logIndex": 1002,
                "logID": log_id.hex(),
            }
            promise = b64(self.promise(body, log_id, 1002))
            found["rekorBundle"] = {"SignedEntryTimestamp": promise, "Payload": payload}
        return found
