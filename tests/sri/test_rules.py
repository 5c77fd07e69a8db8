"""What each rule says of which pages, and which text it marks; the examples of the documentation are run elsewhere."""

from __future__ import annotations

import base64

import pytest

from tests.sri.pages import APP, FAR, GOOD, WRONG, Answer, Servers, found, judged, marked, mended, sri
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.severity import Severity

G256, G512, W512 = sri(APP, "sha256"), sri(APP, "sha512"), sri(b"x", "sha512")


def script(integrity: str, src: str = "app.js", more: str = "") -> str:
    return f'<script src="{src}" integrity="{integrity}"{more}></script>'


@pytest.mark.parametrize(
    ("id", "page", "texts"),
    [
        ("sri-mismatch", script(GOOD), []),
        ("sri-mismatch", script(WRONG), [WRONG]),
        ("sri-mismatch", script(f"{G256} {W512}"), [W512]),
        ("sri-mismatch", script(f"{sri(b'x', 'sha256')} {G512}"), []),
        ("sri-mismatch", script(f"{WRONG} {GOOD}"), []),
        ("sri-mismatch", script(GOOD.replace("+", "-").replace("/", "_")), []),
        ("sri-mismatch", f"<script src=app.js integrity={WRONG}></script>", [WRONG]),
        ("sri-mismatch", f'<svg><script href="app.js" integrity="{WRONG}"/></svg>', [WRONG]),
        ("sri-mismatch", f'<template>{script(WRONG)}</template>', []),
        ("sri-mismatch", f"<!-- {script(WRONG)} -->", []),
        ("sri-mismatch", f'<script type="text/template" src="app.js" integrity="{WRONG}"></script>', []),
        ("sri-mismatch", f'<script type="module" src="./app.js?v=1#x" integrity="{WRONG}"></script>', [WRONG]),
        ("sri-mismatch", f'<base href="/sub/">{script(GOOD)}', []),
        ("sri-mismatch", f'<script src="a&#112;p.js" integrity="{WRONG}"></script>', [WRONG]),
        ("sri-mismatch", f'<link rel="alternate STYLESHEET" href="app.js" integrity="{WRONG}">', [WRONG]),
        ("sri-mismatch", f'<link rel="icon" href="app.js" integrity="{WRONG}">', []),
        ("sri-mismatch", f'<script type="importmap">{{"integrity":{{"./app.js":"{WRONG}"}}}}</script>', [WRONG]),
        ("sri-ignored-value", script("SHA384-" + GOOD[7:]), ["SHA384-" + GOOD[7:]]),
        ("sri-ignored-value", script(f"{GOOD},"), [f"{GOOD},"]),
        ("sri-ignored-value", script(f"{GOOD} md5-abc"), ["md5-abc"]),
        ("sri-ignored-value", script("undefined"), ["undefined"]),
        ("sri-ignored-value", script(f"{GOOD}&nbsp;{GOOD}"), [f"{GOOD}&nbsp;{GOOD}"]),
        ("sri-ignored-value", script(""), []),
        ("sri-ignored-value", script(GOOD), []),
        ("sri-impossible-digest", script("sha256-AAAA"), ["sha256-AAAA"]),
        ("sri-impossible-digest", script(f"{GOOD} sha512-AAAA"), ["sha512-AAAA"]),
        ("sri-impossible-digest", script(f"{GOOD} sha256-AAAA"), []),
        ("sri-missing-crossorigin", script(GOOD, FAR), [FAR]),
        ("sri-missing-crossorigin", script(GOOD, FAR, " crossorigin"), []),
        ("sri-missing-crossorigin", script("", FAR), []),
        ("sri-missing-crossorigin", f'<script type=module src="{FAR}" integrity="{GOOD}"></script>', []),
        ("sri-missing-crossorigin", f'<svg><script href="{FAR}" integrity="{GOOD}" crossorigin></script></svg>', [FAR]),
        ("sri-missing-crossorigin", f'<svg><script href="{FAR}" integrity="x" crossorigin></script></svg>', []),
        ("sri-missing-crossorigin", f'<svg><script href="app.js" integrity="{GOOD}"></script></svg>', []),
        ("sri-missing-crossorigin", f'<svg><script type=module href="{FAR}" integrity="{GOOD}"></script></svg>', []),
        ("sri-missing-crossorigin", script(GOOD, "//cdn.example/x.js"), ["//cdn.example/x.js"]),
        ("sri-missing-crossorigin", script(GOOD, "\\\\cdn.example\\x.js"), ["\\\\cdn.example\\x.js"]),
        ("sri-missing", f"<script src={FAR}></script>", [FAR]),
        ("sri-missing", "<script src=app.js></script>", []),
        ("sri-missing", f'<link rel=stylesheet href="{FAR}">', [FAR]),
        ("sri-missing", f'<link rel="preload" as="script" href="{FAR}">', []),
        ("sri-missing", f'<link rel="canonical" href="{FAR}">', []),
        ("sri-missing", "<script src='https://fonts.googleapis.com/x'></script>", []),
        ("sri-missing", "<script src='data:,alert(1)'></script>", []),
        ("sri-missing", "<script src=' '></script>", []),
        ("sri-missing", f'<noscript><link rel="stylesheet" href="{FAR}"></noscript>', []),
        ("sri-missing", (f'<script type="importmap">{{"integrity":{{"{FAR}":"{GOOD}"}}}}</script>'
         f'<script type="module" src="{FAR}"></script>'), []),
        ("sri-empty", script(" "), [" "]),
        ("sri-empty", "<script src=app.js integrity></script>", ["integrity"]),
        ("sri-crossorigin-value", script(GOOD, FAR, ' crossorigin="true"'), ["true"]),
        ("sri-crossorigin-value", script(GOOD, FAR, " crossorigin=ANONYMOUS"), []),
        ("sri-insecure-url", script(GOOD, "http://cdn.example/x.js", " crossorigin"), ["http://cdn.example/x.js"]),
        ("sri-missing-file", script(GOOD, "gone.js"), ["gone.js"]),
        ("sri-missing-file", "<script src=gone.js></script>", []),
        ("sri-unverified", script(GOOD, FAR, " crossorigin"), [FAR]),
        ("sri-module-conflict", (f'<link rel=modulepreload href="app.js"><script type=module src="app.js" '
         f'integrity="{GOOD}"></script>'), ["app.js"]),
        ("sri-module-conflict", (f'<script type=module src=app.js></script><script type=module src="./app.js" '
         f'integrity="{GOOD}"></script>'), ["app.js"]),
        ("sri-module-conflict", (f'<script type="importmap">{{"integrity":{{"./app.js":"{GOOD}"}}}}</script>'
         f'<script type=module src="app.js"></script><link rel=modulepreload href=app.js integrity="{WRONG}">'),
         ["app.js"]),
        ("sri-module-conflict", f'<script src="app.js"></script>{script(GOOD)}', []),
        ("sri-module-conflict", (f'<script type="importmap">{{"integrity":{{"./app.js":"{GOOD}"}}}}</script>'
         '<script type=module src="app.js"></script>'), []),
        ("sri-preload-conflict", f'<link rel=preload as=script href=app.js>{script(GOOD)}', ["app.js"]),
        ("sri-preload-conflict", f'<link rel=preload as=script href=app.js integrity="{GOOD}">{script(GOOD)}', []),
        ("sri-preload-conflict", f'<link rel=preload as=image href=app.js>{script(GOOD)}', []),
        ("sri-import-map-syntax", '<script type=importmap>{"imports": }</script>', ["}"]),
        ("sri-import-map-syntax", "<script type=importmap>[]</script>", ["[]"]),
        ("sri-import-map-syntax", "<script type=' importmap\t'>{}</script>", ["type=' importmap\t'"]),
        ("sri-import-map-syntax", '<script type=importmap>{"integrity": []}</script>', ["[]"]),
        ("sri-import-map-syntax", '<script type=importmap>{"integrity": {"./a": 1}}</script>', ["1"]),
        ("sri-import-map-syntax", '<script type=importmap>{"integerity": {}}</script>', ['"integerity"']),
        ("sri-import-map-syntax", '<script type=importmap src="m.json"></script>', ['src="m.json"']),
        ("sri-import-map-syntax", '<script type=importmap>{"integrity": NaN}</script>', ['{"integrity": NaN}']),
        ("sri-import-map-syntax", "<script type=importmap>" + "[" * 9999 + "</script>", ["[" * 9999]),
        ("sri-import-map-key", '<script type=importmap>{"integrity": {"app": "x"}}</script>', ["app"]),
        ("sri-import-map-key", '<script type=importmap>{"integrity": {"/a": "x", "/a": "y"}}</script>', ["/a"]),
        *(
            ("sri-import-map-order", page.replace("MAP", "<script type=importmap>{}</script>"), texts)
            for page, texts in (
                ("<script>import('./app.js')</script>MAP", ["<script type=importmap>"]),
                ("<script type=module>import './app.js'</script>MAP", ["<script type=importmap>"]),
                ("MAP<script>import('./app.js')</script>", []),
                ("<script>'import'</script><script src=app.js></script>MAP", []),
            )
        ),
        ("sri-uncovered-module", f'<script type=importmap>{{"imports": {{"a": "{FAR}"}}}}</script>', [FAR]),
        ("sri-uncovered-module", '<script type=importmap>{"imports": {"a": "./app.js"}}</script>', ["./app.js"]),
        ("sri-uncovered-module", '<script type=importmap>{"imports": {"a": "./gone.js"}}</script>', []),
        ("sri-uncovered-module", f'<script type=importmap>{{"scopes": {{"/x/": {{"a": "{FAR}"}}}}}}</script>', [FAR]),
        ("sri-mutable-url", script(GOOD, "https://unpkg.com/htmx.org@2/x.js"), ["https://unpkg.com/htmx.org@2/x.js"]),
        ("sri-mutable-url", script(GOOD, "https://unpkg.com/htmx.org@2.0.1/x.js"), []),
        ("sri-generated-file", script(GOOD, "https://unpkg.com/htmx.org@2.0.1"), ["https://unpkg.com/htmx.org@2.0.1"]),
        ("sri-unhashable-host", "<script src=https://js.stripe.com/v3/></script>", ["https://js.stripe.com/v3/"]),
        ("sri-policy-csp-hash", f'<meta http-equiv=Content-Security-Policy content="script-src {G256}">', [G256]),
        ("sri-policy-csp-hash", '<meta http-equiv="Content-Security-Policy" content>', []),
        ("sri-checkout-bytes", script(sri(b"alert(1)\r\n")), [sri(b"alert(1)\r\n")]),
        ("sri-checkout-bytes", script(WRONG), []),
        ("sri-weak", script(G256), [G256]),
        ("sri-weak", script(f"{G256} {G512}"), []),
        ("sri-weak", script(f"sha-512-{G512[7:]} {G256} {GOOD}"), []),
        ("sri-weak", script(f"sha-512-{G512[7:]} {G256}"), [G256]),  # what Firefox and WebKit go by
        ("sri-weak", script(f"{G256} {G256}"), [G256, G256]),
        ("sri-file-url", script(GOOD), ["app.js"]),
        ("sri-file-url", script("") + script("md5-x") + script(GOOD, FAR), []),
        ("sri-file-url", script(f"SHA384{GOOD[6:]}"), ["app.js"]),  # WebKit reads it
        ("sri-noncanonical", script(f" {GOOD}"), [f" {GOOD}"]),
        ("sri-noncanonical", script(f"{GOOD}?x"), [f"{GOOD}?x"]),
        ("sri-noncanonical", script(f"{GOOD} {GOOD}"), []),
        ("sri-duplicate-attribute", '<script src=app.js SRC="b.js"></script>', ['SRC="b.js"']),
        ("sri-unenforced", f'<link rel=icon href=i.png integrity="{GOOD}">', ["integrity"]),
        ("sri-unenforced", f'<script integrity="{GOOD}">x()</script>', ["integrity"]),
        ("sri-unenforced", f'<link rel=preload as=font href=f integrity="{GOOD}">', ["integrity"]),
        ("sri-unenforced", f'<svg><link rel=stylesheet href=app.js integrity="{GOOD}"/></svg>', ["integrity"]),
        ("sri-unenforced", script(GOOD), []),
        ("sri-signature-token", script(f"ed25519-AAAA {GOOD}"), ["ed25519-AAAA"]),
        ("sri-ambiguous-markup", "<script src=app.js>", ["<script src=app.js>"]),
        ("sri-dynamic", '<script src="{{ x }}"></script><p><script {% if a %}src=b{% endif %}></script>',
         ['<script src="{{ x }}"></script>'[:22]]),
        *(
            ("sri-dynamic", f"{begin} <SCRIPT/src=a></script> <link rel=stylesheet href=b> {end}", ["<SCRIPT/src="])
            for begin, end in (("<%", "%>"), ("{% x %}{#", "#}"), ("{% comment %}", "{% endcomment %}"), ("<?php", ""))
        ),
        ("sri-dynamic", "<% '<script>' <scripts src=a> <script x> src= %>", []),
        ("sri-dynamic", "<script>{{ x }}</script>", []),
        ("sri-file-url", script(GOOD) * 2, ["app.js"]),
    ],
)  # fmt: skip
def test_marks(id: str, page: str, texts: list[str]) -> None:
    assert marked(judged(page), id) == texts


