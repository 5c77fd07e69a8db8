"""Random pages that load scripts in every way a policy may ask about; every URL on them has an ``id`` of its own."""

from __future__ import annotations

import json
from typing import NamedTuple

from tests.peers.browser_rows import sri
from tests.peers.loading_pages import AROUND, MODULES, SCRIPTS, TYPES, Writer

# What does not state a digest to every engine.
_NO_DIGESTS = ("", "md5-AAAA", "sha384-...", "SHA384", " ")
_BLANK_LINES = ("\n", "\r\n", "")


def assets(folder: str) -> dict[str, str]:
    """The files of a folder; what modules import has an ``id`` that says so."""

    def url(name: str, by: str) -> str:
        return f"./{name}?id={folder}-{by}"

    return {
        **dict.fromkeys(SCRIPTS, "window.ran = 1;\n"),
        "m0.mjs": "export {};\n",
        "m1.mjs": f"import '{url('m0.mjs', 'm1')}';\n",
        "m2.mjs": f"export * from '{url('m1.mjs', 'm2')}';\n",
        "m3.mjs": f"import('{url('m2.mjs', 'm3')}').catch(() => 0);\nexport {{}};\n",
        "c0.css": "body { color: red }\n",
    }


# The modules that other modules import, by the end of their ids, which is the name of the importer.
IMPORTED = {"m1": "m0.mjs", "m2": "m1.mjs", "m3": "m2.mjs", "bare": "m0.mjs"}


class Loaded(NamedTuple):
    """A URL that the page names: its id, and the file it stands for."""

    id: str
    name: str


