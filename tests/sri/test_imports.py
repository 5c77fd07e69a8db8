"""Imports of scripts, judged with the import maps of their page."""

from __future__ import annotations

import pytest

from tests.sri.pages import APP, FAR, GOOD, found, judged, marked, mended, sri
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.finding import Wanted
from verifychain.core.severity import Severity

MAP = '<script type="importmap">{"imports": {"lib": "%s"}, "integrity": {%s}}</script>'
OUTER = f"import './far.mjs'; import('{FAR}?x')".encode()


def test_in_the_page() -> None:
    for code, kind in ((f"import '{FAR}'", "module"), (f"import('{FAR}')", "module"), (f"import('{FAR}')", "")):
        report = judged(f'<script type="{kind}">\n{code}\n</script>')
        (finding,) = found(report, "sri-uncovered-module")
        assert marked(report, "sri-uncovered-module") == [FAR]
        assert finding.severity is Severity.WARNING
        assert (
            found(judged(f'<script type="{kind}">{code}</script>', require="cross-origin"), "sri-uncovered-module")[
                0
            ].severity
            is Severity.ERROR
        )
    for page in (
        f"<svg><script type=module>import '{FAR}'</script>",
        f'<svg><g/><script>import("{FAR}")</script></svg>',
    ):
        assert marked(judged(page), "sri-uncovered-module") == [FAR]
    for tag in ("src='' type=module", "type=module src"):  # the code of a script with a src is never run
        assert not marked(judged(f"<script {tag}>import '{FAR}'</script>"), "sri-uncovered-module")
    report = judged('<script>import("https://cdn.example/<?= $v ?>.js")</script>')
    assert (marked(report, "sri-uncovered-module"), len(found(report, "sri-dynamic"))) == ([], 1)
    for svg in (
        f"<script href=a.js>import('{FAR}')</script>",
        f"<script/>import('{FAR}')",
        f"<script type=a>import('{FAR}')",
    ):
        assert not marked(judged(f"<svg>{svg}</svg>"), "sri-uncovered-module")
    assert not marked(judged(f"<math><script>import('{FAR}')</script></math>"), "sri-uncovered-module")
    assert not marked(judged(f"<script>import '{FAR}'</script>"), "sri-uncovered-module")
    assert not marked(judged(f'<script type="text/x">import("{FAR}")</script>'), "sri-uncovered-module")
    assert not marked(judged(f'<script type=module>import "{FAR}"</script>', require="none"), "sri-uncovered-module")
    assert not marked(judged("<script type=module>import {{ x }} from '{{ y }}'</script>"), "sri-uncovered-module")


@pytest.mark.parametrize(
    ("code", "marks"),
    [
        ("<g>x</g>import('FAR')", ["FAR"]),
        ("<!-- </script> -->import('FAR')", ["FAR"]),
        ("<g a='>'/>import(&quot;FAR&#34;)", ["FAR"]),
        ("'&amp;'; import('FAR?a=&amp;b')", ["FAR?a=&amp;b"]),
        ("<![CDATA[import('FAR?a&amp;b')]]>", ["FAR?a&amp;b"]),
        ("<g></g></G>import('FAR')", ["FAR"]),
        ("<g>import('FAR')</g>", []),
        ("<g><g/>import('FAR')</g>", []),
        ("'</svg><svg>'; import('FAR')", []),
        ("<? import('FAR') >1", []),
        ("<!-- -->" * 60 + "import('FAR')", ["FAR"]),
    ],
)
def test_the_code_of_a_script_in_svg(code: str, marks: list[str]) -> None:
    page = f"<svg><script>{code}</script></svg>".replace("FAR", FAR)
    assert marked(judged(page), "sri-uncovered-module") == [one.replace("FAR", FAR) for one in marks]
    assert not marked(judged(page.replace("</script></svg>", "")), "sri-uncovered-module"), "it is not run"


def test_types_are_read_as_browsers_do() -> None:
    for tag in ("script type=mod&#117;le", "script type=text&#x2f;javascript", "script type=\vtext/javascript"):
        assert marked(judged(f"<{tag} src={FAR}></script>"), "sri-missing") == [FAR]
    assert marked(judged(f"<link rel=&#115;tylesheet href={FAR}>"), "sri-missing") == [FAR]
    assert marked(judged(f"<svg><script language=x href={FAR}></script></svg>"), "sri-missing") == [FAR]
    for page in (f"<script type=x src={FAR}></script>", f"<script language=x src={FAR}></script>"):
        assert not marked(judged(page), "sri-missing")


