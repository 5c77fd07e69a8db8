"""
Writes what is made from the code: docs/rules/, the hook manifest, the picture of a run.

`make docs` writes, `make lint` runs it with --check and fails where a file is not current.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shlex
import sys
from pathlib import Path

from tools.hook_manifest import manifest
from tools.screenshot import picture
from verifychain import rules
from verifychain.cli.main import main as verifychain
from verifychain.output.rule_page import page

ROOT = Path(__file__).parent.parent
# What the picture shows: what only following the file, or knowing browsers, can tell.
SHOWN = "verifychain check shop --select sri-ignored-value,download-used-before-check"


def files() -> dict[str, str]:
    """Every generated file with its text."""
    made = {f"docs/rules/{id}.md": page(rules.load_one(id)) for id in rules.ids()}
    made["docs/rules/README.md"] = _index()
    made[".pre-commit-hooks.yaml"] = manifest()
    made["docs/verifychain.svg"] = picture(SHOWN, _output(SHOWN), "verifychain checks a sample project")
    return made


def _index() -> str:
    lines = [
        "# Rules",
        "",
        "`verifychain rules ID` prints a page. `--select` and `--ignore` take a rule or a group, the first word of its",
        "name. How a finding is set aside stands in [configuration](../configuration.md#what-is-set-aside).",
        "",
        "| rule | severity | what it reports |",
        "| --- | --- | --- |",
    ]
    for rule in rules.load():
        severity = rule.severity.label + ("" if rule.on_by_default else ", off by default")
        lines.append(f"| [{rule.id}]({rule.id}.md) | {severity} | {rule.summary} |")
    return "\n".join(lines) + "\n"


def _output(command: str) -> str:
    """What a command prints in fixtures/ to a terminal, findings and summary, as it is."""
    out = io.StringIO()
    before = Path.cwd()
    os.chdir(ROOT / "fixtures")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            verifychain([*shlex.split(command)[1:], "--isolated", "--color", "always"])
    finally:
        os.chdir(before)
    return out.getvalue()


def main() -> int:
    """Write or check; 1 where something is not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a file is not current")
    check = parser.parse_args().check
    stale = []
    made = files()
    for name, text in made.items():
        path = ROOT / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    gone = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/rules").glob("*.md")} - made.keys()
    for name in gone:
        stale.append(name)
        if not check:
            (ROOT / name).unlink()
    for name in sorted(stale):
        print(f"{name}: {'not current, run `make docs`' if check else 'written'}")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
