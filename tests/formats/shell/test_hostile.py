# ruff: noqa: E501
"""Text that nobody writes in good faith, and scripts of any size: no exception, no hang, linear time."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.shell.cases import SCRIPTS, H, U
from tests.formats.shell.reading import downloads, facts, verdicts
from tests.timing import growth, within
from verifychain.facts.broken import Broken
from verifychain.formats.shell.syntax import parse

LIMIT = 5 if "coverage" not in sys.modules else 30  # seconds; measuring coverage makes every line slower
TOO_MUCH = "too much runs, nests or is held here to be examined to its end"
SEEDS = [case.text.encode() for case in SCRIPTS]
PIECES = [
    b"curl -o f https://h.example/f\n", b"sha256sum -c f.sum", b"$(", b"${", b"$((", b"((", b"))", b")", b"}", b"{ ", b"; }",
    b"`", b"'", b'"', b"\\", b"\n", b"\r\n", b" ", b"\t", b"|", b"||", b"&&", b"&", b";", b";;", b"<<EOF\n", b"EOF\n", b"<<<",
    b"<(", b">f", b"2>&1", b"if ", b"then ", b"else ", b"elif ", b"fi\n", b"case x in ", b"a) ", b"esac\n", b"for i in a b; do ",
    b"while ", b"until ", b"do ", b"done\n", b"f() { ", b"function g ", b"f\n", b"set -e\n", b"exit 1\n", b"return\n", b"eval ",
    b"sh -c ", b"[ ", b" ]", b"[[ ", b" ]]", b"!", b"A=", b"a=(b ", b"$A", b"${A[@]}", b"${A:-b}", b"${A%%*}", b"$@", b"$1", b"shift\n",
    b"\x00", b"\xff", b"\xf3\xb0\x80\x80", b"#", b"~", b"*", b"?", b"cd ..\n", b"| sh\n", b"gpg --verify f.asc\n", b"tar xf f\n",
    b"git clone https://h.example/r\n", b"xargs curl", b"local x=$1\n", b"time ", b"coproc ", b"select i in ", b"-", b"--", b"=", b"%s",
]  # fmt: skip


def checked(data: bytes) -> None:
    """Every span lies in the file, whatever the file is."""
    for fact in facts(b"# curl\n" + data):
        assert 0 <= fact.span.start <= fact.span.end <= len(data) + 7


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_any_bytes(data: bytes) -> None:
    checked(data)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=400)
def test_any_pieces(pieces: list[bytes]) -> None:
    checked(b"".join(pieces))


def test_mutated_scripts() -> None:
    random = Random(11)
    for _ in range(1500):
        data = bytearray(random.choice(SEEDS))
        for _ in range(random.randint(1, 5)):
            at = random.randint(0, len(data))
            match random.randint(0, 2):
                case 0:
                    data[at:at] = random.choice(PIECES)
                case 1:
                    del data[at : at + random.randint(1, 10)]
                case _:
                    data[at : at + 1] = bytes([random.randrange(256)])
        checked(bytes(data))
        facts(b"FROM scratch\nRUN " + bytes(data), path="Dockerfile")


EIGHT = b"for i in a b c d e f g h; do\n"
BOMBS = {
    "one line of 5 MB": b"curl " + b"a" * 5_000_000,
    "one line just in the limit": b"curl " + b"a " * 2_000_000,
    "open parentheses": b"curl " + b"(" * 1_000_000,
    "open substitutions": b"curl " + b"$(" * 1_000_000,
    "open arithmetic": b"curl " + b"$((" * 200_000,
    "open braces": b"curl " + b"${" * 500_000,
    "open quotes": b"curl " + b'"' * 1_000_001,
    "open backquotes": b"curl " + b"`" * 1_000_001,
    "quotes in substitutions": b"curl " + b'"$(a ' * 200_000,
    "a long pipeline without end": b"curl " + b"a | " * 100_000,
    "arrays": b"curl\n" + b"a=(b " * 100_000,
    "nested if": b"curl\n" + b"if a\nthen\n" * 100_000,
    "nested functions": b"curl\n" + b"f() {\n" * 100_000,
    "nested case": b"curl\n" + b"case x in a) " * 50_000,
    "open here-documents": b"curl\n" + b"cat <<A\n" * 200_000,
    "many here-documents": b"curl\n" + b"cat <<A\nA\n" * 20_000,
    "faults on every line": b"curl )\n" * 200_000,
    "a variable that doubles": b"A=aaaaaaaaaa\n" + b"A=$A$A\n" * 5000 + b"curl -o $A https://h.example/$A\n",
    "functions that double": b"".join(b"f%d() { f%d; f%d; }\n" % (i, i + 1, i + 1) for i in range(60))
    + b"f60() { curl -O https://h.example/x; }\nf0\n",
    "a function that calls itself": b"f() { curl -O https://h.example/x; f; }\nf\n",
    "two that call each other": b"f() { g; g; }\ng() { f; f; }\ncurl\nf\n",
    "eval of eval": b"curl\nA='eval \"$A\"'\neval \"$A\"\n",
    "loops in loops": b"curl\n" + b"for i in a b c d e f g h; do\n" * 12 + b"curl -O https://h.example/$i\n" + b"done\n" * 12,
    "10,000 variables": b"".join(b"V%d=$V%d.x\n" % (i, max(i - 1, 0)) for i in range(10_000)) + b"curl -O https://h.example/$V9999\n",
    "a branch for each of 2,000 variables": b"".join(b"if [ $X = %d ]; then V%d=1; fi\n" % (i, i) for i in range(2000)) + b"curl\n",
    "2,000 unknown names": b"".join(b"curl -o a$X%d https://h.example/%d\n" % (i, i) for i in range(2000)),
    "loops in loops around nothing": b"curl\n" + EIGHT * 12 + b"case x in esac\n" + b"done\n" * 12,
    "brackets that nothing closes": b"curl\n" + b"a[b;" * 250_000,
    "expansions in an expression": b"curl\n[[ a =~ (" + b"${" * 400_000 + b" ]]\n",
    "a file that doubles": b"echo curl > f\n" + b"cat f >> f\n" * 60,
    "a folder moved on and on": b"".join(b"curl -o d/f%d https://h.example/f\n" % i for i in range(200))
    + b"".join(b"mv d e%d\n" % i for i in range(20_000)),
    "a digest of many files compared often": b"".join(b"curl -o f%d https://h.example/f\n" % i for i in range(1000))
    + b"X=$(sha256sum " + b" ".join(b"f%d" % i for i in range(1000)) + b")\n" + b'[ "$X" = "$Y" ] || exit\n' * 20_000,
    "digests that are none": b"".join(b'curl -o f%d https://h.example/f\necho "a%d  f%d" | sha256sum -c\n' % (i, i, i) for i in range(3000)),
    "a value trimmed often": b"curl\nA=" + b"a" * 999 + b"\n" + b"x ${A%*b}\n" * 20_000,
    "arms that each set a name": b"curl\ncase $X in\n" + b"".join(b"a%d) V%d=1;;\n" % (i, i) for i in range(10_000)) + b"esac\n",
    "folders in folders": b"curl\n" + b"".join(b"cd d%d\n" % i for i in range(20_000)),
    "unknown names in thousands": b"".join(b"curl -o f%d-$V https://h.example/f\ntar xf f%d-$W\n" % (i, i) for i in range(500)),
    "patterns that backtrack": b"A=" + b"a" * 4000 + b"\ncurl -O https://h.example/${A%%*a*a*a*b} ${A//*a*b/c}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    within(LIMIT, lambda: checked(BOMBS[name]))


def test_what_is_not_read_is_said() -> None:
    (large,) = facts(BOMBS["one line of 5 MB"])
    assert isinstance(large, Broken)
    assert large.message == "larger than 4 MiB"
    deep = [fact.message for fact in facts(BOMBS["nested if"]) if isinstance(fact, Broken)]
    assert deep == []  # no line of it could have fetched anything
    deep = [fact.message for fact in facts("( " * 60 + "curl x | sh" + ")" * 60) if isinstance(fact, Broken)]
    assert deep == ["no shell could read this: nested deeper than 40 levels"]
    doubled = [fact.message for fact in facts(BOMBS["functions that double"]) if isinstance(fact, Broken)]
    assert doubled == []  # each of them is looked at, those that nobody calls on their own


def test_nothing_is_passed_over_where_limits_are_reached() -> None:
    """Too many unknowns for a character of each, and rounds that end a loop: what comes behind is not judged."""
    names = [" ".join(f"$v{i}_{j}" for j in range(70)) for i in range(1_000)]
    rounds = EIGHT * 5 + b"curl -O https://h.example/$i\n" + b"done\n" * 5
    for text in ("\n".join(f"x {line}" for line in names) + f"\ncurl {U} | sh\n", rounds):
        assert [fact.message for fact in facts(text) if isinstance(fact, Broken)] == [TOO_MUCH]


def test_reading_goes_on_behind_a_fault() -> None:
    found = facts(f"curl ) x\ncurl -fsSL {U} | sh\n")
    assert [type(fact).__name__ for fact in found] == ["Broken", "Download"]


def script(lines: int) -> str:
    """A script of that many lines, five of them for each download."""
    one = 'curl -fsSLo t{i}.tgz https://cdn.example/t{i}.tgz\necho "{h}  t{i}.tgz" | sha256sum -c -\nif [ -f t{i} ]; then\n  tar xf t{i}.tgz\nfi\n'
    return "set -e\n" + "".join(one.format(i=i, h=H) for i in range(lines // 5))


def test_long_scripts_take_linear_time() -> None:
    """10,000 lines are read in about a second; four times the lines take about four times the time."""
    short, long = script(2_500), script(10_000)
    assert len(within(LIMIT, lambda: downloads(long))) == 2_000
    assert growth(lambda: downloads(short), lambda: downloads(long), below=8) < 8


def test_the_order_of_variables_decides_nothing() -> None:
    cases = [f"{name}={H}" for name in "abcdef"]
    for seed in range(20):
        Random(seed).shuffle(cases)
        text = "set -e\n" + "\n".join(cases) + f'\ncurl -o t {U}\necho "$c  t" | sha256sum -c\n'
        assert verdicts(text) == ["verified"]


def test_parsing_never_raises() -> None:
    random = Random(3)
    for _ in range(3000):
        parse("".join(random.choice(PIECES).decode("latin-1") for _ in range(random.randint(1, 25))))


@pytest.mark.parametrize("condition", ["[[ " + "$a = b || " * 3000 + "$a = b ]]", "[ " + "! " * 3000 + "$a = b ]"])
def test_thousands_of_conditions_in_one(condition: str) -> None:
    assert verdicts(f"if {condition}; then :; fi\ncurl -o t.sh {U}\nsh t.sh\n") == ["unpinned"]


@pytest.mark.parametrize(("number", "said"), [(150, False), (250, True)])
def test_more_scripts_than_are_followed_is_said(number: int, said: bool) -> None:
    text = "".join(f". ./s{index}.sh\n" for index in range(number)) + f"curl -fsSLO {U}\n"
    found = facts(text, {f"s{index}.sh": f"curl -fsSLO {U}.{index}\n" for index in range(number)})
    assert any(isinstance(fact, Broken) and fact.message == TOO_MUCH for fact in found) is said
