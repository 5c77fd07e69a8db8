"""`verifychain sri` as users run it: checking, mending, adding, with a lock, and with servers on 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.origins.local_server import Reply, Route, Server
from tests.origins.test_npm import archive, release
from tests.sri.pages import APP, GOOD, WRONG, sri

LIB = b"lib()\n"
CORS = (("Access-Control-Allow-Origin", "*"), ("Content-Type", "text/javascript"))


@pytest.fixture
def server() -> Iterator[Server]:
    routes: dict[str, Route | Reply] = {
        "/lib-1.2.3.js": Reply(200, LIB, CORS),
        "/closed-1.2.3.js": Reply(200, LIB),
        "/page-1.2.3.js": Reply(200, b"<html>", (("Content-Type", "text/html"), CORS[0])),
    }
    with Server(routes) as server:
        yield server


@pytest.fixture
def cdn(server: Server, project: Path) -> str:
    """The server's URL; the project says that it may be at a private address."""
    write(project, {"verifychain.toml": f"[network]\nprivate-hosts = {json.dumps([server.host])}\n"})
    write(project, {"app.js": APP})
    return server.url


def rules_of(out: str) -> list[str]:
    return sorted(one["rule"] for one in json.loads(out)["findings"] if one["severity"] != "note")


def test_check(project: Path, command: Runner) -> None:
    write(project, {"app.js": APP, "index.html": f'<script src="app.js" integrity="{WRONG}"></script>\n'})
    result = command("sri", "--format", "concise")
    assert result.code == 1
    assert f"index.html:1:33: error[sri-mismatch]: browsers block it: app.js is {GOOD}" in result.out
    assert "checked 1 page, 1 reference" in result.err
    assert command("check").code == 1
    write(project, {"index.html": f'<script src="app.js" integrity="{GOOD}"></script>\n'})
    assert command("sri").code == 0
    assert command("sri", "-", stdin=b"<script src=https://cdn.example/a.js></script>").code == 1
    assert command("sri", "gone.html").code == 2
    (project / "index.html").unlink()
    assert (command("sri").code, command("sri", "--allow-empty").code) == (3, 0)


def test_subcommands_and_pages_of_their_name(project: Path, command: Runner) -> None:
    write(project, {"hash": f'<script src="app.js" integrity="{WRONG}"></script>', "app.js": APP})
    assert command("sri", "./hash").code == 1
    assert command("sri", "hash", "app.js").out.startswith(GOOD)


def test_fix_keeps_every_other_byte(project: Path, command: Runner) -> None:
    page = "\ufeff<!-- \xe9 -->\r\n<SCRIPT\tsrc=app.js integrity={0}></SCRIPT>\r<p>{{{{ x }}}}\n".encode()
    write(project, {"app.js": APP, "a.html": page.replace(b"{0}", WRONG.encode())})
    (project / "a.html").chmod(0o640)
    patch = command("sri", "--diff")
    assert (patch.code, (project / "a.html").read_bytes()) == (1, page.replace(b"{0}", WRONG.encode()))
    assert "+<SCRIPT" in patch.out
    assert command("sri", "--fix").code == 0
    assert (project / "a.html").read_bytes() == page.replace(b"{0}", b'"%s"' % GOOD.encode())
    assert (project / "a.html").stat().st_mode & 0o777 == 0o640
    assert "fixed" not in command("sri", "--fix").err


def test_add_from_local_files(project: Path, command: Runner) -> None:
    page = '<script src="app.js"></script>\n<link rel="stylesheet" href="https://cdn.example/s-1.2.3.css">\n'
    write(project, {"app.js": APP, "a.html": page})
    assert command("sri", "--fix").code == 1
    assert command("sri", "--add").code == 1, "nobody knows the stylesheet"
    assert (project / "a.html").read_text() == page, "neither --fix nor --add touch files of one's own"
    shown = command("sri", "--add", "--local", "--diff")
    assert ("+<script" in shown.out, "file://" in shown.err) == (True, True)
    assert "file://" not in command("sri", "--add", "--local", "--diff", "--root", ".").err, "it is served"
    assert "file://" not in command("sri", "--add", "--diff").err, "nothing of one's own is added"
    result = command("sri", "--add", "--local")
    assert f'src="app.js" integrity="{GOOD}"></script>' in (project / "a.html").read_text()
    assert "file://" in result.out
    assert command("sri", "--local").code == 2


