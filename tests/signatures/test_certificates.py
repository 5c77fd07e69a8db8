"""Certificates that are validly signed, logged and used, and must be rejected all the same; and who they name."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signatures import der
from tests.signatures.asking import ARTIFACT, ask, question
from tests.signatures.authorities import CA, CLAIMS, IDENTITY, ISSUER, SIGNED, authority
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures import identity
from verifychain.signatures.identity import Identity, Match, Pattern, Signer, read
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.verdict import Reason, Rejected, Status
from verifychain.signatures.verify import Question, Verdict

RECIPE = Recipe(timestamp=True)
OTHER = "https://other.example"


def made(sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Verdict:
    """The verdict on evidence whose certificate differs in one way."""
    usual = sigstore.certificate
    monkeypatch.setattr(sigstore, "certificate", lambda key: usual(key, **how))
    return ask(sigstore.bundle(ARTIFACT, RECIPE), question(sigstore, RECIPE))


@pytest.mark.parametrize(
    ("how", "reason", "detail"),
    [
        ({"sct": False}, Reason.SCT_MISSING, "no signed certificate timestamp"),
        ({"purpose": ExtendedKeyUsageOID.SERVER_AUTH}, Reason.CERTIFICATE_PROFILE, "not for signing code"),
        ({"use": "content_commitment"}, Reason.CERTIFICATE_PROFILE, "its key is not for signatures alone"),
        ({"constraints": CA}, Reason.CERTIFICATE_PROFILE, "it is an authority's"),
        ({"critical": True}, Reason.CERTIFICATE_PROFILE, "the critical extension 1.2.3.4 is not understood"),
        ({"start": SIGNED + timedelta(seconds=1)}, Reason.CERTIFICATE_EXPIRED, "valid from 2026-03-01T12:00:31Z"),
        ({"start": SIGNED - timedelta(minutes=10, seconds=1)}, Reason.CERTIFICATE_EXPIRED, "to 2026-03-01T12:00:29Z"),
        ({"claims": {}}, Reason.CERTIFICATE_PROFILE, "issuer"),
        ({"claims": {**CLAIMS, 1: "https://other.example"}}, Reason.CERTIFICATE_PROFILE, "issuer"),
        ({"claims": {1: OTHER, 8: OTHER}}, Reason.ISSUER_MISMATCH, OTHER),
        ({"subject": x509.UniformResourceIdentifier(f"{IDENTITY}x")}, Reason.IDENTITY_MISMATCH, f"{IDENTITY}x"),
        ({"subject": x509.RFC822Name("someone@example.org")}, Reason.IDENTITY_MISMATCH, "someone@example.org"),
        ({"second": x509.UniformResourceIdentifier(IDENTITY)}, Reason.CERTIFICATE_PROFILE, "it has 2 subject alt"),
        ({"second": x509.RFC822Name("someone@example.org")}, Reason.CERTIFICATE_PROFILE, "it has 2 subject alt"),
        ({"subject": x509.IPAddress(ip_address("127.0.0.1"))}, Reason.CERTIFICATE_PROFILE, "is a IPAddress"),
    ],
)
def test_certificates_that_do_not_fit(
    sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any], reason: Reason, detail: str
) -> None:
    verdict = made(sigstore, monkeypatch, **how)
    assert (verdict.status, verdict.reason) == (Status.REJECTED, reason), verdict.detail
    assert detail in verdict.detail


@pytest.mark.parametrize("seconds", [0, 600])
def test_both_ends_of_its_life_count(sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    assert made(sigstore, monkeypatch, start=SIGNED - timedelta(seconds=seconds)).status is Status.VERIFIED


def test_only_the_new_or_only_the_old_issuer(sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    for claims in ({1: ISSUER}, {8: ISSUER}):
        with monkeypatch.context() as patch:
            assert made(sigstore, patch, claims=claims).status is Status.VERIFIED


def test_an_authority_may_not_sign_code_itself(sigstore: Sigstore) -> None:
    """The intermediate's own certificate as the signer's: it chains, and is no signer."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from tests.signatures.authorities import b64

    document = sigstore.bundle(ARTIFACT, Recipe(entry="", timestamp=True))
    der_ = sigstore.ca.certificate.public_bytes(Encoding.DER)
    document["verificationMaterial"]["certificate"]["rawBytes"] = b64(der_)
    assert ask(document, question(sigstore, Recipe(entry="", timestamp=True))).reason is Reason.CERTIFICATE_PROFILE


def test_names_and_claims_are_read(sigstore: Sigstore) -> None:
    certificate = sigstore.certificate(sigstore.keys["p256"])
    signer = read(certificate)
    assert (signer.subject, signer.kind, signer.issuer) == (IDENTITY, "uri", ISSUER)
    assert signer.claims["github-workflow-repository"] == "acme/app"
    assert signer.claims["source-repository-ref"] == "refs/tags/v1.2.3"


