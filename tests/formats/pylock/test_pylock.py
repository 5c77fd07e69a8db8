# ruff: noqa: E501
"""What is said of a pylock.toml: the marked text, and what is clean."""

from __future__ import annotations

import tomllib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.requirements.reading import FLAG, Files, report_of
from tests.timing import growth
from verifychain.core.ports import Scope
from verifychain.core.settings import Settings
from verifychain.core.source import Source
from verifychain.formats.pylock.extract import extract
from verifychain.formats.pylock.positions import positions

NAME = "pylock.toml"
A = "a" * 64
HEAD = "lock-version = '1.0'\ncreated-by = 'x'\n"


def said(text: str | bytes, settings: Settings = Settings()) -> list[tuple[str, str, str]]:  # noqa: B008
    found = report_of(Files({NAME: text}), settings, NAME)
    assert not found.failures, found.failures
    return [(one.rule, one.severity.label, one.source.slice(one.problem.span)) for one in found.findings]


def wheel(hashes: str, url: str = "https://h.example/foo-1.0-py3-none-any.whl", name: str = "foo") -> str:
    file = f"{{ name = 'foo-1.0-py3-none-any.whl', url = '{url}', hashes = {{{hashes}}} }}"
    return f"{HEAD}[[packages]]\nname = '{name}'\nversion = '1.0'\nwheels = [{file}]\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "packages = []\n",
        wheel(f"sha256 = '{A}'"),
        wheel(f"sha256 = '{A}', sha512 = '{A * 2}'"),
        wheel(f"sha256 = '{A}'", "http://127.0.0.1/foo-1.0-py3-none-any.whl"),
        f'{HEAD}[[packages]]\nname = "foo"\n[packages.archive]\npath = \'x/foo.zip\'\n[packages.archive.hashes]\nsha256 = "{A}"\n',
    ],
)
def test_clean(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wheel("md5 = 'b'"), [("pip-weak-algorithm", "error", "b")]),
        (wheel(f"md5 = 'b', sha256 = '{A}'"), [("pip-weak-algorithm", "error", "b")]),
        (wheel("foo256 = 'c'"), [("pip-weak-algorithm", "error", "c")]),
        (wheel(""), [("pip-url-without-hash", "error", "https://h.example/foo-1.0-py3-none-any.whl")]),
        (wheel(f"sha256 = '{A[1:]}'"), [("pip-bad-digest", "error", A[1:])]),
        (wheel(f"sha256 = '{A.upper()}'"), [("pip-bad-digest", "warning", A.upper())]),
        (wheel(f"sha256 = '{A}'", "http://h.example/foo-1.0-py3-none-any.whl"), [("pip-insecure-source", "error", "http://h.example/foo-1.0-py3-none-any.whl")]),
        (wheel(f"sha256 = '{A}'", name="bar"), [("pip-syntax", "error", "foo-1.0-py3-none-any.whl")]),
        (wheel(f"sha256 = '{A}'").replace("url", "path").replace("https://h.example/", "../../"), [("pip-insecure-source", "error", "../../foo-1.0-py3-none-any.whl")]),
        (wheel(f"sha256 = '{A}'").replace("1.0'\nc", "2.0'\nc"), [("pip-syntax", "error", "2.0")]),
        (f"{HEAD}[[packages]]\nname='é'\nvcs = {{type='git', url='https://h.example/é', commit-id='main'}}\n", [("pip-unhashable", "error", "main")]),
        (f"{HEAD}[[packages]]\nname='e'\nvcs = {{type='git', url='https://h.example/e', commit-id='{'c' * 40}'}}\n", [("pip-unhashable", "warning", f"{{type='git', url='https://h.example/e', commit-id='{'c' * 40}'}}")]),
        (f"{HEAD}[[packages]]\nname='e'\ndirectory.path = 'e'\n", [("pip-unhashable", "warning", "[[packages]]")]),
        (f"{HEAD}[[packages]]\nname='foo'\nsdist={{url='https://h.example/foo-1.tar.gz',hashes={{sha256='{A}'}}}}\n", [("pip-sdist-may-build", "warning", "https://h.example/foo-1.tar.gz")]),
        (f"{HEAD}[[packages]]\nname='e'\n", [("pip-syntax", "error", "[[packages]]")]),
        (f"{HEAD}[[packages]]\nname='e'\nvcs='x'\n", [("pip-syntax", "error", "x")]),
        (f"{HEAD}[[packages]]\nname='e'\ndirectory=['x']\n", [("pip-syntax", "error", "['x']")]),
        (f"{HEAD}[[packages]]\nname='foo'\nwheels={{}}\narchive={{url='https://h.example/foo-1.zip',hashes={{sha256='{A}'}}}}\n", [("pip-syntax", "error", "{}")]),
        ("nonsense", [("core-parse-error", "error", "")]),
        (b"\xff", [("core-parse-error", "error", "")]),
        ("a=" + "[" * 100_000, [("core-parse-error", "error", "")]),
        ("a." * 100_000 + "a=1", [("core-parse-error", "error", "")]),
        ('"a".' * 2_000 + "a=1", [("core-parse-error", "error", "")]),
    ],
)  # fmt: skip
def test_marked(text: str | bytes, expected: list[tuple[str, str, str]]) -> None:
    assert said(text) == expected


