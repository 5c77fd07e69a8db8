"""Our reader of checksum lists beside the real ``sha256sum --check``: what both accept, both read alike."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from verifychain.core import digest
from verifychain.core.digest import Digest
from verifychain.formats.checksums import syntax

pytestmark = pytest.mark.skipif(shutil.which("sha256sum") is None, reason="peer not available: sha256sum")

CONTENT = b"content\n"
GOOD, OTHER = digest.of_bytes(CONTENT), digest.of_bytes(b"other")
NAMES = [
    b"a", b"b b", b" lead", b"*star", b"dir/x", b"./dot", b"dir//y", b"trail ", b"(paren)", b"p)q", b"#hash", b"tab\tx",
    b"back\\slash", b"new\nline", b"ret\rurn", b"SHA256", b"\xff\xfe", b"= x", b"\xc3\xa9",
]  # fmt: skip
REFUSED = re.compile(r"stands twice|standard input|absolute path|`\.\.` leaves|NUL byte|in the lines above|of a folder")


class Verdict(NamedTuple):
    """What a reader makes of one line: the file as sha256sum shows it, and whether its content has that digest."""

    shown: bytes
    good: bool


def shown(name: bytes) -> bytes:
    """Names are escaped where they hold a line feed, and only there."""
    if b"\n" not in name:
        return name
    return b"\\" + name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sums")
    (made / "dir").mkdir()
    for name in NAMES:
        (made / os.fsdecode(name)).write_bytes(CONTENT)
    return made


def generated(chance: random.Random) -> bytes:
    """A line that is right, nearly right, or a mixture."""
    name = chance.choice(NAMES)
    escaped = chance.random() < 0.3 or (b"\n" in name and chance.random() < 0.9)
    written = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r") if escaped else name
    hexadecimal = chance.choice([GOOD, GOOD, OTHER]).hex.encode()
    if chance.random() < 0.2:
        hexadecimal = hexadecimal.upper()
    separator = chance.choice([b"  ", b"  ", b"  ", b"  ", b" *", b" ", b"\t", b"\t ", b"\t*"])
    match chance.randrange(6):
        case 0:
            line = b"SHA256 (" + written + b") = " + hexadecimal
        case 1:
            blanks = [chance.choice([b"", b" ", b"\t", b"  "]) for _ in range(3)]
            line = b"SHA256" + blanks[0] + b"(" + written + b")" + blanks[1] + b"=" + blanks[2] + hexadecimal
        case _:
            line = hexadecimal + separator + written
    line = (b"\\" if escaped else b"") + line
    if chance.random() < 0.1:
        line = chance.choice([b" ", b"\t", b"  "]) + line
    if chance.random() < 0.3:
        line = mutated(line, chance)
    if chance.random() < 0.03:
        line = chance.choice([b"", b"# comment", b" # comment", b"\xef\xbb\xbf" + line, b" ", b"#", b"\\", b"\r"])
    return line.replace(b"\n", b"") + chance.choice([b"\n", b"\n", b"\n", b"\r\n"])


def mutated(line: bytes, chance: random.Random) -> bytes:
    data = bytearray(line)
    at = chance.choice([0, 1, 63, 64, 65, 66, 67, len(data) - 1, chance.randrange(len(data) + 1)])
    piece = chance.choice(
        [b" ", b"\t", b"*", b"\\", b"0", b"g", b")", b"(", b"=", b"", b"#", b"\r", b"SHA256", b"/", b"-"]
    )
    data[at : at + chance.choice([0, 0, 1, 2])] = piece
    return bytes(data)


def theirs(text: bytes, folder: Path) -> dict[int, Verdict]:
    """Line number -> verdict of the lines that sha256sum accepts."""
    done = subprocess.run(
        ["sha256sum", "--check", "--warn", "-"],
        input=text, cwd=folder, capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False, timeout=60,
    )  # fmt: skip
    numbers = re.findall(rb"^sha256sum: '?[^\n]*?: (\d+): improperly", done.stderr, re.MULTILINE)
    rejected = set(map(int, numbers))
    lines = text.split(b"\n")[:-1]
    left = [n for n, line in enumerate(lines, 1) if n not in rejected and line not in (b"", b"\r") and line[:1] != b"#"]
    verdicts = []
    for line in done.stdout.split(b"\n")[:-1]:
        name, _, result = line.rpartition(b": ")
        assert result in (b"OK", b"FAILED", b"FAILED open or read"), line
        verdicts.append(Verdict(name, result == b"OK"))
    assert len(left) == len(verdicts), (done.stdout, done.stderr, text)
    return dict(zip(left, verdicts, strict=True))


def ours(text: bytes, folder: Path) -> tuple[dict[int, Verdict], dict[int, str]]:
    read = syntax.parse(text)

    def number(at: int) -> int:
        return text.count(b"\n", 0, at) + 1

    def good(name: bytes, wanted: Digest) -> bool:
        path = bytes(folder.as_posix(), "utf-8") + b"/" + name
        try:
            with open(path, "rb") as file:
                return digest.of(file) == wanted
        except OSError:
            return False

    accepted = {number(line.span.start): Verdict(shown(line.name), good(line.name, line.digest)) for line in read.lines}
    return accepted, {number(fault.span.start): fault.message for fault in read.faults}


def compare(text: bytes, folder: Path) -> int:
    """How many lines both accept."""
    peer = theirs(text, folder)
    mine, faults = ours(text, folder)
    assert mine.items() <= peer.items(), text
    for number in peer.keys() - mine.keys():
        assert REFUSED.search(faults[number]), (text.split(b"\n")[number - 1], faults[number])
    return len(mine)


def test_single_lines(folder: Path) -> None:
    """Lines for themselves: no other one decides the mode, or has the name already."""
    chance = random.Random(20261126)
    both = sum(compare(generated(chance), folder) for _ in range(400))
    assert both > 200


def test_ten_thousand_lines(folder: Path) -> None:
    chance = random.Random(4)
    lines = both = 0
    while lines < 10_000:
        batch = [generated(chance) for _ in range(chance.choice([2, 5, 30]))]
        lines += len(batch)
        both += compare(b"".join(batch), folder)
    assert both > 2_000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"%s  -", "standard input"),
        (b"%s  /etc/hostname", "absolute path"),
        (b"%s  ../a", "`..` leaves"),
        (b"%s  dir/../a", "`..` leaves"),
        (b"%s  a\n%s  a", "stands twice: first in line 1"),
        (b"%s  a\n%s  ./a", "stands twice"),
        (b"%s a\n%s  b", "in the lines above"),
        (b"%s  a\n%s b", "in the lines above"),
        (b"%s  a\n%.63s  b", "here are 63"),
        (b"%s  a\n%s0  b", "here are 65"),
        (b"\\%s  a\\x", "a backslash before"),
        (b"SHA2-256(a)= %s", "expected 64 hexadecimal"),
        (b"\xef\xbb\xbf%s  a", "expected 64 hexadecimal"),
        (b"MD5 (a) = %.32s", "expected 64 hexadecimal"),
        (b"%s", "expected 64 hexadecimal"),
        (b"%s  dir/", "of a folder"),
        (b"%s  .", "of a folder"),
        (b"%s  a\0b", "NUL"),
    ],
)
def test_what_is_refused(line: bytes, message: str) -> None:
    """What B.4 of the specification lists: much of it sha256sum passes over, with exit code 0."""
    text = line % ((GOOD.hex.encode(),) * line.count(b"%"))
    assert message in " ".join(fault.message for fault in syntax.parse(text).faults)


@pytest.mark.parametrize(
    "command", [("sha256sum", "-c", "--strict"), ("shasum", "-a", "256", "-c"), ("busybox", "sha256sum", "-c")]
)
def test_what_is_written_passes_everywhere(folder: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"peer not available: {command[0]}")
    text = syntax.written({b"dir/x": GOOD, b"b b": GOOD, b"a": GOOD})
    assert text.splitlines() == [GOOD.hex.encode() + b"  " + name for name in (b"a", b"b b", b"dir/x")]
    (tmp_path / "SUMS").write_bytes(text)
    done = subprocess.run([*command, tmp_path / "SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_names_that_programs_read_differently_are_not_written() -> None:
    for name in (b" a", b"#a", b"*a", b"a\\b", b"a\nb", b"a\rb", b"\ta"):
        with pytest.raises(ValueError, match="cannot be written"):
            syntax.written({name: GOOD})
