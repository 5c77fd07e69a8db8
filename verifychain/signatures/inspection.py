"""What evidence says of itself. Nothing here is verified, and it says so."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import Any

from verifychain.core import toml
from verifychain.signatures import identity, log_body, statement, x509_parsing
from verifychain.signatures.evidence import Entry, Envelope, Evidence
from verifychain.signatures.verdict import Rejected


def describe(evidence: Evidence) -> dict[str, Any]:
    """The contents, as JSON has them; a part that cannot be read is an ``unreadable`` with the reason."""
    return {
        "container": evidence.container,
        "content": _content(evidence),
        "signer": _read(_signer, evidence),
        "log": [_read(_entry, entry) for entry in evidence.entries],
        "timestamps": len(evidence.timestamps),
        "policy": policy(evidence),
    }


def policy(evidence: Evidence) -> dict[str, str]:
    """The options and the configuration line that would demand this very signer, to be judged by the reader."""
    if not evidence.certificate:
        if evidence.entries:
            return {"options": "--key FILE", "configuration": '{ keys = ["FILE"] }'}
        unlogged = '{ keys = ["FILE"], tlog = false }'
        return {"options": "--key FILE --insecure-ignore-tlog", "configuration": unlogged}
    try:
        signer = identity.read(x509_parsing.load(evidence.certificate))
    except Rejected:
        return {}
    pair = (("--certificate-identity", signer.subject), ("--certificate-oidc-issuer", signer.issuer))
    return {
        "options": " ".join(f"{name} {shlex.quote(value)}" for name, value in pair),
        "configuration": f"{{ issuer = {toml.string(signer.issuer)}, identity = {toml.string(signer.subject)} }}",
    }


def _read(read: Any, value: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read(value)
    except Rejected as rejected:
        return {"unreadable": rejected.detail}
    return found


def _content(evidence: Evidence) -> dict[str, Any]:
    if not isinstance(evidence.content, Envelope):
        stated = evidence.content.stated
        return {"kind": "message signature", "digest": None if stated is None else str(stated)}
    found = {"kind": "envelope", "payloadType": evidence.content.payload_type}
    return {**found, "statement": _read(_statement, evidence.content)}


def _statement(content: Envelope) -> dict[str, Any]:
    found = statement.parse(content)
    subjects = [{"name": name, "digest": digests} for name, digests in zip(found.names, found.subjects, strict=True)]
    return {"predicateType": found.predicate_type, "subjects": subjects, "predicate": found.predicate}


def _signer(evidence: Evidence) -> dict[str, Any]:
    if not evidence.certificate:
        return {"key": "not in the bundle"}
    certificate = x509_parsing.load(evidence.certificate)
    signer = identity.read(certificate)
    return {
        "subject": signer.subject,
        "kind": signer.kind,
        "issuer": signer.issuer,
        "claims": signer.claims,
        "notBefore": _time(certificate.not_valid_before_utc),
        "notAfter": _time(certificate.not_valid_after_utc),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    kind, version = log_body.kind_of(entry)
    found: dict[str, Any] = {"kind": f"{kind} {version}", "log": entry.log_id.hex(), "index": entry.position}
    if entry.promise:
        # Beyond the year 9999 there is no datetime.
        late = entry.integrated_time > 253402300799
        found["time"] = None if late else _time(datetime.fromtimestamp(entry.integrated_time, UTC))
    found["proof"] = "inclusion" if entry.proof is not None else "promise" if entry.promise else "none"
    return found


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
