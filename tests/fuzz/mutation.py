"""Seeded changes of a file: of bytes, of lines, of words of other files, and of sizes that nobody writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

_WORD = re.compile(rb"[A-Za-z0-9_.:/@=-]+|[^\sA-Za-z0-9]")
_ODD = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n", b"\t", b"\x0b", b"\x85", b"\xc2\xa0", b"\xe2\x80\xa8",
    b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xe2\x80\xae", b"\\", b"\\\n", b"'", b'"', b"`", b"$", b"${", b"{{", b"{%",
    b"<!--", b"-->", b"<", b">", b"&", b"#", b"##[error]", b"::error::", b"]]>", b"%0A", b"=", b"==", b"[", b"]", b"(",
    b"sha256:", b"sha384-", b"sha256-" + b"A" * 44, b"a" * 64, b"9" * 40, b"-1", b"1e999", b"../../", b"//", b"://",
    b"@",     b"\xc2\xad", b"\xe2\x80\x8b", b"verifychain: ignore[", b"verifychain: ignore-file[image-unpinned] x",
]  # fmt: skip
_LONG = 20_000


class Mutator:
    """Makes files out of seeds; the same for the same seed of the generator."""

    def __init__(self, seeds: Sequence[bytes], random: Random) -> None:
        self._seeds, self._random = seeds, random
        self._words = sorted({word for seed in seeds for word in _WORD.findall(seed)})
        self._lines = sorted({line + b"\n" for seed in seeds for line in seed.split(b"\n")})

    def __call__(self) -> bytes:
        random = self._random
        data = bytearray(random.choice(self._seeds))
        if random.random() < 0.1:
            data = bytearray(b"".join(random.choices(self._lines, k=random.randint(1, 20))))
        for _ in range(random.choice((0, 1, 1, 2, 3, 5, 8))):
            self._change(data)
        if random.random() < 0.1:
            data = bytearray(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        return bytes(data)

    def _change(self, data: bytearray) -> None:
        random = self._random
        at = random.randint(0, len(data))
        to = at + random.randint(1, random.choice((1, 4, 40)))
        match random.randint(0, 9):
            case 0:
                data[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = random.choice(_ODD)
            case 3:
                data[at:at] = random.choice(self._words)
            case 4:
                data[at:at] = random.choice(self._lines)
            case 5:
                data[at:at] = data[at:to]
            case 6:
                other = random.choice(self._seeds)
                start = random.randint(0, len(other))
                data[at:at] = other[start : start + to - at]
            case 7:
                self._replace_word(data, at)
            case 8:
                self._swap_lines(data)
            case _:
                self._grow(data, at, to)

    def _replace_word(self, data: bytearray, at: int) -> None:
        found = _WORD.search(data, at)
        if found is not None:
            data[found.start() : found.end()] = self._random.choice(self._words)

    def _swap_lines(self, data: bytearray) -> None:
        lines = bytes(data).split(b"\n")
        one, two = self._random.randrange(len(lines)), self._random.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
        data[:] = b"\n".join(lines)

    def _grow(self, data: bytearray, at: int, to: int) -> None:
        """Something again and again: deep nesting, a long line, many lines. Seldom, because it takes long."""
        if self._random.random() < 0.9:
            return
        piece = bytes(data[at:to]) or self._random.choice(_ODD)
        data[at:at] = piece * (_LONG // len(piece))
