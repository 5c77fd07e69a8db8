"""What verification says. Only ``VERIFIED`` counts; every rejection has a reason code that scripts can rely on."""

from __future__ import annotations

from enum import Enum


class Status(Enum):
    """The four ends of a verification."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"  # nothing says that it is bad, but nothing here can tell: it counts as not verified
    ERROR = "error"  # the evidence could not be read


class Reason(Enum):
    """Why evidence was rejected. The values are the codes of the JSON output and never change their meaning."""

    MALFORMED_BUNDLE = "malformed-bundle"
    UNKNOWN_MEDIA_TYPE = "unknown-media-type"
    MALFORMED_CERTIFICATE = "malformed-certificate"
    MALFORMED_KEY = "malformed-key"
    MALFORMED_TRUST_ROOT = "malformed-trust-root"
    TOO_LARGE = "too-large"
    NO_CERTIFICATE = "no-certificate"
    NO_KEY = "no-key"
    NO_LOG_ENTRY = "no-log-entry"
    NO_INCLUSION_PROOF = "no-inclusion-proof"
    NO_CHECKPOINT = "no-checkpoint"
    NO_PROMISE = "no-inclusion-promise"
    UNKNOWN_LOG = "unknown-log"
    LOG_NOT_VALID = "log-not-valid-at-time"
    PROMISE_INVALID = "inclusion-promise-invalid"
    INCLUSION_INVALID = "inclusion-proof-invalid"
    CHECKPOINT_MALFORMED = "checkpoint-malformed"
    CHECKPOINT_UNSIGNED = "checkpoint-no-matching-signature"
    CHECKPOINT_SIGNATURE = "checkpoint-signature-invalid"
    CHECKPOINT_MISMATCH = "checkpoint-mismatch"
    ENTRY_MALFORMED = "log-entry-malformed"
    ENTRY_MISMATCH = "log-entry-mismatch"
    NO_VERIFIED_TIME = "no-verified-time"
    TIMESTAMP_INVALID = "timestamp-invalid"
    TIMESTAMP_UNTRUSTED = "timestamp-untrusted"
    TIMESTAMP_OUTSIDE = "timestamp-outside-validity"
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    CERTIFICATE_EXPIRED = "certificate-not-valid-at-time"
    CERTIFICATE_PROFILE = "certificate-profile"
    SCT_MISSING = "sct-missing"
    SCT_INVALID = "sct-invalid"
    IDENTITY_MISMATCH = "identity-mismatch"
    ISSUER_MISMATCH = "issuer-mismatch"
    WORKFLOW_MISMATCH = "workflow-mismatch"
    SIGNATURE_INVALID = "signature-invalid"
    DIGEST_MISMATCH = "digest-mismatch"
    NOT_AN_ATTESTATION = "not-an-attestation"
    PAYLOAD_TYPE = "payload-type"
    STATEMENT_MALFORMED = "statement-malformed"
    SUBJECT_MISMATCH = "subject-mismatch"
    ANNOTATION_MISMATCH = "annotation-mismatch"
    PREDICATE_TYPE = "predicate-type"
    PREDICATE_MISMATCH = "predicate-mismatch"
    PROVENANCE_SOURCE = "provenance-source"
    PROVENANCE_BUILDER = "provenance-builder"
    PROVENANCE_REF = "provenance-ref"
    LIBRARY_REJECTED = "library-rejected"
    ENGINES_DISAGREE = "engines-disagree"
    INTERNAL = "internal"


class Rejected(Exception):
    """The evidence does not hold: a reason code, and what was expected and found."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class Unsupported(Exception):
    """The evidence is of a kind that cannot be judged here."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unanswered(Exception):
    """An engine that was asked gave no answer: it could not be checked, which is never the same as that it holds."""


def shown(text: str) -> str:
    """A short, printable form of text from evidence, which may be long or hold control characters."""
    return ascii(text if len(text) <= 200 else text[:197] + "...")
