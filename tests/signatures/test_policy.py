"""What an attestation must say: subject, type, conditions, and where and by what it was built."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.signatures.asking import ARTIFACT
from tests.signatures.authorities import CLAIMS, IDENTITY, ISSUER
from verifychain.core import digest
from verifychain.core.digest import Algorithm
from verifychain.signatures import predicates, statement
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Message
from verifychain.signatures.identity import CLAIMS as NAMES
from verifychain.signatures.identity import Signer
from verifychain.signatures.matcher import Condition
from verifychain.signatures.provenance import V02, V1, Expectation
from verifychain.signatures.statement import Statement
from verifychain.signatures.verdict import Reason, Rejected
from verifychain.signatures.verify import AttestationPolicy, judge

SHA256, SHA512 = (digest.of_bytes(ARTIFACT, one).hex for one in (Algorithm.SHA256, Algorithm.SHA512))


ANY = AttestationPolicy()


def envelope(**changes: Any) -> Envelope:
    content = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "other", "digest": {"sha256": "0" * 64}}, {"name": "a", "digest": {"sha256": SHA256}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"level": 3, "tools": [{"name": "cc", "version": "1.5"}], "when": "2026-03-01T12:00:00Z"},
    }
    return Envelope("application/vnd.in-toto+json", json.dumps({**content, **changes}).encode())


def reason(content: Envelope | Message, policy: AttestationPolicy = ANY) -> Reason | None:
    try:
        if not isinstance(content, Envelope):
            statement.parse(content)
            return None
        judge(content, Artifact(data=ARTIFACT), policy, None)
    except Rejected as rejected:
        return rejected.reason
    return None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"_type": "https://in-toto.io/Statement/v0.1"}, None),
        ({"_type": "https://in-toto.io/Statement/v2"}, Reason.STATEMENT_MALFORMED),
        ({"subject": []}, Reason.STATEMENT_MALFORMED),
        ({"subject": {}}, Reason.STATEMENT_MALFORMED),
        ({"subject": [{"name": "a"}]}, Reason.STATEMENT_MALFORMED),
        ({"subject": [{"name": "a", "digest": {"sha256": 1}}]}, Reason.STATEMENT_MALFORMED),
        ({"subject": [{"name": "a", "digest": {}}]}, Reason.SUBJECT_MISMATCH),
        ({"subject": [{"name": "a", "digest": {"sha1": "0" * 40}}]}, Reason.SUBJECT_MISMATCH),
        ({"subject": [{"name": "a", "digest": {"sha256": SHA256[:-1]}}]}, Reason.SUBJECT_MISMATCH),
        ({"subject": [{"name": "a", "digest": {"sha512": SHA512}}]}, None),
        ({"subject": [{"name": "a", "digest": {"sha256": SHA256, "sha512": SHA512}}]}, None),
        ({"subject": [{"name": "a", "digest": {"sha256": SHA256, "sha512": "0" * 128}}]}, Reason.SUBJECT_MISMATCH),
        ({"subject": [{"name": "a", "digest": {"sha256": SHA256, "gitCommit": "0"}}]}, None),
    ],
)
def test_the_subject_is_the_artifact(changes: dict[str, Any], expected: Reason | None) -> None:
    assert reason(envelope(**changes)) is expected


def test_only_statements_are_attestations() -> None:
    assert reason(Message()) is Reason.NOT_AN_ATTESTATION
    assert reason(Envelope("application/json", envelope().payload)) is Reason.PAYLOAD_TYPE
    for payload in (b"", b"[]", b"{", b'{"_type": 1}', b'{"a":1,"a":2}', b"[" * 100_000):
        assert reason(Envelope("application/vnd.in-toto+json", payload)) is Reason.STATEMENT_MALFORMED


def test_a_digest_is_compared_with_the_digest_of_its_kind() -> None:
    found = statement.parse(envelope())
    statement.check_subject(found, Artifact(digest=digest.of_bytes(ARTIFACT)))
    with pytest.raises(Rejected) as caught:
        statement.check_subject(found, Artifact(digest=digest.of_bytes(ARTIFACT, Algorithm.SHA512)))
    assert caught.value.reason is Reason.SUBJECT_MISMATCH


@pytest.mark.parametrize(
    ("name", "found", "fits"),
    [
        ("slsaprovenance1", "https://slsa.dev/provenance/v1", True),
        ("slsaprovenance1", "https://slsa.dev/provenance/v1.1", False),
        ("slsaprovenance", "https://slsa.dev/provenance/v1", False),
        ("openvex", "https://openvex.dev/ns/v0.2.0", True),
        ("openvex", "https://openvex.dev/nsx", False),
        ("spdxjson", "https://spdx.dev/Document/v2.3", True),
        ("custom", "https://slsa.dev/provenance/v1", False),
        ("https://a.example/b", "https://a.example/b", True),
        ("https://a.example/b", "https://a.example/b/v1", False),
    ],
)
def test_types(name: str, found: str, *, fits: bool) -> None:
    policy = AttestationPolicy(type=predicates.uri_of(name))
    assert reason(envelope(predicateType=found), policy) is (None if fits else Reason.PREDICATE_TYPE)


def test_a_word_is_no_type() -> None:
    with pytest.raises(ValueError, match="slsaprovenance"):
        predicates.uri_of("provenance")


@pytest.mark.parametrize(
    ("path", "test", "passes"),
    [
        ("level", 3, True),
        ("level", 3.0, True),
        ("level", "3", False),
        ("level", True, False),
        ("level", {"min": 3}, True),
        ("level", {"min": 4}, False),
        ("level", {"max": 3, "min": 1}, True),
        ("level", {"max": 2, "min": 1}, False),
        ("level", {"in": [1, 3]}, True),
        ("level", {"in": ["3"]}, False),
        ("tools.0.name", "cc", True),
        ("tools.1.name", "cc", False),
        ("tools.*.name", "cc", True),
        ("tools.*.version", {"glob": "1.*"}, True),
        ("tools.*.version", {"glob": "1"}, False),
        ("when", {"min": "2026-01-01T00:00:00Z", "max": "2026-12-31T00:00:00+01:00"}, True),
        ("when", {"min": "2026-04-01T00:00:00Z"}, False),
        ("when", {"min": "soon"}, False),
        ("missing", 3, False),
        ("level.deeper", 3, False),
        ("level", {"glob": "*"}, False),
    ],
)
def test_conditions(path: str, test: Any, *, passes: bool) -> None:
    policy = AttestationPolicy(conditions=(Condition(path, test),))
    assert reason(envelope(), policy) is (None if passes else Reason.PREDICATE_MISMATCH)


@pytest.mark.parametrize(
    ("path", "found"),
    [("missing", "nothing"), ("level", "'3'"), ("many.*", "'1', '2', '3'")],
)
def test_what_a_predicate_has_instead(path: str, found: str) -> None:
    with pytest.raises(Rejected) as caught:
        Condition(path, "x").check({"level": 3, "many": [1, 2, 3, 4]})
    assert caught.value.detail == f"{path}: expected 'x', the predicate has {found}"


def test_dots_within_keys() -> None:
    predicate = {"https://a.example/x.y": {"z": 1}, "a": {"b.c": 2}}
    for path, value in (("https://a.example/x.y.z", 1), ("a.b.c", 2)):
        Condition(path, value).check(predicate)


@pytest.mark.parametrize(("bound", "passes"), [(2**53, True), (2**53 + 1, False), (1e300, False), (-(10**400), True)])
def test_large_numbers_are_compared_as_they_are(bound: float, *, passes: bool) -> None:
    for value, fits in ((2**53, passes), (10**400, True)):
        condition = Condition("a", {"min": bound})
        if fits:
            condition.check({"a": value})
        else:
            with pytest.raises(Rejected) as caught:
                condition.check({"a": value})
            assert caught.value.reason is Reason.PREDICATE_MISMATCH


@pytest.mark.parametrize(
    ("path", "test", "fault"),
    [
        ("", 1, "no dotted path"),
        ("a..b", 1, "no dotted path"),
        ("a", {}, "not nothing"),
        ("a", {"is": 1}, "not is"),
        ("a", {"in": "x"}, "in takes a list"),
        ("a", {"glob": 1}, "glob takes a text"),
    ],
)
def test_conditions_that_make_no_sense(path: str, test: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Condition(path, test)


SOURCE, REF = "git+https://github.com/acme/app@refs/tags/v1.2.3", "refs/tags/v1.2.3"
BUILDER = IDENTITY.partition("@")[0]
SIGNER = Signer(IDENTITY, "uri", ISSUER, {NAMES[number]: text for number, text in CLAIMS.items()})
PROVENANCE = {
    V02: {
        "builder": {"id": IDENTITY},
        "invocation": {"configSource": {"uri": SOURCE}, "environment": {"github_ref": REF}},
        "materials": [{"uri": SOURCE}],
    },
    V1: {
        "buildDefinition": {
            "externalParameters": {"workflow": {"ref": REF, "repository": "https://github.com/acme/app"}},
            "resolvedDependencies": [{"uri": SOURCE}],
        },
        "runDetails": {"builder": {"id": IDENTITY}},
    },
}


def judged(kind: str, expectation: Expectation, predicate: Any = None, signer: Signer | None = SIGNER) -> Reason | None:
    made = Statement(({},), ("a",), kind, PROVENANCE.get(kind) if predicate is None else predicate)
    try:
        expectation.check(made, signer)
    except Rejected as rejected:
        return rejected.reason
    return None


@pytest.mark.parametrize("signer", [SIGNER, None], ids=["certificate", "key"])
@pytest.mark.parametrize("kind", [V02, V1])
@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        (Expectation(source="github.com/acme/app"), None),
        (Expectation(source="git+https://github.com/acme/app"), None),
        (Expectation(source="github.com/acme/other"), Reason.PROVENANCE_SOURCE),
        (Expectation(source="github.com/acme/ap"), Reason.PROVENANCE_SOURCE),
        (Expectation(builder=BUILDER), None),
        (Expectation(builder=f"{BUILDER}@v1.2.3"), None),
        (Expectation(builder=f"{BUILDER}@refs/tags/v1.2.3"), None),
        (Expectation(builder=f"{BUILDER}@v1.2"), Reason.PROVENANCE_BUILDER),
        (Expectation(builder=f"{BUILDER}x"), Reason.PROVENANCE_BUILDER),
        (Expectation(tag="v1.2.3"), None),
        (Expectation(tag="v1.2"), Reason.PROVENANCE_REF),
        (Expectation(branch="main"), Reason.PROVENANCE_REF),
        (Expectation(versioned_tag="v1"), None),
        (Expectation(versioned_tag="v1.2"), None),
        (Expectation(versioned_tag="v1.20"), Reason.PROVENANCE_REF),
        (Expectation(versioned_tag="main"), Reason.PROVENANCE_REF),
        (Expectation("github.com/acme/app", BUILDER, "v1.2.3"), None),
    ],
)
def test_provenance(kind: str, expected: Expectation, wrong: Reason | None, signer: Signer | None) -> None:
    assert judged(kind, expected, signer=signer) is wrong


def test_certificate_and_provenance_must_agree() -> None:
    """A workflow may write what it likes into the provenance: Fulcio says where it ran."""
    foreign = {
        **SIGNER.claims,
        "source-repository-uri": "https://github.com/evil/app",
        "github-workflow-repository": "evil/app",
    }
    signer = Signer(IDENTITY, "uri", ISSUER, foreign)
    assert judged(V1, Expectation(source="github.com/acme/app"), signer=signer) is Reason.PROVENANCE_SOURCE
    assert judged(V1, Expectation(source="github.com/evil/app"), signer=signer) is Reason.PROVENANCE_SOURCE
    other = Signer(IDENTITY, "uri", ISSUER, {**SIGNER.claims, "source-repository-ref": "refs/heads/evil"})
    assert judged(V1, Expectation(tag="v1.2.3"), signer=other) is Reason.CERTIFICATE_PROFILE
    builder = Signer(
        "https://github.com/evil/app/.github/workflows/x.yml@refs/heads/main", "uri", ISSUER, SIGNER.claims
    )
    assert judged(V1, Expectation(builder=BUILDER), signer=builder) is Reason.PROVENANCE_BUILDER
    torn = Signer(IDENTITY, "uri", ISSUER, {**SIGNER.claims, "github-workflow-repository": "evil/app"})
    assert judged(V1, Expectation(source="github.com/acme/app"), signer=torn) is Reason.PROVENANCE_SOURCE
    later: Any = {**PROVENANCE[V1], "runDetails": {"builder": {"id": f"{BUILDER}@refs/tags/v9"}}}
    assert judged(V1, Expectation(builder=BUILDER), later, SIGNER) is Reason.PROVENANCE_BUILDER


def test_provenance_that_says_nothing() -> None:
    for kind in (V02, V1):
        predicate: Any
        for predicate in ({}, [], "text", {"invocation": [], "buildDefinition": 1}):
            assert judged(kind, Expectation(source="github.com/acme/app"), predicate) is Reason.PROVENANCE_SOURCE
            assert judged(kind, Expectation(builder=BUILDER), predicate) is Reason.PROVENANCE_BUILDER
            assert judged(kind, Expectation(tag="v1"), predicate, None) is Reason.PROVENANCE_REF
    assert judged("https://spdx.dev/Document", Expectation(tag="v1"), {}) is Reason.PREDICATE_TYPE
