"""
What is found to be right is protected: random pages with `--fix --add`, as they are served, and with changed files.

Where nothing is left to report, no changed file may run; and what ran in the page before runs afterwards.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.conftest import Runner, write
from tests.peers.browser import Browser, Job
from tests.peers.loading_pages import ASSETS, Writer

SEED = int(os.environ.get("VERIFYCHAIN_SEED", "20261127"))
COUNT = int(os.environ.get("VERIFYCHAIN_PAGES", "80"))
PROBE = "[...new Set(w.done || [])].concat(w.getComputedStyle(w.document.body).zIndex === '1' ? ['c0.css'] : [])"
# What does not say that something may run unchecked.
HARMLESS = {"sri-insecure-url", "sri-crossorigin-value", "sri-duplicate-attribute"}


def loaded(browser: Browser, folder: Path, change: bytes = b"", wait: int = 150) -> list[set[str]]:
    """What runs of each page's files, with something behind all of them, so many milliseconds after the page's load."""
    for name in ASSETS:
        browser.site.put(f"/on/{quote(name)}", (folder / name).read_bytes() + change)
    names = [
        browser.site.put(f"/on/{number}.html", (folder / f"{number}.html").read_bytes()) for number in range(COUNT)
    ]
    seen = browser.run([Job(name, name, PROBE, wait) for name in names])
    return [set(seen[name]) for name in names]


@pytest.mark.usefixtures("scrubbed_environment")
def test_what_has_no_finding_is_protected(browser: Browser, command: Runner, project: Path) -> None:
    site = browser.site
    writer = Writer(SEED, site.other)
    pages = {f"{number}.html": writer.page() for number in range(COUNT)}
    write(project, {**ASSETS, **pages})
    places = ("--root", ".", "--map", f"{site.other}/on/=.", "--map", "/on/=.", "--page-url", f"{site.origin}/on/")
    before = loaded(browser, project)
    command("sri", ".", "--fix", "--add", "--local", "--importmap", "--require", "all", *places)
    after, changed = loaded(browser, project), loaded(browser, project, b"\n/**/")
    result = command("sri", ".", "--require", "all", "--format", "json", *places)
    found: dict[str, set[str]] = {}
    for one in json.loads(result.out)["findings"]:
        if one["rule"] not in HARMLESS and one["severity"] != "note":
            found.setdefault(one["path"], set()).add(one["rule"])
    if any(not one <= other for one, other in zip(before, after, strict=True)):  # import() on a busy machine
        after = loaded(browser, project, wait=2000)
    unprotected, broken = {}, {}
    for number, (name, page) in enumerate(pages.items()):
        if changed[number] and name not in found:
            unprotected[page] = changed[number]
        if not before[number] <= after[number] and "sri-module-conflict" not in found.get(name, ()):
            broken[page] = before[number] - after[number]
    assert (unprotected, broken) == ({}, {}), f"seed {SEED}"
    assert sum(name not in found for name in pages) > COUNT // 4, "the pages say little when few are clean"
    assert sum(map(bool, after)) > COUNT // 2
