"""Keys and the signatures that are theirs."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signatures.authorities import pem, sign
from tests.signatures.private_sigstore import Sigstore
from verifychain.core import digest
from verifychain.core.digest import Algorithm
from verifychain.signatures import ed25519ph, keys
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.verdict import Reason, Rejected, Unsupported

DATA = b"signed"
# RFC 8032 7.3, "Ed25519ph": secret key, message, signature.
SECRET = "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"
SIGNATURE = (
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
    "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
)


@pytest.mark.parametrize(
    ("name", "algorithm", "used"),
    [
        ("p256", hashes.SHA256(), Algorithm.SHA256),
        ("p384", hashes.SHA384(), Algorithm.SHA384),
        ("p384", hashes.SHA256(), Algorithm.SHA256),
        ("p521", hashes.SHA512(), Algorithm.SHA512),
        ("p521", hashes.SHA256(), Algorithm.SHA256),
        ("rsa", hashes.SHA256(), Algorithm.SHA256),
        ("ed25519", None, None),
    ],
)
def test_hashes_that_a_key_may_use(
    sigstore: Sigstore, name: str, algorithm: hashes.HashAlgorithm | None, used: Algorithm | None
) -> None:
    key = keys.load_pem(pem(sigstore.keys[name]))
    signature = sign(sigstore.keys[name], DATA, algorithm)
    assert keys.verify(key.public, signature, Artifact(data=DATA)) is used
    for bad in (signature[:-1] + bytes([signature[-1] ^ 1]), b"", b"\0" * len(signature), signature + b"\0"):
        with pytest.raises(Rejected) as caught:
            keys.verify(key.public, bad, Artifact(data=DATA))
        assert caught.value.reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["p256", "rsa"])
def test_other_hashes_are_refused(sigstore: Sigstore, name: str) -> None:
    signature = sign(sigstore.keys[name], DATA, hashes.SHA512())
    with pytest.raises(Rejected) as caught:
        keys.verify(keys.load_pem(pem(sigstore.keys[name])).public, signature, Artifact(data=DATA))
    assert caught.value.reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["p256", "p384", "p521"])
def test_r_and_s_one_after_the_other(sigstore: Sigstore, name: str) -> None:
    private = sigstore.keys[name]
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    size = (private.curve.key_size + 7) // 8
    raw = b"".join(number.to_bytes(size) for number in decode_dss_signature(sign(private, DATA)))
    assert keys.verify(private.public_key(), raw, Artifact(data=DATA)) is not None
    with pytest.raises(Rejected) as caught:
        keys.verify(private.public_key(), raw[::-1], Artifact(data=DATA))
    assert caught.value.reason is Reason.SIGNATURE_INVALID


@settings(max_examples=200)
@given(st.sampled_from(["p256", "ed25519"]), st.integers(0, 90), st.integers(0, 255), st.sampled_from([0, 1, -1]))
def test_what_is_no_key_is_none_to_the_library_either(
    sigstore: Sigstore, name: str, place: int, value: int, longer: int
) -> None:
    """Usual keys are read by what stands before them: to the same end as by the reader of all kinds."""
    info = PublicFormat.SubjectPublicKeyInfo
    spki = bytearray(sigstore.keys[name].public_key().public_bytes(Encoding.DER, info))
    spki[place % len(spki)] = value
    changed = bytes(spki + b"\0" if longer > 0 else spki[: len(spki) + longer])
    try:
        expected = keys.usable(load_der_public_key(changed)).public_bytes(Encoding.DER, info)
    except (ValueError, TypeError, UnsupportedAlgorithm, Rejected):
        with pytest.raises(Rejected) as caught:
            keys.load_der(changed)
        assert caught.value.reason is Reason.MALFORMED_KEY
    else:
        assert keys.load_der(changed).public.public_bytes(Encoding.DER, info) == expected


def test_only_a_digest_is_known(sigstore: Sigstore) -> None:
    """A digest will do where the key signs that digest; else it is not said to be bad."""
    artifact = Artifact(digest=digest.of_bytes(DATA))
    private = sigstore.keys["p256"]
    assert keys.verify(keys.load_pem(pem(private)).public, sign(private, DATA), artifact) is Algorithm.SHA256
    with pytest.raises(Unsupported, match="neither is known"):
        keys.verify(keys.load_pem(pem(sigstore.keys["ed25519"])).public, b"\0" * 64, artifact)
    only = Artifact(digest=digest.of_bytes(DATA, Algorithm.SHA512))
    with pytest.raises(Unsupported, match="only another digest is known"):
        keys.verify(keys.load_pem(pem(private)).public, sign(private, DATA), only)


WEAK = [
    rsa.generate_private_key(public_exponent=65537, key_size=1024),
    ec.generate_private_key(ec.SECP256K1()),
    dsa.generate_private_key(2048),
]


@pytest.mark.parametrize(
    ("key", "fault"),
    list(zip(WEAK, ["an RSA key of 1024 bits", "the curve secp256k1", "keys of the kind DSA"], strict=True)),
    ids=["rsa1024", "secp256k1", "dsa"],
)
def test_weak_and_odd_keys_are_refused(key: rsa.RSAPrivateKey, fault: str) -> None:
    with pytest.raises(Rejected, match=fault) as caught:
        keys.load_pem(pem(key))
    assert caught.value.reason is Reason.MALFORMED_KEY


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "there is none"), (b"key", "there is none"), (b"\xff", "there is none"),
        (b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "there is none"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "not a public key: "),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "this is CERTIFICATE"),
    ],
)  # fmt: skip
def test_what_is_no_key(text: bytes, fault: str) -> None:
    with pytest.raises(Rejected, match=fault) as caught:
        keys.load_pem(text)
    assert caught.value.reason is Reason.MALFORMED_KEY


def test_an_rsa_key_may_not_take_forever() -> None:
    key = rsa.RSAPublicNumbers(65537, (1 << 16384) + 1).public_key()
    with pytest.raises(Rejected, match="an RSA key of 16385 bits") as caught:
        keys.usable(key)
    assert caught.value.reason is Reason.MALFORMED_KEY


def test_two_keys_in_one_file_are_none(sigstore: Sigstore) -> None:
    """The second would be left out silently."""
    with pytest.raises(Rejected, match="there is none") as caught:
        keys.load_pem(pem(sigstore.keys["p256"]) * 2)
    assert caught.value.reason is Reason.MALFORMED_KEY


def prehash(data: bytes) -> digest.Digest:
    return digest.of_bytes(data, Algorithm.SHA512)


def public_bytes(private: ed25519.Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def test_ed25519ph_of_the_rfc() -> None:
    public = public_bytes(ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)))
    signature = bytes.fromhex(SIGNATURE)
    assert ed25519ph.holds(public, signature, prehash(b"abc"))
    assert not ed25519ph.holds(public, signature, prehash(b"abd"))
    for place in range(0, 64, 7):
        bad = bytearray(signature)
        bad[place] ^= 1
        assert not ed25519ph.holds(public, bytes(bad), prehash(b"abc"))
    above = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not ed25519ph.holds(public, signature[:32] + above.to_bytes(32, "little"), prehash(b"abc"))


def test_keys_of_ed25519ph_are_written_in_one_way() -> None:
    """The key of y = 1, under which whoever likes can sign: written as y + p it is no key."""
    s = 7
    signature = ed25519ph._encoded(ed25519ph._multiplied(s, ed25519ph._BASE)) + s.to_bytes(32, "little")
    assert ed25519ph.holds((1).to_bytes(32, "little"), signature, prehash(b""))
    assert not ed25519ph.holds((1 + 2**255 - 19).to_bytes(32, "little"), signature, prehash(b""))


def signed_ph(private: ed25519.Ed25519PrivateKey, seed: bytes, data: bytes) -> bytes:
    """RFC 8032 5.1.6 with the module's arithmetic; the plain form of it is held by ``cryptography`` below."""
    expanded = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(expanded[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    domain = b"SigEd25519 no Ed25519 collisions\x01\x00"
    hashed, order = hashlib.sha512(data).digest(), ed25519ph._ORDER
    r = int.from_bytes(hashlib.sha512(domain + expanded[32:] + hashed).digest(), "little") % order
    point = ed25519ph._encoded(ed25519ph._multiplied(r, ed25519ph._BASE))
    k = hashlib.sha512(domain + point + public_bytes(private) + hashed).digest()
    s = (r + int.from_bytes(k, "little") % order * scalar) % order
    return point + s.to_bytes(32, "little")


@settings(max_examples=10)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_ed25519ph_of_random_keys(seed: bytes, data: bytes) -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    signature = signed_ph(private, seed, data)
    assert ed25519ph.holds(public_bytes(private), signature, prehash(data))
    assert not ed25519ph.holds(public_bytes(private), signature, prehash(data + b"!"))
    assert not ed25519ph.holds(public_bytes(private), private.sign(data), prehash(data))
    assert keys.verify(private.public_key(), signature, Artifact(data=data)) is Algorithm.SHA512


@settings(max_examples=40)
@given(st.binary(min_size=0, max_size=40), st.binary(max_size=70))
def test_any_bytes_are_no_signature(key: bytes, signature: bytes) -> None:
    assert not ed25519ph.holds(key, signature, prehash(b""))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_a_key_is_written_as_the_library_writes_it(curve: ec.EllipticCurve) -> None:
    """Coordinates that begin with zero bytes are among them."""
    for secret in range(1, 600):
        key = ec.derive_private_key(secret, curve).public_key()
        expected = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert keys.spki_of(key) == expected
        assert keys.load_der(expected).public == key


def test_keys_of_other_kinds_are_written_too() -> None:
    for key in (ed25519.Ed25519PrivateKey.generate().public_key(), rsa.generate_private_key(65537, 2048).public_key()):
        assert keys.spki_of(key) == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
