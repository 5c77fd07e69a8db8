"""`verifychain cosign verify` and `verify-attestation`: images in registries and in layouts on disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from verifychain import config
from verifychain.cli.console import Console
from verifychain.cli.cosign import blobs, image_options, options, policies, registries, report
from verifychain.cli.cosign.compatible import CosignCommand
from verifychain.cli.cosign.judging import Judgement, Scope, judge
from verifychain.cli.cosign.workers import Workers
from verifychain.cli.options import configured
from verifychain.core.errors import Unavailable, UsageError
from verifychain.core.exit_code import ExitCode
from verifychain.core.severity import Severity

if TYPE_CHECKING:
    from verifychain.origins.attachments import Store
    from verifychain.signatures.image_policy import Entry, Policy
    from verifychain.signatures.verify import AttestationPolicy, Verdict

INCOMPLETE = "incomplete"
_SIGNER = (*options.IDENTITY, image_options.ANNOTATIONS)
_COMMON = (_SIGNER, options.TRUST, image_options.REGISTRY, image_options.COSIGN, options.OUTPUT)


@click.command(cls=CosignCommand)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…")
@options.apply(image_options.IMAGE, *_COMMON)
@configured
@click.pass_obj
def verify(console: Console, /, images: tuple[str, ...], **given: Any) -> int:
    """
    Verify that each IMAGE was signed by a key or an identity.

    A tag is resolved once, and what is verified is the digest. Without a key or an identity the policy of the
    configuration decides.
    """
    return _run(console, images, given, None)


@click.command(cls=CosignCommand)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…")
@options.apply(image_options.IMAGE, blobs.ATTESTATION, *_COMMON, image_options.OF_ATTESTATIONS)
@configured
@click.pass_obj
def verify_attestation(console: Console, /, images: tuple[str, ...], **given: Any) -> int:
    """Verify that an attestation about each IMAGE was signed, is of the type, and says what it must."""
    if given.pop("policy"):
        hint = "--where PATH=VALUE tests the predicate; or give what -o json prints to cue, opa or conftest"
        raise UsageError("--policy is not supported: policies in CUE and Rego are not evaluated", hint)
    return _run(console, images, given, blobs.attestation_policy(given))


def _run(
    console: Console, images: tuple[str, ...], given: dict[str, Any], attestation: AttestationPolicy | None
) -> int:
    image_options.check(given)
    work = _Work(given, images, attestation)
    workers = Workers(given["max_workers"])
    results = [pending.result() for pending in [workers.start(partial(work.one, image)) for image in images]]
    console.verdict = exit_code(results)
    if given["output"] == "json":
        from verifychain.output.json import dumps

        console.result(dumps(document(results)), given["output_file"])
    else:
        console.result(report.text(results, console.style(), quiet=given["quiet"]), given["output_file"])
    if not given["quiet"]:
        for line in (*options.warnings(given), *image_options.warnings(given), *blobs.stale(given)):
            console.say(f"{console.style().severity(Severity.WARNING, 'warning')}: {line}\n")
        console.say(_summary(results))
    return int(console.verdict)


class _Work:
    """What is the same for every image of a command line."""

    def __init__(self, given: dict[str, Any], images: tuple[str, ...], attestation: AttestationPolicy | None) -> None:
        configuration = config.load(given["config"], isolated=given["isolated"])
        self._local = given["local_image"]
        self._scope = Scope(given["platform"], given["recursive"])
        self._policy = _policy(given, configuration, attestation)
        names = [] if self._local else [registries.image_name(image) for image in images]
        hosts = [name.registry for name in names]
        self._registries = registries.Registries(given, configuration, hosts)

    def one(self, image: str) -> report.Result:
        """Verify one image; whatever goes wrong with it is its own result."""
        try:
            store, entries = self._open(image)
            return _result(judge(store, entries, self._scope, thorough=True))
        except Unavailable as error:
            return report.Result(image, "", INCOMPLETE, error=error.with_hint)
        except UsageError as error:
            return report.Result(image, "", "error", error=error.with_hint)

    def _open(self, image: str) -> tuple[Store, tuple[Entry, ...]]:
        if self._local:
            name = registries.image_name("localhost/layout")
            return registries.layout(image), self._entries(image, self._policy.of(name))
        name = registries.image_name(image)
        return self._registries.open(name), self._entries(image, self._policy.of(name))

    def _entries(self, image: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if not entries:
            hint = "give --key or an identity, or add the image to [[tool.verifychain.cosign]]"
            raise UsageError(f"no entry of the policy covers {image}", hint)
        return entries


def _policy(
    given: dict[str, Any], configuration: config.Configuration, attestation: AttestationPolicy | None
) -> Policy:
    if options.is_anyone_expected(given) or attestation is not None or not configuration.settings.cosign:
        return policies.of_options(given, attestation)
    return policies.Reader(given, configuration).policy()


def _result(judged: Judgement) -> report.Result:
    pairs = [pair for outcome in judged.outcomes for pair in outcome.judged]
    verdicts = tuple(_placed(verdict, piece.attachment.where) for piece, verdict in pairs)
    told = "; ".join(dict.fromkeys(lack.message for lack in judged.unmet))
    return report.Result(judged.shown, "", "rejected" if judged.unmet else "verified", verdicts, told)


def _placed(verdict: Verdict, where: str) -> Verdict:
    """A rejection with the place of what was rejected."""
    return verdict._replace(detail=f"{verdict.detail} [{where}]") if verdict.proven is None else verdict


def exit_code(results: list[report.Result]) -> ExitCode:
    """2 where the question was wrong, else 1 for a rejection, else 4 where something could not be asked."""
    states = {one.status for one in results}
    if "error" in states:
        return ExitCode.FAILED
    if states - {"verified", INCOMPLETE}:
        return ExitCode.FINDINGS
    return ExitCode.INCOMPLETE if INCOMPLETE in states else ExitCode.OK


def document(results: list[report.Result]) -> dict[str, Any]:
    """The results as JSON: those of files, with one more status."""
    found = report.document(results)
    found["summary"][INCOMPLETE] = sum(one.status == INCOMPLETE for one in results)
    return found


def _summary(results: list[report.Result]) -> str:
    from verifychain.output.style import count

    names = ("verified", "rejected", INCOMPLETE, "error")
    counts = {name: sum(one.status == name for one in results) for name in names}
    words = {INCOMPLETE: "could not be asked", "error": "failed"}
    parts = [f"{number:,} {words.get(name, name)}" for name, number in counts.items() if number or name == "verified"]
    return f"{count(len(results), 'image')}: {', '.join(parts)}\n"
