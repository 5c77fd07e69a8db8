"""What `${name#pattern}` and its like leave of a value, and that no pattern makes Python warn on the user's screen."""

import warnings

import pytest

from verifychain.formats.shell import trimming


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "left"),
    [
        ("v1.2", "#", "[vV]", "1.2"),
        ("v1.2", "#", "[!0-9]", "1.2"),
        ("5v1.2", "#", "[!0-9]", "5v1.2"),
        ("a!b", "#", "[a!]", "!b"),
        ("&x", "#", "[a&&b]", "x"),
        ("tool.tar.gz", "%", ".tar.*", "tool"),
        ("d1", "#", r"[\d]", "1"),
    ],
)
def test_trimming(value: str, kind: str, pattern: str, left: str) -> None:
    assert trimming._trimmed(value, kind, pattern, greedy=False) == left


@pytest.mark.parametrize(
    "pattern", ["[[a", "[[a]x", "[a--b]", "[a&&b]", "[a||b]", "[a~~b]", "[[:alpha:]]", "[]]", "[!]"]
)
def test_no_pattern_warns(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trimming._trimmed("a-b", "#", pattern, greedy=True)
