"""Every format of file: through the engine with every rule, into every output, and through every fix."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema

from tests.fuzz.target import Target, Violation, within
from tests.fuzz.tree import Files
from tests.output.reports import rendered
from tests.rules.test_examples import NAMES, examples
from verifychain import engine, fixes, resolution
from verifychain.config import Configuration
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.finding import Finding
from verifychain.core.ports import Scope
from verifychain.core.report import Report
from verifychain.core.settings import Settings
from verifychain.formats import FORMATS, KUBERNETES, Format
from verifychain.inputs import Selection
from verifychain.inputs import Target as Examined
from verifychain.output import concise, github, gitlab, junit, sarif, text
from verifychain.output import json as json_output
from verifychain.output.style import Style

ROOT = Path(__file__).parents[2]
WRITERS = {
    "text": text, "concise": concise, "json": json_output, "sarif": sarif, "github": github, "gitlab": gitlab,
    "junit": junit,
}  # fmt: skip
PLAIN = Style()
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
SCHEMA = jsonschema.Draft7Validator(
    json.loads((ROOT / "tests" / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
)
NAME_OF = {format: name for format, name in NAMES.items() if format not in {"constraints", "toml"}}
NAME_OF = {"shell" if format == "bash" else format: name for format, name in NAME_OF.items()}
NAME_OF |= {"kubernetes": "pod.yaml"}
PODS = [
    b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: 'debian:12'}\n"
    b"  initContainers:\n  - name: b\n    image: &i ghcr.io/acme/b@sha256:" + b"a" * 64 + b"\n---\nkind: List\n",
    b"kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: x}], volumes: [{}]}}}}}\n",
]  # fmt: skip
LOCKS = [
    b"lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'foo'\nversion = '1.0'\n"
    b"wheels = [{ name = 'foo-1.0-py3-none-any.whl', url = 'https://h.example/foo-1.0-py3-none-any.whl', "
    b"hashes = {sha256 = '" + b"A" * 64 + b"', md5 = 'b'} }]\n",
    b"lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname='e'\nvcs = {type='git', url='https://h.example/e', "
    b"commit-id='main'}\n[[packages]]\nname='foo'\n[packages.archive]\npath='x/foo.zip'\n[packages.archive.hashes]\n"
    b"sha256 = '" + b"a" * 63 + b"'\n",
]  # fmt: skip
WRITTEN = {"kubernetes": PODS, "pylock": LOCKS}  # of formats that no rule has examples of
# Other files that those of a test may read.
BESIDE = {"base.txt": b"-c constraints.txt\nsix==1.17.0\n", "constraints.txt": b"idna==3.10\n", "app.js": b"go()\n",
          "css/shop.css": b"a{}\n", "js/shop.js": b"1\n", "tool": b"tool\n"}  # fmt: skip


def seeds(format: Format) -> list[bytes]:
    """What rules give as examples, and the fixtures."""
    found = set(WRITTEN.get(format.name, ()))
    for _, _, files in examples():
        found |= {text.encode() for kind, text in files if format.matches(NAMES[kind])}
    for path in (ROOT / "fixtures").rglob("*"):
        if path.is_file() and path.stat().st_size < 20_000 and format.matches(path.name):
            found.add(path.read_bytes())
    return sorted(found)


def targets() -> list[Target]:
    return [FileTarget(format) for format in (*FORMATS, KUBERNETES)]


def answers(subject: str) -> tuple[Digest, ...]:
    return (
        of_bytes(subject.encode("utf-8", "surrogatepass"), Algorithm.SHA384 if "js" in subject else Algorithm.SHA256),
    )


RESOLVERS = dict.fromkeys(("image", "download", "subresource", "requirement"), answers)


class FileTarget(Target):
    """One format."""

    def __init__(self, format: Format) -> None:
        super().__init__(format.name, seeds(format))
        self._format = format
        self._path = NAME_OF[format.name]
        self._runs = 0

    def check(self, data: bytes) -> None:
        report = self._report(data)
        self._check_spans(report)
        self._check_outputs(report)
        for _ in range(20):
            report = report._replace(findings=tuple(resolution.resolved(report.findings, RESOLVERS, [])))
            plan = within("a plan", partial(fixes.plan, report.findings, trust=True))
            mine = [change for change in plan.changes if change.source.path == self._path]
            for change in plan.changes:
                check_outside(report.findings, change)
            if not mine:
                return
            if self._format.objection(mine[0].source.data, mine[0].after) is not None:
                return  # then it is not written, and the user is told
            report = self._report(mine[0].after)
        raise Violation("fixes find no end")

    def _report(self, data: bytes) -> Report:
        here = Files({**BESIDE, self._path: data})
        selection = Selection()
        selection.targets.append(Examined(self._path, self._format))
        choice = engine.Choice(select=("image", "download", "pip", "sri", "install", "core"))
        scope, settings = Scope(here, Settings()), Configuration(Settings())
        report = within("an examination", partial(engine.run, selection, choice, scope, settings))
        if report.failures:
            raise Violation(f"{report.failures[0].message}: {report.failures[0].trace}")
        return report

    def _check_spans(self, report: Report) -> None:
        for finding in report.findings:
            span, size = finding.problem.span, len(finding.source.data)
            if not 0 <= span.start <= span.end <= size:
                raise Violation(f"{finding.rule} marks {span} of {size} bytes")

    def _check_outputs(self, report: Report) -> None:
        self._runs += 1
        for name, writer in WRITERS.items():
            # SARIF repeats every rule with its page, so it takes ten times as long as all the others together.
            if name != "sarif" or self._runs % 20 == 0:
                check_output(name, within(name, partial(rendered, writer, report, PLAIN)), len(report.findings))


def check_output(name: str, output: str, findings: int) -> None:
    """One output: it can be written, drives no terminal, and is what its readers parse, with every finding."""
    output.encode("utf-8")  # no lone surrogate
    bad = CONTROL.search(output)
    if bad is not None:
        raise Violation(f"{name} has the control character {bad[0]!r}")
    match name:
        case "json":
            count = len(json.loads(output)["findings"])
        case "sarif":
            document = json.loads(output)
            fault = next(SCHEMA.iter_errors(document), None)
            if fault is not None:
                raise Violation(f"sarif: {fault.message[:500]}")
            count = sum(not result["suppressions"] for result in document["runs"][0]["results"])
        case "gitlab":
            count = len(json.loads(output))
        case "junit":
            count = len(ET.fromstring(output).findall(".//failure"))
        case "concise":
            count = output.count("\n")
        case _:
            return
    if count != findings:
        raise Violation(f"{name} has {count} of {findings} findings")


def check_outside(findings: Sequence[Finding], change: fixes.Change) -> None:
    """Every byte that no fix may touch is there afterwards, in order."""
    before, after = change.source.data, change.after
    at = 0
    for kept in untouched(findings, change.source.path, len(before)):
        piece = before[kept]
        found = after.find(piece, at)
        if found < 0:
            raise Violation(f"bytes outside of every edit changed: {piece[:80]!r}")
        at = found + len(piece)


def untouched(findings: Sequence[Finding], path: str, size: int) -> Iterator[slice]:
    spans = sorted(
        (edit.location.span.start, edit.location.span.end)
        for finding in findings
        for edit in getattr(finding.problem.fix, "edits", ())
        if edit.location.source.path == path
    )
    at = 0
    for start, end in spans:
        if start > at:
            yield slice(at, start)
        at = max(at, end)
    yield slice(at, size)