def test_the_flag() -> None:
    text = f"{HEAD}[[packages]]\nname='e'\nvcs = {{type='git', url='https://h.example/e', commit-id='{'c' * 40}'}}\n"
    assert [one[:2] for one in said(text, FLAG)] == [("pip-unhashable", "error")]


def test_positions_are_those_of_the_values() -> None:
    text = (
        'a.b = "x"\n[t."q r"]\nk = [1, "two", {z = \'three\'}] # c\n[[p]]\nn = """four"""\n[[p.w]]\nm = \'\'\'five\'\'\'\n'
        "[[p]]\nn = 1979-05-27 07:32:00\n[p.h]\nsha256 = 'six'\n"
    )
    tomllib.loads(text)
    found = {path: text[start:end] for path, (start, end) in positions(text).items()}
    assert found["a", "b"] == "x"
    assert found["t", "q r", "k", 1] == "two"
    assert found["t", "q r", "k", 2, "z"] == "three"
    assert found["p", 0, "n"] == "four"
    assert found["p", 0, "w", 0, "m"] == "five"
    assert found["p", 1, "h", "sha256"] == "six"


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text(text: str) -> None:
    positions(text)
    report_of(Files({NAME: text.encode("utf-8", "surrogatepass")}), name=NAME)


def test_many_packages_and_a_letter_that_is_not_ascii() -> None:
    """4,000 packages took 15 seconds; without the letter, one."""
    package = "[[packages]]\nname = 'p{0}'\nversion = '1.0'\nsdist = {{ url = 'https://h.example/p{0}-1.0.tar.gz', hashes = {{ sha256 = '{1}' }} }}\n"
    packages = "".join(package.format(number, A) for number in range(4000))
    plain, other = HEAD + packages, f"# é\n{HEAD}{packages}"

    def facts(text: str) -> tuple[Source, list[object]]:
        source = Source(NAME, text.encode())
        return source, list(extract(source, Scope(Files({}))))

    assert growth(lambda: facts(plain), lambda: facts(other), below=3) < 3
    source, found = facts(other)
    assert source.slice(found[-2].name_span).startswith("https://h.example/p3999-")  # type: ignore[attr-defined]  # a requirement


def test_mutated_locks() -> None:
    random = Random(1)
    whole = (
        wheel(f"sha256 = '{A}'") + f"[[packages]]\nname='e'\nvcs = {{type='git', url='u', commit-id='{'c' * 40}'}}\n"
    )
    for _ in range(1500):
        at, size = random.randrange(len(whole)), random.randint(0, 4)
        said(whole[:at] + random.choice(["", "[", "{", "'", '"', "=", "\n", "1", "é", ".", "#"]) + whole[at + size :])
