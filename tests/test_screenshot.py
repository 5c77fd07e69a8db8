"""The picture of a run says what the run said, and no more."""

from xml.etree import ElementTree as ET

import pytest

from tools.screenshot import COLUMN, COLUMNS, picture

_SVG = "{http://www.w3.org/2000/svg}"


def drawn(output: str) -> list[list[tuple[str, str | None]]]:
    """Lines of pieces with their colours, as an SVG reader sees them; without the line of the command."""
    root = ET.fromstring(picture("run <it>", output, "a & b"))
    lines = [[(span.text or "", span.get("fill")) for span in line] for line in root.iter(f"{_SVG}text")]
    assert [text for text, _ in lines[0]] == ["$", "run <it>"]
    return lines[1:]


def test_colours_go_on_until_they_are_reset() -> None:
    lines = drawn("\x1b[1;31merror\x1b[0m: a\x1b[33mb\nc\x1b[0md")
    assert lines == [[("error", "#ff7b72"), (": a", None), ("b", "#e3b341")], [("c", "#e3b341"), ("d", None)]]


def test_the_text_of_a_link_stays_and_its_address_goes() -> None:
    assert drawn("\x1b]8;;https://x.example\x1b\\rule\x1b]8;;\x1b\\ & <more>") == [[("rule & <more>", None)]]


def test_long_lines_are_wrapped_as_by_a_terminal() -> None:
    lines = drawn("x" * (COLUMNS * 2 + 3))
    assert [len(line[0][0]) for line in lines] == [COLUMNS, COLUMNS, 3]


def test_blanks_are_places_and_not_text() -> None:
    root = ET.fromstring(picture("c", "a   b", "t"))
    first, second = list(root.iter(f"{_SVG}text"))[1]
    assert float(second.get("x") or 0) - float(first.get("x") or 0) == pytest.approx(4 * COLUMN, abs=0.1)
