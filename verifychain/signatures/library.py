"""
The second engine: the ``sigstore`` library, asked the same question.

Before it is asked, ``unsupported`` decides from the evidence whether it can answer: it has no keys, no bundles without
a log, no older kinds of entries, and a few known deviations. There our own core decides alone, and the report says so.
Read in sigstore 4.5.1, ``verify/verifier.py`` and ``models.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from verifychain.core.digest import Algorithm
from verifychain.signatures import identity
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Evidence, Message
from verifychain.signatures.native import Proven
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.strict_json import Fields
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected

if TYPE_CHECKING:
    from cryptography import x509
    from sigstore._internal.trust import CTKeyring, KeyringPurpose, RekorKeyring
    from sigstore.verify import Verifier

# The kinds of log entries that the library knows, for each content.
_KINDS = {
    Envelope: {("hashedrekord", "0.0.2"), ("dsse", "0.0.1")},
    Message: {("hashedrekord", "0.0.1"), ("hashedrekord", "0.0.2")},
}
_LONGEST = 240
_verifiers: dict[bytes, Verifier] = {}


def unsupported(
    evidence: Evidence, artifact: Artifact, root: TrustRoot, requirement: Requirement, proven: Proven | None
) -> str:
    """
    Why the library cannot judge this evidence; the empty text where it can.

    ``proven`` is what our own core found, None where it was not asked.
    """
    if not requirement.log:
        return "signatures without a log"
    if not requirement.sct:
        return "certificates without a timestamp of a CT log"
    if requirement.timestamp and proven is None:
        return "whether a signed timestamp holds"  # it takes any time that it finds
    # In this order: each looks at what the one before has found to be there.
    found = _of_container(evidence) or _of_certificate(evidence.certificate)
    found = found or _of_root(evidence, root, () if proven is None else proven.times)
    if not found and not isinstance(evidence.content, Envelope) and artifact.digest(Algorithm.SHA256) is None:
        return "digests other than SHA-256"
    return found


def _of_container(evidence: Evidence) -> str:
    if not evidence.document:
        return evidence.container
    if not evidence.certificate:
        return "signatures by a key"
    if len(evidence.entries) != 1:
        return f"{len(evidence.entries)} log entries"
    entry = evidence.entries[0]
    if entry.proof is None:
        return "entries without a proof of inclusion"
    if (entry.kind, entry.version) not in _KINDS[type(evidence.content)]:
        return f"log entries of the kind {entry.kind} {entry.version}".strip()
    return _of_defaults(evidence)


def _of_defaults(evidence: Evidence) -> str:
    """Protobuf-JSON leaves fields out that have their default; the library insists on them."""
    fields = Fields.parse(evidence.document, Reason.MALFORMED_BUNDLE, "bundle")
    written = fields.required("verificationMaterial").objects("tlogEntries", 1)[0]
    proof = written.required("inclusionProof")
    missing = [name for name in ("logIndex",) if not written.has(name)]
    missing += [name for name in ("logIndex", "treeSize", "hashes", "rootHash") if not proof.has(name)]
    return f"bundles that leave out {', '.join(missing)}" if missing else ""


def _of_root(evidence: Evidence, root: TrustRoot, times: Sequence[datetime]) -> str:
    if not root.media_type.endswith("version=0.1"):
        return "trust roots newer than 0.1"
    if not root.logs:
        return "trust roots without a log"
    if evidence.timestamps and not root.timestamp_authorities:
        return "timestamps where the trust root has no authority"
    if not all(one.named for one in (*root.authorities, *root.timestamp_authorities)):
        return "trust roots whose authorities have no name"
    ends = {one.window.end for one in root.timestamp_authorities}
    return "timestamps at the last second of an authority" if ends.intersection(times) else ""


def _of_certificate(der: bytes) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    from verifychain.signatures import sct

    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        return "keys other than P-256"
    if len(sct.listed(certificate)) != 1:
        return "certificates with other than one timestamp of a CT log"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return "user names as identities" if any(isinstance(name, x509.OtherName) for name in names) else ""


class _Policy:
    """Our comparison of identities, as the library's policy: it has no patterns of its own."""

    def __init__(self, requirement: Requirement) -> None:
        self._requirement = requirement

    def verify(self, cert: x509.Certificate) -> None:
        from sigstore.errors import VerificationError

        signer = identity.read(cert)
        for one in self._requirement.identities:
            try:
                one.check(signer)
            except Rejected:
                continue
            return
        raise VerificationError("no expected identity")


