"""What becomes of the bytes behind a URL, by its host and its form."""

from __future__ import annotations

import pytest

from verifychain.core import url
from verifychain.core.hosts import Kind, verdict

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://cdn.jsdelivr.net/gh/o/r@v1.2.3/x.js", Kind.TAG),
        ("https://cdn.jsdelivr.net/gh/o/r@1.2.3-rc.1/x.js", Kind.TAG),
        (f"https://fastly.jsdelivr.net/gh/o/r@{COMMIT}/x.js", Kind.FIXED),
        ("https://cdn.jsdelivr.net/gh/o/r@1.2/x.js", Kind.MUTABLE),
        ("https://cdn.jsdelivr.net/gh/o/r@main/x.js", Kind.MUTABLE),
        (f"https://cdn.jsdelivr.net/gh/o/r@{COMMIT[:7]}/x.js", Kind.MUTABLE),
        ("https://cdn.jsdelivr.net/gh/o/r/x.js", Kind.MUTABLE),
        ("https://cdn.jsdelivr.net/combine/npm/a@1.2.3,npm/b@1.2.3", Kind.GENERATED),
        ("https://cdn.jsdelivr.net/npm/a@1.2.3/+esm", Kind.GENERATED),
        ("https://cdn.jsdelivr.net/npm/@s/a@1.2.3/x.js", Kind.FIXED),
        ("https://cdn.jsdelivr.net/npm/a@1.2.3", Kind.GENERATED),
        ("https://unpkg.com/a@1.2.3/x.js", Kind.FIXED),
        ("https://unpkg.com/a@^1.2.3/x.js", Kind.MUTABLE),
        ("https://unpkg.com/a/x.js", Kind.MUTABLE),
        ("https://www.gstatic.com/recaptcha/releases/x/a-1.2.3.js", Kind.UNHASHABLE),
        ("https://www.gstatic.com/a-1.2.3.js", Kind.FIXED),
        ("https://h.example/latest/a-1.2.3.js", Kind.MUTABLE),
        ("https://h.example/app.0123456789.js", Kind.FIXED),
        ("https://h.example/app.js?1.2.3", Kind.FIXED),
        ("https://h.example/app.js", Kind.UNKNOWN),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    parsed = url.parse(text)
    assert parsed is not None
    assert verdict(parsed).kind is kind