def test_the_browsers_are_named() -> None:
    (finding,) = found(judged(script("SHA384-" + GOOD[7:])), "sri-ignored-value")
    assert "would run unchecked in Chromium and Firefox" in finding.problem.message
    assert not found(judged(script("SHA384-" + GOOD[7:]), engine="webkit"), "sri-ignored-value")
    (finding,) = found(judged(script("undefined")), "sri-ignored-value")
    assert "would run unchecked in all browsers" in finding.problem.message
    (finding,) = found(judged(script(f"{GOOD} md5-x")), "sri-ignored-value")
    assert finding.severity is Severity.WARNING, "the rest still protects"


def test_the_template_of_a_component_is_live() -> None:
    component = f"<template>\n<div><link rel=stylesheet href={FAR}></div>\n</template>"
    assert marked(judged(component, path="a.vue"), "sri-missing") == [FAR]
    assert marked(judged(component, path="a.html"), "sri-missing") == []


def test_a_value_that_would_block_is_not_written() -> None:
    shape, hexadecimal = '<svg><script href="%s" integrity="%s"></script></svg>', base64.b64decode(GOOD[7:]).hex()
    for value, id in (("SHA384" + GOOD[6:], "sri-ignored-value"), (f"sha384-{hexadecimal}", "sri-impossible-digest")):
        assert mended(shape % ("app.js", value), None, id) == shape % ("app.js", GOOD)
        assert mended(shape % (FAR, value), None, id) == shape % (FAR, value)
        assert found(judged(shape % (FAR, value)), id)


