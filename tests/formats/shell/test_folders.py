"""Folders as bash has them: a check counts where the file was fetched, and nowhere else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.formats.shell.cases import H, U
from tests.formats.shell.reading import verdicts

_NAMES = "ab"
_DEEPEST = 3
_GET = f"curl -o t.tgz {U}"
_CHECK = f"echo '{H}  t.tgz' | sha256sum -c"


class _Way:
    """A random way through folders that all are there, as lines of a script."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._at: list[str] = []
        self._before: list[str] | None = None
        self._pushed: list[list[str]] = []
        self.lines: list[str] = []

    def go(self, *, inside: bool = False) -> None:
        steps = [lambda: self._enter("cd"), lambda: self._enter("pushd"), self._up, self._back, self._pop, self._swap]
        for _ in range(self._random.randint(0, 6)):
            self._random.choice(steps)()
        if not inside and self._random.random() < 0.4:
            kept = self._at, self._before, [*self._pushed]
            self.lines.append("(")
            self.go(inside=True)
            self.lines.append(":)")
            self._at, self._before, self._pushed = kept

    def _to(self, line: str, folder: list[str]) -> None:
        self._before, self._at = self._at, folder
        self.lines.append(line)

    def _enter(self, command: str) -> None:
        if len(self._at) < _DEEPEST:
            name = self._random.choice(_NAMES)
            if command == "pushd":
                self._pushed.append(self._at)
            self._to(f"{command} {name}", [*self._at, name])

    def _up(self) -> None:
        if self._at:
            name = self._random.choice(["", *_NAMES])
            self._to(f"cd ../{name}", [*self._at[:-1], *name])

    def _back(self) -> None:
        if self._before is not None:
            self._to("cd -", self._before)

    def _pop(self) -> None:
        if self._pushed:
            self._to("popd", self._pushed.pop())

    def _swap(self) -> None:
        if self._pushed:
            folder, self._pushed[-1] = self._pushed[-1], self._at
            self._to("pushd", folder)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("start")
    for one in _NAMES:
        for two in _NAMES:
            for three in _NAMES:
                (root / one / two / three).mkdir(parents=True)
    return root


@pytest.mark.parametrize("absolute", [False, True])
def test_ways_through_folders(start: Path, absolute: bool) -> None:
    random = Random(7)
    seen = {True: 0, False: 0}
    for _ in range(120):
        way = _Way(random)
        if absolute:
            way.lines.append(f"cd {start}")
        way.go()
        way.lines.append(_GET)
        way.go()
        way.lines.append(_CHECK)
        text = "\n".join(["set -e", *way.lines, ""])
        shown = text.replace(_GET, "echo at $PWD").replace(_CHECK, "echo at $PWD")
        done = subprocess.run(["bash"], input=shown, text=True, cwd=start, capture_output=True, check=True)
        fetched, checked = [line for line in done.stdout.splitlines() if line.startswith("at ")]
        seen[fetched == checked] += 1
        assert verdicts(text) == ["verified" if fetched == checked else "unpinned"], text
    assert min(seen.values()) > 20
