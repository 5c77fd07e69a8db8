"""What reading costs, in calls of functions: the same on every machine, however busy it is."""

from __future__ import annotations

from functools import partial
from itertools import islice

from benchmarks import corpus
from tests.counting import calls
from tests.formats.dockerfile.reading import facts
from tests.formats.shell.reading import downloads
from tests.formats.shell.test_hostile import script


def test_a_dockerfile_takes_few_calls() -> None:
    """3,900 for one of 50 lines when this was written; 9,700 took 7 ms of a 2.5 GHz processor, too much."""
    files = [text.encode() for text in islice(corpus.dockerfiles(2026), 40)]
    facts(files[0])  # modules are loaded
    taken = calls(lambda: [facts(data) for data in files])
    assert taken / len(files) < 4_800
    assert taken / sum(data.count(b"\n") for data in files) < 100


def test_a_script_takes_calls_by_its_lines() -> None:
    downloads(script(100))
    short, long = (calls(partial(downloads, script(lines))) for lines in (1_000, 4_000))
    assert 3.8 < long / short < 4.2
    assert long / 4_000 < 360


def test_variables_without_a_value_take_calls_by_their_number() -> None:
    def naming(number: int) -> bytes:
        return b"FROM scratch\nADD https://a.example/%s /a\n" % b"".join(b"$A%d" % at for at in range(number))

    facts(naming(10))
    short, long = (calls(partial(facts, naming(number))) for number in (1_000, 4_000))
    assert 3.5 < long / short < 4.5
    # Calls do not show that each of them reads the whole line: 4,000 expressions of their own took 3 seconds.
    assert long / 4_000 < 60
