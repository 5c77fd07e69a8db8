from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.output.reports import HOSTILE, finding, hostile, rendered, spans, whole
from verifychain import __version__
from verifychain.core.digest import Notation
from verifychain.core.finding import Applicability, Fix, Wanted
from verifychain.core.pin import Slot
from verifychain.core.report import Report, Suppressed
from verifychain.core.source import Location, Source, Span
from verifychain.output import json as json_output
from verifychain.output.fingerprints import named, named_suppressed
from verifychain.output.json import clean, dumps
from verifychain.output.style import Style


def test_the_document() -> None:
    document = json.loads(rendered(json_output, whole(), Style()))
    fingerprint = document["findings"][1].pop("fingerprint")
    assert len(fingerprint) == 32
    assert document["version"] == 1
    assert document["tool"] == {"name": "verifychain", "version": __version__}
    assert document["mode"] == "offline"
    assert document["summary"] == {
        "files": {"dockerfile": 2}, "references": {}, "errors": 2, "warnings": 0,
        "notes": ["ignored files are checked too"],
        "suppressed": 2, "incomplete": 1, "failed": 1, "fixable": 1, "skipped": {},
    }  # fmt: skip
    assert document["findings"][1] == {
        "rule": "image-malformed-digest",
        "severity": "error",
        "message": "capital letters",
        "help": "write it in lower case",
        "path": "services/api/Dockerfile",
        "start": {"line": 3, "column": 8},
        "end": {"line": 3, "column": 18},
        "snippet": "sha256:ABC",
        "related": [],
        "fix": {
            "title": "write it in lower case",
            "applicability": "safe",
            "edits": [
                {
                    "path": "services/api/Dockerfile",
                    "start": {"line": 3, "column": 8},
                    "end": {"line": 3, "column": 18},
                    "text": "sha256:abc",
                }
            ],
        },
        "url": "https://verifychain.example/rules/image-malformed-digest",
    }
    assert document["findings"][0]["related"] == [
        {
            "message": "ARG V is set here",
            "path": "services/api/Dockerfile",
            "start": {"line": 1, "column": 5},
            "end": {"line": 1, "column": 9},
        }
    ]
    assert [(one["message"], one["by"], one["reason"]) for one in document["suppressed"]] == [
        ("ignored", "comment", "built by us"),
        ("known", "baseline", ""),
    ]
    assert document["incomplete"] == [
        {"rule": "image-unpinned", "path": "b/Dockerfile", "message": "no answer", "hint": "try again"}
    ]
    assert document["failures"] == [
        {"path": "c/Dockerfile", "message": "permission denied", "hint": "make it readable"}
    ]


def test_hostile_texts_are_plain_ascii_without_surrogates_or_commands() -> None:
    out = rendered(json_output, hostile(), Style())
    assert out.isascii()
    assert "##" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    json.dumps(json.loads(out), ensure_ascii=False).encode()  # raises for a lone surrogate


@pytest.mark.parametrize("text", ["##[error]", "###", "\\##", "#\\u0023", "a#", "#"])
def test_number_signs_are_kept(text: str) -> None:
    assert json.loads(dumps({text: [text, (text, 1, None)]})) == {text: [text, [text, 1, None]]}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(ANY)
def test_documents_are_written_as_the_standard_library_writes_them(document: Any) -> None:
    assert dumps(document).replace("#\\u0023", "##") == json.dumps(document, indent=2) + "\n"


def test_what_is_no_json_is_refused() -> None:
    for wrong in (object(), {"a": [b"bytes"]}):
        with pytest.raises(TypeError):
            dumps(wrong)


@pytest.mark.parametrize("text", HOSTILE)
def test_clean_texts_can_be_encoded(text: str) -> None:
    clean(text).encode()
    assert clean(clean(text)) == clean(text)


def test_bytes_of_a_path_that_are_utf8_after_all_are_shown_as_such() -> None:
    assert clean("é".encode().decode("ascii", "surrogateescape")) == "é"


@pytest.mark.parametrize("applicability", Applicability)
def test_what_a_fix_believes(applicability: Applicability) -> None:
    source = Source("x", b"FROM a")
    fix = Fix("t", (), applicability)
    document = json.loads(rendered(json_output, Report(findings=(finding(source, fix=fix),)), Style()))
    assert document["findings"][0]["fix"] == {"title": "t", "applicability": applicability.value, "edits": []}


def test_a_digest_that_must_be_asked_for_has_no_edit_yet() -> None:
    source = Source("x", b"FROM a")
    one = finding(source)
    slot = Slot(Location(source, Span(6, 6)), "@", Notation.OCI)
    wanted = Wanted("pin it", slot, "image", "docker.io/library/debian:12")
    document = json.loads(
        rendered(json_output, Report(findings=(one._replace(problem=one.problem._replace(fix=wanted)),)), Style())
    )
    assert document["findings"][0]["fix"] == {"title": "pin it", "applicability": "trust", "edits": []}


def test_fingerprints_are_unique_and_an_ignore_does_not_change_its_neighbours() -> None:
    source = Source("x", b"FROM a\nFROM b\nFROM a\nFROM a\n")
    first, _, second, third = (finding(source, Span(at, at + 6)) for at in (0, 7, 14, 21))
    names = [name for _, name in named(Report(findings=(first, second, third)))]
    assert len(set(names)) == 3
    ignored = Report(findings=(first, third), suppressed=(Suppressed(second, "comment"),))
    assert [name for _, name in named(ignored)] == [names[0], names[2]]
    assert [name for _, name in named_suppressed(ignored)] == [names[1]]


def test_the_same_finding_twice_has_two_names() -> None:
    one = finding(Source("x", b"FROM a"))
    report = Report(findings=(one, one), suppressed=(Suppressed(one, "comment"),))
    names = [name for _, name in (*named(report), *((x.finding, name) for x, name in named_suppressed(report)))]
    assert len(set(names)) == 3


def test_positions_count_code_points_and_no_byte_order_mark() -> None:
    findings = json.loads(rendered(json_output, Report(findings=spans()), Style()))["findings"]
    places = {one["message"]: (*one["start"].values(), *one["end"].values()) for one in findings}
    assert places == {
        "empty span": (1, 1, 1, 1),
        "one letter": (1, 6, 1, 7),
        "not of the basic plane": (2, 7, 2, 8),
        "behind it": (2, 9, 2, 10),
        "several lines": (1, 6, 2, 6),
        "with its line end": (1, 6, 2, 1),
        "behind a tab": (3, 2, 3, 6),
        "end of file": (4, 1, 4, 1),
        "up to the end of file": (3, 7, 4, 1),
        "byte order mark": (1, 1, 1, 1),
        "behind a byte order mark": (1, 1, 1, 5),
        "over a line end of two": (1, 6, 2, 6),
        "carriage return": (2, 1, 3, 1),
        "no UTF-8": (1, 6, 1, 9),
        "behind no UTF-8": (1, 9, 1, 11),
        "last line without end": (2, 1, 2, 4),
        "empty file": (1, 1, 1, 1),
    }