def test_what_adds_it_is_said(project: Path, command: Runner) -> None:
    pages = {
        "own": '<script src="app.js"></script>', "asked": '<script src="https://cdn.example/s-1.2.3.js"></script>',
        "moving": '<script src="https://unpkg.com/s@1/s.js"></script>',
    }  # fmt: skip
    write(project, {"app.js": APP, **{f"{name}.html": page for name, page in pages.items()}})
    found = {name: command("sri", "--require", "all", "--select", "sri-missing", f"{name}.html").out for name in pages}
    assert "`verifychain sri --add --local` adds it" in found["own"]
    assert "`verifychain sri --add --online --trust` adds it" in found["asked"]
    assert "adds it" not in found["moving"], "it would break with the next release"


def test_import_maps(project: Path, command: Runner) -> None:
    write(project, {"app.js": APP, "a.html": '<script type="importmap">{"imports": {"a": "./app.js"}}</script>'})
    command("sri", "--add")
    assert GOOD not in (project / "a.html").read_text()
    assert command("sri", "--add", "--importmap").code == 0
    assert f'"integrity": {{"./app.js": "{GOOD}"}}' in (project / "a.html").read_text()


@pytest.mark.parametrize("asked", [False, True])
def test_what_diff_shows_is_what_is_written(project: Path, command: Runner, cdn: str, *, asked: bool) -> None:
    names = [f"{cdn}/lib-1.2.3.js"] if asked else []
    code = "".join(f'import "{name}";' for name in [*names, "./b.mjs", "./c.mjs", "./d.mjs"])
    page = (
        f'<script type="importmap">{{"imports": {{"a": "./app.js"}}}}</script>\n<script type=module>{code}</script>\n'
    )
    write(project, {"b.mjs": "1", "c.mjs": "2", "d.mjs": "3", "a.html": page, "b.html": page})
    (project / "link.html").symlink_to("a.html")
    options = ["sri", "--add", "--local", "--importmap", *(["--online", "--trust"] if asked else [])]
    shown = command(*options, "--diff")
    assert (project / "a.html").read_text() == page
    assert not (project / "verifychain.lock").exists()
    assert shown.code == 1, shown.err
    written = command(*options)
    assert written.code == 0, written.out + written.err
    after = (project / "a.html").read_text()
    assert after.count("sha384-") == 4 + asked
    write(project, {"a.html": page, "b.html": page})
    done = subprocess.run(
        ["git", "apply", "-"], input=shown.out.encode(), cwd=project, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert [(project / name).read_text() for name in ("a.html", "b.html")] == [after, after]


def test_trust_on_first_use(project: Path, command: Runner, cdn: str, server: Server) -> None:
    url = f"{cdn}/lib-1.2.3.js"
    write(project, {"a.html": f'<script src="{url}"></script>\n'})
    assert command("sri", "--add").code == 1
    assert command("sri", "--add", "--online").code == 1
    assert command("sri", "--add", "--trust").code == 2
    assert "integrity" not in (project / "a.html").read_text()
    assert command("sri", "--add", "--online", "--trust", "--diff").code == 1
    assert not (project / "verifychain.lock").exists()
    result = command("sri", "--add", "--online", "--trust")
    assert result.code == 0, result.out + result.err
    expected = f'<script src="{url}" integrity="{sri(LIB)}" crossorigin="anonymous"></script>\n'
    assert (project / "a.html").read_text() == expected
    (pin,) = tomllib.loads((project / "verifychain.lock").read_text())["subresource"]
    assert (pin["url"], pin["digest"], pin["size"], pin["source"]) == (url, sri(LIB), len(LIB), "tofu")
    asked = len(server.asked)
    assert '"sri-unverified"' not in command("sri", "--format", "json").out, "the lock states it"
    (project / "verifychain.lock").unlink()
    assert '"sri-unverified"' in command("sri", "--format", "json").out
    assert len(server.asked) == asked, "nothing is asked without --online"


def test_another_page_is_filled_from_the_lock(project: Path, command: Runner, cdn: str) -> None:
    url = f"{cdn}/lib-1.2.3.js"
    write(project, {"a.html": f'<script src="{url}"></script>\n'})
    assert command("sri", "--add", "--online", "--trust").code == 0
    write(project, {"b.html": f'<script src="{url}" crossorigin></script>\n'})
    assert command("sri", "--add", "--offline").code == 0
    assert sri(LIB) in (project / "b.html").read_text()


def test_a_changed_file_is_not_blessed(project: Path, command: Runner, cdn: str, server: Server) -> None:
    url = f"{cdn}/lib-1.2.3.js"
    write(project, {"a.html": f'<script src="{url}"></script>\n'})
    assert command("sri", "--add", "--online", "--trust").code == 0
    before = (project / "a.html").read_bytes(), (project / "verifychain.lock").read_bytes()
    server.routes = {"/lib-1.2.3.js": Reply(200, b"evil()", CORS)}
    assert command("sri").code == 0, "offline nobody can know"
    result = command("sri", "--online", "--fix", "--trust", "--add", "--format", "json")
    assert result.code == 1
    assert set(rules_of(result.out)) == {"sri-mismatch"}
    assert ((project / "a.html").read_bytes(), (project / "verifychain.lock").read_bytes()) == before
    assert command("sri", "--accept", url).code == 2
    result = command("sri", "--online", "--fix", "--trust", "--accept", url)
    assert result.code == 0, result.out + result.err
    assert sri(b"evil()") in (project / "a.html").read_text()
    assert sri(b"evil()") in (project / "verifychain.lock").read_text()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("closed-1.2.3.js", "the server does not allow other origins to read it"),
        ("page-1.2.3.js", "the server sends a page (text/html), not a script or stylesheet"),
        ("gone-1.2.3.js", "the server answers with status 404"),
    ],
)
def test_what_browsers_would_not_take_is_not_added(
    project: Path, command: Runner, cdn: str, name: str, why: str
) -> None:
    page = f'<script src="{cdn}/{name}"></script>\n'
    write(project, {"a.html": page})
    result = command("sri", "--add", "--online", "--trust")
    assert (result.code, f"not checked: a.html:1: sri-missing: {cdn}/{name}: {why}" in result.err) == (1, True), result
    assert (project / "a.html").read_text() == page
    assert not (project / "verifychain.lock").exists()