def test_scripts_of_svg_cannot_be_had_with_cors() -> None:
    """Chromium takes no notice of their ``crossorigin``: with an integrity it blocks those of other origins."""
    page = f'<svg><script href="{FAR}" integrity="{GOOD}"%s></script></svg>'
    (finding,) = found(judged(page % " crossorigin"), "sri-missing-crossorigin")
    assert finding.problem.message.startswith("blocked by Chromium: ")
    assert not found(judged(page % " crossorigin", engine="firefox"), "sri-missing-crossorigin")
    (finding,) = found(judged(page % ""), "sri-missing-crossorigin")
    assert finding.problem.message.startswith("blocked by Chromium, Firefox, WebKit: ")
    assert (finding.problem.fix, "script of HTML" in finding.problem.help) == (None, True)
    (finding,) = found(judged(page % "", engine="webkit"), "sri-missing-crossorigin")
    assert finding.problem.help.startswith("add crossorigin")
    (finding,) = found(judged(f'<svg><script href="{FAR}"></script></svg>'), "sri-missing")
    assert (finding.problem.fix, "script of HTML" in finding.problem.help) == (None, True)
    (finding,) = found(judged('<svg><script href="app.js"></script></svg>', require="all"), "sri-missing")
    assert finding.problem.fix is not None


