"""Pages in the `srcdoc` of an iframe are judged as pages, at their places in the outer one."""

from __future__ import annotations

from html import escape

import pytest

from tests.sri.pages import APP, FAR, GOOD, WRONG, found, judged, marked, mended


@pytest.mark.parametrize("quoted", [True, False])
def test_tags_inside(quoted: bool) -> None:
    inner = f"<p>\u00e9</p><script src='app.js' integrity='{WRONG}'></script><script src='{FAR}'></script>"
    page = f'<p>x</p><iframe srcdoc="{escape(inner) if quoted else inner}"></iframe>'
    report = judged(page)
    assert marked(report, "sri-mismatch") == [WRONG]
    assert marked(report, "sri-missing") == [FAR]


def test_spans_behind_character_references() -> None:
    page = f'<iframe srcdoc="&lt;p&gt;&amp;amp;&#233;<script src=&quot;{FAR}?a=1&amp;amp;b&quot;></script>"></iframe>'
    assert marked(judged(page), "sri-missing") == [f"{FAR}?a=1&amp;amp;b"]


def test_the_first_tag_begins_where_the_value_does() -> None:
    page = '<iframe srcdoc="<script src=&quot;app.js&quot;>"></iframe>'
    assert marked(judged(page), "sri-ambiguous-markup") == ["<script src=&quot;app.js&quot;>"]


def test_nothing_is_edited_there() -> None:
    inner = f"<script src=app.js integrity={WRONG}></script><link rel=stylesheet href=app.js>"
    page = f'<iframe srcdoc="{inner}"></iframe><script type=importmap>{{"integrity": {{}}}}</script>'
    assert mended(page, require="all") == page
    assert len(found(judged(page, require="all"), "sri-missing")) == 1


def test_modules_maps_and_a_base_of_their_own() -> None:
    inner = (
        f'<base href="/sub/"><script type="importmap">{{"integrity": {{"./a.mjs": "{GOOD}"}}}}</script>'
        f'<script type="module">import "./a.mjs"; import "{FAR}"</script>'
    )
    page = f'<iframe srcdoc="{escape(inner)}"></iframe>'
    report = judged(page, {"sub/a.mjs": APP})
    assert marked(report, "sri-uncovered-module") == [FAR]
    assert not found(report, "sri-mismatch")
    # The outer page's base counts where there is no other.
    outer = f'<base href="/sub/"><iframe srcdoc="<script src=b.js integrity={WRONG}></script>"></iframe>'
    assert marked(judged(outer, {"sub/b.js": APP}), "sri-mismatch") == [WRONG]


def test_pages_in_pages() -> None:
    page = f"<script src={FAR}></script>"
    for depth in range(6):
        assert len(found(judged(page), "sri-missing")) == (1 if depth <= 3 else 0), depth
        assert len(found(judged(page), "core-parse-error")) == (depth > 3), "what is not read is said"
        page = f'<iframe srcdoc="{escape(page)}"></iframe>'
    judged("<iframe srcdoc='&" + "#" * 9999 + "&quot" * 9999 + ";'></iframe>" * 3)
