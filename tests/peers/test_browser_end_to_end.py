"""`verifychain sri --add` as its user sees it: a browser loads the page, and a changed byte is caught twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.peers.browser import Browser, Job

SHOP = Path(__file__).parents[2] / "fixtures" / "shop" / "public"
DIGEST_ERROR = "Failed to find a valid digest"
PROBE = "[w.one, w.two, w.three, w.far].map(one => one || 0).join() + ',' + w.getComputedStyle(w.document.body).zIndex"
CROSS = "<script src='OTHER/e2e/far.js?cors=*'></script>"
FILES = {
    "index.html": "<!doctype html><meta charset=utf-8>\r\n"
    '<script type=importmap>{"imports": {"three": "./three.mjs"}, "integrity": {}}</script>\r\n'
    "<link rel=stylesheet\r\n      href='s.css'>\r\n"
    "<script src=one.js></script><!-- <script src=one.js></script> -->\r\n"
    "<SCRIPT TYPE=module SRC=two.mjs></SCRIPT>\r\n"
    f"{CROSS}\r\n",
    "far.js": "window.far = 1;",
    "one.js": "window.one = 1; // é\n",
    "two.mjs": "import 'three'; window.two = 1;",
    "three.mjs": "window.three = 1;",
    "s.css": "body { position: relative; z-index: 1 }\r\n",
}


@pytest.mark.usefixtures("scrubbed_environment")
def test_added_loaded_changed_and_caught(browser: Browser, command: Runner, project: Path) -> None:
    other = browser.site.other
    write(project, {name: text.replace("OTHER", other) for name, text in FILES.items()})
    places = ("--root", ".", "--map", f"{other}/e2e/=.")  # the other origin serves the same files
    added = command("sri", "index.html", "--add", "--local", "--importmap", *places)
    page = (project / "index.html").read_bytes()
    assert page.count(b" integrity=") == 4, added
    assert page.count(b"crossorigin") == 1
    assert page.count(b"sha384-") == 5
    assert b"'s.css'\r\n      integrity=" in page, "a line of its own, as the attribute before it has"
    assert findings(command, *places) <= {"sri-insecure-url"}

    before = browser.console().count(DIGEST_ERROR)
    assert load(browser, project) == "1,1,1,1,1"
    assert browser.console().count(DIGEST_ERROR) == before, "no integrity error"
    for name, expected in {
        "one.js": "0,1,1,1,1",
        "two.mjs": "1,0,0,1,1",
        "three.mjs": "1,0,0,1,1",
        "far.js": "1,1,1,0,1",
        "s.css": "1,1,1,1,auto",
    }.items():
        data = (project / name).read_bytes()
        (project / name).write_bytes(data[:-1] + bytes([data[-1] ^ 0x20]))
        assert load(browser, project) == expected, name
        assert "sri-mismatch" in findings(command, *places), name
        (project / name).write_bytes(data)
    assert "sri-mismatch" not in findings(command, *places)
    if browser.engine == "chromium":
        assert browser.console().count(DIGEST_ERROR) >= before + 5


@pytest.mark.usefixtures("scrubbed_environment")
def test_the_sample_shop(browser: Browser, command: Runner, project: Path) -> None:
    """Mended and completed, the sample page's own files run; each that is changed is blocked, and reported."""
    shutil.copytree(SHOP, project, dirs_exist_ok=True)
    places = ("--isolated", "--root", ".")
    before = findings(command, *places)
    assert {"sri-ignored-value", "sri-import-map-key", "sri-missing-crossorigin", "sri-module-conflict"} <= before
    command("sri", "index.html", "--fix", "--add", "--local", "--importmap", *places)
    after = findings(command, *places)
    assert not {"sri-missing-crossorigin", "sri-module-conflict", "sri-uncovered-module", "sri-mismatch"} & after
    probe = "w.document.querySelector('#total').textContent + ',' + w.getComputedStyle(w.document.body).marginTop"
    right = load(browser, project, probe)
    assert right == "0.00,32px"
    for name in ("js/cart.js", "js/shop.js", "css/shop.css"):
        data = (project / name).read_bytes()
        (project / name).write_bytes(data + b" ")
        changed = load(browser, project, probe)
        assert changed != right, name
        assert changed.startswith("0.00") is name.endswith("css"), changed
        assert "sri-mismatch" in findings(command, *places), name
        (project / name).write_bytes(data)
    assert load(browser, project, probe) == right


def load(browser: Browser, folder: Path, probe: str = PROBE) -> str:
    """Serve the files of a folder as they are now, and load the page."""
    for path in folder.rglob("*"):
        if path.is_file():
            browser.site.put(f"/e2e/{path.relative_to(folder).as_posix()}", path.read_bytes())
    (found,) = browser.run([Job("page", "/e2e/index.html", probe, 200)]).values()
    return str(found)


def findings(command: Runner, *argv: str) -> set[str]:
    result = command("sri", "index.html", "--format", "json", *argv)
    assert "Traceback" not in result.err
    return {one["rule"] for one in json.loads(result.out)["findings"]}