def test_require() -> None:
    page = f"<script src=app.js></script><script src={FAR}></script>"
    assert [one.severity for one in found(judged(page), "sri-missing")] == [Severity.WARNING]
    assert [one.severity for one in found(judged(page, require="cross-origin"), "sri-missing")] == [Severity.ERROR]
    assert marked(judged(page, require="all"), "sri-missing") == ["app.js", FAR]
    assert not found(judged(page, require="none"), "sri-missing")


def test_allow() -> None:
    from datetime import date

    from verifychain.core.settings import Allowed

    page = f"<script src={FAR}></script>"
    assert not found(judged(page, allow=(Allowed("https://cdn.example/*", "why"),)), "sri-missing")
    assert found(judged(page, allow=(Allowed("https://cdn.example/*", "why", date(2020, 1, 1)),)), "sri-missing")
    assert found(judged(page, allow=(Allowed("https://cdn.example/", "why"),)), "sri-missing")


def test_page_url_decides_what_is_ones_own() -> None:
    page = script(WRONG, "https://shop.example/app.js")
    assert not found(judged(page), "sri-mismatch")
    report = judged(page, page_url="https://SHOP.example:443/")
    assert (marked(report, "sri-mismatch"), marked(report, "sri-missing-crossorigin")) == ([WRONG], [])
    report = judged(script(GOOD), page_url="file:///")
    assert [one.severity for one in found(report, "sri-file-url")] == [Severity.WARNING]


