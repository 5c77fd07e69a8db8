"""
verifychain on verifychain: `make self`.

The files of the repository are checked as they are. What is written inside other files is taken out and checked beside
them: the scripts of the GitHub Action and the GitLab template, the recipes of the Makefile as make would run them, and
the blocks of code in the README and the guides. Pages of rules are left out: their bad examples are bad on purpose, and
`tests/rules/test_examples.py` holds both kinds.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
# The language of a block of code, and a name whose format verifychain knows.
KINDS = {"sh": "sh", "console": "sh", "dockerfile": "Dockerfile", "html": "html", "requirements": "requirements.txt"}
OTHER_KINDS = {"toml", "yaml", "json", ""}
# Above a block that shows what is wrong: then something must be found in it.
FAULTY = "<!-- faulty on purpose -->\n"
_FENCE = re.compile(rf"^({re.escape(FAULTY)})?```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Piece(NamedTuple):
    """Something that is written inside another file."""

    name: str
    text: str
    faulty: bool = False


def inside() -> Iterator[Piece]:
    """Everything that is written inside another file and fetches, or could."""
    yield Piece("Makefile.sh", recipes())
    yield from (Piece(f"action.yml.{place}.sh", run) for place, run in enumerate(action()))
    yield Piece("gitlab-ci.yml.sh", "\n".join(gitlab()) + "\n")
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]):
        yield from blocks(page.name, page.read_text("utf-8"))


def recipes() -> str:
    """Every command of every target, as make would run it were nothing there."""
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()
    # Not what a make around this one was told.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"}
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "--no-print-directory", *targets],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return "set -e\n" + done.stdout


def action() -> list[str]:
    """The scripts of the GitHub Action."""
    steps: list[dict[str, Any]] = _yaml("action.yml")[0]["runs"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def gitlab() -> list[str]:
    """The script of the GitLab template, line by line."""
    lines: list[str] = _yaml("hooks/gitlab-ci.yml")[1]["verifychain"]["script"]
    return lines


def blocks(page: str, text: str) -> Iterator[Piece]:
    """The blocks of code of a page that are of a kind that verifychain reads."""
    for place, (faulty, language, block) in enumerate(_FENCE.findall(text)):
        if language == "console":  # what is typed, without what it prints
            block = "".join(re.findall(r"^\$ (.*\n)", block, re.MULTILINE))
        if language in KINDS:
            yield Piece(f"{page}.{place}.{KINDS[language]}", block, bool(faulty))
        elif language not in OTHER_KINDS:
            raise ValueError(f"{page}: a block of {language!r}: say in {__file__} what that is")


def _yaml(name: str) -> list[Any]:
    import yaml

    return list(yaml.safe_load_all((ROOT / name).read_text("utf-8")))


def check(program: str, *paths: str) -> int:
    """Run verifychain with the configuration of this repository; its exit code."""
    command = [program, "check", "--config", str(ROOT / "pyproject.toml"), *paths]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(program: str) -> int:
    """0 where the files and what is inside them pass, and what is faulty on purpose does not."""
    code = check(program, ".")
    with tempfile.TemporaryDirectory(prefix="verifychain-self-") as good, tempfile.TemporaryDirectory() as bad:
        for piece in inside():
            Path(bad if piece.faulty else good, piece.name).write_text(piece.text, "utf-8")
        code = check(program, good) or code
        for name in sorted(os.listdir(bad)):
            command = [program, "check", "--quiet", "--output", os.devnull, "--isolated", os.path.join(bad, name)]
            if subprocess.run(command, cwd=ROOT, check=False).returncode != 1:
                print(f"{name} is said to be faulty, and nothing was found in it", file=sys.stderr)
                code = code or 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
