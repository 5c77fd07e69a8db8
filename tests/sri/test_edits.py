"""Fixes: what is written, and that nothing else changes."""

from __future__ import annotations

import pytest

from tests.sri.pages import APP, FAR, GOOD, WRONG, Answer, Servers, found, judged, mended, sri
from verifychain import formats
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.finding import Fix, Wanted

OBJECTION = formats.named("html").objection
LOCKED = {FAR: of_bytes(APP, Algorithm.SHA384)}
FAR_GOOD = f'integrity="{GOOD}"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'<script src="app.js" integrity="{WRONG}"></script>', f'<script src="app.js" integrity="{GOOD}"></script>'),
        (f"<script src=app.js integrity='{WRONG}' async>", f"<script src=app.js integrity='{GOOD}' async>"),
        (f"<script src=app.js integrity={WRONG}>\r\n<p>", f'<script src=app.js integrity="{GOOD}">\r\n<p>'),
        (f'<SCRIPT SRC="app.js"\r\tINTEGRITY = "{WRONG}"/>', f'<SCRIPT SRC="app.js"\r\tINTEGRITY = "{GOOD}"/>'),
        ('<script src=app.js integrity="undefined">', f'<script src=app.js integrity="{GOOD}">'),
        (f'<script src=app.js integrity="{sri(b"x", "sha256")} {sri(b"x", "sha512")}">',
         f'<script src=app.js integrity="{sri(APP, "sha256")} {sri(APP, "sha512")}">'),
        (f'<script src=app.js integrity="SHA256-{sri(b"x", "sha256")[7:]}">',
         f'<script src=app.js integrity="{sri(APP, "sha256")}">'),
        (f'<script src=app.js integrity="{sri(b"x", "sha256")} {GOOD}">', None),
        (f'<script src="{FAR}" integrity="SHA384-{GOOD[7:]}" crossorigin>',
         f'<script src="{FAR}" {FAR_GOOD} crossorigin>'),
        (f'<script src="{FAR}" integrity="sha384-{APP.hex()}" crossorigin>', None),
        (f'<script src="{FAR}" {FAR_GOOD}>', f'<script src="{FAR}" crossorigin="anonymous" {FAR_GOOD}>'),
        (f'<script\n  src="{FAR}"\n  {FAR_GOOD}>', f'<script\n  src="{FAR}"\n  crossorigin="anonymous"\n  {FAR_GOOD}>'),
        (f'<script src="{FAR}" {FAR_GOOD} crossorigin="use-credentials">', None),
        (f'<script src=app.js {FAR_GOOD} integrity="x" src=b>', f"<script src=app.js {FAR_GOOD}>"),
        (f'<script src=app.js integrity=" {GOOD}?x">', f"<script src=app.js {FAR_GOOD}>"),
        (f'<link rel=modulepreload href=app.js><script type=module src=app.js {FAR_GOOD}>',
         f'<link rel=modulepreload href=app.js {FAR_GOOD}><script type=module src=app.js {FAR_GOOD}>'),
        (f'<link rel=preload as=script href=app.js><script src=app.js {FAR_GOOD}>',
         f'<link rel=preload as=script href=app.js {FAR_GOOD}><script src=app.js {FAR_GOOD}>'),
        (f'<script type=importmap>{{"integrity":{{"./app.js":"{WRONG}"}}}}</script>',
         f'<script type=importmap>{{"integrity":{{"./app.js":"{GOOD}"}}}}</script>'),
        (f'<script src="{{{{ x }}}}" integrity="{WRONG}"></script>', None),
        (f'{{% if a %}}<script src="app.js" integrity="{WRONG}"></script>{{% endif %}}',
         f'{{% if a %}}<script src="app.js" integrity="{GOOD}"></script>{{% endif %}}'),
        (f'<script src="{FAR}" integrity="undefined" crossorigin>', None),
        ("<script src=app.js>", None),
        (f'<script src="{FAR}">', None),
        ("<script data-src='s.css' src='app.js' integrity='undefined'>",
         f"<script data-src='s.css' src='app.js' integrity='{GOOD}'>"),
    ],
)  # fmt: skip
def test_fix(before: str, after: str | None) -> None:
    rules = {one.rule for one in judged(before).findings} - {"sri-missing"}
    assert mended(before, None, *rules) == (before if after is None else after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'<script src="{FAR}" async></script>',
         f'<script src="{FAR}" {FAR_GOOD} crossorigin="anonymous" async></script>'),
        (f"<script src={FAR}></script>", f'<script src={FAR} {FAR_GOOD} crossorigin="anonymous"></script>'),
        (f'<script src="{FAR}" crossorigin></script>', f'<script src="{FAR}" {FAR_GOOD} crossorigin></script>'),
        (f'<script type="module" src="{FAR}"></script>', f'<script type="module" src="{FAR}" {FAR_GOOD}></script>'),
        (f'<link\r\n\trel=stylesheet\r\n\thref="{FAR}" />',
         f'<link\r\n\trel=stylesheet\r\n\thref="{FAR}"\r\n\t{FAR_GOOD}\r\n\tcrossorigin="anonymous" />'),
        ('<script src="app.js"></script>', f'<script src="app.js" {FAR_GOOD}></script>'),
        ('<script src="gone.js"></script>', None),
        ('<script src="http://cdn.example/lib-1.2.3.js"></script>', None),
    ],
)  # fmt: skip
def test_add(before: str, after: str | None) -> None:
    """From bytes that we hold, and from the lock."""
    assert mended(before, None, "sri-missing", locked=LOCKED, require="all") == (before if after is None else after)