def test_the_lock_is_compared() -> None:
    page, url = script(GOOD, FAR, " crossorigin"), FAR
    right, wrong = of_bytes(APP, Algorithm.SHA384), of_bytes(b"x", Algorithm.SHA384)
    assert not {one.rule for one in judged(page, locked={url: right}).findings}
    assert marked(judged(page, locked={url: wrong}), "sri-mismatch") == [GOOD]
    weaker: Digest = of_bytes(APP, Algorithm.SHA256)
    assert marked(judged(page, locked={url: weaker}), "sri-unverified") == [FAR]


def test_servers_are_compared_online() -> None:
    page = script(GOOD, FAR, " crossorigin")
    assert not judged(page, servers=Servers({FAR: Answer(APP)})).findings
    report = judged(page, servers=Servers({FAR: Answer(b"evil")}))
    assert marked(report, "sri-mismatch") == [GOOD]
    assert found(report, "sri-mismatch")[0].problem.fix is None
    assert marked(judged(page, servers=Servers({FAR: Answer(fault="status 404")})), "sri-fetch-failed") == [FAR]
    assert marked(judged(page, servers=Servers({FAR: Answer(APP, None)})), "sri-no-cors") == [FAR]
    credentials = script(GOOD, FAR, " crossorigin=use-credentials")
    assert marked(judged(credentials, servers=Servers({FAR: Answer(APP)})), "sri-no-cors") == [FAR]


def test_what_cannot_be_asked_is_no_pass() -> None:
    report = judged(script(GOOD, FAR, " crossorigin"), servers=Servers({}))
    assert {one.rule for one in report.incomplete} >= {"sri-mismatch", "sri-fetch-failed", "sri-no-cors"}


def test_the_lock_against_the_server() -> None:
    page = f'<script src="{FAR}" crossorigin></script>'
    locked = {FAR: of_bytes(APP, Algorithm.SHA384)}
    assert marked(judged(page, locked=locked, servers=Servers({FAR: Answer(b"x")})), "sri-mismatch") == [FAR]


def test_what_a_file_is_stands_in_the_message() -> None:
    (finding,) = found(judged(script(WRONG)), "sri-mismatch")
    assert finding.problem.message == f"browsers block it: app.js is {GOOD}"


def test_a_file_that_was_never_published() -> None:
    url = "https://unpkg.com/{}@1.2.3/x.min.js"
    servers = Servers({url.format(name): Answer(APP) for name in ("lib", "other")})
    for name, expected in (("lib", []), ("other", [url.format("other")])):
        page = script(GOOD, url.format(name), " crossorigin")
        assert marked(judged(page, servers=servers), "sri-generated-file") == expected


