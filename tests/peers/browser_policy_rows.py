"""The rows about other elements and about policies."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from tests.peers.browser import RAN
from tests.peers.browser_rows import (
    NAMED,
    RIGHT,
    SCRIPT,
    SLOW,
    STYLE_RIGHT,
    STYLED,
    WRONG,
    Row,
    import_map,
    importing,
    link,
    module,
    script,
    sri,
)
from verifychain.core.digest import Algorithm

ON = "onload='ran=1'"
POLICY = {"Integrity-Policy": "blocked-destinations=(script)"}


def others() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("other elements", case, body, **more)  # type: ignore[arg-type]

    yield row("img with wrong integrity", f"<img src=/i.svg integrity={WRONG} {ON}>")
    kinds = [("preload", "image", "/i.png"), ("preload", "font", "/f.woff"), ("preload", "fetch", "/f.txt")]
    kinds += [("prefetch", "script", "/a.js"), ("icon", "", "/i.png"), ("manifest", "", "/m.webmanifest")]
    contents = {"/i.png": "x", "/f.woff": "x", "/f.txt": "x", "/a.js": SCRIPT, "/m.webmanifest": "{}"}
    for rel, kind, url in kinds:
        more = f"as='{kind}' {ON}" + (" crossorigin" if kind in ("font", "fetch") else "")
        for word, value in (("wrong", WRONG), ("right", sri(contents[url]))):
            yield row(f"link rel={rel} as={kind} {word}: load event?", link(rel, url, value, more), wait=SLOW)
    for kind, tag in (("body", script("/empty.js", "V", ON)), ("css", link("stylesheet", "/empty.css", "V", ON))):
        for word, value in (("right", sri("")), ("wrong", WRONG)):
            yield row(f"empty {kind} {word} hash (load event)", tag.replace('"V"', f'"{value}"'))
    wrong, right = ({"Link": f'</a.js>; rel=preload; as=script; integrity="{value}"'} for value in (WRONG, RIGHT))
    yield row("Link header preload wrong + script none", script(value=None), headers=wrong)
    yield row("Link header preload right + script right", script(), headers=right)
    sheet = "</s.css>; rel=stylesheet"
    yield row("Link header stylesheet wrong", "", headers={"Link": f'{sheet}; integrity="{WRONG}"'}, probe=STYLED)
    yield row("Link header stylesheet none", "", headers={"Link": sheet}, probe=STYLED, wait=SLOW)
    for kind, url in (("json", "/d.json"), ("css", "/s.css")):
        text = f'<script type=module>import x from "{url}" with {{type: "{kind}"}}; {SCRIPT}</script>'
        yield row(f"{kind.upper()} module wrong in import map", import_map({url: WRONG}) + text)
    start = "<script>new Worker('{}', {}).onmessage = () => {{ ran = 1 }}</script>"
    map_ = import_map({"/worker-import.mjs": WRONG})
    worker = start.format("/w.mjs", '{type: "module"}')
    yield row("module Worker: page import map wrong for its import", map_ + worker, wait=2 * SLOW)
    yield row("new Worker + no integrity option", start.format("/w.js", f'{{integrity: "{WRONG}"}}'), wait=2 * SLOW)
    yield row("base href + relative key", "<base href=/dir/>" + import_map({"./m.mjs": WRONG}) + importing("./m.mjs"))
    fetching = f"<script>fetch('/a.js', {{integrity: '{WRONG}'}}).then(() => {{ ran = 1 }})</script>"
    yield row("fetch(url,{integrity}) wrong", fetching, wait=SLOW)


def integrity_policies(recorded: list[str]) -> Iterator[Row]:
    def row(case: str, body: str, policy: str = POLICY["Integrity-Policy"], **more: object) -> Row:
        return Row("Integrity-Policy", case, body, {"Integrity-Policy": policy}, **more)  # type: ignore[arg-type]

    yield row("script, no integrity", script(value=None), judged=True)
    yield row("script, right integrity, no crossorigin (same-origin)", script(), judged=True)
    yield row("script, right integrity + crossorigin (same-origin)", script(more="crossorigin"), judged=True)
    for case, value in (("unknown alg", "md5-AAAA"), ('"sha256-..."', "sha256-..."), ("wrong", WRONG)):
        yield row(f"script, {case} + crossorigin", script(value=value, more="crossorigin"), judged=True)
    yield row("inline script", f"<script>{SCRIPT}</script>", judged=True)
    yield row("data: script", script(f"data:text/javascript,{quote(SCRIPT)}", None), judged=True)
    yield row("module src no integrity", module(), judged=True)
    yield row("module src right", module(RIGHT), judged=True)
    covered = import_map({"/m.mjs": RIGHT})
    yield row("module src covered by import map", covered + module(), judged=True)
    yield row("static import not covered", importing())
    yield row("static import covered by map", covered + importing())
    yield row("dynamic import not covered", '<script>import("/m.mjs")</script>', wait=SLOW)
    yield row("modulepreload without integrity", link("modulepreload", "/m.mjs", None, ON), wait=SLOW)
    yield row("Worker() not covered", WORKING.format("/w.js"), wait=2 * SLOW)
    insert = "<script>document.body.append(Object.assign(document.createElement('script'), {src: '/a.js'}))</script>"
    yield row("dynamically inserted script", insert, wait=SLOW)
    style = "blocked-destinations=(style)"
    yield row("style, no integrity, policy (style)", link("stylesheet", "/s.css", None), style, probe=STYLED)
    for case, more in (("right + crossorigin", "crossorigin"), ("right, no crossorigin", "")):
        yield row(f"style, {case}", link("stylesheet", "/s.css", STYLE_RIGHT, more), style, probe=STYLED)
    yield row("style @import under policy (style)", "<style>@import '/s.css'</style>", style, probe=STYLED)
    yield row(
        "script+style policy blocks both (script)",
        script(value=None),
        "blocked-destinations=(script style)",
        judged=True,
    )
    for case in recorded:
        if case.startswith("header `"):
            yield row(case, script(value=None), case[8:-1], judged=True)
    merged = "blocked-destinations=(style), blocked-destinations=(script)"
    yield row("two Integrity-Policy headers (style),(script): merged as one dictionary", script(value=None), merged)
    report = {f"{name}-Report-Only": value for name, value in POLICY.items()}
    yield Row("Integrity-Policy", "report-only does not block", script(value=None), report)
    meta = f'<meta http-equiv=Integrity-Policy content="{POLICY["Integrity-Policy"]}">'
    yield Row("Integrity-Policy", "meta http-equiv", meta + script(value=None))


WORKING = "<script>new Worker('{}').onmessage = () => {{ ran = 1 }}</script>"


def more_integrity_policies() -> Iterator[Row]:
    def row(case: str, body: str, **more: object) -> Row:
        return Row("Integrity-Policy 2", case, body, POLICY, **more)  # type: ignore[arg-type]

    asked = "w.performance.getEntriesByName(new URL('/a.js', w.location).href).some(one => one.responseStatus)"
    yield row("preload as=script no integrity: request sent?", link("preload", "/a.js", None, "as=script"), probe=asked)
    preload = link("preload", "/a.js", RIGHT, "as=script crossorigin")
    both = preload + script(more="crossorigin")
    yield row("preload as=script right+crossorigin, then script right+crossorigin", both, judged=True)
    blob = f"URL.createObjectURL(new Blob(['{SCRIPT}'], {{type: 'text/javascript'}}))"
    insert = f"document.body.append(Object.assign(document.createElement('script'), {{src: {blob}}}))"
    yield row("blob: script", f"<script>{insert}</script>", wait=SLOW)
    inner = script(value=None).replace('"', "&quot;")
    probe = "!!w.frames[0].ran"
    yield row("srcdoc iframe inherits?", f'<iframe srcdoc="{inner}"></iframe>', probe=probe, wait=SLOW)
    yield row("svg script no integrity", "<svg><script href=/a.js></script></svg>", judged=True)
    yield row("importScripts inside worker", WORKING.format("/scripts.js"), wait=2 * SLOW)
    text = f'<script type=module>import x from "/d.json" with {{type: "json"}}; {SCRIPT}</script>'
    yield row("JSON module (destination json)", text)


def csp() -> Iterator[Row]:
    right, other = sri(SCRIPT, Algorithm.SHA256), sri(SCRIPT, Algorithm.SHA512)

    def row(case: str, body: str, policy: str, **more: object) -> Row:
        return Row("CSP", case, body, {"Content-Security-Policy": policy}, **more)  # type: ignore[arg-type]

    listed = f"script-src '{right}'"
    good = script(value=right)
    yield row("CSP require-sri-for script", script(value=None), "require-sri-for script")
    dead = "require-sri-for script style"
    yield row("CSP require-sri-for script style (style)", link("stylesheet", "/s.css", None), dead, probe=STYLED)
    yield row("CSP trusted hash: external script integrity in script-src", good, listed, judged=True)
    yield row("CSP hash: no integrity attr", script(value=None), listed, judged=True)
    yield row("CSP hash: integrity has 2 hashes, 1 listed", script(value=f"{right} {other}"), listed, judged=True)
    yield row("CSP hash: integrity sha384 but CSP sha256", script(), listed, judged=True)
    yield row("CSP hash + unknown alg in integrity", script(value=f"md5-AAAA {right}"), listed, judged=True)
    wrong = sri("other", Algorithm.SHA256)
    yield row("CSP hash listed but content wrong", script(value=wrong), f"script-src '{wrong}'", judged=True)
    far = script("OTHER/a.js?cors=*", right, "crossorigin")
    yield row("CSP hash, x-origin + crossorigin", far, listed, judged=True)
    safe = right.replace("+", "-").replace("/", "_")
    yield row("CSP hash url-safe in policy", good, f"script-src '{safe}'", judged=True)
    yield row("CSP hash upper-case SHA256", good, f"script-src '{right.replace('sha', 'SHA')}'", judged=True)
    sheet = link("stylesheet", "/s.css", STYLE_RIGHT)
    yield row("CSP style hash + link integrity", sheet, f"style-src '{STYLE_RIGHT}'", probe=STYLED)
    yield row("CSP hash for module script w/ integrity", module(right), listed, judged=True)
    inline = importing()
    map_ = import_map({"/m.mjs": right})
    texts = [text.partition(">")[2].rpartition("</")[0] for text in (map_, inline)]
    all_ = " ".join(f"'{sri(text)}'" for text in texts) + f" '{right}'"
    yield row("CSP hash for import via import map", map_ + inline, f"script-src {all_}")
    yield row("CSP strict-dynamic + hash + integrity", good, f"{listed} 'strict-dynamic'", judged=True)
    url = sri("HERE/a.js", Algorithm.SHA256)
    yield row("CSP url-hash source url-sha256", script(value=None), f"script-src 'url-{url}'")
    yield from more_csp(right, other, listed)


def more_csp(right: str, other: str, listed: str) -> Iterator[Row]:
    def row(case: str, body: str, policy: str, **more: object) -> Row:
        return Row("CSP 2", case, body, {"Content-Security-Policy": policy}, **more)  # type: ignore[arg-type]

    good = script(value=right)
    meta = f'<meta http-equiv=Content-Security-Policy content="{listed}">'
    yield Row("CSP 2", "meta CSP hash + integrity", meta + good)
    yield row("CSP hash + empty integrity", script(value=""), listed, judged=True)
    yield row('CSP hash; integrity "sha256-..." + listed', script(value=f"sha256-... {right}"), listed, judged=True)
    yield row("CSP script-src-elem hash + integrity", good, listed.replace("src", "src-elem"), judged=True)
    yield row("CSP default-src hash + integrity", good, listed.replace("script-src", "default-src"), judged=True)
    yield row("CSP both hashes listed", script(value=f"{right} {other}"), f"{listed} '{other}'", judged=True)
    yield row("CSP 'report-sha256' keyword", script(value=None), "script-src 'self' 'report-sha256'", judged=True)
    capital = script(value=right.replace("sha", "SHA"))
    yield row('CSP hash + integrity wrong case alg "SHA256" in attr', capital, listed, judged=True)


__all__ = ["NAMED", "RAN", "csp", "integrity_policies", "more_integrity_policies", "others"]


def reporting() -> Iterator[Row]:
    """What is told of a policy that is only reported. Recorded of the first is that its script runs."""
    headers = {"Integrity-Policy-Report-Only": "blocked-destinations=(script), endpoints=(here)"}
    headers["Reporting-Endpoints"] = 'here="HERE/report"'
    group = "Integrity-Policy 2"
    delivered = "report-only + endpoints: report delivered?"
    yield Row(group, delivered, script(value=None), headers=headers)
    observe = "one => one.type === 'integrity-violation' && (ran = 1)"
    observer = f"<script>new ReportingObserver(all => all.forEach({observe}), {{buffered: true}}).observe()</script>"
    body = observer + script("/empty.js", None)
    yield Row(group, "ReportingObserver fires", body, headers=headers, wait=SLOW)
