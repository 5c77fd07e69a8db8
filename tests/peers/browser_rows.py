"""The pages behind the rows of ``sri-browser-table.json``, each built from its name, and how a page is asked."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from tests.peers.browser import RAN
from tests.peers.integrity_values import attribute
from tests.peers.site import Site
from verifychain.core.digest import Algorithm, Notation, of_bytes

SCRIPT = "window.ran=(window.ran||0)+1;"
SHEET = "body{--ran:1}"
STYLED = "w.getComputedStyle(w.document.body).getPropertyValue('--ran') === '1'"
SLOW = 400  # what no load event waits for


class Row(NamedTuple):
    """
    One row: its page, the page's headers, and the question.

    judged  whether the integrity of the page's scripts alone decides what happens
    """

    group: str
    case: str
    body: str
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    probe: str = RAN
    wait: int = 30
    judged: bool = False

    @property
    def html(self) -> str:
        return f"<!doctype html><meta charset=utf-8><body>{self.body}"


def sri(data: str | bytes, algorithm: Algorithm = Algorithm.SHA384) -> str:
    return of_bytes(data if isinstance(data, bytes) else data.encode(), algorithm).format(Notation.SRI)


RIGHT, WRONG = sri(SCRIPT), sri("other")
STYLE_RIGHT, STYLE_WRONG = sri(SHEET), sri("other")
OUTER = 'import "/m.mjs";'
IMPORTING = '@import "/s.css";'
WORKER = "postMessage(1);"


def put_assets(site: Site) -> None:
    for name in ("a.js", "m.mjs", "x.mjs", "n.mjs", "dir/m.mjs"):
        site.put(f"/{name}", SCRIPT)
    for name, text in {
        "s.css": SHEET, "import.css": IMPORTING, "outer.mjs": OUTER, "w.js": WORKER, "empty.js": "", "empty.css": "",
        "w.mjs": 'import "/worker-import.mjs"; postMessage(1);', "worker-import.mjs": "1;", "d.json": "{}",
        "scripts.js": 'importScripts("/empty.js"); postMessage(1);', "crlf.js": SCRIPT + "\r\n",
        "i.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "i.png": "x", "f.woff": "x",
        "map.json": '{"imports":{"x":"/m.mjs"}}', "f.txt": "x", "m.webmanifest": "{}",
    }.items():  # fmt: skip
        site.put(f"/{name}", text)
    site.put("/bom.js", b"\xef\xbb\xbf" + SCRIPT.encode())


def script(url: str = "/a.js", value: str | None = RIGHT, more: str = "") -> str:
    integrity = "" if value is None else f" integrity={attribute(value)}"
    return f'<script src="{url}"{integrity} {more}></script>'


def module(value: str | None = None, url: str = "/m.mjs") -> str:
    return script(url, value, "type=module")


def link(rel: str, url: str, value: str | None, more: str = "") -> str:
    integrity = "" if value is None else f" integrity={attribute(value)}"
    return f'<link rel="{rel}" href="{url}"{integrity} {more}>'


def importing(specifier: str = "/m.mjs") -> str:
    return f'<script type=module>import "{specifier}";</script>'


def import_map(integrity: object, **imports: str) -> str:
    return f"<script type=importmap>{json.dumps({'imports': imports, 'integrity': integrity})}</script>"


def values(cases: list[list[str]]) -> Iterator[Row]:
    """The rows about values; those about how an attribute is written have their own text."""
    right, wrong = ((name, value) for name, value, _ in cases if name in ("right sha256", "wrong sha256"))
    written = {
        "valueless": "integrity",
        "entity right": 'integrity="' + right[1].replace("-", "&#45;").replace("=", "&equals;") + '"',
        "unquoted attr right": f"integrity={right[1]}",
        "unquoted attr wrong": f"integrity={wrong[1]}",
        "single-quoted attr wrong": f"integrity='{wrong[1]}'",
        "INTEGRITY name wrong": f'INTEGRITY="{wrong[1]}"',
        "spaces around = wrong": f'integrity \n=\t "{wrong[1]}"',
        "dup attr: right then wrong": f'integrity="{right[1]}" integrity="{wrong[1]}"',
        "dup attr: wrong then right": f'integrity="{wrong[1]}" INTEGRITY="{right[1]}"',
        "dup attr: empty then wrong": f'integrity="" integrity="{wrong[1]}"',
        "data-integrity wrong": f'data-integrity="{wrong[1]}"',
        "integrity in wrong ns x:integrity": f'x:integrity="{wrong[1]}"',
        "null char (U+0000) after wrong": f'integrity="{wrong[1]}\0"',
    }
    for name, value, _ in cases:
        attributes = written.get(name) or f"integrity={attribute(value)}"
        yield Row("value", name, f"<script src=/recorded.js {attributes}></script>", judged=True)


def elements() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("element", case, body, **more)  # type: ignore[arg-type]  # the fields of Row

    yield row("inline script with wrong integrity", f"<script integrity={WRONG}>{SCRIPT}</script>")
    for name in ("href", "xlink:href"):
        for word, value in (("wrong", WRONG), ("right", RIGHT)):
            if (name, word) != ("xlink:href", "right"):
                body = f"<svg><script {name}=/a.js integrity={value}></script></svg>"
                yield row(f"svg script {name} {word}", body, judged=True)
    for word, value in (("right", RIGHT), ("wrong", WRONG)):
        yield row(f"module {word}", module(value), judged=True)
        yield row(f"module {word}, cross-origin, no crossorigin attr", module(value, "OTHER/m.mjs?cors=*"), judged=True)
    yield row("async wrong", script(value=WRONG, more="async"), judged=True)
    yield row("defer wrong", script(value=WRONG, more="defer"), judged=True)
    yield row("style right", link("stylesheet", "/s.css", STYLE_RIGHT), probe=STYLED)
    yield row("style wrong", link("stylesheet", "/s.css", STYLE_WRONG), probe=STYLED)
    yield row('style rel="license STYLESHEET" wrong', link("license STYLESHEET", "/s.css", STYLE_WRONG), probe=STYLED)
    yield row("style in body wrong", "<p>" + link("stylesheet", "/s.css", STYLE_WRONG), probe=STYLED)
    sheet = link("stylesheet", "/import.css", sri(IMPORTING))
    yield row("style @import inside right-hash sheet is unchecked", sheet, probe=STYLED)
    yield from preloads()
    yield row("nomodule wrong (modern browser never loads)", script(value=WRONG, more="nomodule"))
    yield row("static import inside right module is unchecked", module(sri(OUTER), "/outer.mjs"))
    yield row("type=importmap src (external)", script("/map.json", None, "type=importmap") + importing("x"))
    data = script(value=None, more="type=application/ld+json") + script(value=None, more="type=speculationrules")
    yield row("speculationrules/ld+json src not loaded", data)


def preloads() -> Iterator[Row]:
    def row(case: str, body: str, probe: str = RAN) -> Row:
        return Row("element", case, body, probe=probe)

    def preload(value: str | None) -> str:
        return link("preload", "/a.js", value, "as=script")

    yield row("preload right + script no integrity", preload(RIGHT) + script(value=None))
    yield row("preload wrong + script no integrity", preload(WRONG) + script(value=None))
    yield row("preload no integrity + script right", preload(None) + script())
    yield row("preload right + script right", preload(RIGHT) + script())
    yield row("preload sha256 + script sha384 (both right)", preload(sri(SCRIPT, Algorithm.SHA256)) + script())
    yield row("preload wrong + script right", preload(WRONG) + script())
    sheet = link("preload", "/s.css", STYLE_RIGHT, "as=style") + link("stylesheet", "/s.css", STYLE_RIGHT)
    yield row("preload style right + style right", sheet, STYLED)
    for first, second in (("right", "none"), ("wrong", "none"), ("wrong", "right"), ("none", "wrong")):
        body = link("modulepreload", "/m.mjs", NAMED[first]) + module(NAMED[second])
        yield row(f"modulepreload {first} + module {second}", body)
    yield row("module none first, then module wrong (same url)", module() + module(WRONG))


NAMED = {"right": RIGHT, "wrong": WRONG, "none": None}


def cors() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("CORS", case, body, **more)  # type: ignore[arg-type]

    words = {"none": "", "bare": "crossorigin", "empty": 'crossorigin=""'}
    words |= {name: f"crossorigin={name}" for name in ("anonymous", "ANONYMOUS", "use-credentials", "bogus", "true")}
    for allowed, query in (("absent", ""), ("*", "?cors=*"), ("creds", "?cors=creds")):
        for name, word in words.items():
            yield row(f"x-origin ACAO={allowed} crossorigin={name} right", script(f"OTHER/a.js{query}", more=word))
    far = "OTHER/a.js?cors=*"
    yield row("x-origin ACAO=* anonymous wrong", script(far, WRONG, "crossorigin"), judged=True)
    yield row("x-origin no crossorigin, unknown alg", script(far, "md5-AAAA"), judged=True)
    yield row("x-origin no crossorigin, empty integrity", script(far, ""), judged=True)
    yield row('x-origin no crossorigin, malformed "sha256-..."', script(far, "sha256-..."), judged=True)
    yield row("same-origin crossorigin=anonymous, no ACAO, right", script(more="crossorigin"), judged=True)
    away = f"/a.js?to={quote('OTHER')}/a.js{quote('?cors=*')}"
    yield row("same-origin -> redirect to x-origin with ACAO, no crossorigin, right", script(away))
    yield row("same-origin -> redirect to x-origin with ACAO, crossorigin, right", script(away, more="crossorigin"))
    for case, query in (("on redirect only", ""), ("both", quote("?cors=*"))):
        back = f"OTHER/a.js?cors=*&to=HERE/a.js{query}"
        yield row(
            f"x-origin redirect -> same-origin, ACAO {case}, crossorigin, right", script(back, more="crossorigin")
        )
    sheet = "OTHER/s.css?cors=*"
    yield row("x-origin style no crossorigin right", link("stylesheet", sheet, STYLE_RIGHT), probe=STYLED)
    yield row("x-origin style crossorigin right", link("stylesheet", sheet, STYLE_RIGHT, "crossorigin"), probe=STYLED)
    for word, value in (("wrong", WRONG), ("right", RIGHT)):
        yield row(f"data: script {word}", script(f"data:text/javascript,{quote(SCRIPT)}", value))


def http() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("HTTP", case, body, **more)  # type: ignore[arg-type]

    yield row("gzip right over decoded bytes", script("/a.js?gz"), judged=True)
    encoded = sri(gzip.compress(SCRIPT.encode(), mtime=0))
    yield row("gzip: hash of encoded bytes", script("/a.js?gz", encoded), judged=True)
    yield row("404 with right hash", script("/a.js?st=404"))
    yield row("500 no integrity", script("/a.js?st=500", None))
    yield row("404 style right hash", link("stylesheet", "/s.css?st=404", STYLE_RIGHT), probe=STYLED)
    bom = b"\xef\xbb\xbf" + SCRIPT.encode()
    yield row("BOM is part of the hashed bytes: with BOM", script("/bom.js", sri(bom)), judged=True)
    yield row("BOM is part of the hashed bytes: without BOM", script("/bom.js"), judged=True)
    yield row("CRLF vs LF hash differs", script("/crlf.js", sri(SCRIPT + "\n")), judged=True)
    for name, algorithm in (("Unencoded-Digest", "sha-256"), ("Repr-Digest", "sha-256"), ("Content-Digest", "sha-256")):
        right, wrong = (sri(text, Algorithm.SHA256).partition("-")[2] for text in (SCRIPT, "other"))
        url = f"/a.js?h={quote(f'{name}: {algorithm}=:{wrong}:')}"
        if name == "Unencoded-Digest":
            yield row(f"{name} wrong, no integrity", script(url, None))
            yield row(f"{name} wrong, right integrity", script(url))
            yield row(f"{name} right", script(f"/a.js?h={quote(f'{name}: {algorithm}=:{right}:')}", None))
        else:
            yield row(f"{name} wrong", script(url, None))


def import_maps() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("import map", case, body, **more)  # type: ignore[arg-type]

    bad = import_map({"/m.mjs": WRONG})
    yield row("static import right", import_map({"/m.mjs": RIGHT}) + importing())
    yield row("static import wrong", bad + importing())
    yield row("dynamic import wrong", bad + '<script type=module>import("/m.mjs")</script>', wait=SLOW)
    yield row("dynamic import from classic script wrong", bad + '<script>import("/m.mjs")</script>', wait=SLOW)
    yield row("module src without attribute wrong", bad + module(), judged=True)
    yield row("module src attr right overrides map wrong", bad + module(RIGHT), judged=True)
    yield row("module src attr empty overrides map wrong", bad + module(""), judged=True)
    yield row("modulepreload no attr, map wrong", bad + link("modulepreload", "/m.mjs", None) + module())
    yield row("relative key ./x.mjs wrong", import_map({"./x.mjs": WRONG}) + importing("./x.mjs"))
    yield row("root key /x.mjs wrong", import_map({"/x.mjs": WRONG}) + module(url="/x.mjs"), judged=True)
    yield row("bare key x.mjs wrong", import_map({"x.mjs": WRONG}) + module(url="/x.mjs"), judged=True)
    yield row("bare specifier mapped, key is specifier wrong", import_map({"x": WRONG}, x="/m.mjs") + importing("x"))
    yield row("bare specifier mapped, key is url wrong", import_map({"/m.mjs": WRONG}, x="/m.mjs") + importing("x"))
    yield row("classic script not covered by map wrong", import_map({"/a.js": WRONG}) + script(value=None), judged=True)
    yield row("non-string value ignored", import_map({"/m.mjs": 1}) + module(), judged=True)
    yield row("integrity not an object -> map invalid", import_map([], x="/m.mjs") + importing("x"))
    other = import_map({"/other.mjs": RIGHT})
    yield row("two maps, second wrong for new url", other + bad + importing())
    yield row(
        "two maps, first right second wrong (same url)", import_map({"/m.mjs": RIGHT}) + bad + module(), judged=True
    )
    yield row("map after module", "<script type=module>1</script>" + bad + importing())
    yield row("query string differs from key", bad + importing("/m.mjs?x"))
    yield row("cross-origin key right", import_map({"OTHER/m.mjs?cors=*": RIGHT}) + importing("OTHER/m.mjs?cors=*"))
    twice = f'<script type=importmap>{{"integrity":{{"/m.mjs":"{RIGHT}","/m.mjs":"{WRONG}"}}}}</script>'
    yield row("duplicate JSON key: right then wrong", twice + module(), judged=True)
    both = import_map({"/outer.mjs": sri(OUTER), "/m.mjs": WRONG})
    yield row("transitive import: outer ok, inner wrong in map", both + importing("/outer.mjs"))


def module_maps() -> Iterator[Row]:
    for first, second in (("none", "wrong"), ("wrong", "none"), ("right", "wrong"), ("wrong", "right")):
        yield Row("module map", f"{first}, {second}", module(NAMED[first]) + module(NAMED[second]))
    preloaded = link("modulepreload", "/m.mjs", None)
    yield Row("module map", "preload none, wrong", preloaded + module(WRONG))
    yield Row("module map", "wrong, preload none", module(WRONG) + preloaded)
    yield Row("module map", "preload wrong, right", link("modulepreload", "/m.mjs", WRONG) + module(RIGHT))
    yield Row("module map", "preload right, wrong", link("modulepreload", "/m.mjs", RIGHT) + module(WRONG))
    yield Row("module map", "inline import none first, then src wrong", importing() + module(WRONG))
    yield Row(
        "module map", "importmap right + src wrong attr", import_map({"/m.mjs": RIGHT}) + module(WRONG), judged=True
    )
    yield Row(
        "module map", "importmap wrong + src right attr", import_map({"/m.mjs": WRONG}) + module(RIGHT), judged=True
    )
    twice = "same URL twice"
    yield Row(
        twice,
        "classic: none, then wrong (count must be 1)",
        script(value=None) + script(value=WRONG),
        probe="w.ran > 1",
    )
    yield Row(twice, "classic: wrong, then none", script(value=WRONG) + script(value=None), probe="w.ran === 1")
    sheets = link("stylesheet", "/s.css", None, "id=first") + link("stylesheet", "/s.css", STYLE_WRONG)
    remove = "<script>onload = () => first.remove()</script>"
    yield Row(twice, "style: none, then wrong, first removed", sheets + remove, probe=STYLED)
