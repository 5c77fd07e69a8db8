"""What was verified, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from verifychain import __version__
from verifychain.core.exit_code import ExitCode
from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity
from verifychain.output.style import Style, count, printable

if TYPE_CHECKING:
    from verifychain.signatures.verify import Verdict

VERSION = 1


class Result(NamedTuple):
    """
    What was found for one artifact.

    status  ``verified``, ``rejected``, ``unsupported`` or ``error``
    error   why it could not be read, for ``error``
    """

    artifact: str
    bundle: str
    status: str
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""


def result(artifact: str, bundle: str, verdicts: Sequence[Verdict]) -> Result:
    """One piece of evidence that is verified is enough; else a rejection says more than what cannot be judged."""
    from verifychain.signatures.verdict import Status

    order = (Status.VERIFIED, Status.REJECTED, Status.UNSUPPORTED, Status.ERROR)
    best = min((verdict.status for verdict in verdicts), key=order.index, default=Status.REJECTED)
    return Result(artifact, bundle, best.value, tuple(verdicts))


def exit_code(results: Sequence[Result]) -> ExitCode:
    """2 where something could not be read, else 1 where something is not verified."""
    if any(one.status == "error" for one in results):
        return ExitCode.FAILED
    verified = bool(results) and all(one.status == "verified" for one in results)
    return ExitCode.OK if verified else ExitCode.FINDINGS


def text(results: Sequence[Result], style: Style, *, quiet: bool = False) -> str:
    """The results for people."""
    shown = (one for one in results if not (quiet and one.status == "verified"))
    return "".join(f"{line}\n" for one in shown for line in _lines(one, style))


def summary(results: Sequence[Result]) -> str:
    """One line: how many of each."""
    counts = {name: sum(one.status == name for one in results) for name in ("verified", "rejected", "unsupported")}
    failed = sum(one.status == "error" for one in results)
    parts = [f"{number:,} {name}" for name, number in counts.items() if number or name == "verified"]
    parts += [f"{failed:,} not read"] if failed else []
    return f"{count(len(results), 'artifact')}: {', '.join(parts)}\n"


def _lines(one: Result, style: Style) -> Iterator[str]:
    name = printable(one.artifact)
    if one.status == "verified":
        yield f"{style.bold('VERIFIED')} {name}"
        for verdict in one.verdicts:
            if verdict.status.value == "verified":
                yield from _proven(verdict)
        return
    yield f"{style.severity(Severity.ERROR, one.status.upper())} {name}"
    if one.error:
        yield f"  {printable(one.error)}"
    for number, verdict in enumerate(one.verdicts, 1):
        which = f"{number}: " if len(one.verdicts) > 1 else ""
        code = "cannot be judged" if verdict.reason is None else verdict.reason.value
        yield f"  {which}{code}: {printable(verdict.detail)}"


def _proven(verdict: Verdict) -> Iterator[str]:
    signer = _signer(verdict)
    if signer is None or verdict.proven is None:
        return
    if "key" in signer:
        yield f"  signed with   key {signer['key']}"
    else:
        yield f"  signed by     {printable(signer['subject'])}"
        yield f"  identified by {printable(signer['issuer'])}"
    if verdict.proven.times:
        times = dict.fromkeys(f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in verdict.proven.times)
        yield f"  signed at     {', '.join(times)}"
    for one in verdict.proven.logged:
        yield f"  in log        {printable(one.url)} ({one.how})"
    if verdict.statement is not None:
        yield f"  attests       {printable(verdict.statement.predicate_type)}"
    engines = " and ".join("our own core" if one == "native" else "the sigstore library" for one in verdict.engines)
    alone = f" alone (the sigstore library cannot judge {printable(verdict.alone)})" if verdict.alone else ""
    yield f"  checked by    {engines}{alone}"


def document(results: Sequence[Result]) -> dict[str, Any]:
    """The results as JSON, version 1."""
    names = ("verified", "rejected", "unsupported", "error")
    return {
        "version": VERSION,
        "tool": {"name": "verifychain", "version": __version__},
        "summary": {name: sum(one.status == name for one in results) for name in names},
        "results": [_row(one) for one in results],
    }


def _row(one: Result) -> dict[str, Any]:
    return {
        "artifact": one.artifact,
        "bundle": one.bundle,
        "status": one.status,
        "error": one.error or None,
        "evidence": [evidence(verdict) for verdict in one.verdicts],
    }


def evidence(verdict: Verdict) -> dict[str, Any]:
    """One verdict as JSON."""
    proven, statement = verdict.proven, verdict.statement
    return {
        "status": verdict.status.value,
        "reason": None if verdict.reason is None else verdict.reason.value,
        "detail": verdict.detail or None,
        "container": verdict.container or None,
        "engines": list(verdict.engines),
        "library": {"unsupported": verdict.alone} if verdict.alone else None,
        "signer": _signer(verdict),
        "times": [] if proven is None else [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in proven.times],
        "log": [] if proven is None else [{"url": one.url, "proof": one.how} for one in proven.logged],
        "statement": None
        if statement is None
        else {
            "predicateType": statement.predicate_type,
            "subjects": [
                {"name": name, "digest": digests}
                for name, digests in zip(statement.names, statement.subjects, strict=True)
            ],
            "predicate": statement.predicate,
        },
    }


def _signer(verdict: Verdict) -> dict[str, Any] | None:
    from verifychain.signatures.identity import Signer

    if verdict.proven is None:
        return None
    match verdict.proven.signer:
        case Signer(subject=subject, kind=kind, issuer=issuer, claims=claims):
            return {"subject": subject, "kind": kind, "issuer": issuer, "claims": claims}
        case key:
            return {"key": str(key.fingerprint)}
