"""The model of ``core/integrity.py`` against a real browser: the recorded values, and 3,000 random ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.peers.browser import Browser, Job
from tests.peers.integrity_values import PROBE, Values, attribute, pages
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.integrity import Engine, read

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures" / "sri" / "sri-values.json").read_text("utf-8"))
SEED = int(os.environ.get("VERIFYCHAIN_SEED", "20261126"))
COUNT = int(os.environ.get("VERIFYCHAIN_VALUES", "3000"))


def test_recorded_values(browser: Browser) -> None:
    cases = [case for case in RECORDED["cases"] if case[1] is not None]
    browser.site.put("/recorded.js", RECORDED["js"])
    jobs = []
    for index, (_, value, _) in enumerate(cases):
        page = f"<!doctype html><meta charset=utf-8><script src=/recorded.js integrity={attribute(value)}></script>"
        jobs.append(Job(str(index), browser.site.put(f"/recorded-{index}.html", page)))
    found = browser.run(jobs)
    changed = [
        (case[0], found[str(index)])
        for index, case in enumerate(cases)
        if found[str(index)] is not case[2][browser.engine]
    ]
    assert changed == [], "the engine changed: record it again"


def test_random_values(browser: Browser) -> None:
    values = Values(SEED).take(COUNT)
    jobs = [Job(page, page, "w.done || []") for page in pages(browser.site, values)]
    found = browser.run(jobs)
    assert all(isinstance(names, list) for names in found.values()), found
    ran = {int(name[1:]) for names in found.values() for name in names}
    engine = Engine(browser.engine)
    expected = {index for index, value in enumerate(values) if read(value, engine).admits(hashed)}
    wrong = [(ascii(values[index]), index in ran) for index in sorted(ran ^ expected)]
    assert wrong == [], f"seed {SEED}: {len(wrong)} of {COUNT} differ; (value, ran): {wrong[:10]}"
    assert 0.2 < len(ran) / COUNT < 0.9, "the values say little when nearly all end alike"


def hashed(algorithm: Algorithm) -> Digest:
    return of_bytes(PROBE.encode(), algorithm)
