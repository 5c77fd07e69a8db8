"""Run in a folder of a repository: services of code hosts are told paths from its root, people those from here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import BAD

SHOWN = {
    "github": "::error file=services/api/Dockerfile,line=1",
    "gitlab": '"path": "services/api/Dockerfile"',
    "sarif": '"uri": "services/api/Dockerfile"',
    "junit": 'file="services/api/Dockerfile"',
    "json": '"path": "Dockerfile"',
    "text": " --> Dockerfile:1:6",
    "concise": "Dockerfile:1:6: error",
}


@pytest.mark.parametrize("format", SHOWN)
def test_paths(format: str, project: Path, command: Runner, git: Callable[..., str]) -> None:
    git("init", "--quiet")
    write(project, {"services/api/Dockerfile": BAD})
    result = command("check", "--format", format, cwd=project / "services" / "api")
    assert result.code == 1
    assert SHOWN[format] in result.out


def test_paths_outside_of_a_repository(project: Path, command: Runner, git: Callable[..., str]) -> None:
    write(project, {"services/api/Dockerfile": BAD})
    result = command("check", "--format", "github", cwd=project / "services" / "api")
    assert "::error file=Dockerfile,line=1" in result.out
    # Beside it, in a repository: the path leads out of this folder, and not out of the repository.
    git("init", "--quiet")
    result = command("check", "--format", "github", "../api", cwd=project / "services" / "api")
    assert "::error file=services/api/Dockerfile,line=1" in result.out
