"""The labelled cases, all of them right."""

from __future__ import annotations

import pytest

from tests.formats.shell import cases
from tests.formats.shell.cases import Case
from tests.formats.shell.cases_of_checked import OF_CHECKED
from tests.formats.shell.cases_of_commands import OF_COMMANDS
from tests.formats.shell.cases_of_endings import OF_ENDINGS
from tests.formats.shell.cases_of_folders import OF_FOLDERS
from tests.formats.shell.cases_of_installers import OF_INSTALLERS
from tests.formats.shell.cases_of_lists import OF_LISTS
from tests.formats.shell.cases_of_loops import OF_LOOPS
from tests.formats.shell.cases_of_memory import OF_MEMORY
from tests.formats.shell.cases_of_numbers import OF_NUMBERS
from tests.formats.shell.cases_of_options import OF_OPTIONS
from tests.formats.shell.cases_of_outside import OF_OUTSIDE
from tests.formats.shell.cases_of_projects import OF_PROJECTS
from tests.formats.shell.cases_of_public import OF_PUBLIC
from tests.formats.shell.cases_of_searches import OF_SEARCHES
from tests.formats.shell.cases_of_signatures import OF_SIGNATURES
from tests.formats.shell.cases_of_sums import OF_SUMS
from tests.formats.shell.cases_of_ways import OF_WAYS
from tests.formats.shell.reading import facts, verdicts
from verifychain.facts.broken import Broken

CASES = cases.CASES + OF_WAYS + OF_PUBLIC + OF_FOLDERS + OF_PROJECTS + OF_CHECKED + OF_ENDINGS + OF_SEARCHES
CASES += OF_MEMORY + OF_SIGNATURES + OF_COMMANDS + OF_SUMS + OF_NUMBERS + OF_OUTSIDE + OF_OPTIONS + OF_LOOPS + OF_LISTS
CASES += OF_INSTALLERS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    text, path = (f"FROM scratch\n{case.text}", "Dockerfile") if case.docker else (case.text, "script.sh")
    assert verdicts(text, path=path) == case.right, case.why
    assert not [fact for fact in facts(text, path=path) if isinstance(fact, Broken)]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
    assert len({(case.name, case.docker) for case in CASES}) == len(CASES)
