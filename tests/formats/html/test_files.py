"""Which file of the project a URL stands for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sri.pages import APP, GOOD, Memory, found, judged, marked
from verifychain.core import url
from verifychain.core.ports import Scope
from verifychain.core.settings import Settings, SriSettings
from verifychain.core.source import Source
from verifychain.facts.subresource import Subresource
from verifychain.formats.html.extract import extract
from verifychain.formats.html.files import Site
from verifychain.formats.html.specifiers import Specifiers

NAMES = [
    "app.js",
    "public/app.js",
    "public/js/a b.js",
    "public/sub/x.js",
    "static/app.js",
    "public/%2e.js",
    "p/q/r/x.js",
]


def path_of(page: str, text: str, **settings: Any) -> str | None:
    """The path that a URL of a page stands for, ``!`` in front where the file cannot be had."""
    tree = Memory(dict.fromkeys([page, *NAMES], APP))
    site = Site(Scope(tree, Settings(sri=SriSettings(**settings))), page)
    target = url.parse(text, site.page)
    assert target is not None
    file = site.file(target)
    return None if file is None else ("!" if file.fault else "") + file.path


@pytest.mark.parametrize(
    ("page", "text", "settings", "expected"),
    [
        ("index.html", "app.js", {}, "app.js"),
        ("index.html", "./app.js?v=2#x", {}, "app.js"),
        ("public/index.html", "app.js", {}, "public/app.js"),
        ("public/index.html", "/app.js", {}, "app.js"),
        ("public/index.html", "/js/a%20b.js", {}, "public/js/a b.js"),  # found in the folder of the page
        ("public/sub/index.html", "/js/a b.js", {}, "public/js/a b.js"),
        ("public/index.html", "/app.js", {"root": "public"}, "public/app.js"),
        ("public/sub/i.html", "../../../app.js", {"root": "public"}, "public/app.js"),
        ("public/sub/i.html", "x.js", {"root": "public"}, "public/sub/x.js"),
        ("public/index.html", "%252e.js", {"root": "public"}, "public/%2e.js"),
        ("public/index.html", "gone.js", {}, "!public/gone.js"),
        ("public/index.html", "sub/", {"root": "public"}, "!public/sub/"),
        ("public/index.html", "/", {}, None),
        ("public/index.html", "a%00.js", {}, None),
        ("public/index.html", "..%2f..%2fapp.js", {}, None),
        ("public/index.html", "%5c..%5capp.js", {}, None),
        ("index.html", "https://cdn.example/app.js", {}, None),
        ("index.html", "//cdn.example/app.js", {}, None),
        ("index.html", "/static/app.js", {"map": {"/static/": "public"}}, "public/app.js"),
        ("index.html", "/static/sub/x.js", {"map": {"/static/": "z", "/static/sub/": "public/sub"}}, "public/sub/x.js"),
        ("index.html", "https://cdn.example/s/app.js", {"map": {"https://cdn.example/s/": "static"}}, "static/app.js"),
        ("index.html", "https://shop.example/app.js", {"page_url": "https://shop.example/"}, "app.js"),
        ("/elsewhere/p/index.html", "x.js", {}, "!/elsewhere/p/x.js"),
        ("../p/index.html", "x.js", {}, "!../p/x.js"),
        ("../p/index.html", "../x.js", {}, "!../p/x.js"),
    ],
)  # fmt: skip
def test_paths(page: str, text: str, settings: dict[str, Any], expected: str | None) -> None:
    assert path_of(page, text, **settings) == expected


def test_a_link_out_of_the_folder_is_not_read() -> None:
    page = f'<script src="leak.js" integrity="{GOOD}"></script>'
    report = judged(page, links={"leak.js": "/etc/passwd"})
    assert marked(report, "sri-outside-root") == ["leak.js"]
    assert not found(report, "sri-mismatch")
    report = judged(page, {"other.js": APP}, links={"leak.js": "/top/other.js"})
    assert not found(report, "sri-outside-root")


@pytest.mark.parametrize(
    ("src", "settings", "severity"),
    [("gone.js", {}, "error"), ("/gone.js", {}, "warning"), ("/gone.js", {"root": "."}, "error")],
)
def test_where_the_root_is_guessed_a_missing_file_is_a_warning(
    src: str, settings: dict[str, Any], severity: str
) -> None:
    page = f'<script src="{src}" integrity="{GOOD}"></script>'
    report = judged(page, **settings)
    assert [one.severity.label for one in found(report, "sri-missing-file")] == [severity]


def test_each_file_is_hashed_once() -> None:
    tree = Memory({"app.js": APP})
    for page in ("a.html", "b.html"):
        site = Site(Scope(tree, Settings()), page)
        for _ in range(2):
            target = url.parse("app.js", site.page)
            assert target is not None
            file = site.file(target)
            assert file is not None
            assert file.fault is None
    assert tree.read_paths == ["app.js"]


def test_tags_that_are_alike_are_looked_at_once() -> None:
    tree, tag = Memory({"app.js": APP}), f'<script src="app.js" integrity="{GOOD}"></script>'
    pages = (tag + tag + tag.replace("app", "./app"), f"<p>{tag}")
    facts = [
        fact
        for number, text in enumerate(pages)
        for fact in extract(Source(f"{number}.html", text.encode()), Scope(tree, Settings()))
        if isinstance(fact, Subresource)
    ]
    numbers = [one.alike(online=True) for one in facts]
    assert numbers == [numbers[0], numbers[0], numbers[2], numbers[0]]
    assert None not in numbers
    assert numbers[2] != numbers[0]


def test_folders_of_import_maps() -> None:
    """Any URL may be mapped; a folder stands for what is below it, where that is of the web, or a bare name."""
    specifiers, page = Specifiers(), url.parse("https://page.example/")
    assert page is not None
    specifiers.add('{"imports": {"https://a.example/x/": "/y/", "b/": "/z/", "data:b/": "/w/"}}', page)
    expected = {
        "https://a.example/x/m.js": "https://page.example/y/m.js",
        "https://a.example/x/../m.js": "https://a.example/m.js",
        "b/m.js": "https://page.example/z/m.js",
        "b/../m.js": None,
        "data:b/m.js": "data:b/m.js",
        "c": None,
    }
    found = {name: specifiers.resolve(name, page) for name in expected}
    assert {name: None if one is None else str(one) for name, one in found.items()} == expected
