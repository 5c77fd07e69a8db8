"""URLs against Node's, an implementation of the WHATWG's standard: recorded, and anew where there is Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifychain.core import url

# [text, base, [what it resolves to, whether it holds credentials]]; null: refused, false: not http or https.
RECORDED = [json.loads(line) for line in (Path(__file__).parent / "urls.jsonl").read_text("ascii").splitlines()]
_SCRIPT = """
const cases = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(cases.map(([text, base]) => {
  try {
    const url = new URL(text, base);
    const secret = !!(url.username || url.password);
    url.hash = url.username = url.password = "";
    return /^https?:$/.test(url.protocol) ? [url.href.replace(/#$/, ""), secret] : false;
  } catch { return null; }
})));
"""


def ours(text: str, base: str) -> list[Any] | bool | None:
    parsed = url.parse(text, url.parse(base))
    if parsed is None:
        return None
    return [str(parsed), parsed.credentials] if parsed.is_web else False


def test_recorded() -> None:
    assert len(RECORDED) == 3000
    wrong = [(text, base, answer, ours(text, base)) for text, base, answer in RECORDED if ours(text, base) != answer]
    # A scheme that is no web page's: it is not loaded, whatever Node makes of the rest.
    assert [one for one in wrong if one[2] is not None or one[3] is not False] == []


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_anew() -> None:
    random = Random(3)
    pieces = sorted({text[:6] for text, _, _ in RECORDED} | {text[-5:] for text, _, _ in RECORDED})
    cases = [("".join(random.choices(pieces, k=random.randint(1, 3))), "https://a.example/b/c") for _ in range(3000)]
    done = subprocess.run(["node", "-e", _SCRIPT], input=json.dumps(cases), text=True, capture_output=True, check=True)
    answers = json.loads(done.stdout)
    wrong = [(case, answer, ours(*case)) for case, answer in zip(cases, answers, strict=True) if ours(*case) != answer]
    # `^` in paths: the standard has it encoded since 2024, older Nodes do not.
    assert [one for one in wrong if "^" not in one[0][0] and (one[1] is not None or one[2] is not False)] == []


@given(st.text(max_size=60), st.sampled_from([None, "https://a.example/b/c?d"]))
def test_any_text(text: str, base: str | None) -> None:
    parsed = url.parse(text, None if base is None else url.parse(base))
    if parsed is not None and parsed.is_web:
        assert url.parse(str(parsed)) == parsed._replace(credentials=False), "its own text means the same"


def test_ports_of_more_digits_than_a_number_may_have() -> None:
    assert str(url.parse(f"http://a.example:{'0' * 5000}81/x")) == "http://a.example:81/x"
    assert str(url.parse(f"http://a.example:{'0' * 5000}/x")) == "http://a.example:0/x"
    assert url.parse(f"http://a.example:{'1' * 5000}/x") is None


def test_the_last_port() -> None:
    assert str(url.parse("http://a.example:65535/x")) == "http://a.example:65535/x"
    assert url.parse("http://a.example:65536/x") is None


def test_origin() -> None:
    one, other = url.parse("HTTPS://Shop.example:443/a"), url.parse("https://shop.example/b")
    assert one is not None
    assert other is not None
    assert one.origin == other.origin
    assert str(one) == "https://shop.example/a"
    assert url.decoded("/a%2Fb%zz") == b"/a/b%zz"