def test_nobody_is_asked_for_a_file_of_the_project() -> None:
    page = script(GOOD) + script(GOOD, "https://cdn.example/app.js", " crossorigin")
    report = judged(page, servers=Servers({}), map={"https://cdn.example/": "."})
    assert (report.incomplete, found(report, "sri-fetch-failed")) == ((), [])


def test_mismatches_cannot_be_ignored_in_the_page() -> None:
    page = f"<!-- verifychain: ignore[sri-mismatch, sri-empty] really -->\n{script(WRONG)}"
    assert marked(judged(page), "sri-mismatch") == [WRONG]
    page = "<!-- verifychain: ignore[sri-empty] the build fills it -->\n" + script("")
    assert not found(judged(page), "sri-empty")


def test_pages_in_other_encodings() -> None:
    assert marked(judged("﻿<script src=app.js>".encode("utf-16")), "sri-encoding") == ["�"]
    assert marked(judged('<meta charset="iso-2022-jp"><script src=app.js integrity=x></script>'), "sri-encoding")
    page = f'<meta charset="latin1"><script src="\xfc.js" integrity="{WRONG}"></script>'.encode("latin-1")
    assert marked(judged(page, {"ü.js": APP}), "sri-mismatch") == [WRONG]
    page = "﻿".encode() + script(WRONG).encode()
    assert marked(judged(page), "sri-mismatch") == [WRONG]


@pytest.mark.parametrize(
    "before",
    [
        '<meta charset="csISO2022JP">',
        '<!-- <meta charset="utf-8"> --><meta charset="iso-2022-jp">',
        '<meta charset="iso-2022-jp" title="charset=utf-8">',
        '<meta charset="utf-8"><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">',
        f'<!-- {"x" * 2000} --><meta charset="iso-2022-jp">',
    ],
)
def test_an_encoding_that_is_not_read_is_found_wherever_it_is_declared(before: str) -> None:
    assert marked(judged(before + script(GOOD)), "sri-encoding")


def test_a_page_may_speak_of_that_encoding() -> None:
    page = f"<p>{'x' * 2000}<!-- <meta charset=iso-2022-jp> --> &lt;meta charset=iso-2022-jp> in 2022</p>"
    assert not marked(judged(page), "sri-encoding")


@pytest.mark.parametrize(
    "label",
    ["hex", "base64", "rot13", "undefined", "cp037", "utf-7", "unicode_escape", "raw_unicode_escape", "idna",
     "punycode", "zlib", "aliases", "iso2022_kr", "hz", "utf-16le"],
)  # fmt: skip
def test_a_name_of_an_encoding_that_no_browser_knows_hides_nothing(label: str) -> None:
    page = f'<meta charset="{label}"><script src="https://cdn.example/é.js"></script>'
    assert marked(judged(page), "sri-missing") == ["https://cdn.example/é.js"]


def test_what_was_published_is_compared() -> None:
    page = script(GOOD, "https://unpkg.com/lib@1.2.3/x.js", " crossorigin")
    served = Servers({"https://unpkg.com/lib@1.2.3/x.js": Answer(APP)})
    assert not marked(judged(page, servers=served), "sri-package-mismatch")
    served = Servers({"https://unpkg.com/lib@1.2.3/x.js": Answer(b"changed")})
    assert marked(judged(page, servers=served), "sri-package-mismatch") == ["https://unpkg.com/lib@1.2.3/x.js"]
    other = page.replace("/lib@", "/other@")
    served = Servers({"https://unpkg.com/other@1.2.3/x.js": Answer(b"changed")})
    assert not marked(judged(other, servers=served), "sri-package-mismatch")


def test_a_nul_byte_in_a_page_is_told_and_the_page_judged() -> None:
    """A server may say that it is UTF-16: then a browser sees tags in it that stand nowhere."""
    page = '<script src="https://cdn.example/a.js"></script>'
    assert "core-parse-error" not in {one.rule for one in judged(page).findings}
    for data in (f"{page}\0".encode(), page.encode("utf-16-le")):
        rules = {one.rule for one in judged(data).findings}
        assert "core-parse-error" in rules
        assert ("sri-missing" in rules) is (page.encode() in data)
