"""
Evidence: what every container format comes to, and the only input of the verifying core.

Nothing in it is verified. A converter fills it in; bundles of sigstore, cosign's old blob bundles, and signatures
beside images differ only in how.
"""

from __future__ import annotations

from verifychain.core.digest import Algorithm, Digest, DigestError
from verifychain.core.record import NamedTuple
from verifychain.signatures.strict_json import Fields
from verifychain.signatures.verdict import shown

_ALGORITHMS = {"SHA2_256": Algorithm.SHA256, "SHA2_384": Algorithm.SHA384, "SHA2_512": Algorithm.SHA512}


class Proof(NamedTuple):
    """That an entry is a certain leaf of a log's tree: RFC 6962 2.1.1, and the log's signed word on the tree."""

    leaf: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str  # a signed note; empty where the container has none


class Entry(NamedTuple):
    """
    One entry of a transparency log.

    log_id           as the trust root names the log
    position         its index over all shards; signed by the promise only
    kind, version    as the container says; empty where it does not, then the body's own are taken
    integrated_time  seconds since 1970; means nothing without a valid promise
    body             what the log holds, canonical JSON
    promise          the signed entry timestamp (SET); empty where there is none
    """

    log_id: bytes
    position: int
    kind: str
    version: str
    integrated_time: int
    body: bytes
    promise: bytes
    proof: Proof | None


class Message(NamedTuple):
    """A signature over the artifact itself. The digest that the container states is a claim like any other."""

    stated: Digest | None = None


class Envelope(NamedTuple):
    """
    A DSSE envelope: the signature is over its type and payload.

    digest  SHA-256 of the envelope as it was stored, where those bytes are known (attestations beside images)
    """

    payload_type: str
    payload: bytes
    digest: Digest | None = None

    def encoding(self) -> bytes:
        """What is signed (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md)."""
        kind = self.payload_type.encode("utf-8", "surrogatepass")
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)


class Evidence(NamedTuple):
    """
    One signature with all that came along.

    container       what it was packed in, for the report: ``bundle v0.3``, ``cosign blob bundle``, …
    content         what kind of thing is signed
    signature       raw bytes
    certificate     the signer's certificate, DER; empty where a key outside of the container is meant
    timestamps      RFC 3161 responses, DER
    timestamped     the bytes that those are over: the signature, or a whole envelope
    proof_required  the container must prove inclusion; a promise is not enough
    promise_required  the container must have a promise
    document        the container as it was read, for the second engine; empty where that cannot read it
    """

    container: str
    content: Message | Envelope
    signature: bytes
    certificate: bytes = b""
    entries: tuple[Entry, ...] = ()
    timestamps: tuple[bytes, ...] = ()
    timestamped: bytes = b""
    proof_required: bool = False
    promise_required: bool = False
    document: bytes = b""


def hash_output(fields: Fields) -> Digest:
    """The digest in a ``HashOutput`` of sigstore's protobuf specifications. Raises Rejected."""
    algorithm = _ALGORITHMS.get(fields.text("algorithm"))
    if algorithm is None:
        raise fields.wrong("algorithm", f"is {shown(fields.text('algorithm'))}")
    try:
        return Digest(algorithm, fields.data("digest"))
    except DigestError as error:
        raise fields.wrong("digest", str(error)) from None