def test_online_faults(project: Path, command: Runner, cdn: str) -> None:
    def page(name: str) -> str:
        return f'<script src="{cdn}/{name}" integrity="{sri(LIB)}" crossorigin></script>\n'

    write(project, {"a.html": page("lib-1.2.3.js")})
    assert command("sri", "--online").code == 0
    write(project, {"a.html": page("closed-1.2.3.js")})
    assert rules_of(command("sri", "--online", "--format", "json").out) == ["sri-no-cors"]
    write(project, {"a.html": page("gone-1.2.3.js")})
    assert rules_of(command("sri", "--online", "--format", "json").out) == ["sri-fetch-failed"]
    write(project, {"a.html": page("x-1.2.3.js").replace(cdn, "http://127.0.0.1:1")})
    assert command("sri", "--online").code == 4, "what could not be asked is no pass"


def test_a_broken_lock_is_no_pass(project: Path, command: Runner) -> None:
    write(project, {"a.html": "<p>", "verifychain.lock": "version = 1\n[[subresource]]\nurl = 1\n"})
    assert command("sri").code == 2
    write(project, {"b.html": '<script src="https://cdn.example/x@1.2.3.js"></script>'})
    whole = command(
        "check", "--format", "concise"
    )  # where the lock is examined itself, the pages are checked beside it
    assert (whole.code, "verifychain.lock:3:7: error[core-parse-error]" in whole.out) == (1, True)
    assert "b.html:1:14: warning[sri-missing]" in whole.out


def test_settings(project: Path, command: Runner) -> None:
    page = '<script src="/app.js"></script><script src="https://cdn.example/x-1.2.3.js"></script>'
    settings = '[sri]\nrequire = "all"\nroot = "public"\nallow = [{ url = "https://cdn.example/*", reason = "ours" }]\n'
    write(project, {"public/app.js": APP, "public/a/b.html": page, "verifychain.toml": settings})
    result = command("sri", "--format", "json")
    assert rules_of(result.out) == ["sri-missing"]
    assert rules_of(command("sri", "--format", "json", cwd=project / "public").out) == ["sri-missing"]
    assert command("sri", "--require", "none").code == 0
    assert command("sri", "--root", "nowhere").code == 2
    assert command("sri", "--map", "x").code == 2
    assert command("sri", "--config", 'sri.require = "some"').code == 2