def verify(evidence: Evidence, artifact: Artifact, root: TrustRoot, requirement: Requirement) -> None:
    """Ask the library. Raises Rejected with what it says; whatever it raises is a rejection."""
    try:
        _verify(evidence, artifact, root, requirement)
    except Exception as error:  # noqa: BLE001 - not everything that escapes from it is an error of its own
        raise Rejected(Reason.LIBRARY_REJECTED, _shortened(f"{type(error).__name__}: {error}")) from None


def proven(evidence: Evidence) -> Proven:
    """
    What holds where the library accepts: it tells nothing of the times and log entries that it found.

    Raises Rejected for a certificate that it accepts and that names nobody here.
    """
    from cryptography import x509

    return Proven(identity.read(x509.load_der_x509_certificate(evidence.certificate)), (), (), Algorithm.SHA256)


def _shortened(fault: str) -> str:
    """One line that a pipe takes whole: the library repeats what it was given, on several lines."""
    line = " ".join(fault.encode("utf-8", "backslashreplace").decode("utf-8").split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def load() -> None:
    """Import the library, ahead of the first question."""
    import sigstore.hashes
    import sigstore.models
    import sigstore.verify  # noqa: F401


def _verify(evidence: Evidence, artifact: Artifact, root: TrustRoot, requirement: Requirement) -> None:
    from sigstore.hashes import Hashed
    from sigstore.models import Bundle
    from sigstore_models.common.v1 import HashAlgorithm

    verifier, bundle, policy = _verifier(root), Bundle.from_json(evidence.document), _Policy(requirement)
    if isinstance(evidence.content, Envelope):
        kind, payload = verifier.verify_dsse(bundle=bundle, policy=policy)
        if (kind, payload) != (evidence.content.payload_type, evidence.content.payload):
            raise ValueError("it reads another payload from the bundle")
        return
    digest = artifact.digest(Algorithm.SHA256)
    assert digest is not None  # unsupported() has asked
    hashed = Hashed(algorithm=HashAlgorithm.SHA2_256, digest=digest.raw)
    verifier.verify_artifact(hashed, bundle=bundle, policy=policy)


def _verifier(root: TrustRoot) -> Verifier:
    """One verifier per trust root and run. The library reads roots from files only, except through its models."""
    key = root.digest.raw
    if key not in _verifiers:
        from sigstore.models import TrustedRoot
        from sigstore.verify import Verifier
        from sigstore_models.trustroot.v1 import TrustedRoot as Model

        class Root(TrustedRoot):
            """The library's, which parses the keys of the root again for every bundle: here once."""

            def rekor_keyring(self, purpose: KeyringPurpose) -> RekorKeyring:
                if purpose not in rekor:
                    rekor[purpose] = super().rekor_keyring(purpose)
                return rekor[purpose]

            def ct_keyring(self, purpose: KeyringPurpose) -> CTKeyring:
                if purpose not in ct:
                    ct[purpose] = super().ct_keyring(purpose)
                return ct[purpose]

        rekor: dict[KeyringPurpose, RekorKeyring] = {}
        ct: dict[KeyringPurpose, CTKeyring] = {}
        model: Any = Model.from_json(root.document)
        _verifiers[key] = Verifier(trusted_root=Root(model))
    return _verifiers[key]
