"""`verifychain cosign verify-blob`, `verify-blob-attestation` and `verify-bundle`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from verifychain.cli.console import Console
from verifychain.cli.cosign import compatible, options, report
from verifychain.cli.cosign.compatible import OF_BLOBS, CosignCommand
from verifychain.cli.options import option
from verifychain.core.errors import UsageError, VerifychainError, strerror
from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity

if TYPE_CHECKING:
    from verifychain.signatures.artifact import Artifact
    from verifychain.signatures.verify import Ask, AttestationPolicy, Question, Verification

# Where a bundle is looked for when none is named: beside the file, as sigstore and cosign call them.
BESIDE = (".sigstore.json", ".sigstore", ".bundle", ".cosign.bundle", ".intoto.jsonl")

BUNDLES = option(
    "Input",
    "--bundle",
    multiple=True,
    metavar="FILE",
    help="A bundle, or JSON lines of several; once, or once per file.  [default: FILE.sigstore.json, …]",
)
ATTESTATION = (
    option(
        "Attestation",
        "--type",
        "type_",
        default="custom",
        metavar="NAME|URI",
        help="What it must attest.  [default: custom]",
    ),
    option(
        "Attestation",
        "--where",
        multiple=True,
        metavar="PATH=VALUE",
        help="What the predicate must have; the value as in TOML.",
    ),
    option("Attestation", "--source-uri", default="", metavar="URI", help="SLSA: built from github.com/org/repo."),
    option("Attestation", "--source-tag", default="", metavar="TAG", help="SLSA: built from this tag."),
    option("Attestation", "--source-branch", default="", metavar="BRANCH", help="SLSA: built from this branch."),
    option(
        "Attestation", "--source-versioned-tag", default="", metavar="V", help="SLSA: built from a tag of this version."
    ),
    option("Attestation", "--builder-id", default="", metavar="URI[@TAG]", help="SLSA: built by this workflow."),
)
_DIGEST = (
    option("Input", "--digest", metavar="HEX", help="The digest of the artifact, instead of a file."),
    option(
        "Input",
        "--digestAlg",
        "--digest-alg",
        "digest_alg",
        default="sha256",
        metavar="NAME",
        help="Its algorithm.  [default: sha256]",
    ),
)


@click.command(cls=CosignCommand)
@click.argument("artifacts", nargs=-1, required=True, metavar="FILE|DIGEST…")
@options.apply((BUNDLES, *OF_BLOBS), options.IDENTITY, options.TRUST, options.OUTPUT)
@click.pass_obj
def verify_blob(console: Console, /, artifacts: tuple[str, ...], **given: Any) -> int:
    """Verify that each FILE (or sha256:… digest) was signed by a key or an identity."""
    return _run(console, artifacts, given, None)


@click.command(cls=CosignCommand)
@click.argument("artifacts", nargs=-1, metavar="[FILE|DIGEST…]")
@options.apply((BUNDLES, *_DIGEST, *OF_BLOBS), ATTESTATION, options.IDENTITY, options.TRUST, options.OUTPUT)
@click.pass_obj
def verify_blob_attestation(console: Console, /, artifacts: tuple[str, ...], **given: Any) -> int:
    """Verify that an attestation about each FILE was signed, is of the type, and says what it must."""
    if given["digest"] is not None:
        artifacts = (*artifacts, f"{given['digest_alg']}:{given['digest'].removeprefix(given['digest_alg'] + ':')}")
    if not artifacts:
        raise UsageError("what the attestation must be about is not said", "name a file, or give --digest")
    return _run(console, artifacts, given, attestation_policy(given))


@click.command(cls=CosignCommand)
@click.argument("artifact", metavar="FILE|DIGEST")
@options.apply((BUNDLES, *OF_BLOBS), options.IDENTITY, options.TRUST, options.OUTPUT)
@click.pass_obj
def verify_bundle(console: Console, /, artifact: str, **given: Any) -> int:
    """
    Verify one file or digest with one bundle, a signature over it or a statement about it.

    The client protocol of sigstore-conformance.
    """
    return _run(console, (artifact,), given, None, statements=True)


def _run(
    console: Console,
    artifacts: Sequence[str],
    given: dict[str, Any],
    policy: AttestationPolicy | None,
    *,
    statements: bool = False,
) -> int:
    compatible.refuse(given)
    bundles = _bundles(artifacts, given["bundle"], attested=policy is not None)
    pairs = list(zip(artifacts, bundles, strict=True))
    question = _question(given, policy, statements=statements)
    results = _results(pairs, question)
    console.verdict = report.exit_code(results)
    if given["output"] == "json":
        from verifychain.output.json import dumps

        console.result(dumps(report.document(results)), given["output_file"])
    else:
        console.result(report.text(results, console.style(), quiet=given["quiet"]), given["output_file"])
    if not given["quiet"]:
        for line in (*options.warnings(given), *compatible.warnings(given), *stale(given)):
            console.say(f"{console.style().severity(Severity.WARNING, 'warning')}: {line}\n")
        console.say(report.summary(results))
    return int(console.verdict)


def _question(given: dict[str, Any], policy: AttestationPolicy | None, *, statements: bool) -> Question | report.Result:
    """What is asked; a key or trust root that is malformed answers for every artifact."""
    from verifychain.signatures.verdict import Rejected, Status
    from verifychain.signatures.verify import Verdict

    try:
        return options.question(given, policy, statements=statements)
    except Rejected as rejected:
        verdict = Verdict(Status.REJECTED, rejected.reason, rejected.detail)
        return report.Result("", "", "rejected", (verdict,))


def attestation_policy(given: dict[str, Any]) -> AttestationPolicy:
    from verifychain.signatures import predicates
    from verifychain.signatures.provenance import Expectation
    from verifychain.signatures.verify import AttestationPolicy

    try:
        type_ = predicates.uri_of(given["type_"])
        conditions = tuple(_condition(text) for text in given["where"])
    except ValueError as error:
        raise UsageError(str(error)) from None
    expectation = Expectation(
        source=given["source_uri"],
        builder=given["builder_id"],
        tag=given["source_tag"],
        branch=given["source_branch"],
        versioned_tag=given["source_versioned_tag"],
    )
    return AttestationPolicy(type_, conditions, expectation if expectation != Expectation() else None)


def _condition(text: str) -> Any:
    """``path=value``: the value as TOML has it, and what is no TOML is a text."""
    import tomllib

    from verifychain.signatures.matcher import Condition

    path, mark, value = text.partition("=")
    if not mark:
        raise ValueError(f"{text!r} is not PATH=VALUE")
    try:
        test = tomllib.loads(f"value = {value.strip()}")["value"]
    except (ValueError, RecursionError):
        test = value.strip()
    return Condition(path.strip(), test)


def verify_data(name: str, data: bytes, given: dict[str, Any]) -> report.Result:
    """Whether these very bytes, which were read from ``name``, are signed as the options demand."""
    from verifychain.signatures.artifact import Artifact

    (bundle,) = _bundles((name,), given["bundle"])
    question = _question(given, None, statements=False)
    return _finished(_begun(name, bundle, question, lambda: Artifact(data=data)))


def _bundles(artifacts: Sequence[str], named: tuple[str, ...], *, attested: bool = False) -> list[str | None]:
    if not named:
        ends = BESIDE[::-1] if attested else BESIDE  # both kinds may lie there, each under its usual name
        return [_beside(artifact, ends) for artifact in artifacts]
    if len(named) == 1:
        return [*named] * len(artifacts)
    if len(named) != len(artifacts):
        message = f"{len(artifacts)} artifacts and {len(named)} bundles are named"
        raise UsageError(message, "give --bundle once, or once per file in the same order")
    return [*named]


def _beside(artifact: str, ends: Sequence[str]) -> str | None:
    return next((artifact + end for end in ends if os.path.isfile(artifact + end)), None)


def _results(pairs: Sequence[tuple[str, str | None]], question: Question | report.Result) -> list[report.Result]:
    """One result each, in order. Of many files the library is asked by other processes."""
    from verifychain.cli.cosign import abreast

    named = [(name, bundle) for name, bundle in pairs if bundle is not None]
    others = None
    if not isinstance(question, report.Result) and abreast.worthwhile(named, question):
        others = abreast.start(named, question)
    if others is None:
        return [_finished(_begun(name, bundle, question, _opened(name))) for name, bundle in pairs]
    with closing(others):
        begun = []
        for name, bundle in pairs:
            begun.append(_begun(name, bundle, question, _opened(name)))
            others.take()
        return [_finished(one, others.ask) for one in begun]


def _opened(name: str) -> Callable[[], Artifact]:
    return lambda: options.artifact(name)


class _Begun(NamedTuple):
    name: str
    bundle: str
    verifications: list[Verification]


def _begun(
    name: str, bundle: str | None, question: Question | report.Result, read: Callable[[], Artifact]
) -> _Begun | report.Result:
    """One artifact, as far as our own core goes. What cannot be read is its own failure, and the others go on."""
    try:
        if bundle is None:
            raise UsageError(f"no bundle is named, and none lies beside it ({', '.join(BESIDE)})")
        data = options.read_file(bundle)
        artifact = read()
        if isinstance(question, report.Result):
            return question._replace(artifact=name, bundle=bundle)
        from verifychain.signatures.verify import begin_bytes

        return _Begun(name, bundle, begin_bytes(data, artifact, question))
    except (UsageError, OSError) as error:
        return _unread(name, bundle, error)


def _finished(begun: _Begun | report.Result, ask: Ask | None = None) -> report.Result:
    if isinstance(begun, report.Result):
        return begun
    try:
        verdicts = [one.finish() if ask is None else one.finish(ask) for one in begun.verifications]
    except OSError as error:
        return _unread(begun.name, begun.bundle, error)
    return report.result(begun.name, begun.bundle, verdicts)


def _unread(name: str, bundle: str | None, error: UsageError | OSError) -> report.Result:
    fault = error.message if isinstance(error, UsageError) else strerror(error)
    return report.Result(name, bundle or "", "error", error=fault)


def stale(given: dict[str, Any]) -> list[str]:
    """A warning where the shipped root is old. TUF lets a root live for months; we wait a quarter longer."""
    if given["trusted_root"] is not None:
        return []
    from datetime import UTC, datetime, timedelta

    from verifychain.signatures import shipped
    from verifychain.signatures.verdict import Rejected

    try:
        expired = shipped.expires(shipped.STAGING if given["staging"] else shipped.PUBLIC_GOOD)
    except (Rejected, VerifychainError):
        return []
    if datetime.now(UTC) < expired + timedelta(days=90):
        return []
    hint = "update the sigstore package, or `verifychain cosign trust update FILE` and --trusted-root FILE"
    return [f"the trust root that the sigstore package ships was to be renewed by {expired:%Y-%m-%d}: {hint}"]