def test_inventory(project: Path, command: Runner) -> None:
    page = f"""<script src="app.js" integrity="{GOOD}"></script>
<script src="app.js"></script>
<link rel="stylesheet" href="https://cdn.example/s-1.2.3.css" integrity="{WRONG}" crossorigin>
<script src="https://cdn.example/x-1.2.3.js" integrity="SHA384-{GOOD[7:]}" crossorigin></script>
"""
    write(project, {"app.js": APP, "a.html": page})
    listed = json.loads(command("inventory", "--format", "json").out)["references"]
    assert [(one["kind"], one["via"], one["subject"], one["grade"]) for one in listed] == [
        ("subresource", "script", "/app.js", "verified"),
        ("subresource", "script", "/app.js", "unpinned"),
        ("subresource", "stylesheet", "https://cdn.example/s-1.2.3.css", "pinned"),
        ("subresource", "script", "https://cdn.example/x-1.2.3.js", "unchecked"),
    ]


NPM_PAGE = '<script src="{}"></script>\n'


@pytest.fixture
def published(cdn: str, server: Server, project: Path) -> tuple[str, ...]:
    """A package with ``lib.js``, of which the CDN also serves ``lib.min.js``; the options that ask for it."""
    packed = archive({"lib.js": LIB})
    server.routes = {
        "/npm/lib@1.2.3/lib.js": Reply(200, LIB, CORS),
        "/npm/lib@1.2.3/lib.min.js": Reply(200, b"l()", CORS),
        "/registry/lib/1.2.3": Reply(200, release(packed, "/lib.tgz")),
        "/lib.tgz": Reply(200, packed),
    }
    config = (project / "verifychain.toml").read_text("utf-8")
    write(project, {"verifychain.toml": f"{config}[sri]\nnpm-prefixes = ['{cdn}/npm/']\n"})
    return "--online", "--timeout", "5", "--npm-registry", f"{cdn}/registry/", "--ignore", "sri-insecure-url"


def test_files_of_npm_packages(
    command: Runner, cdn: str, server: Server, project: Path, published: tuple[str, ...]
) -> None:
    bare = NPM_PAGE.format(f"{cdn}/npm/lib@1.2.3/lib.js")
    write(project, {"index.html": bare})
    assert command("sri", "--add", "--trust", *published).code == 0
    entry = tomllib.loads((project / "verifychain.lock").read_text("utf-8"))["subresource"][0]
    assert entry["source"] == "npm:lib@1.2.3#lib.js"
    # The CDN is changed, and so is everything that was read there.
    changed = LIB + b"steal()\n"
    assert not callable(server.routes)
    server.routes = {**server.routes, "/npm/lib@1.2.3/lib.js": Reply(200, changed, CORS)}
    (project / "verifychain.lock").unlink()
    page = f'<script src="{cdn}/npm/lib@1.2.3/lib.js" integrity="{sri(changed)}" crossorigin></script>\n'
    write(project, {"index.html": page})
    assert rules_of(command("sri", *published, "--format", "json").out) == ["sri-package-mismatch"]
    write(project, {"index.html": bare})
    assert command("sri", "--add", "--trust", *published).code == 1
    assert (project / "index.html").read_text("utf-8") == bare, "nothing is written for what was not published"
    # Not even where the user says so.
    write(project, {"index.html": page.replace(sri(changed), sri(LIB))})
    url = f"{cdn}/npm/lib@1.2.3/lib.js"
    result = command("sri", "--fix", "--trust", "--accept", url, *published)
    assert (result.code, (project / "index.html").read_text("utf-8")) == (1, page.replace(sri(changed), sri(LIB)))
    assert "not taken: it is not what was published as npm:lib@1.2.3#lib.js" in result.out
    assert not (project / "verifychain.lock").exists()


def test_what_a_cdn_makes_of_a_package(command: Runner, cdn: str, project: Path, published: tuple[str, ...]) -> None:
    url = f"{cdn}/npm/lib@1.2.3/lib.min.js"
    page = f'<script src="{url}" integrity="{sri(b"l()")}" crossorigin></script>\n'
    write(project, {"a.html": page})
    (finding,) = json.loads(command("sri", *published, "--format", "json").out)["findings"]
    assert (finding["rule"], finding["severity"], finding["snippet"]) == ("sri-generated-file", "warning", url)
    assert finding["message"].startswith("lib@1.2.3 has no lib.min.js: the CDN makes it")
    assert command("sri").code == 0, "offline nobody can know"
    bare = NPM_PAGE.format(url)
    write(project, {"a.html": bare})
    result = command("sri", "--add", "--trust", *published)
    assert (result.code, (project / "a.html").read_text("utf-8")) == (1, bare)
    assert f"not checked: a.html:1: sri-missing: {url}: lib@1.2.3 has no lib.min.js: the CDN makes it" in result.err
    assert not (project / "verifychain.lock").exists()
    # What is not there at all is no file that somebody makes.
    write(project, {"a.html": page.replace("lib.min.js", "gone.min.js")})
    assert rules_of(command("sri", *published, "--format", "json").out) == ["sri-fetch-failed"]


