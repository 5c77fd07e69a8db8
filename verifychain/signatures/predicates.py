"""Types of attestations by cosign's short names (``cmd/cosign/cli/options/predicate.go``), and others in use."""

from __future__ import annotations

from verifychain.signatures.verdict import Reason, Rejected, shown

TYPES = {
    "custom": "https://cosign.sigstore.dev/attestation/v1",
    "slsaprovenance": "https://slsa.dev/provenance/v0.2",
    "slsaprovenance02": "https://slsa.dev/provenance/v0.2",
    "slsaprovenance1": "https://slsa.dev/provenance/v1",
    "spdx": "https://spdx.dev/Document",
    "spdxjson": "https://spdx.dev/Document",
    "cyclonedx": "https://cyclonedx.org/bom",
    "link": "https://in-toto.io/Link/v1",
    "vuln": "https://cosign.sigstore.dev/attestation/vuln/v1",
    "openvex": "https://openvex.dev/ns",
    # Not cosign's, but what other tools write:
    "vsa": "https://slsa.dev/verification_summary/v1",
    "sign": "https://sigstore.dev/cosign/sign/v1",
    "npm-publish": "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
    "github-release": "https://in-toto.io/attestation/release/v0.1",
    "test-result": "https://in-toto.io/attestation/test-result/v0.1",
    "vulns": "https://in-toto.io/attestation/vulns/v0.1",
    "scai": "https://in-toto.io/attestation/scai/attribute-report/v0.2",
}
# Their writers put a version behind the name: https://openvex.dev/ns/v0.2.0, https://spdx.dev/Document/v2.3.
_VERSIONED = {TYPES["openvex"], TYPES["spdx"], TYPES["cyclonedx"]}


def uri_of(name: str) -> str:
    """The URI that a short name or a URI means. Raises ValueError for another word."""
    if name in TYPES:
        return TYPES[name]
    if ":" in name:
        return name
    raise ValueError(f"the type {shown(name)} is neither a URI nor one of {', '.join(TYPES)}")


def check(expected: str, found: str) -> None:
    """Compare the URI of a statement with the expected one. Raises Rejected."""
    if found != expected and not (expected in _VERSIONED and found.startswith(f"{expected}/v")):
        short = next((name for name, uri in TYPES.items() if uri == found), found)
        detail = f"expected {shown(expected)}, the statement is {shown(found)} (--type {shown(short)[1:-1]})"
        raise Rejected(Reason.PREDICATE_TYPE, detail)
