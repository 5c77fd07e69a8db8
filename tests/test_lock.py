"""``verifychain.lock``: what is read and refused, and that a rewrite changes nothing but what changed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from verifychain import lock as locks
from verifychain.core import digest
from verifychain.core.digest import Algorithm, parse_sri
from verifychain.core.errors import VerifychainError
from verifychain.core.source import Source
from verifychain.lock import Lock, Locked, LockedDownload, LockedSubresource

ONE, TWO = digest.of_bytes(b"one"), digest.of_bytes(b"two")
INTEGRITY = digest.of_bytes(b"lib", Algorithm.SHA384)
TOOL = LockedDownload("bin/tool.tar.gz", ("https://example.org/tool-1.2.tar.gz",), ONE, 3)
LIBRARY = LockedSubresource("https://cdn.example.org/lib@1.2.3/lib.min.js", INTEGRITY, 3, "tofu", date(2026, 11, 22))

TEXT = f"""\
# reviewed by the platform team
version = 1

[[download]]
# the linter of the release job
path = "bin/tool.tar.gz"
urls = [
  "https://example.org/tool-1.2.tar.gz", # upstream
]
sha256   =   "{ONE.hex}"   # from their SHA256SUMS
size = 3

# scripts

[[subresource]]
url = "https://cdn.example.org/lib@1.2.3/lib.min.js"
digest = "sha384-{INTEGRITY.format(digest.Notation.SRI).partition("-")[2]}"
size = 3
source = "tofu"
date = 2026-11-22
"""


def of(text: str | bytes) -> Lock:
    return locks.read(Source("verifychain.lock", text if isinstance(text, bytes) else text.encode()))


def entries(lock: Lock) -> list[object]:
    return [*(placed.entry for placed in lock.downloads), *(placed.entry for placed in lock.subresources)]


def test_reading() -> None:
    lock = of(TEXT)
    assert lock.faults == ()
    assert entries(lock) == [TOOL, LIBRARY]
    (placed,) = lock.downloads
    assert lock.source.slice(placed.spans["sha256"]) == f'"{ONE.hex}"'
    assert lock.source.slice(placed.span) == "[[download]]"


def test_a_rewrite_of_the_same_changes_nothing() -> None:
    lock = of(TEXT)
    assert locks.rewritten(lock, [TOOL, LIBRARY]) == TEXT.encode()
    assert locks.rewritten(lock, []) == TEXT.encode()


def test_only_what_changed_is_written() -> None:
    changed = locks.rewritten(of(TEXT), [TOOL._replace(sha256=TWO, executable=True), LIBRARY._replace(size=4)])
    before, after = TEXT.splitlines(), changed.decode().splitlines()
    assert [line for line in after if line not in before] == [
        f'sha256   =   "{TWO.hex}"   # from their SHA256SUMS',
        "executable = true",
        "size = 4",
    ]
    assert [line for line in before if line not in after] == [f'sha256   =   "{ONE.hex}"   # from their SHA256SUMS']
    assert after.index("executable = true") == after.index("size = 3") + 1


def test_a_key_that_is_no_longer_so_goes() -> None:
    with_key = locks.rewritten(of(TEXT), [TOOL._replace(executable=True)])
    assert locks.rewritten(of(with_key), [TOOL]) == TEXT.encode()


def test_new_entries_are_appended() -> None:
    other = LockedDownload("bin/other", ("https://a.example/1", "https://b.example/1"), TWO, 3, platform="linux/amd64")
    text = locks.rewritten(of(TEXT), [other]).decode()
    assert text == TEXT + (
        '\n[[download]]\npath = "bin/other"\nurls = ["https://a.example/1", "https://b.example/1"]\n'
        f'sha256 = "{TWO.hex}"\nsize = 3\nplatform = "linux/amd64"\n'
    )
    assert entries(of(text)) == [TOOL, other, LIBRARY]


def test_the_first_pin_makes_the_file() -> None:
    text = locks.rewritten(locks.empty(), [TOOL]).decode()
    assert text.startswith("# ")
    assert "\nversion = 1\n\n[[download]]\n" in text
    assert entries(of(text)) == [TOOL]


def test_line_ends_and_a_missing_last_one_are_kept() -> None:
    dos = TEXT.replace("\n", "\r\n").encode()
    assert locks.rewritten(of(dos), [TOOL, LIBRARY]) == dos
    more = locks.rewritten(of(dos.removesuffix(b"\r\n")), [TOOL._replace(path="b"), TOOL._replace(executable=True)])
    assert b"\n" not in more.replace(b"\r\n", b"")
    assert len(entries(of(more))) == 3


def test_what_is_empty_has_the_size_0() -> None:
    empty = TOOL._replace(size=0)
    assert entries(of(locks.rewritten(locks.empty(), [empty]))) == [empty]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_ends_of_a_file_that_begins_with_one(newline: str) -> None:
    text = (newline + TEXT.replace("\n", newline)).encode()
    more = locks.rewritten(of(text), [TOOL._replace(path="b")])
    assert more.startswith(text)
    assert more.count(b"\r") == (more.count(b"\n") if newline == "\r\n" else 0)


def test_the_same_path_for_two_platforms() -> None:
    one, two = (TOOL._replace(platform=name) for name in ("linux/amd64", "linux/arm64/v8"))
    assert entries(of(locks.rewritten(locks.empty(), [one, two]))) == [one, two]


FAULTS = {
    "no version": ('[[download]]\npath = "a"\n', "no version", ""),
    "other version": ("version = 2\n", "version 2 is not 1", "2"),
    "version true": ("version = true\n", "version true is not 1", "true"),
    "unknown table": ("version = 1\n[[image]]\n", "[[image]]", "[[image]]"),
    "unknown top key": ("version = 1\nfoo = 1\n", "foo is no key", "1"),
    "no TOML": ("version: 1\n", "expected key = value", "v"),
    "missing key": (TEXT.replace("size = 3\n\n#", "\n#"), "[[download]] has no size", "[[download]]"),
    "unknown key": (TEXT.replace("sha256 ", "sha265 "), "sha265 is no key", None),
    "wrong type": (TEXT.replace("size = 3\n\n#", 'size = "3"\n\n#'), "size is of another type", '"3"'),
    "size true": (TEXT.replace("size = 3\n\n#", "size = true\n\n#"), "size is of another type", "true"),
    "negative size": (TEXT.replace("size = 3\n\n#", "size = -3\n\n#"), "not negative", "-3"),
    "short digest": (TEXT.replace(ONE.hex, ONE.hex[:63]), "here are 63", f'"{ONE.hex[:63]}"'),
    "hex as integrity": (TEXT.replace('"sha384-', '"sha384:'), "malformed digest", None),
    "no URL": (TEXT.replace('"https://example.org/tool-1.2.tar.gz", # upstream', ""), "there is no URL", None),
    "ftp": (TEXT.replace("https://example.org", "ftp://example.org"), "not an https URL", None),
    "password": (TEXT.replace("https://example.org", "https://a:b@example.org"), "a name or a password", None),
    "blank in a URL": (TEXT.replace("/tool-1.2", "/tool 1.2"), "blanks", None),
    "twice": (TEXT + TEXT.partition("version = 1\n")[2].partition("# scripts")[0], "is pinned twice", "[[download]]"),
    "platform": (TEXT.replace("size = 3\n\n#", 'size = 3\nplatform = "Linux"\n\n#'), "is no os/arch", '"Linux"'),
}


@pytest.mark.parametrize(("text", "message", "marked"), FAULTS.values(), ids=FAULTS.keys())
def test_faults(text: str, message: str, marked: str | None) -> None:
    lock = of(text)
    assert any(message in fault.message for fault in lock.faults), lock.faults
    if marked is not None:
        assert marked in [lock.source.slice(fault.span) for fault in lock.faults]
    with pytest.raises(VerifychainError, match=r"verifychain\.lock:\d+:\d+: "):
        locks.load(lock.source)


def test_a_fault_does_not_hide_the_other_entries() -> None:
    lock = of(TEXT.replace(ONE.hex, "x"))
    assert entries(lock) == [LIBRARY]
    assert len(lock.faults) == 1


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "", ".git/hooks/pre-commit", "a/.GIT/config", ".git./x",
     "git~1/config", "a\\b", "a\nb", "a\0b"],
)  # fmt: skip
def test_paths_that_leave_the_project_are_refused(path: str) -> None:
    assert locks.path_fault(path) is not None
    text = locks.rewritten(locks.empty(), [TOOL._replace(path=path)])
    assert len(of(text).faults) == 1
    assert of(text).downloads == ()


@pytest.mark.parametrize("path", ["a", "bin/tool", ".github/x", "a b", "..a", "é/ß", ".gitignore", "a/.config"])
def test_paths_that_may_stand(path: str) -> None:
    assert locks.path_fault(path) is None


def test_a_digest_in_any_notation_is_written_in_one() -> None:
    for text in (ONE.hex, ONE.hex.upper(), f"sha256:{ONE.hex}", ONE.format(digest.Notation.SRI)):
        assert locks.parse_sha256(text) == ONE
        assert entries(of(TEXT.replace(ONE.hex, text)))[0] == TOOL
    for text in (
        ONE.hex[:-1],
        f" {ONE.hex}",
        f"SHA256:{ONE.hex}",
        f"md5:{'0' * 32}",
        INTEGRITY.format(digest.Notation.SRI),
    ):
        with pytest.raises(digest.DigestError):
            locks.parse_sha256(text)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes(data: bytes) -> None:
    lock = within(1, lambda: of(data))
    if data.strip() and not lock.faults:
        assert b"version" in data


_names = st.text(st.characters(codec="utf-8", exclude_characters="/\\"), min_size=1, max_size=8)
_downloads = st.builds(
    LockedDownload,
    path=st.lists(_names, min_size=1, max_size=3).map("/".join).filter(lambda path: locks.path_fault(path) is None),
    urls=st.just(("https://a.example/x",)),
    sha256=st.binary(max_size=4).map(digest.of_bytes),
    size=st.integers(0, 2**40),
    executable=st.booleans(),
    platform=st.sampled_from([None, "linux/amd64"]),
)
_subresources = st.builds(
    LockedSubresource,
    url=st.integers(0, 9).map(lambda number: f"https://a.example/{number}"),
    digest=st.sampled_from([INTEGRITY, parse_sri(ONE.format(digest.Notation.SRI))]),
    size=st.integers(0, 2**40),
    source=st.text(max_size=9),
    date=st.dates(),
)


@given(st.lists(_downloads, max_size=5), st.lists(_subresources, max_size=5), st.lists(_downloads, max_size=5))
@settings(max_examples=100)
def test_what_is_written_is_read_again(
    first: list[LockedDownload], more: list[LockedSubresource], then: list[LockedDownload]
) -> None:
    wanted: dict[tuple[str, ...], Locked] = {entry.key: entry for entry in (*first, *then)}
    wanted |= {entry.key: entry for entry in more}
    lock = of(locks.rewritten(of(TEXT), [*first, *more]))
    lock = of(locks.rewritten(lock, then))
    assert lock.faults == ()
    found = {placed.entry.key: placed.entry for placed in lock.downloads}
    found_too = {placed.entry.key: placed.entry for placed in lock.subresources}
    assert {key: found.get(key) or found_too.get(key) for key in wanted} == wanted
    for line in ("# reviewed by the platform team", "# the linter of the release job", "# scripts"):
        assert line in lock.source.text
