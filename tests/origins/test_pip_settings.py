"""Where pip would look: its own words read, and what is said where there is no pip."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from verifychain.core.errors import Unavailable
from verifychain.origins import pip_settings
from verifychain.origins.pip_settings import PipIndexes, indexes


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a pip on the path sees that is a script of the test's."""
    return {"PATH": f"{tmp_path}{os.pathsep}{os.defpath}", "HOME": str(tmp_path)}


def pretend(folder: Path, listed: str, help: str = "", code: int = 0) -> None:
    (folder / "listed").write_text(listed)
    (folder / "help").write_text(help)
    script = f'#!/bin/sh\ncase "$1" in config) cat {folder}/listed;; *) cat {folder}/help;; esac\nexit {code}\n'
    (folder / "pip").write_text(script)
    (folder / "pip").chmod(0o755)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("global.index-url='https://a.example/simple'\n", PipIndexes("https://a.example/simple", ())),
        (
            "global.index-url='https://a.example'\n:env:.index-url='https://b.example'\ninstall.index-url='https://c.example'\n",
            PipIndexes("https://b.example", ()),
        ),
        (
            "global.extra-index-url='\\nhttps://x.example\\nhttps://y.example'\nglobal.index-url='https://a.example'\n",
            PipIndexes("https://a.example", ("https://x.example", "https://y.example")),
        ),
        ("global.timeout='60'\nnonsense\n", PipIndexes("https://default.example/simple", ())),
    ],
)
def test_what_pip_says(tmp_path: Path, environment: dict[str, str], listed: str, expected: PipIndexes) -> None:
    text = "  -i, --index-url <url>  The index (default\n    https://default.example/simple). This\n"
    pretend(tmp_path, listed, text)
    assert indexes(environment) == expected


def test_a_pip_that_fails_or_says_nothing(tmp_path: Path, environment: dict[str, str]) -> None:
    pretend(tmp_path, "", "", code=1)
    with pytest.raises(Unavailable) as error:
        indexes(environment)
    assert "--index-url" in error.value.hint
    pretend(tmp_path, "", "no word of it")
    with pytest.raises(Unavailable, match="does not say"):
        indexes(environment)


def test_without_pip_the_option_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable) as error:
        indexes({"PATH": str(tmp_path)})
    assert "--index-url" in error.value.hint


def test_the_installed_pip_says_its_default(tmp_path: Path) -> None:
    found = indexes({"PATH": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "HOME": str(tmp_path)})
    assert found.main.startswith("https://")
    assert found.extra == ()
    assert pip_settings._command({"PATH": str(tmp_path)})[:1] == [sys.executable]


def test_a_pip_in_the_repository_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.py").write_text("print('  -i, --index-url <url>  (default https://evil.example/simple)')\n")
    monkeypatch.chdir(tmp_path)
    found = indexes({"PATH": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "HOME": str(tmp_path)})
    assert "evil" not in found.main
