"""Every example of every rule, through the whole pipeline: Bad is reported by its rule, Good by none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest

from verifychain import config, engine, inputs, rules
from verifychain.core.digest import Algorithm, Digest, of_bytes, parse_hex
from verifychain.core.image_name import ImageName
from verifychain.core.npm import PackageFile
from verifychain.core.packages import Packaging, Places, PublishedFile, Release
from verifychain.core.ports import Fetcher, ImageRegistry, Loader, NpmFiles, Outside, PackageIndex, Scope, Signatures
from verifychain.core.report import Report
from verifychain.core.settings import PipTarget
from verifychain.core.signing import Lack, Unmet
from verifychain.formats import FORMATS

NAMES = {
    "bash": "script.sh",
    "checksums": "SHA256SUMS",
    "dockerfile": "Dockerfile",
    "headers": "_headers",
    "html": "index.html",
    "pylock": "pylock.toml",
    "requirements": "requirements.txt",
    "constraints": "constraints.txt",
    "toml": "verifychain.toml",
}
# What a good example may have all the same.
QUIET = {
    "image-pinned-by-default",
    "pip-no-explicit-flag",
    "pip-sdist-may-build",
    "sri-file-url",
    "sri-unverified",
}
_EXAMPLE = re.compile(r"(Bad|Good):\n((?:```\w+\n.*?```\n?)+)", re.DOTALL)  # several blocks are several files
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


EXAMPLE = parse_hex("b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a", Algorithm.SHA256)
OTHER = parse_hex("c0535b63ba2a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b7561", Algorithm.SHA256)
MISSING = parse_hex("0" * 64, Algorithm.SHA256)


class Servers:
    """Every URL serves the one file that the examples know."""

    def digest(self, url: str, algorithm: Algorithm) -> tuple[Digest, int]:
        return EXAMPLE, 4


class Registries:
    """Every tag is the image that a file names beside it, unless the tag is called ``moved``."""

    def resolve(self, name: ImageName) -> Digest | None:
        return of_bytes(b"moved") if name.tag == "moved" else EXAMPLE

    def lists(self, name: ImageName, digest: Digest) -> bool:
        return name.tag != "moved"

    def has(self, name: ImageName) -> bool:
        return name.digest != MISSING


class Indexes:
    """Has every project but ``fooo``, and of ``foo`` a release of long ago that was yanked and one of today."""

    def release(self, name: str, version: str, places: Places) -> Release:
        if name == "fooo":
            return Release((), ())
        indexes = ("https://index.example", *places.extra)
        if name != "foo":
            return Release(indexes, (_published(name, version, {EXAMPLE, OTHER}),))
        if version not in ("1.0", "1.1"):
            return Release(indexes, ())
        yanked, year = ("broken", 2020) if version == "1.0" else (None, 2999)
        uploaded = datetime(year, 1, 1, tzinfo=UTC)
        wheel = _published(name, version, {EXAMPLE})._replace(yanked=yanked, uploaded=uploaded)
        source = wheel._replace(name=f"foo-{version}.tar.gz", packaging=Packaging.SOURCE, digests=frozenset({OTHER}))
        return Release(indexes, (wheel, source))

    def owner(self, digest: Digest, places: Places) -> PublishedFile | None:
        return None

    def fits(self, file: PublishedFile, target: PipTarget) -> bool:
        return True


def _published(name: str, version: str, digests: set[Digest]) -> PublishedFile:
    file = f"{name}-{version}-py3-none-any.whl"
    return PublishedFile(file, version, Packaging.WHEEL, frozenset(digests), None, None, "https://index.example")


def examples() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    for rule in rules.load():
        found = _EXAMPLE.findall(rule.documentation)
        assert {kind for kind, _ in found} == {"Bad", "Good"}, f"{rule.id} needs a Bad and a Good example"
        for kind, blocks in found:
            yield rule.id, kind, _BLOCK.findall(blocks)


class Answer(NamedTuple):
    """What a server sends, as ``core.ports.Served`` has it."""

    fault: str
    allowed: str | None

    def hashed(self, algorithm: Algorithm) -> Digest:
        return of_bytes(b"lib", algorithm)


class ScriptServers:
    """Some servers of scripts, as ``core.ports.Loader`` has them."""

    def load(self, url: str) -> Answer:
        return Answer("it is gone" if "gone" in url else "", None if "no-cors" in url else "*")

    def accepts(self, url: str) -> bool:
        return False


ONLINE = {"sri-fetch-failed", "sri-no-cors", "sri-package-mismatch"}


class Packages:
    """npm packages; a CDN changed one of them. Implements ``core.ports.NpmFiles``."""

    def digests(self, file: PackageFile, algorithm: Algorithm) -> tuple[Digest, ...]:
        return (of_bytes(b"other" if file.name == "changed" else b"lib", algorithm),)


class Signed:
    """A policy that only knows the names in the examples of the rules; tests/images has real registries."""

    LACKING: ClassVar = {
        "ghcr.io/acme/unsigned": Lack.MISSING,
        "ghcr.io/acme/tampered": Lack.INVALID,
        "ghcr.io/acme/signed-by-others": Lack.IDENTITY,
        "ghcr.io/acme/without-provenance": Lack.ATTESTATION,
        "docker.io/elsewhere/tool": Lack.NO_POLICY,
    }

    def unmet(self, name: ImageName) -> Sequence[Unmet]:
        lack = self.LACKING.get(name.repository)
        return () if lack is None else (Unmet(lack, "what the policy demands does not hold"),)


def check(folder: Path, files: list[tuple[str, str]], id: str) -> Report:
    (folder / "app.js").write_text("alert(1)\n")  # what pages load
    (folder / "outside.js").symlink_to("/etc/hostname")
    (folder / "tool").write_text("test")  # what checksum lists are about
    for language, text in files:
        if language == "toml":
            (folder / "docs").mkdir()
            (folder / "docs/Dockerfile").write_text("FROM debian:12\n")
            text = text.replace("tool.verifychain.", "")
        (folder / NAMES[language]).write_text(text)
    configuration = config.load([], isolated=False)
    tree = inputs.WorkingTree()
    kinds = [format._replace(groups=format.groups | {"signature"}) for format in FORMATS]
    selection = inputs.select(["."], tree, inputs.Kinds(kinds))
    everything = engine.Choice(select=rules.groups())
    answers: dict[type, Any] = {
        Fetcher: Servers(),
        ImageRegistry: Registries(),
        Loader: ScriptServers(),
        PackageIndex: Indexes(),
        NpmFiles: Packages(),
        Signatures: Signed(),
    }
    outside = None if id.startswith("sri-") and id not in ONLINE else Outside(answers, {})
    return engine.run(selection, everything, Scope(tree, configuration.settings), configuration, outside=outside)


@pytest.mark.parametrize(("id", "kind", "files"), list(examples()))
def test_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str, kind: str, files: list[tuple[str, str]]
) -> None:
    monkeypatch.chdir(tmp_path)
    report = check(tmp_path, files, id)
    assert not report.failures
    found = {finding.rule for finding in report.findings}
    assert (id in found) == (kind == "Bad")
    if kind == "Good" and PackageIndex not in rules.load_one(id).needs:
        assert found <= QUIET


@pytest.mark.parametrize("id", rules.ids())
def test_the_module_is_named_after_the_rule(id: str) -> None:
    rule = rules.load_one(id)
    assert rule.id == id
    assert rule.check.__module__ == f"verifychain.rules.{id.replace('-', '_')}"
    assert rule.summary.endswith(".")
    assert len(rule.documentation.splitlines()) > 5


def test_groups_that_are_off_by_default_hold_no_rule_that_is_on() -> None:
    loaded = rules.load(rules.OFF_BY_DEFAULT)
    assert loaded
    assert not any(rule.on_by_default for rule in loaded)