def test_what_must_be_asked_for() -> None:
    (finding,) = found(judged(f'<script src="{FAR}"></script>'), "sri-missing")
    assert isinstance(finding.problem.fix, Wanted)
    assert (finding.problem.fix.kind, finding.problem.fix.subject) == ("subresource", FAR)
    for url in ("https://unpkg.com/x", "https://unpkg.com/x@1.2.3", "http://cdn.example/x-1.2.3.js"):
        (finding,) = found(judged(f'<script src="{url}"></script>'), "sri-missing")
        assert finding.problem.fix is None, "it would break with the next release, or anyone can change it"


def test_import_maps_are_filled() -> None:
    page = f'<script type="importmap">\n{{\n  "imports": {{"a": "./app.js", "b": "{FAR}"}}\n}}\n</script>'
    after = mended(page, None, "sri-uncovered-module", locked=LOCKED, require="all")
    assert f'"b": "{FAR}"}}, "integrity": {{' in after
    assert after.count(GOOD) == 2
    assert not {"sri-uncovered-module", "sri-import-map-syntax", "sri-mismatch"} & {
        one.rule for one in judged(after, require="all", locked=LOCKED).findings
    }


def test_a_changed_file_of_another_origin_is_blessed_by_name_only() -> None:
    page = f'<script src="{FAR}" integrity="{WRONG}" crossorigin></script>'
    for accepted, expected in ((), page), ((FAR,), page.replace(WRONG, GOOD)):
        servers = Servers({FAR: Answer(APP)}, accepted)
        assert mended(page, None, trust=True, servers=servers) == expected
    (finding,) = found(judged(page, servers=Servers({FAR: Answer(APP)}, (FAR,))), "sri-mismatch")
    assert isinstance(finding.problem.fix, Fix)
    assert mended(page, None, servers=Servers({FAR: Answer(APP)}, (FAR,))) == page, "not without --trust"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<script src=a></script>", "<script src=b></script>"),
        ("<p>a", "<p>b"),
        ("<p>a", "<p>a<script>"),
        ('<p integrity="x">', '<p integrity="x" class="y">'),
        ("<!-- a -->", "<!-- b -->"),
        ("<script>a</script>", "<script>b</script>"),
        ('<script type=importmap>{"imports": {}}</script>', '<script type=importmap>{"imports": {"a": "b"}}</script>'),
        ("<script src=a integrity=x></script>", "<script src=a integrity='x></script>"),
    ],
)
def test_the_second_reader_objects(before: str, after: str) -> None:
    assert OBJECTION(before.encode(), after.encode()) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<script src=a></script>", '<script src=a integrity="x" crossorigin="anonymous"></script>'),
        ("<script src=a src=b></script>", "<script src=a></script>"),
        ('<script type=importmap>{"a": 1}</script>', '<script type=importmap>{"a": 1, "integrity": {}}</script>'),
    ],
)  # fmt: skip
def test_the_second_reader_agrees(before: str, after: str) -> None:
    assert OBJECTION(before.encode(), after.encode()) is None
