"""The cases of `fixtures/pip-verdicts.json`: what is put in for their placeholders, and what verifychain finds."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.formats.requirements.reading import FLAG, NAME, Files, report_of
from verifychain.core.settings import Settings

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES: list[dict[str, Any]] = json.loads((FIXTURES / "pip-verdicts.json").read_text("utf-8"))
OURS = FIXTURES / "pip-verdicts-verifychain.tsv"
_SIZES = {
    "md5": 32,
    "sha1": 40,
    "sha224": 56,
    "sha256": 64,
    "sha384": 96,
    "sha512": 128,
    "blake2b": 128,
    "sha3_256": 64,
}
_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z0-9_!.+-]+)\}")


class Verdict(NamedTuple):
    """What we find, such as ``pip-unpinned error, pip-syntax warning``, and why in a line."""

    findings: str
    reason: str


def ours() -> dict[str, Verdict]:
    """The verdicts of the data file by case."""
    rows = (line.split("\t") for line in OURS.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {id: Verdict(findings, reason) for id, findings, reason in rows}


def findings(case: dict[str, Any]) -> str:
    """What verifychain finds, as the data file writes it."""
    encoding = {"utf16": "utf-16", "latin1": "latin-1"}.get(case.get("raw", ""), "utf-8")
    name = "pylock.toml" if case.get("cmd") == "pylock" else NAME
    arguments = case.get("args", [])
    text = "".join(
        f"-c {value}\n" for option, value in zip(arguments[::2], arguments[1::2], strict=False) if option == "-c"
    )
    files: dict[str, str | bytes] = {key: filled(value) for key, value in case.get("files", {}).items()}
    files[name] = (text + filled(case.get("text", ""))).encode(encoding)
    report = report_of(Files(files), FLAG if case["require_hashes_flag"] else Settings(), name)
    assert not report.failures
    return ", ".join(sorted({f"{one.rule} {one.severity.label}" for one in report.findings}))


def filled(text: str) -> str:
    """The text with digests, addresses and a commit for the placeholders."""
    return _PLACEHOLDER.sub(lambda found: _value(found[1]), text)


def _value(name: str) -> str:
    fixed = {"files": "/files", "index": "http://127.0.0.1:8765", "git": "c" * 40}
    if name in fixed:
        return fixed[name]
    file, _, change = name.partition("!")
    digest = hashlib.sha512(file.encode()).hexdigest()[: _SIZES[file.rpartition(".")[2]]]
    return {"U": digest.upper(), "S": digest[:-1]}.get(change, digest)