def test_a_module_that_is_one_in_firefox_alone() -> None:
    for tag in (f"<script type=' module ' src=app.js integrity={GOOD}>", "<script type='\tmodule'>"):
        twice = judged(f"<p>{tag}</script>\n{tag}</script>")
        assert marked(twice, "sri-ambiguous-markup") == [tag, tag]
        for plain in ("type=module", "type=' text/javascript '"):
            page = tag.replace("type=' module '", plain).replace("type='\tmodule'", plain)
            assert not marked(judged(f"{page}</script>"), "sri-ambiguous-markup")


def test_what_the_map_states_is_covered() -> None:
    imported = '<script type="module">import "lib"; import "https://cdn.example/lib-1.2.3.js"</script>'
    assert not marked(judged(MAP % (FAR, f'"{FAR}": "{GOOD}"') + imported), "sri-uncovered-module")
    # Named by the map, and judged there.
    assert marked(judged(MAP % (FAR, "") + imported), "sri-uncovered-module") == [FAR]
    mapped = '<script type=importmap>{"imports": {"lib/": "https://cdn.example/"}}</script>'
    report = judged(mapped + '<script type="module">import "lib/x.js"</script>')
    assert marked(report, "sri-uncovered-module") == ["lib/x.js"]
    blocked = '<script type=importmap>{"imports": {"lib": null}}</script><script type=module>import "lib"</script>'
    assert not marked(judged(blocked), "sri-uncovered-module")


def test_files_of_the_project_are_followed() -> None:
    files = {"js/a.mjs": b"import '../b.mjs'", "b.mjs": OUTER, "far.mjs": b"import './b.mjs'; import './b.mjs'"}
    page = f'<script type="module" src="js/a.mjs" integrity="{sri(files["js/a.mjs"])}"></script>'
    report = judged(page, files)
    texts = [(one.severity, one.problem.message) for one in found(report, "sri-uncovered-module")]
    assert texts == [
        (Severity.NOTE, "an import brings in ../b.mjs, and no import map states its integrity"),
        (Severity.WARNING, f"import() brings in {FAR}?x, and no import map states its integrity"),
    ]
    (place,) = found(report, "sri-uncovered-module")[1].problem.related
    assert (place.location.source.path, place.location.source.slice(place.location.span)) == ("b.mjs", f"{FAR}?x")
    assert len(found(judged(page, files, require="all"), "sri-uncovered-module")) == 3
    # A classic script has no import statements.
    assert not found(judged("<script src=b.mjs></script>", {"b.mjs": b"import './far.mjs'"}), "sri-uncovered-module")


def test_what_is_not_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    large = b"import './far.mjs'" + b" " * (8 << 20)
    files = {"large.mjs": large, "a.mjs": b"import './large.mjs'", "plain.js": bytes(9 << 20)}
    for page, where in [
        ('<script type="module" src="large.mjs"></script>', "large.mjs"),
        ("<script src='large.mjs'></script>", "large.mjs"),
        ('<script type="module" src="a.mjs"></script>', "a.mjs"),
        ('<script type="module">import "./large.mjs"</script>', "./large.mjs"),
    ]:
        report = judged(page, files)
        assert [one.problem.message for one in found(report, "core-parse-error")] == [
            "the imports of large.mjs were not read: larger than 8 MiB"
        ]
        assert marked(report, "core-parse-error") == [where]
    assert not found(judged("<script src='plain.js'></script>", files), "core-parse-error"), "it has no such word"
    framed = judged("<iframe srcdoc=\"<script src='large.mjs'></script>\"></iframe>", files)
    assert len(found(framed, "core-parse-error")) == 1
    monkeypatch.setattr("verifychain.formats.html.imports._MOST", 2)
    chain = {"a.mjs": b"import './b.mjs'", "b.mjs": b"import './c.mjs'", "c.mjs": OUTER}
    report = judged('<script type="module" src="a.mjs"></script>', chain)
    (finding,) = found(report, "core-parse-error")
    assert finding.problem.message == "more than 2 modules are imported: not all were read"


