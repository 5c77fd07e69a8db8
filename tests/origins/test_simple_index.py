"""Answers of package indexes: what they list, and answers of those that are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifychain.core.errors import Unavailable
from verifychain.core.packages import Packaging
from verifychain.origins.simple import read

INDEX = "https://index.example/simple"
JSON, HTML = "application/vnd.pypi.simple.v1+json", "text/html"
HEX = "a" * 64


def test_json() -> None:
    files = [
        {"filename": "foo-1.0-py3-none-any.whl", "hashes": {"sha256": HEX, "md5": "b" * 32}, "yanked": "broken"},
        {"filename": "foo-1.0.tar.gz", "hashes": {}, "yanked": True, "upload-time": "2026-01-02T03:04:05.678Z"},
        {"filename": "foo-1.0+local.zip", "hashes": {"sha256": "not hex", "sha512": 7}, "upload-time": "yesterday"},
        {"filename": "foo-1.0.win32-py2.7.exe", "hashes": {"sha384": "c" * 96}},
        {"filename": "foo-1.0-py2.7.egg", "hashes": {}},
        {"filename": "what is this", "hashes": []},
        {"filename": "broken.whl", "hashes": {}},
    ]
    found = read(JSON, json.dumps({"files": files}).encode(), INDEX)
    assert [(one.version, one.packaging, len(one.digests), one.yanked) for one in found] == [
        ("1.0", Packaging.WHEEL, 1, "broken"),
        ("1.0", Packaging.SOURCE, 0, ""),
        ("1.0+local", Packaging.SOURCE, 0, None),
        ("1.0", Packaging.OTHER, 1, None),
        ("1.0", Packaging.OTHER, 0, None),
        (None, Packaging.OTHER, 0, None),
        (None, Packaging.WHEEL, 0, None),
    ]
    assert [one.uploaded is not None for one in found] == [False, True, False, False, False, False, False]


def test_html() -> None:
    page = f"""<!doctype html><a href="../../f/foo-1.0-py3-none-any.whl#sha256={HEX}" data-yanked="bad &amp; old">x</a>
    <a href="https://cdn.example/foo-1.0%2Blocal.tar.gz#md5=abc">y</a><a>z</a><a href="/simple/">up</a>"""
    found = read(HTML, page.encode(), INDEX)
    assert [(one.name, one.version, len(one.digests), one.yanked) for one in found] == [
        ("foo-1.0-py3-none-any.whl", "1.0", 1, "bad & old"),
        ("foo-1.0+local.tar.gz", "1.0+local", 0, None),
    ]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b"{}"),
        (JSON, b'{"files": [1]}'),
        (JSON, b'{"files": [{"filename": 1}]}'),
        (JSON, b"[" * 100_000),
        ("text/plain", b"foo"),
        ("", b""),
    ],
)
def test_what_is_no_index(content_type: str, body: bytes) -> None:
    with pytest.raises(Unavailable):
        read(content_type, body, INDEX)


def test_a_version_of_more_digits_than_a_number_may_have() -> None:
    page = json.dumps({"files": [{"filename": f"foo-{'1' * 5000}{end}"} for end in (".tgz", ".tar.gz", ".egg")]})
    assert [one.version for one in read(JSON, page.encode(), INDEX)] == [None, None, None]


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes(body: bytes) -> None:
    for content_type in (JSON, HTML):
        try:
            read(content_type, body, INDEX)
        except Unavailable:
            continue
