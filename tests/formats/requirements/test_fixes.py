# ruff: noqa: E501
"""Before and after --fix, byte for byte; a second run changes nothing."""

from __future__ import annotations

import pytest

from tests.formats.requirements.reading import NAME, report_of, requirements, tree
from verifychain import fixes

A, B, C = (letter * 64 for letter in "abc")
HASH, OTHER, THIRD = (f"--hash=sha256:{digest}" for digest in (A, B, C))


def fixed(data: bytes, *, files: dict[str, str | bytes] | None = None) -> bytes:
    """Apply safe fixes until none is left."""
    for _ in range(10):
        here = tree(data, files or {})
        plan = fixes.plan(report_of(here).findings)
        after = [change.after for change in plan.changes if change.source.path == NAME]
        if not after:
            return data
        (data,) = after
    raise AssertionError("fixes without end")


FLAG = "--require-hashes\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"foo==1 {HASH}\n", f"{FLAG}foo==1 {HASH}\n"),
        (f"# by uv\nfoo==1 {HASH}", f"# by uv\n{FLAG}foo==1 {HASH}"),
        (f"{FLAG}foo==1 \\\n\n  {HASH}\nbar==2 {OTHER}\n", f"{FLAG}foo==1 \\\n  {HASH}\n\nbar==2 {OTHER}\n"),
        (f"{FLAG}foo==1 \\\n  # why\n  {HASH}\n", f"{FLAG}foo==1 \\\n  {HASH}\n  # why\n"),
        (f"{FLAG}foo==1\n\t{HASH}\n\t{OTHER}\n", f"{FLAG}foo==1 \\\n    {HASH} \\\n    {OTHER}\n"),
        (f"{FLAG}foo==1 \\\n\t{HASH}\n", f"{FLAG}foo==1 \\\n    {HASH}\n"),
        (f"{FLAG}foo==1 {HASH} # x\n    {OTHER}\n", f"{FLAG}foo==1 {HASH} \\\n    {OTHER} # x\n"),
        (f"{FLAG}foo==1 {HASH} # x \\\n  {OTHER}\nbar==1 {HASH}\n", f"{FLAG}foo==1 {HASH} \\\n  {OTHER} # x\nbar==1 {HASH}\n"),
        (f"{FLAG}foo==1 {HASH} ; os_name=='nt'\n", f"{FLAG}foo==1 ; os_name=='nt' {HASH}\n"),
        (f"{FLAG}foo==1 \\\n  {HASH} \\\n  ; os_name=='nt' # c\n", f"{FLAG}foo==1 ; os_name=='nt' \\\n  {HASH} # c\n"),
        (f"{FLAG}foo==1 {HASH} bar==1 {OTHER}\n", f"{FLAG}foo==1 {HASH}\nbar==1 {OTHER}\n"),
        (f"{FLAG}--pre foo==1 {HASH}\n", f"{FLAG}--pre\nfoo==1 {HASH}\n"),
        (f"{FLAG}- foo==1 --pre - bar==1\n", f"{FLAG}- foo==1 --pre - bar==1\n"),
        ("-r a.txt -r b.txt -c c.txt\n", "-r a.txt\n-r b.txt\n-c c.txt\n"),
        ("-f links -r a.txt\n", "-f links\n-r a.txt\n"),
        ("-flinks \\\n-ra.txt\n", "-flinks\n-ra.txt\n"),
        (f"{FLAG}foo==1\t{HASH}\n", f"{FLAG}foo==1 {HASH}\n"),
        (f"{FLAG}foo==1 \\ \n  {HASH}\n", f"{FLAG}foo==1 \\\n  {HASH}\n"),
        (f"{FLAG}foo==1\\\n{HASH}\n", f"{FLAG}foo==1 \\\n{HASH}\n"),
        (f"{FLAG}foo==1 --hash=sha256:{A.upper()}\n", f"{FLAG}foo==1 {HASH}\n"),
        (f"{FLAG}foo==1 {HASH} {HASH}\n", f"{FLAG}foo==1 {HASH}\n"),
        (f"{FLAG}foo==1 \\\n  {HASH} \\\n  {HASH} \\\n  {OTHER} # c\n", f"{FLAG}foo==1 \\\n  {HASH} \\\n  {OTHER} # c\n"),
        (f"{FLAG}foo==1 \\\n  {THIRD} \\\n  {HASH} \\\n  {OTHER}\n", f"{FLAG}foo==1 \\\n  {HASH} \\\n  {OTHER} \\\n  {THIRD}\n"),
        (f"{FLAG}foo==1 {HASH}\nfoo==1 {HASH}\nbar==1 {HASH}\n", f"{FLAG}foo==1 {HASH}\nbar==1 {HASH}\n"),
        (f"{FLAG}foo==1 {HASH} # a\u2028bar==1 {OTHER}\n", f"{FLAG}foo==1 {HASH} # a\nbar==1 {OTHER}\n"),
        (f"{FLAG}foo==1 {HASH} # a\u200bb\n", f"{FLAG}foo==1 {HASH} # ab\n"),
        (f"{FLAG}foo==1 {HASH}\rbar==1 {OTHER}\r", f"{FLAG}foo==1 {HASH}\nbar==1 {OTHER}\n"),
        (f"{FLAG}# é\n# \x0c x\nfoo==1 --hash=sha256:{A.upper()} # ü", f"{FLAG}# é\n# \n x\nfoo==1 {HASH} # ü"),
    ],
)  # fmt: skip
def test_fix(before: str, after: str) -> None:
    assert fixed(before.encode()) == after.encode()
    if "\r" not in before:
        windows = before.replace("\n", "\r\n").encode(), after.replace("\n", "\r\n").encode()
        assert fixed(windows[0]) == windows[1]
        assert fixed(b"\xef\xbb\xbf" + before.encode()) == b"\xef\xbb\xbf" + after.encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_files_of_wide_characters_are_left_alone(encoding: str) -> None:
    data = f"foo==1 --hash=sha256:{A.upper()}\t{HASH} {HASH}\n".encode(encoding)
    assert fixed(data) == data


def test_latin_1_stays_latin_1() -> None:
    before = f"# coding: latin-1\n# caf\xe9\n{FLAG}foo==1 {HASH} {HASH}\n".encode("latin-1")
    assert fixed(before) == f"# coding: latin-1\n# caf\xe9\n{FLAG}foo==1 {HASH}\n".encode("latin-1")


@pytest.mark.parametrize(
    ("text", "place"),
    [("foo==1", True), (f"foo==1 {HASH}", True), ("foo==1 --", False), (f"foo==1 {HASH} --", False), (f"foo==1 -- {HASH}", False)],
)  # fmt: skip
def test_no_place_for_hashes_where_pip_reads_none(text: str, place: bool) -> None:
    (one,) = requirements(f"{FLAG}{text}\n")
    assert (one.slot is not None) is place


def test_nothing_is_invented() -> None:
    for text in ("foo==1\n", "foo>=1\n", "-e .\n", f"foo==1 {HASH} -i https://x.example\n", "foo=1\n"):
        assert f"{FLAG}{text}".encode() == fixed(f"{FLAG}{text}".encode())
