"""
What a line of a long script costs, in figures that do not depend on how busy the machine is.

The forms are those of ``benchmarks.scripts``, which measures seconds.
"""

from __future__ import annotations

import pytest

from benchmarks.scripts import FORMS, Form, script
from tests.counting import calls
from tests.formats.shell.reading import downloads

MOST = 215  # functions called for a line: 198 for the dearest form, and 274 before that was looked at


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_line_takes_few_calls_and_those_behind_it_no_more(form: Form) -> None:
    short, long = script(form, 500), script(form, 1_500)
    assert len(downloads(short)) == 500 // form.apart  # and now everything is imported
    few, many = calls(lambda: downloads(short)), calls(lambda: downloads(long))
    each = (many - few) / 1_000
    assert each < MOST
    assert each < few / 500 * 1.02
