"""The short way of reading the lines of a lock, beside the long one: both lead to the same, whatever stands around."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from verifychain.facts.requirement import TidyHashes
from verifychain.formats.requirements import contents, plain
from verifychain.formats.requirements.contents import Item, Refused
from verifychain.formats.requirements.options import Fault
from verifychain.formats.requirements.syntax import Node

FIRST, SECOND = "a" * 64, "0123456789abcdef" * 4
LOCKED = [
    f"foo==1.0 \\\n    --hash=sha256:{FIRST}\n",
    f"foo==1.0 \\\n    --hash=sha256:{SECOND} \\\n    --hash=sha256:{FIRST}\n    # via bar\n\n",
    f"Foo_x[a,b-c] == 1.0 ; python_version < '3' --hash=sha256:{FIRST} # note\r\n",
    f"foo==1;os_name == 'nt' and sys_platform!=\"x\"\\\r\n --hash=sha256:{FIRST} --hash=sha256:{FIRST}\r\n",
    f"f==1.0rc1.post2.dev3+a.1   --hash=sha256:{FIRST} ",
]
PIECES = [
    *LOCKED, "    # via foo\n", "# \u00e9\n", "\n",
    f" --hash=sha256:{SECOND}\n", "foo==1.0 \\\n", "foo==1.0", " \\\n", "\\",
    "\\\n", " ", "\t", "#", " # x \\\n", "# x \\\n", "--hash=sha256:", FIRST, "\r", "\x0b", "\u2028", "'", "-r a.txt\n",
    "--pre\n", "foo== \\\n", "foo-==1", f"foo.zip==1 --hash=sha256:{FIRST}\n", "\ufeff", "A", "\0", "foo ",
    f"foo==1.* --hash=sha256:{FIRST}\n", f"x==v1!2.post3 --hash=sha256:{FIRST}--hash=sha256:{SECOND}\n",
    f"foo==1.0 \\\n    --hash=sha256:{FIRST} \\\n    # via bar\n", f"foo==1;x --hash=sha256:{FIRST}\n",
    f"foo==1 ; os_name == '#' --hash=sha256:{FIRST}\n", f"foo==1 ; os_name == ' -r x' --hash=sha256:{FIRST}\n",
]  # fmt: skip


def texts(number: int) -> Iterator[bytes]:
    random = Random(7)
    for _ in range(number):
        pieces = random.choices(LOCKED, k=2) + random.choices(PIECES, k=random.randint(0, 6))
        random.shuffle(pieces)
        yield "".join(pieces).encode()


def parts(data: bytes) -> list[list[object]]:
    """All that is read of the lines of a file. Faults are exceptions, which are never equal."""
    contents.read.cache_clear()
    return [list(map(_comparable, _fields(one))) for one in contents.read(data).nodes]


def _fields(one: Item | Refused | Node) -> tuple[object, ...]:
    return (one.node, *one[1:], one.held, one.checked) if isinstance(one, Item) else tuple(one)


def _comparable(value: object) -> object:
    if isinstance(value, Node):
        return value._replace(fault=None)
    return tuple(value) if isinstance(value, TidyHashes) else None if isinstance(value, Fault) else value


def test_both_ways_lead_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(texts(3_000))
    short = [parts(data) for data in cases]
    taken = sum(one.plain for data in cases for one in contents.read(data).items)
    assert taken > len(cases), "the cases must be about it"
    monkeypatch.setattr(plain, "blocks", lambda text: iter(()))
    different = [data for data, found in zip(cases, short, strict=True) if found != parts(data)]
    assert not different, f"{len(different)}: {different[:3]}"
