"""Every row of ``sri-browser-table.json``: the live browser does what is recorded, and verifychain says the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import browser_policy_rows as policies
from tests.peers import browser_rows as rows
from tests.peers.browser import Browser, Job
from tests.peers.browser_rows import Row
from tests.sri.pages import judged, marked
from verifychain import rules
from verifychain.core.digest import of_bytes
from verifychain.core.finding import Problem
from verifychain.core.integrity import Engine, read
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.facts.policy import Load, PolicyHeader
from verifychain.formats.headers.pages import loads

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sri"
TABLE = json.loads((FIXTURES / "sri-browser-table.json").read_text("utf-8"))
VALUES = json.loads((FIXTURES / "sri-values.json").read_text("utf-8"))
# A race, the import and the async script are fetched at the same time: which is first is decided here, in both ways.
RACE = "inline import none first (async wrong)"
# Rows whose recorded page must have been another than the one built here.
OTHERWISE = {"webkit": ("CSP hash for import via import map",)}


def all_rows() -> list[Row]:
    names = [row["case"] for row in TABLE]
    return [
        *rows.values(VALUES["cases"]), *rows.elements(), *rows.cors(), *rows.http(), *rows.import_maps(),
        *rows.module_maps(), *policies.others(), *policies.integrity_policies(names),
        *policies.more_integrity_policies(), *policies.csp(), *policies.reporting(),
    ]  # fmt: skip


def test_every_recorded_row_has_its_page() -> None:
    built = {row.case for row in all_rows()}
    assert {row["case"] for row in TABLE} - built == {RACE}
    assert built <= {row["case"] for row in TABLE}


def recorded(engine: str) -> dict[str, bool]:
    return {row["case"]: row[engine] for row in TABLE}


def test_the_browser_does_what_is_recorded(browser: Browser) -> None:
    site, expected = browser.site, recorded(browser.engine)
    rows.put_assets(site)
    site.put("/recorded.js", VALUES["js"])
    left = [row for row in all_rows() if row.case not in OTHERWISE.get(browser.engine, ())]
    # Some rows hang on which of two fetches comes first, and on how long a busy machine takes.
    for patience in (1, 4, 8, 16):
        jobs = [_job(browser, number, row, patience) for number, row in enumerate(left)]
        found = browser.run(jobs)
        left = [row for row in left if found[row.case] is not expected[row.case]]
        if not left:
            break
        assert len(left) < 20
    assert {row.case: found[row.case] for row in left} == {}, "the engine changed: record it again"


def test_the_race_is_decided_by_what_is_first(browser: Browser) -> None:
    """
    What was recorded in a frame is what comes of the one order, what was recorded at the top of the other.

    The module is sent when both have asked for it: once it is refused, an import would fetch it anew.
    """
    site, (row,) = browser.site, [row for row in TABLE if row["case"] == RACE]
    jobs, tags = [], {}
    for first in ("import", "element"):
        mark = f"/race-{first}.mark"
        url = site.put_in_two(f"/race-{first}.mjs", "", rows.SCRIPT, mark)
        tags["import"], tags["element"] = rows.importing(url), rows.script(url, rows.WRONG, "type=module async")
        second = tags["element" if first == "import" else "import"]
        start = f"<!doctype html><meta charset=utf-8><!--{' ' * 4096}-->{tags[first]}"
        rest = f"{second}<script>setTimeout(() => fetch('{mark}'), 200)</script>"
        jobs.append(Job(first, site.put_in_two(f"/race-{first}.html", start, rest, url), wait=rows.SLOW))
        report = judged(start + second, {url[1:]: rows.SCRIPT.encode()})
        assert marked(report, "sri-module-conflict") == [url]
    assert browser.run(jobs) == {"import": row["chromium_toplevel"], "element": row["chromium"]}
    assert (row["chromium_toplevel"], row["chromium"]) == (True, False)


def test_a_report_is_not_sent(browser: Browser) -> None:
    """
    "report-only + endpoints: report delivered?" is recorded of its script, which runs.

    Firefox knows no endpoints, WebKit sends at once, Chromium later and over TLS alone (``test_browser_reports.py``).
    """
    (row,) = [row for row in policies.reporting() if "delivered" in row.case]
    rows.put_assets(browser.site)
    assert browser.run([_job(browser, 0, row._replace(wait=2000), patience=1)]) == {row.case: True}
    assert ("/report" in browser.site.posted) is (browser.engine == "webkit")


def _job(browser: Browser, number: int, row: Row, patience: int) -> Job:
    headers = {name: _placed(browser, text, number) for name, text in row.headers.items()}
    path = browser.site.put(f"/row-{patience}-{number}.html", _placed(browser, row.html, number), headers)
    return Job(row.case, path, row.probe, row.wait * patience)


def _placed(browser: Browser, text: str, number: int) -> str:
    """With this site's addresses. Firefox takes a sheet that another frame has, unchecked: each has its own URL."""
    text = text.replace('.css"', f'.css?{number}"').replace(".css>", f".css?{number}>")
    return text.replace("OTHER", browser.site.other).replace("HERE", browser.site.origin)


@pytest.mark.parametrize("engine", Engine)
def test_verifychain_says_what_is_recorded(engine: Engine) -> None:
    expected, judged = recorded(engine.value), [row for row in all_rows() if row.judged]
    wrong = {row.case: expected[row.case] for row in judged if runs(row, engine) is not expected[row.case]}
    assert wrong == {}
    assert len(judged) > 200


def runs(row: Row, engine: Engine) -> bool:
    """Whether the page's last script runs, by what verifychain reads in page and headers."""
    found = list(loads(Source("row.html", row.html.encode("utf-8", "surrogatepass"))))
    return admitted(found[-1], engine) and not any(blocks(problem, engine) for problem in judge(row, found))


def admitted(load: Load, engine: Engine) -> bool:
    if load.integrity is None:
        return True
    body = VALUES["js"] if "recorded" in load.subject else rows.SCRIPT
    start, end = {"/bom.js": (b"\xef\xbb\xbf", b""), "/crlf.js": (b"", b"\r\n")}.get(load.subject, (b"", b""))
    data = start + body.encode() + end
    reading = read(load.integrity, engine)
    if load.subject.startswith("OTHER") and not load.cors:
        return reading.admits_opaque
    return reading.admits(lambda algorithm: of_bytes(data, algorithm))


def judge(row: Row, found: list[Load]) -> Iterator[Problem]:
    for name, value in row.headers.items():
        header = PolicyHeader(
            name=name.lower(), value=value, span=Span(0, 0), pieces=((0, 0),), loads=(found[-1],), pages=1
        )
        for id in ("sri-policy-would-block", "sri-policy-csp-hash"):
            yield from rules.load_one(id).check(header)


def blocks(problem: Problem, engine: Engine) -> bool:
    """An error holds for every engine unless it names those that it is about."""
    if problem.severity is not None and problem.severity < Severity.ERROR:
        return False
    named = [one for one in Engine if one.label in problem.message]
    return not named or engine in named
