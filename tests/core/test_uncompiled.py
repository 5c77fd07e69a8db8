"""A library as it is loaded here is all of that library: what it says is what it says otherwise."""

from __future__ import annotations

import json
import subprocess
import sys

YAML = """
import json, re, sys
usual = re.compile
if sys.argv[1] == "ours":
    from verifychain.core import uncompiled
    yaml = uncompiled.load("yaml")
    assert uncompiled.load("yaml") is yaml and re.compile is usual
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
NAMES = """
import json, re, sys, threading
usual = re.compile
if sys.argv[1] == "ours":
    from verifychain.core import uncompiled
    x509 = uncompiled.load("cryptography.x509")
    assert re.compile is usual
    assert not isinstance(x509.name._RFC4514NameParser._STRING_RE, re.Pattern)
else:
    from cryptography import x509
found = []
for text in json.loads(sys.argv[2]):
    try:
        found.append(repr(x509.Name.from_rfc4514_string(text)))
    except ValueError as error:
        found.append(str(error))
print(json.dumps(found))
"""
SUBJECTS = ["CN=a,O=b", "CN=#04024869", r"CN=a\,b+O=\e4\bd\a0", "2.5.4.3=x", "CN", "=", "CN= a", ""]
ELSEWHERE = """
import re, sys, threading
from verifychain.core import uncompiled

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "yaml":
            thread = threading.Thread(target=lambda: found.append(re.compile("a")))
            thread.start()
            thread.join()

found = []
sys.meta_path.insert(0, Finder())
uncompiled.load("yaml")
assert isinstance(found[0], re.Pattern)
"""


def answers(program: str, how: str, given: list[str]) -> list[str]:
    argv = [sys.executable, "-c", program, how, json.dumps(given)]
    found: list[str] = json.loads(subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout)
    return found


def test_all_of_pyyaml_is_there() -> None:
    """Its reader in Python says the same as before, and as libyaml."""
    ours = answers(YAML, "ours", TEXTS)
    assert ours == answers(YAML, "itself", TEXTS)
    assert ours[2] == "ReaderError"
    assert "datetime" in ours[0]


def test_names_in_certificates_can_be_read_from_text() -> None:
    ours = answers(NAMES, "ours", SUBJECTS)
    assert ours == answers(NAMES, "itself", SUBJECTS)
    assert ours[0] == "<Name(CN=a,O=b)>"


def test_other_threads_compile_as_usual() -> None:
    subprocess.run([sys.executable, "-c", ELSEWHERE], check=True, timeout=60)
