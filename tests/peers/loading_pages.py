"""Random pages that load scripts, modules and stylesheets in every way, and the files that they load."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from urllib.parse import quote

# Each says its name when it runs, also to the page around a frame.
_SAYS = "for (const one of new Set([window, window.parent])) (one.done = one.done || []).push('%s');\n"
SCRIPTS = ("s0.js", "s1.js", "d/s0.js", "é.js", "a b.js")
MODULES = ("m0.mjs", "m1.mjs", "m2.mjs", "m3.mjs")
ASSETS = {
    **{name: _SAYS % name for name in (*SCRIPTS, *MODULES)},
    "m1.mjs": "import './m2.mjs';\n" + _SAYS % "m1.mjs",
    "m3.mjs": "import 'bare'; import('./m0.mjs');\n" + _SAYS % "m3.mjs",
    "c0.css": "body { position: relative; z-index: 1 }\n",
}
AROUND = [
    ("<!--", "-->"), ("<template>", "</template>"), ("<noscript>", "</noscript>"), ("<![CDATA[", "]]>"),
    ("<svg><![CDATA[", "]]></svg>"), ("<!--[if IE]>", "<![endif]-->"), ("<!--[if !IE]><!-->", "<!--<![endif]-->"),
    ("<![if !IE]>", "<![endif]>"), ("<textarea>", "</textarea>"), ("<svg><foreignObject>", "</foreignObject></svg>"),
    ("<svg><title>", "</title></svg>"), ("<title>", "</title>"), ("<iframe>", "</iframe>"), ("<svg>", "</svg>"),
    ("<div><template shadowrootmode=open>", "</template></div>"), ("<select><option>", "</option></select>"),
    ("<table><tr>", "</table>"), ("<math><mi>", "</mi></math>"), ("<p><b>", "</p></b>"), ("<style>", "</style>"),
    ('<math><annotation-xml encoding="text/html">', "</annotation-xml></math>"), ("<object>", "</object>"),
    ('<base href="d/">', ""), ("<base href=/on/d/>", ""), ("<base target=x>", ""), ('<svg><base href="d/"></svg>', ""),
]  # fmt: skip
TYPES = (
    "text/javascript", "", "application/javascript", " text/javascript ", "text/plain", "TEXT/JavaScript;x",
    "\vtext/javascript", "text&#x2f;javascript",
)  # fmt: skip


class Writer:
    """Writes pages; ``other`` is another origin that serves the same files."""

    def __init__(self, seed: int, other: str) -> None:
        self._random = Random(seed)
        self._other = other
        self._kinds: list[Callable[[], str]] = [
            *[self._script] * 6, *[self._module] * 3, *[self._link] * 2, self._in_svg, self._inline, self._call,
            self._map,
        ]  # fmt: skip

    def page(self) -> str:
        one = self._random
        parts = ["<!doctype html><meta charset=utf-8><title>P</title>"]
        if one.random() < 0.15:
            parts.append(self._map())
        for _ in range(one.randint(1, 4)):
            part = one.choice(self._kinds)()
            if one.random() < 0.25:
                begin, end = one.choice(AROUND)
                part = begin + part + end
            if one.random() < 0.05:
                part = f'<iframe srcdoc="{part.replace("&", "&amp;").replace(chr(34), "&quot;")}"></iframe>'
            parts.append(part)
        return one.choice(("\n", "\r\n", "")).join(parts)

    def _url(self, names: tuple[str, ...]) -> str:
        name = self._random.choice(names)
        far = f"{self._other}/on/{quote(name)}?cors=*"
        return self._random.choice((
            name, name, name, name, f"./{name}", f"/on/{name}", far, f"{far}#x", far.removeprefix("http:"),
            f"\t {name}\n ", f"d/../{name}", f"{name}?v=1&amp;x", name.replace("s", "&#115;").replace("m", "%6d"),
        ))  # fmt: skip

    def _attribute(self, name: str, value: str) -> str:
        name = self._random.choice((name, name, name.upper(), name.title()))
        forms = [f'{name}="{value}"', f"{name}='{value}'", f'{name} = "{value}"', f'{name}\n=\n"{value}"']
        if value and re.search(r"[\s\"'<>=`]", value) is None:
            forms.append(f"{name}={value}")
        return self._random.choice(forms)

    def _tag(self, name: str, *pairs: tuple[str, str]) -> str:
        one = self._random
        given = [self._attribute(*pair) for pair in pairs]
        if one.random() < 0.15:
            given.append(one.choice(given))
        if one.random() < 0.15:
            given.append(self._attribute("crossorigin", one.choice(("", "anonymous", "ANONYMOUS", "x"))))
        if one.random() < 0.1:
            given.append(one.choice(("integrity", 'integrity=""', "INTEGRITY='sha256-AAAA'", 'integrity="sha384-..."')))
        if one.random() < 0.1:
            given.append(one.choice(("async", "defer", "nomodule", "data-x='>'", "data-y='<script src=s1.js>'")))
        one.shuffle(given)
        gap = one.choice((" ", " ", "\n  ", "\r\n\t", "/", " / "))
        return f"<{one.choice((name, name.upper()))} {gap.join(given)}>"

    def _script(self) -> str:
        more = [("type", self._random.choice(TYPES))] if self._random.random() < 0.2 else []
        return self._tag("script", ("src", self._url(SCRIPTS)), *more) + "</script>"

    def _module(self) -> str:
        kind = self._random.choice(("module", "module", "MODULE", "mod&#117;le", " module "))
        return self._tag("script", ("src", self._url(MODULES)), ("type", kind)) + "</script>"

    def _in_svg(self) -> str:
        one = self._random
        name = one.choice(("href", "xlink:href"))
        loaded = one.choice((
            self._tag("script", (name, self._url(SCRIPTS))),
            self._tag("script", (name, self._url(MODULES)), ("type", "module")),
        ))  # fmt: skip
        loaded = f"{loaded[:-1]}/>" if one.random() < 0.3 and loaded[-2] in "'\"" else loaded + "</script>"
        return f"<svg>{one.choice((loaded, loaded, self._inline(), self._call()))}{one.choice(('</svg>', ''))}"

    def _link(self) -> str:
        one = self._random
        if one.random() < 0.7:
            kinds = ("stylesheet", "STYLESHEET", "style&#115;heet", "alternate stylesheet", "stylesheet preload")
            return self._tag("link", ("rel", one.choice(kinds)), ("href", self._url(("c0.css",))))
        return self._tag("link", ("rel", "modulepreload"), ("href", self._url(MODULES)))

    def _inline(self) -> str:
        clause = self._random.choice(("", "{} from ", "* as all from "))
        return f"<script type=module>import {clause}'./{self._random.choice(MODULES)}';</script>"

    def _call(self) -> str:
        name = self._random.choice(("./m0.mjs", "bare", "./m1.mjs", f"{self._other}/on/m0.mjs?cors=*"))
        return f"<script>import('{name}')</script>"

    def _map(self) -> str:
        one = self._random
        bare = one.choice(("./m0.mjs", "/on/m2.mjs", f"{self._other}/on/m0.mjs?cors=*"))
        value: dict[str, object] = {"imports": {"bare": bare}}
        if one.random() < 0.4:
            value["integrity"] = {}
        if one.random() < 0.2:
            value["scopes"] = {"./": {"bare": "./m2.mjs"}}
        return f"<script type=importmap>{json.dumps(value, indent=one.choice((None, 1)))}</script>"
