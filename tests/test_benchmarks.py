"""What the benchmarks make of their measurements. The measuring itself is not for a test: a busy machine decides it."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from benchmarks import growth, report, scripts, startup
from benchmarks.measure import Taken, best
from benchmarks.startup import Imported

LINEAR = {10: 0.2, 100: 1.1, 1000: 10.1}
RESULTS: dict[str, Any] = {
    "panels": [
        {
            "name": "Dockerfiles",
            "unit": "Dockerfiles",
            "seconds": {"verifychain": {"1": 0.1, "10": 0.5, "100": 1.0}, "slow": {"1": 0.2, "10": 2.0}, "absent": {}},
            "versions": {"slow": "1.2"},
            "steepening": 1.04,
            "memory": 42e6,
        }
    ]
}


def test_a_straight_line_does_not_steepen() -> None:
    assert growth.steepening(LINEAR) == pytest.approx(1)
    assert growth.steepening({**LINEAR, 1000: 100.1}) == pytest.approx(11)
    assert growth.steepening({1: 0.1, 10: 0.2}) is None


def test_growth_is_judged_by_the_processor_of_the_best_round() -> None:
    busy, idle = Taken(wall=9.0, processor=0.3), Taken(wall=2.0, processor=0.4)
    assert best([busy, idle]) == Taken(wall=2.0, processor=0.3)
    assert growth.clock({10: busy}) == {10: 9.0}
    assert growth.processor({10: busy}) == {10: 0.3}


def test_the_sizes_that_are_judged_take_turns() -> None:
    order: list[int] = []

    def run(size: int) -> Taken:
        order.append(size)
        return Taken(wall=size + len(order), processor=size)

    first = {size: Taken(wall=size + 3, processor=size + 1) for size in (1, 10)}
    again = growth.again(first, {size: partial(run, size) for size in first})
    assert order == [1, 10] * growth.ROUNDS
    assert again == {1: Taken(wall=2, processor=1), 10: Taken(wall=12, processor=10)}


@pytest.mark.parametrize(
    ("name", "known", "goes_on"),
    [
        ("peer", {}, True),
        ("peer", {1: 50.0}, True),
        ("peer", {1: 1.0, 10: 2.0}, True),
        ("peer", {1: 1.0, 10: 3.0}, False),
        ("verifychain", {1: 1.0, 10: 3.0}, True),
    ],
)
def test_a_peer_stops_before_the_limit(name: str, known: dict[int, float], goes_on: bool) -> None:
    assert growth._goes_on(name, known, 100, 20.0) is goes_on


def test_a_module_counts_for_whom_asked_for_it() -> None:
    imported = [
        Imported("site", 5, 5, 0),
        Imported("inspect", 20, 20, 2),
        Imported("click", 10, 30, 1),
        Imported("dataclasses", 7, 7, 2),
        Imported("verifychain.core", 3, 10, 1),
        Imported("verifychain.cli", 1, 41, 0),
        Imported("json", 2, 2, 0),
    ]
    assert startup.groups(imported) == {"the interpreter and its script": 5, "click": 30, "verifychain": 13}


def test_the_page_has_ratios_at_the_same_size_and_names_what_was_missed() -> None:
    ran = [
        report.Ran(report.Section("One", "About one.", "one"), "met     fast\nMISSED  small", True, 1),
        report.Ran(report.Section("Two", "About two.", "two"), "boom", False, 1),
    ]
    page = report.page(RESULTS, ran, date(2026, 11, 26))
    assert "| Dockerfiles | 10 | 0.50 s | slow 1.2 | 2.00 s | 4.0 |" in page
    assert "| Dockerfiles | 100 Dockerfiles | 1.00 s | 1.04 times | 42 MB |" in page
    assert "1 of 2 that the benchmarks state were met.\nMissed:\n\n- small\n" in page
    assert "About two. It did not go through:" in page
    assert "absent" not in page


@pytest.mark.parametrize("form", scripts.FORMS, ids=str)
def test_a_long_script_has_as_many_lines_and_downloads_as_it_says(form: scripts.Form) -> None:
    text = scripts.script(form, 500)
    assert text.count("\n") == 501 + form.strict
    assert text.count("curl ") == text.count("sha256sum -c ") == 500 // form.apart
