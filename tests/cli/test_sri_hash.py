"""`verifychain sri hash`: bare values and where they are to stand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from verifychain.core.digest import Algorithm, Notation, of_bytes
from verifychain.core.integrity import read_all

SCRIPT = b"alert(1)\r\n"
VALUE = of_bytes(SCRIPT, Algorithm.SHA384).format(Notation.SRI)


@pytest.fixture
def files(project: Path) -> Path:
    write(project, {"app.js": SCRIPT, "a b?#%.mjs": SCRIPT, "x.css": b"", "dir/x": b"x"})
    return project


def test_value_as_openssl_makes_it(files: Path, command: Runner) -> None:
    result = command("sri", "hash", "app.js")
    assert (result.code, result.err) == (0, "")
    pipe = "openssl dgst -sha384 -binary app.js | openssl base64 -A"
    openssl = subprocess.run(["sh", "-c", pipe], capture_output=True, check=True, cwd=files)
    assert result.out == f"sha384-{openssl.stdout.decode()}\n"


def test_browsers_enforce_what_is_printed(files: Path, command: Runner) -> None:
    algorithms = ("sha256", "sha384", "sha512")
    result = command("sri", "hash", *(f"--alg={label}" for label in algorithms), "app.js")
    assert all(reading.admits(lambda algorithm: of_bytes(SCRIPT, algorithm)) for reading in read_all(result.out))
    assert not any(reading.admits(lambda algorithm: of_bytes(b"x", algorithm)) for reading in read_all(result.out))
    assert [word.partition("-")[0] for word in result.out.split()] == list(algorithms)


def test_several_files_standard_input_and_data_urls(files: Path, command: Runner) -> None:
    result = command("sri", "hash", "app.js", "-", "data:text/javascript;base64,YWxlcnQoMSkNCg==", stdin=SCRIPT)
    assert [line.split("  ")[0] for line in result.out.splitlines()] == [VALUE] * 3
    assert command("sri", "hash", "data:,alert(1)%0d%0a").out == f"{VALUE}\n"
    assert command("sri", "hash", "data:;base64,YWxlcnQoMSkNCg").out == f"{VALUE}\n"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("script", "app.js"), f'<script src="app.js" integrity="{VALUE}"></script>'),
        (("script", "a b?#%.mjs"), f'<script type="module" src="a%20b%3F%23%25.mjs" integrity="{VALUE}"></script>'),
        (("link", "app.js"), f'<link rel="preload" as="script" href="app.js" integrity="{VALUE}">'),
        (("link", "a b?#%.mjs"), f'<link rel="modulepreload" href="a%20b%3F%23%25.mjs" integrity="{VALUE}">'),
        (("header", "app.js"), f'Link: <app.js>; rel=preload; as=script; integrity="{VALUE}"'),
        (
            ("script", "--url", 'https://cdn.example/a.js?x="&y', "app.js"),
            f'<script src="https://cdn.example/a.js?x=%22&amp;y" integrity="{VALUE}" crossorigin="anonymous"></script>',
        ),
        (
            ("header", "--url", "//cdn.example/x.css", "app.js"),
            f'Link: <//cdn.example/x.css>; rel=preload; as=style; crossorigin=anonymous; integrity="{VALUE}"',
        ),
    ],
)
def test_tags(files: Path, command: Runner, argv: tuple[str, ...], expected: str) -> None:
    result = command("sri", "hash", "--tag", *argv)
    assert (result.code, result.out) == (0, f"{expected}\n")


def test_import_map(files: Path, command: Runner) -> None:
    out = command("sri", "hash", "--tag", "importmap", "app.js", "./x.css").out
    text = out.removeprefix('<script type="importmap">\n').removesuffix("</script>\n")
    assert list(json.loads(text)["integrity"]) == ["./app.js", "./x.css"]
    assert "<" not in command("sri", "hash", "--tag", "importmap", "--url", "/</script>", "app.js").out[26:-11]


def test_json(files: Path, command: Runner) -> None:
    found = json.loads(command("sri", "hash", "--tag", "json", "app.js", "x.css").out)
    assert found["version"] == 1
    assert found["resources"][0] == {"name": "app.js", "integrity": VALUE, "size": len(SCRIPT)}


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("nope",), 2, "nope: no such file"),
        (("dir",), 2, "is a directory"),
        (("ftp://a.example/x",), 2, "no http, https or data URL"),
        (("data:x",), 2, "comma"),
        (("data:;base64,!",), 2, "not base64"),
        (("--offline", "https://cdn.example/x.js"), 4, "offline"),
        (("--url", "/x", "app.js"), 2, "--tag"),
        (("--alg=sha256", "--alg=sha512", "https://cdn.example/x.js"), 2, "one --algorithm"),
        (("--alg", "md5", "app.js"), 2, "md5"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_hashed(files: Path, command: Runner, argv: tuple[str, ...], code: int, words: str) -> None:
    result = command("sri", "hash", *argv)
    assert result.code == code
    assert words in result.err
    assert "Traceback" not in result.err


def test_one_bad_name_does_not_stop_the_others(files: Path, command: Runner) -> None:
    result = command("sri", "hash", "nope", "app.js", "--offline", "https://cdn.example/x.js")
    assert (result.code, result.out) == (2, f"{VALUE}  app.js\n")


def test_a_tag_for_standard_input_needs_its_url(files: Path, command: Runner) -> None:
    for tag in ("script", "link", "importmap", "header"):
        result = command("sri", "hash", "-", "--tag", tag, stdin=SCRIPT)
        assert (result.code, "--url" in result.err) == (2, True)
        assert "/app.js" in command("sri", "hash", "-", "--tag", tag, "--url", "/app.js", stdin=SCRIPT).out
    assert command("sri", "hash", "-", "--tag", "json", stdin=SCRIPT).code == 0
