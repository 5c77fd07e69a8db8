"""`verifychain cosign dockerfile` and `manifest`: every image of files, against the policy."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from verifychain import formats, inputs
from verifychain.cli.console import Console
from verifychain.cli.cosign import image_options, options, policies
from verifychain.cli.cosign.compatible import CosignCommand
from verifychain.cli.cosign.judging import Demands, Judge, Judgement, Scope
from verifychain.cli.cosign.workers import Pending
from verifychain.cli.options import Options, collect, option, verifying
from verifychain.cli.run import Run, conclude, examine, prepare, write
from verifychain.core import ports
from verifychain.core.errors import UsageError
from verifychain.core.ports import Outside, Signatures
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.core.source import Source
from verifychain.facts.image import CLIENTS, Image
from verifychain.formats import Format
from verifychain.output.style import count

if TYPE_CHECKING:
    from verifychain.core.image_name import ImageName
    from verifychain.facts import Fact

_SELECT = ("signature", "image-malformed-digest")
_GROUPS = frozenset({"core", "image", "signature"})
_EXTRA = (
    option("Who must have signed", "--policy", metavar="FILE", help="A ClusterImagePolicy, instead of the configured."),
)
_COMMON = (
    (*options.IDENTITY, image_options.ANNOTATIONS, *_EXTRA),
    options.TRUST,
    image_options.RECURSION,
    image_options.REGISTRY,
    image_options.COSIGN,
    image_options.OF_FILES,
)


@click.command(cls=CosignCommand)
@verifying
@options.apply(*_COMMON)
@click.pass_obj
def manifest(console: Console, /, **given: Any) -> int:
    """
    Verify every image of Kubernetes manifests: containers, init and ephemeral containers, image volumes, of any kind.

    By the policy of [[tool.verifychain.cosign]], of --policy, or by one key or identity for all images.
    """
    return _run(console, given, ReadOnce(*formats.KUBERNETES))


@click.command(cls=CosignCommand, params=[*manifest.params])  # the same options, made once
@option("Image", "--base-image-only", is_flag=True, help="Only the image of each file's last FROM that names one.")
@click.pass_obj
def dockerfile(console: Console, /, **given: Any) -> int:
    """
    Verify every image that Dockerfiles use: FROM, COPY --from, RUN --mount=from, and the frontend of # syntax.

    By the policy of [[tool.verifychain.cosign]], of --policy, or by one key or identity for all images.
    """
    named = formats.named("dockerfile")
    return _run(console, given, (BaseImages if given.pop("base_image_only") else ReadOnce)(*named))


class ReadOnce(Format):
    """What was read so that its images can be begun with is not read again where they are judged."""

    __slots__ = ()

    def extract(self, source: Source, scope: ports.Scope) -> Iterator[Fact]:
        assert scope.kept is not None  # here both pass it on
        key = (ReadOnce, source.path, source.data)  # a file that has changed since is read again
        facts = scope.kept.pop(key, None)
        if facts is None:
            facts = scope.kept[key] = [fact for fact in super().extract(source, scope) if not _is_run(fact)]
        return iter(facts)


def _is_run(fact: Fact) -> bool:
    """Whether it is an image of a client in a RUN line: the build itself does not use it."""
    return isinstance(fact, Image) and fact.via in CLIENTS


class BaseImages(ReadOnce):
    """Dockerfiles of which only the last image that a FROM names is looked at."""

    __slots__ = ()

    def extract(self, source: Source, scope: ports.Scope) -> Iterator[Fact]:
        facts = list(super().extract(source, scope))
        bases = [fact for fact in facts if isinstance(fact, Image) and fact.via == "from"]
        return (fact for fact in facts if not isinstance(fact, Image) or fact in bases[-1:])


def _run(console: Console, given: dict[str, Any], chosen: Format) -> int:
    image_options.check(given)
    if given["local_image"]:
        hint = "`cosign verify --local-image DIR` verifies a folder"
        raise UsageError("--local-image is not supported: the images that files name are in registries", hint)
    asked = _options(given)
    console.adopt(asked.color, asked.verbose)
    run = prepare(asked, inputs.Kinds([chosen._replace(groups=_GROUPS)], chosen._replace(groups=_GROUPS)))
    demands, named = _demands(given, run)
    kept: dict[Any, Any] = {}
    images = list(_images(run, kept))
    names = dict.fromkeys(image.name for image in images if image.name is not None and not image.is_undecided)
    hosts = {image.name.registry for image in images if image.name is not None}
    judge = _judge(given, run, demands, hosts if options.is_anyone_expected(given) and _allows_http(given) else named)
    run = run._replace(outside=Outside({Signatures: judge}, {}))
    try:
        _start(judge, demands, names)
        report = _noted(examine(run, kept), judge.judgements(), images, verbose=asked.verbose > 0)
    finally:
        judge.close()
    write(report, run, console)
    for line in (*options.warnings(given), *image_options.warnings(given)):
        console.say(f"{console.style().severity(Severity.WARNING, 'warning')}: {line}\n")
    return conclude(report, run, console)


def _options(given: dict[str, Any]) -> Options:
    known = {name: value for name, value in given.items() if name in Options.__annotations__}
    if known["output"] in ("json", "text"):  # cosign's -o names a format; a file of that name is ./json
        known["format"], known["output"] = known["output"], None
    known["output"] = given["output_file"] or known["output"]
    paths = known["paths"]
    if paths[:1] == ("verify",) and not os.path.lexists("verify"):
        known["paths"] = paths[1:]  # `cosign dockerfile verify FILE`
    # A malformed digest is told of by its own rule: what has no name cannot be verified.
    return collect(known).replace(select=_SELECT, offline=False)


def _demands(given: dict[str, Any], run: Run) -> tuple[Demands, set[str]]:
    """What is demanded, and the registries that the user names in it."""
    if options.is_anyone_expected(given):
        if given["policy"] is not None:
            raise UsageError("--policy and a key or identity are two policies", "give one of them")
        return Demands(Pending(lambda: policies.of_options(given)), policies.every), set()
    if given["annotations"]:
        raise UsageError("--annotations belongs to a key or an identity", "in a policy they stand beside the signer")
    if given["policy"] is not None:
        from verifychain.cli.cosign import cluster_policy

        policy, hosts = cluster_policy.read(given["policy"], given)
        return Demands(Pending(lambda: policy), policies.asking(policy)), hosts
    entries = run.configuration.settings.cosign
    if not entries:
        hint = "add [[tool.verifychain.cosign]], or give --policy FILE, --key FILE or an identity"
        raise UsageError("nothing says who must have signed the images", hint)
    reader = policies.Reader(given, run.configuration)
    return Demands(Pending(reader.policy), reader.asks), {
        host for entry in entries for host in policies.hosts(entry.images)
    }


def _start(judge: Judge, demands: Demands, names: Iterable[ImageName]) -> None:
    """Begin with all images, and read the policy meanwhile. Raises UsageError for one that makes no sense."""
    names = tuple(names)
    if names:
        # Ahead of the threads: else the first of them would load it, by turns with what this one loads next.
        from verifychain.origins import pool, proxies  # noqa: F401
    for name in names:
        judge.begin(name)
    demands.policy.run()
    demands.policy.result().prepare()
    for name in names:
        judge.start(name)


def _allows_http(given: dict[str, Any]) -> bool:
    return bool(given["allow_http_registry"] or given["allow_insecure_registry"])


def _judge(given: dict[str, Any], run: Run, demands: Demands, named: set[str]) -> Judge:
    from verifychain.cli.cosign.registries import Registries

    named = named.union(run.configuration.settings.network.private_hosts)
    secret = next((name for name in image_options.OF_ONE_REGISTRY if given[name] is not None), None)
    if secret is not None and not named:
        hint = "name it in a policy (images), or in private-hosts of [tool.verifychain.network]"
        raise UsageError(f"--{secret.replace('_', '-')}: nothing but the files names a registry that it is for", hint)
    registries = Registries(given, run.configuration, named)
    return Judge(demands, registries.open, Scope(given["platform"], given["recursive"]), given["max_workers"])


def _images(run: Run, kept: dict[Any, Any]) -> Iterator[Image]:
    """The images of all files, so that they are verified together; what cannot be read the engine tells of."""
    settings = run.configuration.settings
    exclude = inputs.Exclude(settings.exclude, run.configuration.relative, named_too=run.options.force_exclude)
    scope = ports.Scope(run.tree, settings, run.options.platform, kept=kept)
    for target in inputs.select(run.paths, run.tree, run.kinds, exclude).targets:
        try:
            facts = list(target.format.extract(run.tree.read(target.path), scope))
        except Exception:  # noqa: BLE001, S112 - it is read again by the engine, which reports it
            continue
        yield from (fact for fact in facts if isinstance(fact, Image))


def _noted(report: Report, judged: dict[Any, Judgement], images: list[Image], *, verbose: bool) -> Report:
    """The report with what a reader must know: how many images hold, and that a tag is not what is pulled."""
    good = sorted(one.shown for one in judged.values() if not one.unmet)
    names = {image.subject if image.is_undecided else image.name or image.subject for image in images}
    notes = [f"{len(good)} of {count(len(names), 'image')} verified"] if names else []
    notes += [f"verified {shown}" for shown in good] if verbose else []
    bare = {image.subject for image in images if image.name is not None and image.name.digest is None}
    if bare:
        notes.append(f"{count(len(bare), 'image')} without a digest: what a tag names may change after this")
    # Five rules ask the same of an image, and each is told that it cannot be answered.
    incomplete = dict.fromkeys(missing._replace(rule="signature") for missing in report.incomplete)
    return report._replace(notes=(*report.notes, *notes), incomplete=tuple(incomplete))
