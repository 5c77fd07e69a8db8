"""Checkpoints: what a log signs about its tree (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note)."""

from __future__ import annotations

from verifychain.core.digest import Algorithm, Digest
from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.signatures.keys import signed_by
from verifychain.signatures.strict_json import base64_bytes
from verifychain.signatures.trust_root import Log
from verifychain.signatures.verdict import Reason, Rejected, shown

_MOST = 1 << 20
_SIGNATURE = expression("\u2014 ([^ \n]+) ([A-Za-z0-9+/=]+)")
_SIZE = expression(r"0|[1-9][0-9]{0,18}")


class _Signature(NamedTuple):
    name: str
    hint: bytes
    raw: bytes


class Checkpoint(NamedTuple):
    """A parsed checkpoint. Nothing of it is believed before ``verify``."""

    text: bytes
    origin: str
    size: int
    root: Digest
    signatures: tuple[_Signature, ...]


def parse(note: str) -> Checkpoint:
    """Read a checkpoint. Raises Rejected with what is wrong."""
    text, gap, rest = note.partition("\n\n")
    if len(note) > _MOST or not gap or not rest.endswith("\n"):
        raise _malformed("text, an empty line and signatures are needed")
    signatures = tuple(_signature(line) for line in rest[:-1].split("\n"))
    lines = text.split("\n")
    if len(lines) < 3 or not lines[0]:
        raise _malformed("origin, size and root hash are needed")
    if _SIZE.fullmatch(lines[1]) is None:
        raise _malformed(f"the size is {shown(lines[1])}")
    try:
        root = Digest(Algorithm.SHA256, base64_bytes(lines[2]))
    except ValueError:
        raise _malformed(f"the root hash is {shown(lines[2])}") from None
    return Checkpoint(f"{text}\n".encode("utf-8", "surrogatepass"), lines[0], int(lines[1]), root, signatures)


def verify(checkpoint: Checkpoint, log: Log) -> None:
    """Check that the log signed the checkpoint under its own name. Signatures of witnesses are passed over."""
    if not any(checkpoint.origin == name or checkpoint.origin.startswith(f"{name} - ") for name in log.names):
        detail = f"it is of the log {shown(checkpoint.origin)}, the entry of {shown(log.names[0])}"
        raise Rejected(Reason.CHECKPOINT_UNSIGNED, detail)
    own = [one for one in checkpoint.signatures if one.name in log.names and one.hint == log.key_hint]
    if not own:
        raise Rejected(Reason.CHECKPOINT_UNSIGNED, f"no signature of {shown(log.names[0])} with its key")
    if not any(signed_by(log.key, one.raw, checkpoint.text) for one in own):
        raise Rejected(Reason.CHECKPOINT_SIGNATURE, f"the signature of {shown(log.names[0])} is not valid")


def _signature(line: str) -> _Signature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise _malformed(f"{shown(line)} is not a signature")
    try:
        data = base64_bytes(found[2])
    except ValueError:
        raise _malformed("a signature is not base64") from None
    if len(data) < 5:
        raise _malformed("a signature is too short")
    return _Signature(found[1], data[:4], data[4:])


def _malformed(fault: str) -> Rejected:
    return Rejected(Reason.CHECKPOINT_MALFORMED, f"the checkpoint is malformed: {fault}")
