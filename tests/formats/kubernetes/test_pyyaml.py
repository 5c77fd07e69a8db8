"""PyYAML as it is loaded here is all of PyYAML: its reader in Python says the same as before, and as libyaml."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, re, sys
usual = re.compile
if sys.argv[1] == "ours":
    from verifychain.formats.kubernetes import pyyaml
    yaml = pyyaml.load()
    assert pyyaml.load() is yaml and re.compile is usual
    assert not isinstance(yaml.reader.Reader.NON_PRINTABLE, re.Pattern)
else:
    import yaml
found = []
for loader in (yaml.SafeLoader, yaml.CSafeLoader):
    for text in json.loads(sys.argv[2]):
        try:
            found.append(repr(yaml.load(text, Loader=loader)))
        except yaml.YAMLError as error:
            found.append(type(error).__name__)
print(json.dumps(found))
"""
TEXTS = [
    "[yes, 1, 0x1f, 1.5, ~, 2026-11-26, 2026-11-26T10:00:00Z, text, 'a', 1:30, .inf]",
    "{<<: {a: 1}, b: [2, 3]}",
    "a: \u0007",
    "a: \ufffe",
    "a: \U0001f600",
    "a: [",
]


def answers(how: str) -> list[str]:
    argv = [sys.executable, "-c", PROGRAM, how, json.dumps(TEXTS)]
    found: list[str] = json.loads(subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout)
    return found


def test_all_of_it_is_there() -> None:
    ours = answers("ours")
    assert ours == answers("itself")
    assert ours[2] == "ReaderError"
    assert "datetime" in ours[0]
