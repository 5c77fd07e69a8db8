"""`verifychain sri policy`: what it writes, and what it says of what others wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from verifychain.core.csp import read_policies, scripts, source_of
from verifychain.core.digest import Algorithm, Notation, of_bytes
from verifychain.core.integrity import Engine
from verifychain.core.integrity_policy import read

VALUE = of_bytes(b"x", Algorithm.SHA384).format(Notation.SRI)
GOOD = f'<!doctype html>\n<script>1</script>\n<script src=a.js crossorigin integrity="{VALUE}"></script>\n'
INLINE = source_of(of_bytes(b"1"))
INTEGRITY = "Integrity-Policy: blocked-destinations=(script)"


def test_headers_for_pages(project: Path, command: Runner) -> None:
    write(project, {"index.html": GOOD, "sub/b.html": "<script>\r\n2</script>", "sub/c.txt": "<script>3</script>"})
    result = command("sri", "policy", ".")
    assert (result.code, result.err) == (0, "")
    integrity, csp = result.out.splitlines()
    assert integrity == INTEGRITY
    name, _, value = csp.partition(": ")
    assert name == "Content-Security-Policy"
    assert set(value.split()) == {"script-src", INLINE, f"'{VALUE}'", source_of(of_bytes(b"\n2"))}
    (policy,) = read_policies(value)
    assert policy.for_scripts is not None
    assert all(scripts(policy.for_scripts).allows_integrity(VALUE, engine) for engine in Engine)


@pytest.mark.parametrize("server", ["header", "nginx", "apache", "netlify"])
@pytest.mark.parametrize("suffix", ["", "-Report-Only"])
def test_what_is_written_is_what_is_read(project: Path, command: Runner, server: str, suffix: str) -> None:
    write(project, {"index.html": GOOD})
    out = command("sri", "policy", "index.html", "--server", server, *(["--report-only"] if suffix else [])).out
    assert out.count("-Policy") >= 2
    assert out.count("-Policy-Report-Only") == (out.count("-Policy") if suffix else 0)
    write(project, {"conf": out})
    result = command("sri", "policy", "--check", "conf", "index.html")
    assert (result.code, result.out) == (0, "")
    assert "checked 1 header file" in result.err


def test_the_middleware_for_django_sets_the_headers(project: Path, command: Runner) -> None:
    write(project, {"index.html": GOOD})
    write(project, {"middleware.py": command("sri", "policy", "index.html", "--server", "django").out})
    test = (
        "import types, middleware\n"
        "answer = types.SimpleNamespace(headers={})\n"
        "assert middleware.integrity_policy(lambda request: answer)(None) is answer\n"
        "print(*(f'{name}: {value}' for name, value in answer.headers.items()), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", test], capture_output=True, check=True, cwd=project, text=True)
    assert done.stdout == command("sri", "policy", "index.html").out


def test_what_the_policy_would_block_is_said(project: Path, command: Runner) -> None:
    write(project, {"p.html": f"\n<script src=a.js integrity={VALUE}></script>\n<script src=//b.example/x></script>\n"})
    result = command("sri", "policy", "p.html")
    assert result.code == 1
    assert "p.html:2:1: a.js is blocked by the Integrity-Policy: without `crossorigin`" in result.err
    assert "p.html:3:1: //b.example/x is blocked by the Integrity-Policy: it has no integrity metadata" in result.err
    assert read(result.out.partition(": ")[2].splitlines()[0]).blocks_scripts
    assert command("sri", "policy", "p.html", "--exit-zero").code == 0
    write(project, {"p.html": f"<svg><script href=a.js integrity={VALUE} crossorigin></script></svg>"})
    result = command("sri", "policy", "p.html")
    assert (result.code, "Chromium asks for scripts of SVG without CORS" in result.err) == (1, True)
    assert result.err.endswith("would block 1 script; load it with a script of HTML\n")


def test_pages_in_pages_are_under_the_policy_too(project: Path, command: Runner) -> None:
    inner = "&lt;script src=a.js&gt;&lt;/script&gt;<script>b</script>"
    write(project, {"p.html": f'<p>\n<iframe srcdoc="{inner}"></iframe>'})
    result = command("sri", "policy", "p.html")
    assert (result.code, "p.html:2:17: a.js is blocked" in result.err) == (1, True)
    assert of_bytes(b"b", Algorithm.SHA256).format(Notation.SRI) in result.out
    write(project, {"p.html": f'<p>\n<iframe class="{{{{ x }}}}" srcdoc="{inner}"></iframe>'})
    assert "p.html:2:33: made by a template" in command("sri", "policy", "p.html").err


def test_a_map_behind_an_import_does_not_speak_for_it(project: Path, command: Runner) -> None:
    parts = (
        "<script>import('./a.js')</script>",
        f'<script type=importmap>{{"integrity": {{"./a.js": "{VALUE}"}}}}</script>',
    )
    for page, code in (("".join(parts), 1), ("".join(reversed(parts)), 0)):
        write(project, {"p.html": page})
        assert command("sri", "policy", "p.html").code == code


def test_only_a_module_that_all_browsers_load_speaks_for_an_import(project: Path, command: Runner) -> None:
    for kind, code in (("module", 0), (" module ", 1)):
        element = f'<script type="{kind}" src=a.js integrity="{VALUE}"></script>'
        write(project, {"p.html": f"{element}<script type=module>import './a.js'</script>"})
        assert command("sri", "policy", "p.html").code == code


def test_maps_and_modules_are_relative_to_the_page(project: Path, command: Runner) -> None:
    covered = f'<script type=importmap>{{"integrity": {{"/sub/a.js": "{VALUE}"}}}}</script>'
    for page, code in (("<script type=module src=a.js></script>", 0), ("<script type=module src=/a.js></script>", 1)):
        write(project, {"sub/p.html": covered + page})
        assert command("sri", "policy", "sub/p.html", "--root", ".").code == code


def findings(command: Runner, *argv: str) -> list[tuple[str, str, str, str]]:
    result = command("sri", "policy", "--format", "json", "--check", *argv)
    assert "Traceback" not in result.err
    found = json.loads(result.out)["findings"]
    return [(one["rule"], one["severity"], one["path"], one["snippet"]) for one in found]


def test_check_names_rule_place_and_tag(project: Path, command: Runner) -> None:
    old = source_of(of_bytes(b"old"))
    lines = [
        "HTTP/2 200",
        'integrity-policy: blocked-destinations=("script")',
        "integrity-policy-report-only: blocked-destinations=(script style)",
        f"content-security-policy: script-src {INLINE} {old}; require-sri-for script",
    ]
    write(project, {"h": "\r\n".join(lines), "p.html": GOOD.replace("crossorigin ", "")})
    assert sorted((rule, severity, path) for rule, severity, path, _ in findings(command, "h", "p.html")) == [
        ("sri-policy-csp-hash", "error", "p.html"),
        ("sri-policy-csp-hash", "warning", "h"),
        ("sri-policy-require-sri-for", "warning", "h"),
        ("sri-policy-style", "note", "h"),
        ("sri-policy-syntax", "error", "h"),
        ("sri-policy-would-block", "note", "p.html"),
    ]


def test_check_of_a_page_that_is_blocked(project: Path, command: Runner) -> None:
    write(project, {"public/_headers": f"/*\n  {INTEGRITY}\n", "public/p.html": "<script src=a.js></script>"})
    assert findings(command, "public/_headers", "public/p.html")[0][:3] == (
        "sri-policy-would-block", "error", "public/p.html",
    )  # fmt: skip
    assert findings(command, "public/_headers") == []
    result = command("check", "public")
    assert (result.code, "sri-policy-would-block" in result.out) == (1, True)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        ((), 2, "no page is given"),
        (("nope.html",), 2, "no such file"),
        (("empty",), 3, "no path led to an HTML page"),
        (("--check", "nope"), 2, "no such file"),
        (("--check", "empty"), 2, "no such file"),
        (("--check", "p.html"), 3, "sets no policy"),
        (("--server", "iis", "p.html"), 2, "iis"),
    ],
)
def test_what_cannot_be_done(project: Path, command: Runner, argv: tuple[str, ...], code: int, words: str) -> None:
    write(project, {"p.html": "", "empty/x.txt": ""})
    result = command("sri", "policy", *argv)
    assert (result.code, words in result.err) == (code, True), result.err
    assert "Traceback" not in result.err


def test_pages_that_cannot_be_read_as_browsers_get_them(project: Path, command: Runner) -> None:
    write(project, {"t.html": "<script>a = {{ b }}</script>", "u.html": "\ufeff<script>1</script>".encode("utf-16-le")})
    result = command("sri", "policy", "t.html")
    assert (result.code, "t.html:1:1: made by a template" in result.err) == (0, True)
    result = command("sri", "policy", "u.html", "t.html")
    assert (result.code, "u.html: UTF-16 is not read" in result.err) == (4, True)


def test_a_policy_in_a_page(project: Path, command: Runner) -> None:
    csp = '<meta http-equiv=content-security-policy content="script-src sha256-x">'
    write(project, {"p.html": f'<meta http-equiv="Integrity-Policy" content="x">\n{csp}'})
    result = command("sri", "p.html", "--format", "json")
    assert [one["rule"] for one in json.loads(result.out)["findings"]] == ["sri-policy-meta", "sri-policy-csp-hash"]


def test_what_scripts_import(project: Path, command: Runner) -> None:
    page = (
        '<script type=importmap>{"imports": {"lib": "https://cdn.example/lib.js", "own": "./js/own.mjs"},'
        f' "integrity": {{"./js/ok.mjs": "{VALUE}"}}}}</script>\n'
        f'<script type=module src=js/a.mjs integrity="{VALUE}"></script>\n'
        '<script type=module>import "lib"; import "./js/a.mjs"; import "./js/late.mjs"; import(name)</script>\n'
        f'<script type=module src=js/late.mjs integrity="{VALUE}"></script>\n'
    )
    files = {"p.html": page, "js/a.mjs": 'import "./ok.mjs";\nexport * from "own"', "js/own.mjs": "import './in.mjs'"}
    write(project, {**files, "js/ok.mjs": "1", "js/in.mjs": "1", "js/late.mjs": "1", "h": INTEGRITY})
    result = command("sri", "policy", "p.html")
    said = ["js/own.mjs", "https://cdn.example/lib.js", "js/late.mjs", "js/in.mjs"]
    assert result.code == 1
    assert [
        line.partition(" is blocked")[0].rpartition(": ")[2].removeprefix("./") for line in result.err.splitlines()[:-1]
    ] == said
    assert "p.html:2:25: ./js/own.mjs is blocked by the Integrity-Policy: js/a.mjs imports it, and" in result.err
    assert result.err.endswith("would block 4 scripts; state it in the `integrity` of an import map\n")
    assert " https://cdn.example " in result.out, (
        "the Content-Security-Policy lets it in, as the page has no hash of it"
    )
    checked = findings(command, "h", "p.html")
    assert sorted(one[3] for one in checked) == ["./js/late.mjs", "js/a.mjs", "js/a.mjs", "lib"]
    assert {one[0] for one in checked} == {"sri-policy-would-block"}


def test_where_imports_are_looked_for(project: Path, command: Runner) -> None:
    page = "<script type=module src=/js/a.mjs></script>\n<script type=module src=https://cdn.example/b.mjs></script>"
    files = {
        "site/sub/p.html": page,
        "site/js/a.mjs": "import './c.mjs'",
        "far/b.mjs": "import './d.mjs'",
        "far/p.html": page,
    }
    write(project, {**files, "h": INTEGRITY, "verifychain.toml": '[sri]\nroot = "site"\n'})
    given = ("site/sub/p.html", "--map", "https://cdn.example/=far")
    for more in (("--root", "site"), ()):  # as configured
        result = command("sri", "policy", *given, *more)
        assert "/js/c.mjs is blocked" in result.err
        assert "https://cdn.example/d.mjs is blocked" in result.err
        assert "/d.mjs is blocked" in command("sri", "policy", "--check", "h", *given, *more).out
    assert "d.mjs" not in command("sri", "policy", "site/sub/p.html").err, "nobody says where the files are"
    far = command("sri", "policy", "far/p.html", "--page-url", "https://cdn.example/", "--root", "far")
    assert "/d.mjs is blocked" in far.err
    for wrong in (("--root", "nope"), ("--map", "nope")):
        assert command("sri", "policy", "site/sub/p.html", *wrong).code == 2


def test_imports_that_are_not_read(project: Path, command: Runner) -> None:
    large = b"import './far.mjs'" + b" " * (8 << 20)
    write(
        project,
        {"p.html": f"<script src=big.js crossorigin integrity={VALUE}></script>", "big.js": large, "h": INTEGRITY},
    )
    result = command("sri", "policy", "p.html")
    assert (result.code, "p.html: the imports of big.js were not read: larger than 8 MiB" in result.err) == (4, True)
    assert [one[0] for one in findings(command, "h", "p.html")] == ["core-parse-error"]


@pytest.mark.parametrize("encoding", ["hex", "undefined", "idna", "punycode", "rot13", "zlib", "no-such"])
def test_an_encoding_that_browsers_do_not_have(project: Path, command: Runner, encoding: str) -> None:
    """They go by the one that a page has without a word; Python has codecs of these names."""
    page = f"<meta charset={encoding}><script>1</script>".encode() + b"<link rel=x href='\xff'>"
    write(project, {"index.html": page})
    result = command("sri", "policy", "index.html")
    assert (result.code, INLINE in result.out) == (0, True), result
    assert "internal" not in command("sri", "index.html").err


def test_a_page_that_cannot_be_read_is_not_passed_over(project: Path, command: Runner) -> None:
    write(project, {"conf": f"Content-Security-Policy: script-src {INLINE}\n", "wide.html": GOOD.encode("utf-16")})
    result = command("sri", "policy", "--check", "conf", "wide.html")
    assert result.code == 1
    assert "UTF-16 is not read" in result.out
