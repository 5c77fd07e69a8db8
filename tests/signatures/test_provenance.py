"""Expectations on SLSA provenance as real builders write it (``provenance/README.md`` says where it is from)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.signatures.mutations import leaves, replaced
from verifychain.signatures import statement
from verifychain.signatures.evidence import Envelope
from verifychain.signatures.identity import Signer
from verifychain.signatures.provenance import Expectation
from verifychain.signatures.verdict import Reason, Rejected

FOLDER = Path(__file__).with_name("provenance")
ISSUER = "https://token.actions.githubusercontent.com"
BAZEL = "https://github.com/bazel-contrib/publish-to-bcr/.github/workflows/publish.yaml"
GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml"
RUNNER = "https://github.com/actions/runner/github-hosted"
# What is true of each document.
TRUE = {
    "attest-v1": Expectation("github.com/aspect-build/rules_lint", f"{BAZEL}@v0.0.1", branch="publish-to-bcr"),
    "generator-v0.2": Expectation(
        "github.com/slsa-framework/example-package", f"{GENERATOR}@v2.1.0", tag="v13.0.30", versioned_tag="v13"
    ),
    "npm-v1": Expectation("https://github.com/sigstore/sigstore-conformance", RUNNER, branch="main"),
}


class Document(NamedTuple):
    statement: Any
    signer: Signer


def load(name: str) -> Document:
    document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return Document(document["statement"], Signer(document["subject"], "uri", ISSUER, document["claims"]))


def judged(document: Any, signer: Signer | None, expected: Expectation) -> Reason | None:
    payload = json.dumps(document).encode()
    try:
        expected.check(statement.parse(Envelope(statement.PAYLOAD_TYPE, payload)), signer)
    except Rejected as rejected:
        return rejected.reason
    return None


def test_every_document_is_asked() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == sorted(TRUE)


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true(name: str) -> None:
    document = load(name)
    assert judged(document.statement, document.signer, TRUE[name]) is None
    assert judged(document.statement, None, TRUE[name]) is None  # a key's holder vouches for the whole


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (Expectation(source="github.com/evil/app"), Reason.PROVENANCE_SOURCE),
        (Expectation(source="github.com/aspect-build/rules"), Reason.PROVENANCE_SOURCE),
        (Expectation(builder=f"{BAZEL}@v0.0.2"), Reason.PROVENANCE_BUILDER),
        (Expectation(builder=f"{GENERATOR}@v2.1"), Reason.PROVENANCE_BUILDER),
        (Expectation(builder="https://github.com/actions/runner/self-hosted"), Reason.PROVENANCE_BUILDER),
        (Expectation(builder="https://github.com/actions/runner"), Reason.PROVENANCE_BUILDER),
        (Expectation(tag="v13"), Reason.PROVENANCE_REF),
        (Expectation(branch="master"), Reason.PROVENANCE_REF),
        (Expectation(versioned_tag="v13.1"), Reason.PROVENANCE_REF),
    ],
)
def test_what_is_not(name: str, expected: Expectation, reason: Reason) -> None:
    document = load(name)
    assert judged(document.statement, document.signer, expected) is reason


FOUND_OUT = {Reason.PROVENANCE_SOURCE, Reason.PROVENANCE_REF, Reason.PROVENANCE_BUILDER}
LIES = {
    "source-repository-uri": Reason.PROVENANCE_SOURCE,
    "source-repository-ref": Reason.CERTIFICATE_PROFILE,  # an older extension says it again
    "runner-environment": Reason.PROVENANCE_BUILDER,
}


@pytest.mark.parametrize("name", TRUE)
def test_who_lies_is_found_out(name: str) -> None:
    """Whatever names the source, the ref or the builder, in the provenance or in the certificate, must be true."""
    document, expected = load(name), TRUE[name]
    lies = 0
    for path, value in leaves(document.statement["predicate"]):
        told = path[-1] in {"uri", "repository", "github_ref"} or path[-2:] == ("builder", "id")
        told |= path[-2:] == ("workflow", "ref")
        if told and "environment" not in path[:-1] and isinstance(value, str):
            lies += 1
            changed = replaced(document.statement, ("predicate", *path), value.replace("/", "/x", 4))
            assert judged(changed, document.signer, expected) in FOUND_OUT, path
    assert lies >= 3
    for claim, reason in LIES.items():
        claims = {**document.signer.claims, claim: f"{document.signer.claims[claim]}x"}
        liar = Signer(document.signer.subject, "uri", ISSUER, claims)
        asked = claim != "runner-environment" or name == "npm-v1"  # where it ran is only asked of npm's
        assert judged(document.statement, liar, expected) is (reason if asked else None), claim
    if name != "npm-v1":
        other = Signer(f"{document.signer.subject}x", "uri", ISSUER, document.signer.claims)
        assert judged(document.statement, other, expected) is Reason.PROVENANCE_BUILDER
