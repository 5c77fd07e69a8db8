# ruff: noqa: E501
"""Dockerfiles, words and names to compare on: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tests.formats.dockerfile.answers import encoded

_PIECES = [
    b"FROM a\n", b"from b AS c\n", b"ARG A=1\n", b'ARG B="x y" C=$A\n', b"ENV A=b C='d e'\n", b"ENV A b c\n",
    b"RUN <<EOF\nFROM x\nEOF\n", b"RUN <<-'E' cat\n\tx\n\tE\n", b'RUN ["a", "b"]\n', b'RUN ["a", 1]\n', b"RUN a \\\n",
    b"# comment\n", b"\n", b" \t\n", b"\\\n", b"`\n", b"# escape=`\n", b"# syntax=docker/dockerfile:1\n", b"# check=skip=all\n",
    b"// syntax=x\n", b"#!/x\n", b"\xef\xbb\xbf", b"\r\n", b"\x00", b"\xff", b"\xc2\xa0", b"\xe2\x80\x83", b"\x85", b"\v",
    b"COPY --from=c a b\n", b"COPY <<A <<B /\n1\nA\n2\nB\n", b"ADD --checksum=sha256:x http://h/a b\n",
    b"ONBUILD RUN x\n", b"ONBUILD ONBUILD\n", b"ONBUILD COPY <<E /\nE\n", b"HEALTHCHECK CMD x\n", b"HEALTHCHECK NONE\n",
    b"RUN --mount=type=bind,from=a,target=/x true\n", b"RUN --network=none --security=insecure y\n", b"EXPOSE 1 2\n",
    b"FROM --platform=$X a\n", b"FROM --x a\n", b"SHELL [\"a\"]\n", b"SHELL a\n", b"LABEL a=b \\\n c=d\n", b"VOLUME [\"a\"]\n",
    b"<<", b"<<-", b"'", b'"', b"$", b"${", b"}", b":-", b"--", b"=", b"[", b"]", b",", b"EOF\n", b"USER a\n", b"STOPSIGNAL 9\n",
    b"WORKDIR /\n", b"CMD [\"a\",\n", b"ENTRYPOINT a\n", b"MAINTAINER x\n", b"FORM a\n", b"RUN\n", b"FROM\n", b" ",
]  # fmt: skip


def mutated(seeds: Sequence[bytes], random: Random) -> bytes:
    """One of the seeds, or some pieces, with up to six changes."""
    data = bytearray(
        random.choice(seeds) if random.random() < 0.7 else b"".join(random.choices(_PIECES, k=random.randint(1, 12)))
    )
    for _ in range(random.randint(0, 6)):
        at = random.randint(0, len(data))
        match random.randint(0, 5):
            case 0:
                data[at:at] = random.choice(_PIECES)
            case 1:
                del data[at : at + random.randint(1, 12)]
            case 2:
                data[at : at + 1] = bytes([random.randrange(256)])
            case 3:
                data[at:at] = random.choice(_PIECES[46:56])
            case 4:
                other = random.choice(seeds)
                start = random.randint(0, len(other))
                data[at:at] = other[start : start + random.randint(1, 60)]
            case _:
                newline = data.find(b"\n", at)
                if newline >= 0:
                    data[newline : newline + 1] = random.choice(
                        (b" \\\n", b"\r\n", b" ", b"\n\n", b"\\ \n", b"\n# x\n")
                    )
    return bytes(data)


def files(seeds: Sequence[bytes], number: int, seed: int) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    for _ in range(number):
        yield {"op": "parse", "data": encoded(mutated(seeds, random))}


_ATOMS = [
    "a", "b", "A", "B", "C", "é", "漢", "1", "10", "_", "-", ":", ".", "/", " ", "\t", "'", '"', "$", "${", "}", "{", "\\", "`",
    "$A", "$B", "$C", "${A}", "${B}", "${C}", "${A:-", "${C:-", "${C-", "${A:+", "${B+", "${C:?", "${A?", "${A#", "${A##",
    "${A%", "${A%%", "${A/", "${A//", "*", "?", "<", "<<", "<<-", "$1", "$10", "$@", "$$", "$0", "${@}", "${1}", "${A:", "${A!",
    "\\$", "\\'", '\\"', "\\\\", "\\*", "@", "#", "%", "=", "\n", "\u00a0", "\ufeff", "\u0660", "ab", "aab", "x",
]  # fmt: skip
_VALUES = ["", "a", "aab", "a/b/c", "x y", "é漢", "a*b", "$A", "\\", "a.b.c", "aaaa", "'", "${B}"]


def words(number: int, seed: int) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    for _ in range(number):
        text = "".join(random.choices(_ATOMS, k=random.randint(1, 9)))
        if "${" in text and random.random() < 0.7:
            text += "}" * random.randint(1, 2)
        environment = {name: random.choice(_VALUES) for name in "AB" if random.random() < 0.9}
        yield {
            "op": random.choice(("word", "word", "word", "split")),
            "data": encoded(text.encode("utf-8")),
            "escape": random.choice("\\\\`"),
            "env": environment,
        }


_NAME_ATOMS = [
    "a", "b", "lib", "docker.io", "index.docker.io", "localhost", "ghcr.example", "A", ":", ":1", ":5000", "/", "//", ".", "-", "--",
    "_", "__", "@", "@sha256:", "sha512:", "[::1]", "x_y.z", "é", " ", "library/", ":latest", "@sha256:" + "a" * 64, "@sha256:" + "A" * 64,
    "@md5:" + "0" * 32, "@sha512:" + "b" * 64, "@sha256:" + "c" * 63, "@x+y:" + "0" * 40, "f" * 64,
]  # fmt: skip


def images(number: int, seed: int) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    for _ in range(number):
        yield {"op": "image", "text": "".join(random.choices(_NAME_ATOMS, k=random.randint(1, 6)))}


_GIT_ATOMS = [
    "https://", "http://", "git://", "ssh://", "git@", "ftp://", "HTTPS://", "h.example", "/a", "/a.git", ".git", "#", "#main", "#v1:sub",
    "?", "?ref=x", "&tag=v1", "?branch=b", "&checksum=" + "a" * 40, "?commit=" + "b" * 40, ":", ":a/b.git", "/", "%2egit", "%zz", "user:pw@",
    "#" + "c" * 40, "?subdir=x", "?ref=", "?what=1", "&submodules=false", "./", "../", "github.com/", "+", "[::1]", ":22/", " ",
]  # fmt: skip


def git_sources(number: int, seed: int) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    for _ in range(number):
        text = "".join(random.choices(_GIT_ATOMS, k=random.randint(1, 6)))
        if not ("checksum=" in text and "commit=" in text):  # which of the two counts is up to Go's order of maps
            yield {"op": "git", "text": text}
