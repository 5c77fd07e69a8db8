"""Pages that are judged in memory: files, settings and servers as a test wants them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from verifychain import config, engine, fixes, formats, inputs
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.finding import Finding
from verifychain.core.npm import PackageFile
from verifychain.core.ports import Loader, NpmFiles, Outside, Scope
from verifychain.core.report import Report
from verifychain.core.settings import Settings, SriSettings
from verifychain.core.source import Source

APP = b"alert(1)\n"


def sri(data: bytes, algorithm: str = "sha384") -> str:
    """The integrity of bytes, made without the code under test."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


GOOD = sri(APP)
WRONG = sri(b"another")
FAR = "https://cdn.example/lib-1.2.3.js"


class Memory:
    """A tree of files in memory; ``links`` lead elsewhere. Implements ``core.ports.Tree``."""

    def __init__(self, files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> None:
        self.files = dict(files)
        self.links = dict(links or {})
        self.notes: list[str] = []
        self.unreadable: dict[str, str] = {}
        self.read_paths: list[str] = []

    def exists(self, path: str) -> bool:
        return path in self.files or path in self.links or self.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return any(name.startswith(f"{path.rstrip('/')}/") for name in self.files)

    def identity(self, path: str) -> str:
        return "/top" if path == "." else self.links.get(path, f"/top/{path}")

    def walk(self, path: str) -> Iterator[str]:
        return iter(sorted(self.files))

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        raise NotImplementedError("only locks and checksum lists ask")

    def head(self, path: str) -> bytes:
        return self.files.get(path, b"")[:100]

    def read(self, path: str) -> Source:
        self.read_paths.append(path)
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory")
        return Source(path, self.files[path])


class Answer(NamedTuple):
    """What a server sends. Implements ``core.ports.Served``."""

    data: bytes = b""
    allowed: str | None = "*"
    fault: str = ""

    def hashed(self, algorithm: Algorithm) -> Digest:
        return of_bytes(self.data, algorithm)


class Servers(NamedTuple):
    """Servers by URL; others cannot be asked. Implements ``core.ports.Loader``."""

    answers: Mapping[str, Answer]
    accepted: tuple[str, ...] = ()

    def load(self, url: str) -> Answer:
        if url not in self.answers:
            raise Unavailable(f"{url}: no route")
        return self.answers[url]

    def accepts(self, url: str) -> bool:
        return url in self.accepted


class Published:
    """npm packages: each file of the package ``lib`` is ``APP``. Implements ``core.ports.NpmFiles``."""

    def digests(self, file: PackageFile, algorithm: Algorithm) -> tuple[Digest, ...]:
        return (of_bytes(APP, algorithm),) if file.name == "lib" else ()


def judged(
    page: str | bytes,
    files: Mapping[str, bytes] | None = None,
    *,
    path: str = "index.html",
    locked: Mapping[str, Digest] | None = None,
    servers: Servers | None = None,
    links: Mapping[str, str] | None = None,
    **sri_settings: Any,
) -> Report:
    """The report on one page; ``app.js`` lies beside it."""
    data = page if isinstance(page, bytes) else page.encode()
    tree = Memory({"app.js": APP, **(files or {}), path: data}, links)
    settings = Settings(sri=SriSettings(**sri_settings))
    html = formats.named("html")
    selection = inputs.select([path], tree, inputs.Kinds([html], named_as=html))
    scope = Scope(tree, settings, locked=locked or {})
    outside = None if servers is None else Outside({Loader: servers, NpmFiles: Published()}, {})
    configuration = config.Configuration(settings)
    report = engine.run(selection, engine.Choice(), scope, configuration, outside=outside)
    assert not report.failures, report.failures[0].trace
    return report


def found(report: Report, id: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == id]


def marked(report: Report, id: str) -> list[str]:
    """The texts that a rule marks."""
    return [finding.source.slice(finding.problem.span) for finding in found(report, id)]


def mended(page: str, files: Mapping[str, bytes] | None = None, *ids: str, trust: bool = False, **given: Any) -> str:
    """The page after the fixes of these rules (all, where none is named), each checked by the second reader."""
    html = formats.named("html")
    for _ in range(10):
        report = judged(page, files, **given)
        chosen = [finding for finding in report.findings if not ids or finding.rule in ids]
        changes = fixes.plan(chosen, trust=trust).changes
        if not changes:
            return page
        assert html.objection(page.encode(), changes[0].after) is None
        page = changes[0].after.decode()
    raise AssertionError("the fixes do not come to an end")