def test_whom_an_added_digest_believes(command: Runner, cdn: str, project: Path, published: tuple[str, ...]) -> None:
    far, url = f"{cdn}/npm/lib@1.2.3/lib.js", "http://127.0.0.1:1/registry/"
    write(project, {"a.html": NPM_PAGE.format(far)})
    result = command("sri", "--add", "--trust", *published)
    assert (
        result.code,
        f"note: {far}: what is served is what was published as npm:lib@1.2.3#lib.js" in result.err,
    ) == (0, True)
    (project / "verifychain.lock").unlink()
    write(project, {"a.html": NPM_PAGE.format(far)})
    result = command("sri", "--add", "--trust", *(url if "/registry/" in word else word for word in published))
    assert result.code == 4, "nobody could be asked"
    assert f"note: {far}: believed as it is served today, compared with nothing (" in result.err
    assert tomllib.loads((project / "verifychain.lock").read_text("utf-8"))["subresource"][0]["source"] == "tofu"


def test_a_url_that_cannot_be_had_is_said_once(command: Runner, project: Path) -> None:
    url = "http://127.0.0.1:1/x-1.2.3.js"
    page = f'<p>\n<script src="{url}" integrity="{sri(LIB)}" crossorigin></script>\n'
    write(project, {"a.html": page + page, "b.html": page})
    result = command("sri", "--online", "--ignore", "sri-insecure-url")
    said = [line for line in result.err.splitlines() if line.startswith("not checked: ")]
    rules = "sri-fetch-failed, sri-mismatch, sri-no-cors"
    assert [line.partition(f": {url}")[0] for line in said] == [f"not checked: a.html:2, a.html:4, b.html:2: {rules}"]
    assert result.err.splitlines()[-1].endswith("1 not checked")
    document = json.loads(command("sri", "--online", "--ignore", "sri-insecure-url", "--format", "json").out)
    assert {(one["path"], one["line"]) for one in document["incomplete"]} == {
        ("a.html", 2),
        ("a.html", 4),
        ("b.html", 2),
    }


def test_no_registry_can_be_asked(command: Runner, project: Path, cdn: str, published: tuple[str, ...]) -> None:
    write(project, {"a.html": NPM_PAGE.format(f"{cdn}/npm/lib@1.2.3/lib.js")})
    result = command("sri", "--online", "--ignore", "sri-insecure-url,sri-missing", PATH=str(project))
    assert result.code == 4, result
    assert "--npm-registry" in result.err + result.out


def test_what_git_does_to_line_ends(command: Runner, project: Path, git: Callable[..., str]) -> None:
    data = b"a()\nb()\n"
    page = f'<script src="js/app.js" integrity="{sri(data)}"></script>\n'
    write(project, {"js/app.js": data, "index.html": page})
    check = ("sri", "index.html", "--format", "json", "--root", ".")
    assert rules_of(command(*check).out) == [], "no repository"
    git("init", "--quiet")
    for attributes, expected in {
        "": [],
        "* text=auto\n": ["sri-checkout-bytes"],
        "*.js text\n": ["sri-checkout-bytes"],
        "* text=auto\n*.js eol=lf\n": [],
        "* text=auto\n*.js -text\n": [],
        "*.js binary\n": [],
        "*.css text\n": [],
    }.items():
        write(project, {".gitattributes": attributes})
        assert rules_of(command(*check).out) == expected, attributes
    write(project, {".gitattributes": "", "js/.gitattributes": "app.js text\n"})
    assert rules_of(command(*check).out) == ["sri-checkout-bytes"]
    # Every file of the run asks the same process.
    write(project, {f"page{number}.html": page for number in range(9)})
    assert rules_of(command("sri", ".", *check[2:]).out) == ["sri-checkout-bytes"] * 10
    # CRLF here, which git stores as LF.
    crlf = data.replace(b"\n", b"\r\n")
    (project / "js/.gitattributes").unlink()
    write(project, {"js/app.js": crlf, "index.html": page.replace(sri(data), sri(crlf))})
    assert rules_of(command(*check).out) == []
    git("config", "core.autocrlf", "true")
    assert rules_of(command(*check).out) == ["sri-checkout-bytes"]