def test_added_to_the_map_of_the_page() -> None:
    files = {"js/a.mjs": b"import '../b.mjs'; import '/js/c.mjs?v=1'", "b.mjs": b"1", "js/c.mjs": b"2"}
    page = (
        '<script type="importmap">{"imports": {}}</script>'
        f'<script type="module" src="js/a.mjs" integrity="{sri(files["js/a.mjs"])}"></script>'
    )
    after = mended(page, files, "sri-uncovered-module")
    assert '"imports": {}, "integrity": {' in after
    assert f'"./b.mjs": "{sri(b"1")}"' in after
    assert f'"./js/c.mjs?v=1": "{sri(b"2")}"' in after
    assert not found(judged(after, files), "sri-uncovered-module")
    assert not found(judged(after, files), "sri-mismatch")


def test_what_must_be_asked_for() -> None:
    page = f'<script type="importmap">{{"imports": {{}}}}</script><script type=module>import "{FAR}"</script>'
    (finding,) = found(judged(page), "sri-uncovered-module")
    assert isinstance(finding.problem.fix, Wanted)
    assert finding.problem.fix.subject == FAR
    known = mended(page, None, "sri-uncovered-module", locked={FAR: of_bytes(APP, Algorithm.SHA384)})
    assert f'"integrity": {{"{FAR}": "{GOOD}"}}' in known
    for moving in ("https://unpkg.com/x@1/x.mjs", "http://cdn.example/x-1.2.3.mjs"):
        (finding,) = found(judged(page.replace(FAR, moving)), "sri-uncovered-module")
        assert finding.problem.fix is None


def test_an_import_voids_what_an_element_states() -> None:
    stated = f'<script type="module" src="app.js" integrity="{GOOD}"></script>'
    page = f'<script type="module">import "./app.js"</script>{stated}'
    report = judged(page)
    assert marked(report, "sri-module-conflict") == ["./app.js"]
    mapped = f'<script type="importmap">{{"integrity": {{"./app.js": "{GOOD}"}}}}</script>{page}'
    assert not marked(judged(mapped), "sri-module-conflict")


def test_names_of_import_maps() -> None:
    from verifychain.core import url
    from verifychain.formats.html.specifiers import Specifiers

    page = url.parse("https://shop.example/a/b.html")
    assert page is not None
    maps = Specifiers()
    maps.add(
        '{"imports": {"x": "./x.mjs", "y/": "/y/", "y/z/": "https://cdn.example/", "bad/": "/bad", "": "/e", "n": 1,'
        ' "./p.mjs": "./q.mjs"}, "scopes": {"./in/": {"x": "/scoped.mjs"}, "/a/in/deep/": {"x": "/deep.mjs"}}}', page,
    )  # fmt: skip
    maps.add('{"imports": {"x": "/second.mjs", "w": "/w.mjs"}}', page)
    maps.add('{"imports": []}', page)
    maps.add("{", page)
    inner = url.parse("in/a.mjs", page)
    deeper = url.parse("in/deep/a.mjs", page)
    assert inner is not None
    assert deeper is not None
    for name, referrer, expected in [
        ("x", page, "https://shop.example/a/x.mjs"), ("w", page, "https://shop.example/w.mjs"),
        ("y/1", page, "https://shop.example/y/1"), ("y/z/1", page, "https://cdn.example/1"),
        ("y/../../out", page, None), ("bad/1", page, None), ("n", page, None), ("unknown", page, None),
        ("./p.mjs", page, "https://shop.example/a/q.mjs"), ("../a/p.mjs", page, "https://shop.example/a/q.mjs"),
        ("x", inner, "https://shop.example/scoped.mjs"), ("x", deeper, "https://shop.example/deep.mjs"),
        ("w", inner, "https://shop.example/w.mjs"), ("./k", inner, "https://shop.example/a/in/k"),
        ("https://cdn.example/k", page, "https://cdn.example/k"),
    ]:  # fmt: skip
        found_url = maps.resolve(name, referrer)
        assert (None if found_url is None else str(found_url)) == expected, name