def test_user_names_are_identities(sigstore: Sigstore) -> None:
    name = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), der.utf8("someone!example.org"))
    signer = read(sigstore.certificate(sigstore.keys["p256"], subject=name))
    assert (signer.subject, signer.kind) == ("someone!example.org", "username")


@pytest.mark.parametrize(
    ("match", "text", "value", "covers"),
    [
        (Match.EXACT, "a.b", "a.b", True),
        (Match.EXACT, "a.b", "a.b ", False),
        (Match.EXACT, "a.*", "a.b", False),
        (Match.GLOB, "https://x/*@refs/tags/*", "https://x/w.yml@refs/tags/v1", True),
        (Match.GLOB, "https://x/*", "https://x/w.yml@refs/tags/v1", False),
        (Match.GLOB, "https://x/**@refs/heads/main", "https://x/a/w.yml@refs/heads/main", True),
        (Match.GLOB, "https://x.y/*", "https://xzy/a", False),
        (Match.REGEXP, "https://x/.+", "https://x/a", True),
        (Match.REGEXP, "https://x/a", "https://x/ab", False),
        (Match.REGEXP, "x/a", "https://x/a", False),
        (Match.REGEXP, "a|b", "ab", False),
        (Match.REGEXP, ".*", "a\nb", False),
        (Match.REGEXP, ".*", "a" * 1025, False),
    ],
)
def test_patterns_mean_the_whole_value(match: Match, text: str, value: str, *, covers: bool) -> None:
    assert Pattern(match, text).covers(value) is covers


def exact(text: str) -> Pattern:
    return Pattern(Match.EXACT, text)


@pytest.mark.parametrize(
    "data",
    [b"\x0c\x80", b"\x0c\x81\x02hi", b"\x0c\x82\x00\x80" + b"a" * 128, b"\x04\x02hi", b"\x0c\x03hi", b"\x0c", b""],
)
def test_strings_that_are_no_der(data: bytes) -> None:
    assert identity._der_text(b"\x0c\x81\x80" + b"a" * 128) == "a" * 128
    with pytest.raises(Rejected, match="no DER string"):
        identity._der_text(data)


def test_claims_are_compared() -> None:
    signer = Signer("s", "uri", "i", {"github-workflow-ref": "refs/heads/main"})
    Identity(exact("s"), exact("i"), (("github-workflow-ref", exact("refs/heads/main")),)).check(signer)
    for name in ("github-workflow-ref", "github-workflow-sha"):
        with pytest.raises(Rejected) as caught:
            Identity(exact("s"), exact("i"), ((name, exact("refs/heads/other")),)).check(signer)
        assert caught.value.reason is Reason.WORKFLOW_MISMATCH


def test_any_of_several_identities_will_do(sigstore: Sigstore) -> None:
    document, usual = sigstore.bundle(ARTIFACT, RECIPE), question(sigstore, RECIPE)
    other = Identity(exact("nobody"), exact(ISSUER))

    def asked(*identities: Identity) -> Question:
        return Question(usual.roots, Requirement(identities=identities), usual.engine)

    assert ask(document, asked(other, *usual.requirement.identities)).status is Status.VERIFIED
    assert ask(document, asked(other)).reason is Reason.IDENTITY_MISMATCH
    assert ask(document, asked()).reason is Reason.NO_KEY


@pytest.mark.parametrize(
    "how",
    [
        {"constraints": x509.BasicConstraints(ca=False, path_length=None)},
        {"below_root": 0},
        {"critical": True},
        {"purpose": ExtendedKeyUsageOID.SERVER_AUTH},
        {"use": "digital_signature"},
    ],
    ids=[
        "no authority",
        "too many below the root",
        "critical extension",
        "for something else",
        "its key is not for it",
    ],
)
def test_authorities_that_may_not_issue(how: dict[str, Any]) -> None:
    """The trust root lists them, and their certificates say that they may not."""
    usual = {"purpose": ExtendedKeyUsageOID.CODE_SIGNING}
    one = Sigstore(ca=authority("ca", ca=True, **{**usual, **how}))
    verdict = ask(one.bundle(ARTIFACT, RECIPE), question(one, RECIPE))
    assert verdict.reason is Reason.CERTIFICATE_UNTRUSTED, verdict.detail


def test_an_authority_whose_life_was_over() -> None:
    """The root still lists it and believes in it: its own certificate had ended by the time of the signature."""
    for until, reason in ((SIGNED - timedelta(seconds=1), Reason.CERTIFICATE_EXPIRED), (SIGNED, None)):
        one = Sigstore(ca=authority("ca", ExtendedKeyUsageOID.CODE_SIGNING, ca=True, until=until))
        assert ask(one.bundle(ARTIFACT, RECIPE), question(one, RECIPE)).reason is reason


def test_every_time_must_be_in_the_life_of_the_certificate(sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log's time is, and a timestamp of a day later is as good as the log."""
    usual = sigstore.timestamp
    monkeypatch.setattr(sigstore, "timestamp", lambda data: usual(data, SIGNED + timedelta(days=1)))
    assert made(sigstore, monkeypatch).reason is Reason.CERTIFICATE_EXPIRED
