# ruff: noqa: E501
"""
Our reader of requirements files beside pip's own (of the environment that `make test` builds).

Line by line: the number, what stands in front of the options, every option with its value, or that pip refuses; and
for the text in front: what pip takes for a requirement.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from verifychain.facts.requirement import Kind
from verifychain.formats.requirements import contents, pep508, syntax
from verifychain.formats.requirements.contents import Item
from verifychain.formats.requirements.pep508 import Invalid, Parsed, canonical
from verifychain.formats.requirements.syntax import Node
from verifychain.formats.requirements.text import Undecodable, decode

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv/servers-pip/bin/python"
READER = Path(__file__).with_name("pip_reader.py")
FUZZED = 20_000

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the newest pip: `make test` builds it")

LISTS = {
    "--extra-index-url": "extra_index_urls",
    "--constraint": "constraints",
    "--requirement": "requirements",
    "--editable": "editables",
    "--find-links": "find_links",
    "--trusted-host": "trusted_hosts",
}
FLAGS = {
    "--no-index": "no_index",
    "--prefer-binary": "prefer_binary",
    "--require-hashes": "require_hashes",
    "--no-require-hashes": "no_require_hashes",
    "--pre": "pre",
}
# Pieces of requirements files, and of what makes reading them hard. No --use-feature: its values change with pip.
PIECES = [
    "foo==1.0", "foo", "bar>=2", "--hash=sha256:ab", f"a==1 \\\n  --hash=sha256:{'a' * 64}\n", f" --hash=sha256:{'b' * 64}", "--hash", "sha256:ab", "sha1:x", "--has=sha512:q", "-r", "a.txt",
    "-ra.txt", "-c c", "-e .", "-i", "--index-url", "=u", "http://x/", "--pre", "--require-h", "--no-index", "--no-",
    "--", "-", " ", "  ", "\t", "\\\n", " \\\n    ", "\\", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1f", "\x85",
    "\u2028", "\xa0", "#", " #c", "#c\\\n", "'", '"', "\\'", '\\"', ";", "python_version<'3'", "${A}", "[x]", " -x",
    "-C a=b", "-C", "--config-settings=x=1", "--trusted-host h", "-f d", "--find-l=z", "=", "==", "é", "\ufeff", "\0",
]  # fmt: skip
REQUIREMENTS = [
    "foo", "foo==1.0", "foo == 1.0", "foo(==1.0)", "foo (==1.0,!=2)", "foo===x", "foo=1.0", "foo==", "foo==1.*", "foo>=1.*",
    "foo==1.0.post1", "foo==1.0+local.1", "foo==1.0-1", "foo==v1", "foo[a,b]==1", "foo [a , b] >= 1", "foo[a==1", "foo]",
    "f", "-foo", "foo-", "foo_", "_foo", "foo.bar", "foo bar", "foo==1 bar", "foo==1; python_version<'3'", "foo;", "foo; x",
    "foo ; sys_platform == 'linux' and (os_name=='nt' or extra == 'a')", "foo; python_version in '3.1 3.2'", "foo;'a'=='b'",
    "foo; platform_release >= '5'", "foo;python_version<'3'and os_name=='nt'", "foo @ https://h.example/a.zip",
    "foo@https://h.example/a.zip", "foo @ https://h.example/a.zip ; os_name=='nt'", "foo @ ./a", "foo @ file:///a.zip",
    "https://h.example/foo-1-py3-none-any.whl", "https://h.example/foo.whl", "https://h.example/a.zip#egg=foo",
    "https://h.example/a.zip; os_name=='nt'", "git+https://h.example/a.git#egg=foo", "git+https://h.example/a.git@v1",
    "HTTPS://h.example/a.zip", "nope://h.example/a", "./a.zip", "./foo-1-py3-none-any.whl", "a.tar.gz", "foo==1 # x",
    "foo==1,==1", "foo~=1", "foo~=1.0", "foo<2,>1", "foo!=1", "é", "foo==é", "foo==1.0a1", "foo==1.0.dev1", "foo==1!2",
    "foo ==1 ", " foo", "foo==1;python_version<3", "foo==1;(python_version<'3')", "foo== 1.0 ;  os_name == 'nt' ",
    "foo[a]", "foo[]", "foo[a,]", "foo[a-b,c.d]==1", "foo.zip", "foo.zip==1", "foo.whl", "foo==1.0.0.0.0", "foo==00001",
    "foo==1;os_name=='a\\'b'", "foo==1;os_name==\"it's\"", "foo==1; os_name == '' ", "foo==2024.1.1rc1.post2.dev3",
]  # fmt: skip


def answers(what: str, questions: list[str]) -> list[Any]:
    """What pip says to each."""
    text = "".join(json.dumps(question) + "\n" for question in questions)
    command = [str(PYTHON), "-I", "-W", "ignore", str(READER), what]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd="/")
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(text: str) -> list[Any]:
    data = b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass")
    nodes = (one if isinstance(one, Node) else one.node for one in contents.read(data).nodes)
    return [_line(node, len(text[: node.line.start].splitlines()) + 1) for node in nodes]


def _line(node: Node, number: int) -> list[Any]:
    refused = [number, None, None]
    found: dict[str, Any] = {}
    for option in node.options:
        if option.name in LISTS:
            found.setdefault(LISTS[option.name], []).append(option.value)
        elif option.name in FLAGS:
            found[FLAGS[option.name]] = True
        elif option.name == "--index-url":
            found["index_url"] = option.value
        elif option.name == "--hash":
            algorithm, colon, digest = option.value.partition(":")
            if not colon or algorithm not in ("sha256", "sha384", "sha512"):
                return refused
            found.setdefault("hashes", {}).setdefault(algorithm, []).append(digest)
        elif option.name == "--config-settings":
            key, _, value = option.value.partition("=")
            table = found.setdefault("config_settings", {})
            table[key] = (
                [*([table[key]] if isinstance(table[key], str) else table[key]), value] if key in table else value
            )
    if not found.get("index_url", "x"):
        del found["index_url"]
    return refused if node.fault is not None else [number, node.text, found]


def compare(texts: list[str]) -> None:
    different = [
        f"{text!r}\n  pip  {theirs}\n  ours {mine}"
        for text, theirs in zip(texts, answers("lines", texts), strict=True)
        if (mine := json.loads(json.dumps(ours(text)))) != theirs
    ]
    assert not different, f"{len(different)} of {len(texts)}:\n" + "\n".join(different[:5])


def fuzzed(number: int, seed: int) -> Iterator[str]:
    random = Random(seed)
    for _ in range(number):
        pieces = (random.choice(PIECES) + " " * (random.random() < 0.3) for _ in range(random.randint(1, 10)))
        yield "".join(pieces)


def test_fuzzed_texts() -> None:
    compare(list(fuzzed(FUZZED, seed=26)))


def test_files_of_this_repository_and_all_cases() -> None:
    texts = [
        path.read_text("utf-8") for path in (*ROOT.glob("requirements/*.txt"), *ROOT.glob("fixtures/**/*req*.txt"))
    ]
    cases = json.loads((ROOT / "fixtures/pip-verdicts.json").read_text("utf-8"))
    for case in cases:
        texts += [case.get("text", ""), *case.get("files", {}).values()]
    assert len(texts) > 200
    compare(texts)


def test_every_character_knows_its_place() -> None:
    for text in fuzzed(2000, seed=5):
        data = text.encode("utf-8", "surrogatepass")
        file = syntax.parse(data)
        for node in syntax.nodes(file):
            for index, character in enumerate(node.line.text):
                start = file.text.byte(node.line.at(index))
                assert data[start:].startswith(character.encode()), (text, index)


def test_requirements() -> None:
    random = Random(3)
    questions = [*REQUIREMENTS, *(_mutated(random) for _ in range(4000))]
    questions = [text for text in questions if text.strip() and "\0" not in text]
    different = [
        f"{text!r}\n  pip  {theirs}\n  ours {mine}"
        for text, theirs in zip(questions, answers("requirement", questions), strict=True)
        if not _agree(mine := _requirement(text), theirs)
    ]
    assert not different, f"{len(different)} of {len(questions)}:\n" + "\n".join(different[:20])


def _mutated(random: Random) -> str:
    named = [text for text in REQUIREMENTS if "/" not in text and ".whl" not in text and ".zip" not in text]
    text = random.choice(named)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(text) + 1)
        other = random.choice(named)
        middle = random.choice(["", random.choice(" .-=;[]()'\"<>!~,@#ab1"), other[random.randrange(len(other)) :]])
        text = text[:at] + middle + text[at + random.randint(0, 2) :]
    return text


def _requirement(text: str) -> Parsed | None:
    try:
        return pep508.parse(text)
    except Invalid:
        return None


def _agree(mine: Parsed | None, theirs: Any) -> bool:
    """Folders are not compared: pip refuses those that do not exist."""
    if mine is None or isinstance(theirs, str):
        return (mine is None and isinstance(theirs, str)) or (mine is not None and mine.kind is Kind.DIRECTORY)
    name, specifiers, marker, url = theirs
    if mine.kind is not Kind.NAMED:
        return url is not None and mine.name in (None, canonical(name or ""))
    written = {f"{operator}{version}" for operator, version in mine.specifiers}
    return (mine.name, written, mine.marker is not None, None) == (canonical(name), set(specifiers), marker, url)


def test_encodings() -> None:
    files = [
        text.encode(encoding)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "latin-1")
        for text in (
            "foo\n",
            "# é\nfoo\n",
            "# -*- coding: latin-1 -*-\n# é\n",
            "#coding=utf-8\nfoo",
            "\n# coding: cp1252\n",
        )
    ]
    for data, theirs in zip(files, answers("bytes", [data.hex() for data in files]), strict=True):
        try:
            text = decode(data)
        except Undecodable:
            assert isinstance(theirs, dict), data
        else:
            assert theirs == text.value or (text.guessed and isinstance(theirs, dict)), data


def test_the_comparison_sees_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LISTS, "--find-links", "elsewhere")
    with pytest.raises(AssertionError, match="1 of 1"):
        compare(["-f x\n"])


def test_a_requirement_of_a_line_is_what_pip_makes_of_it() -> None:
    data = b"foo==1.0 \\\n  --hash=sha256:ab # c\n"
    (one,) = contents.read(data).nodes
    assert isinstance(one, Item)
    assert data[one.name_span.start : one.name_span.end] == b"foo==1.0"
