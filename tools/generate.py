"""
Writes what is made from the code: docs/rules/, the hook manifest, and the marked blocks of the README.

`make docs` writes, `make lint` runs it with --check and fails where a file is not current.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from pathlib import Path

from tools.hook_manifest import manifest
from verifychain import rules
from verifychain.cli.main import main as verifychain
from verifychain.output.rule_page import page

ROOT = Path(__file__).parent.parent


def files() -> dict[str, str]:
    """Every generated file with its text."""
    made = {f"docs/rules/{id}.md": page(rules.load_one(id)) for id in rules.ids()}
    made["docs/rules/README.md"] = _index()
    made[".pre-commit-hooks.yaml"] = manifest()
    readme = (ROOT / "README.md").read_text("utf-8")
    made["README.md"] = _with_blocks(readme, {"rules": _groups(), "output": _output()})
    return made


def _groups() -> str:
    """One line a group; the whole table is docs/rules/README.md."""
    lines = ["| group | rules |", "| --- | --- |"]
    for group in rules.groups():
        linked = (f"[{id.partition('-')[2]}](docs/rules/{id}.md)" for id in rules.ids() if id.startswith(f"{group}-"))
        lines.append(f"| `{group}-` | {', '.join(linked)} |")
    return "\n".join(lines) + "\n"


def _index() -> str:
    lines = ["| rule | severity | what it reports |", "| --- | --- | --- |"]
    for rule in rules.load():
        severity = rule.severity.label + ("" if rule.on_by_default else ", off by default")
        lines.append(f"| [{rule.id}]({rule.id}.md) | {severity} | {rule.summary} |")
    return "\n".join(lines) + "\n"


def _output() -> str:
    """What the demo prints for the first findings, as it is."""
    out = io.StringIO()
    before = Path.cwd()
    os.chdir(ROOT / "fixtures")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            verifychain(["check", "--isolated", "--color", "never", "shop/services/worker"])
    finally:
        os.chdir(before)
    return f"```\n$ verifychain check shop/services/worker\n{out.getvalue().rstrip()}\n```\n"


def _with_blocks(text: str, blocks: dict[str, str]) -> str:
    for name, content in blocks.items():
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
        if begin in text and end in text:
            before, _, rest = text.partition(begin)
            text = before + begin + content + end + rest.partition(end)[2]
    return text


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
