"""Lines of a lock are judged once where no rule tells them apart: the same is found, and online each is asked about."""

from __future__ import annotations

from random import Random

import pytest

from tests.formats.requirements import reading
from tests.formats.requirements.test_plain import FIRST, LOCKED, PIECES, SECOND
from verifychain.config import Configuration
from verifychain.core.packages import Release
from verifychain.core.ports import Outside, PackageIndex, Scope
from verifychain.core.settings import PipSettings, Settings
from verifychain.engine import Choice, run
from verifychain.facts.requirement import Requirement
from verifychain.formats import named
from verifychain.inputs import Selection, Target

SETTINGS = [Settings(), Settings(pip=PipSettings(require_hashes=True))]
OTHERS = [
    *LOCKED, *PIECES, "--no-binary :all:\n", "--no-binary bar\n", "--require-hashes\n", "--only-binary :all:\n",
    f"qux==1 --hash=sha256:{SECOND} --hash=sha256:{FIRST} --hash=sha256:{FIRST}\n", "a.zip\n", "-e ./x\n",
    "-c more.txt\n", "bar==1\n", f"bar>1 --hash=sha256:{FIRST}\n", f"bar==1.* --hash=sha256:{FIRST}\n",
]  # fmt: skip
TIDY = [f"{name}==1 --hash=sha256:{FIRST}\n" for name in ("bar", "baz", "one", "two", "three", "four")]
MORE = {"more.txt": f"bar==1 --hash=sha256:{SECOND}\nbaz==2 --hash=sha256:{FIRST}\n"}


def _mixed(random: Random) -> str:
    lines = random.sample(TIDY, k=4) + random.choices(OTHERS, k=random.randint(0, 3))
    random.shuffle(lines)
    return "".join(lines)


@pytest.mark.parametrize("settings", SETTINGS, ids=["default", "demanded"])
def test_the_same_is_found_as_where_each_line_is_judged(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    random = Random(11)
    cases = [_mixed(random) for _ in range(300)]
    short = [reading.said(text, MORE, settings) for text in cases]
    alike = [one.alike(online=False) for text in cases for one in reading.requirements(text, MORE)]
    assert sum(one is not None for one in alike) > len(cases), "the cases must be about it"
    monkeypatch.setattr(Requirement, "alike", None)
    assert short == [reading.said(text, MORE, settings) for text in cases]


class Index:
    """An index that has no file of anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def release(self, name: str, version: str, places: object) -> Release:
        self.asked.append(name)
        return Release(("https://index.example/simple",), (), ())


def test_online_each_line_is_asked_about() -> None:
    here = reading.tree("".join(f"{name}==1 --hash=sha256:{FIRST}\n" for name in ("foo", "bar", "baz")))
    index, selection = Index(), Selection()
    selection.targets.append(Target(reading.NAME, named("requirements")))
    outside = Outside({PackageIndex: index}, {})
    scope = Scope(here, SETTINGS[0], kept={})
    report = run(selection, Choice(select=("pip-version-missing",)), scope, Configuration(SETTINGS[0]), outside=outside)
    assert index.asked == ["foo", "bar", "baz"]
    assert len(report.findings) == 3