class PolicyWriter(Writer):
    """Writes pages for a folder of the site; the same seed writes the same page for another folder."""

    def __init__(self, seed: int, other: str, folder: str) -> None:
        super().__init__(seed, other)
        self._folder = folder
        self._files = assets(folder)
        self.loaded: list[Loaded] = []
        self._modules: dict[str, str] = {}  # URLs of modules on this page, and their files
        self._kinds = [
            *[self._script] * 5, *[self._module] * 4, *[self._inline] * 3, *[self._call] * 2, self._in_svg, self._link,
            self._preload, self._styled, self._json, self._plain, self._worker,
        ]  # fmt: skip

    def page(self) -> str:
        one = self._random
        parts = [self._part() for _ in range(one.randint(1, 5))]
        if one.random() < 0.6:
            parts.insert(one.choice((0, 0, 0, one.randint(0, len(parts)))), self._map())
        if one.random() < 0.12:
            parts.insert(0, one.choice(("<base href=d/>", "<base target=x>", f"<base href=/{self._folder}/>")))
        return one.choice(_BLANK_LINES).join(["<!doctype html><meta charset=utf-8><title>P</title>", *parts])

    def _part(self) -> str:
        one = self._random
        part = one.choice(self._kinds)()
        if one.random() < 0.2:
            begin, end = one.choice(AROUND)
            if begin.startswith("<svg>") and ("CDATA" in begin or "<link" in part):
                begin = end = ""  # Chromium asks in advance for what is none there, and makes nothing of it
            part = begin + part + end
        if one.random() < 0.1:
            around = self._map() if one.random() < 0.3 else ""
            inner = (around + part).replace("&", "&amp;").replace('"', "&quot;")
            part = f'<iframe srcdoc="{inner}"></iframe>'
        return part

    def _url(self, names: tuple[str, ...]) -> str:
        one = self._random
        name = one.choice(names)
        if names is MODULES and self._modules and one.random() < 0.2:
            return one.choice(list(self._modules))  # a module that the page has already
        loaded = Loaded(f"{self._folder}-{len(self.loaded)}", name)
        self.loaded.append(loaded)
        far = f"{self._other}/{self._folder}/{name}?cors=*&id={loaded.id}"
        near = f"{name}?id={loaded.id}"
        url = one.choice((f"./{near}", f"./{near}", f"/{self._folder}/{near}", f"../{self._folder}/{near}", far))
        if names is MODULES:
            self._modules[url] = name
        elif one.random() < 0.2:
            url = one.choice((near, f"\t{near}\n", far.removeprefix("http:"), f"data:,{loaded.id}"))
        return url

    def _value(self, name: str) -> str:
        """An integrity for a file of the folder: mostly what it must be."""
        one = self._random
        return sri(self._files[name]) if one.random() < 0.75 else one.choice((*_NO_DIGESTS, sri("another file")))

    def _loading(self, element: str, attribute: str, names: tuple[str, ...], *pairs: tuple[str, str]) -> str:
        one, url = self._random, self._url(names)
        name = self._modules.get(url) or self.loaded[-1].name
        given = [(attribute, url.replace("&", one.choice(("&", "&amp;")))), *pairs]
        if one.random() < 0.7:
            given.append(("integrity", self._value(name)))
        if one.random() < 0.6:
            given.append(("crossorigin", one.choice(("", "anonymous", "x"))))
        one.shuffle(given)
        more = one.choice(
            ("", "", "", " async", " defer", " nomodule", " integrity", " crossorigin", " nonce=n", " language=x")
        )
        gap = one.choice((" ", " ", "\n", "\r\n\t"))
        return f"<{element}{gap}{gap.join(self._attribute(*pair) for pair in given)}{more}>"

    def _script(self) -> str:
        kinds = [("type", self._random.choice(TYPES))] if self._random.random() < 0.2 else []
        return self._loading("script", "src", SCRIPTS, *kinds) + "</script>"

    def _module(self) -> str:
        kind = self._random.choice(("module", "MODULE", "mod&#117;le", " module "))
        return self._loading("script", "src", MODULES, ("type", kind)) + "</script>"

    def _in_svg(self) -> str:
        one = self._random
        kinds, names = one.choice((([], SCRIPTS), ([("type", "module")], MODULES)))
        loaded = self._loading("script", one.choice(("href", "xlink:href")), names, *kinds)
        return f"<svg>{loaded}</script></svg>"

    def _link(self) -> str:
        one = self._random
        if one.random() < 0.3:
            return self._loading("link", "href", ("c0.css",), ("rel", "stylesheet"))
        return self._loading("link", "href", MODULES, ("rel", one.choice(("modulepreload", "module&#112;reload"))))

    def _preload(self) -> str:
        """A script fetched in advance, and sometimes run."""
        kind = self._random.choice(("script", "script", "SCRIPT", "style", "fetch"))
        return self._loading("link", "href", SCRIPTS, ("rel", "preload"), ("as", kind))

    def _imported(self) -> str:
        return "bare" if self._random.random() < 0.15 else self._url(MODULES)

    def _inline(self) -> str:
        clause = self._random.choice(("import ", "import * as all from ", "export * from ", "import {} from "))
        return f"<script type=module>{clause}'{self._imported()}';</script>"

    def _call(self) -> str:
        kind = self._random.choice(("", " type=module", " nonce=n"))
        return f"<script{kind}>import('{self._imported()}').catch(() => 0)</script>"

    def _json(self) -> str:
        return f"<script type=module>import x from '{self._url(('d.json',))}' with {{type: 'json'}}</script>"

    def _plain(self) -> str:
        """Inline code, and data that no policy asks about."""
        kind = self._random.choice(("", " type=application/json", " nomodule", " type=text/x-template"))
        return f"<script{kind}>window.inline = {self._random.randint(0, 99)}</script>"

    def _styled(self) -> str:
        url = self._url(("c0.css",))
        start = "document.head.append(Object.assign(document.createElement"
        made = f"<script>{start}('link'), {{rel: 'stylesheet', href: '{url}'}}))</script>"
        return self._random.choice((f"<style>@import '{url}'</style>", made))

    def _worker(self) -> str:
        return f"<script>new Worker('{self._url(('s0.js',))}')</script>"

    def _map(self) -> str:
        one = self._random
        value: dict[str, object] = {"imports": {"bare": f"./m0.mjs?id={self._folder}-bare"}}
        if one.random() < 0.85:
            stated = {url: self._value(name) for url, name in self._modules.items() if one.random() < 0.7}
            for by, name in IMPORTED.items():
                if one.random() < 0.7:
                    stated[f"./{name}?id={self._folder}-{by}"] = self._value(name)
            value["integrity"] = stated
        return f"<script type=importmap>{json.dumps(value, indent=one.choice((None, 1)))}</script>"
