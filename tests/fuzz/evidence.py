"""Evidence of signatures, and trust roots: nothing escapes, and what is accepted says what was signed."""

from __future__ import annotations

import json
from functools import partial

from tests.fuzz.target import Target, Violation, within
from tests.signatures.asking import ARTIFACT, RECIPES, ask, question
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures import containers, inspection, trust_root
from verifychain.signatures.evidence import Envelope, Evidence
from verifychain.signatures.verdict import Reason, Rejected, Status, Unsupported


def signed(evidence: Evidence) -> tuple[object, ...]:
    """What a user relies on."""
    content = evidence.content
    payload = (content.payload_type, content.payload) if isinstance(content, Envelope) else None
    return payload, evidence.signature, evidence.certificate


class EvidenceTarget(Target):
    """Bundles of one recipe."""

    def __init__(self, sigstore: Sigstore, recipe: Recipe) -> None:
        document = json.dumps(sigstore.bundle(ARTIFACT, recipe)).encode()
        super().__init__(f"evidence {recipe}", [document])
        self._question = question(sigstore, recipe)
        self._signed = signed(containers.read(document))

    def check(self, data: bytes) -> None:
        verdict = within("a verdict", partial(ask, data, self._question))
        if verdict.reason is Reason.INTERNAL:
            raise Violation(verdict.detail)
        try:
            evidence = containers.read(data)
        except (Rejected, Unsupported):
            return
        json.dumps(inspection.describe(evidence))
        if verdict.status is Status.VERIFIED and signed(evidence) != self._signed:
            raise Violation("it verifies, and something else is signed")


class RootTarget(Target):
    """Trust roots."""

    def __init__(self, sigstore: Sigstore) -> None:
        super().__init__("trust root", [json.dumps(sigstore.trusted_root()).encode()])

    def check(self, data: bytes) -> None:
        try:
            within("a root", partial(trust_root.parse, data))
        except Rejected as rejected:
            if rejected.reason not in {Reason.MALFORMED_TRUST_ROOT, Reason.TOO_LARGE}:
                raise Violation(f"refused as {rejected.reason}") from None


def targets() -> list[Target]:
    sigstore = Sigstore()
    return [*(EvidenceTarget(sigstore, recipe) for recipe in RECIPES[::4]), RootTarget(sigstore)]
