"""V8 parses modules that are put together at random; what it would load statically is what we find."""

from __future__ import annotations

import json
import random
import shutil
import subprocess

import pytest

from tests.formats.html.test_javascript import CASES
from verifychain.formats.html.javascript import imports

PROGRAM = """
const vm = require('vm');
let text = '';
process.stdin.on('data', piece => text += piece);
process.stdin.on('end', () => console.log(JSON.stringify(JSON.parse(text).map(code => {
  try {
    const made = new vm.SourceTextModule(code);
    return made.moduleRequests?.map(one => one.specifier) ?? [...made.dependencySpecifiers];
  } catch (error) { return null; }
}))));
"""
STATEMENTS = [
    "import '@'", "import a@ from '@'", 'import { b as c@ } from "@"', "import * as d@ from '@'", "export * from '@'",
    "export * as e@ from '@'", "export { f as g@ } from '@'", "export const h@ = 'x'", "let i@ = /import 'no'/g",
    "let j@ = 1 / 2 / 3", "if (1) /import 'no'/.test('')", "let k@ = `import 'no' ${ { a: `}` } }`", "(x => {})(1)",
    "let l@ = { import: 1 }.import / 2", "let m@ = [1] / 2; /'/.test(1)", "function n@() { return /[/]'/ }", "{} /'/.y",
    "let p@ = x => ({}) / 2", "import.meta.url", "class q@ { import() {} }",
    "for (let r of []) /'/.y", "let s@ = 'import \\'no\\''", "let t@ = 1; t@++ / 2", "switch (1) { case /'/: break }",
    "let u@ = async () => { await /'/; }", "let v@ = typeof /'/", "x: /'/.y", "let w@ = a => /'/", "let y@ = !/'/",
    "let z@ = 5 / {}.x / /'/.y", "let A@ = `${'}'}` / 2", "do /'/.y; while (0)", "let B@ = a.if(1) / 2 / 1",
    "let C@ = a.of / 2; let D@ = a ? /'/ : /\"/", "label@: { } /`/.y", "while (0) { } /'/.y", "let E@ = { } / 1",
    "let F@ = function () {} / 1 / 2", "(function f@ (a, b = (1)) {} / '/')", "let G@ = class {} / '/'",
    "let H@ = class I@ extends Array {} / '/'", "function J@ () {} /'/.y", "class K@ extends Array {} /'/.y",
    "let L@ = async function* () {} / '/'", "let M@ = () => class {} / '/'", "let N@ = { a: function () {} / '/' }",
    "let O@ = class P@ extends Array { } / 1 / 2", "let Q@ = 1. / 2 / 3", "let R@ = 1 ? { } / 1 : { } / 2",
    "import 'S@' \n /'/.y", "for (let T@ of /'/.y) { }", "for (let U@ in { }) /'/.y", "let V@ = 1 . return / 2 / 1",
    "W@: for (;;) { break W@ \n /'/.y }", "let X@ = class { if ( ) { } static { } } / 1 / 2",
    "let Y@ = class extends class { } { } / 1 / 2", "export default class { } /'/.y",
]  # fmt: skip
GAPS = [" ", "\u00a0", "/*{*//*`*/", "\n", " /* ' */ ", " // `\n", "/**/", "\t"]


def random_modules(seed: int, number: int) -> list[str]:
    source = random.Random(seed)
    made = []
    for _ in range(number):
        parts = []
        for index in range(source.randint(1, 8)):
            words = source.choice(STATEMENTS).replace("@", str(index)).split(" ")
            inside = "'" in "".join(words) or "`" in "".join(words) or "/" in "".join(words)
            parts.append((" " if inside else source.choice(GAPS)).join(words))
        made.append(f"{source.choice(GAPS)};{source.choice(GAPS)}".join(parts))
    return made


def test_what_v8_finds() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("peer not available: node")
    codes = [*random_modules(20261126, 1500), *(text for text, _ in CASES)]
    done = subprocess.run(
        [node, "--no-warnings", "--experimental-vm-modules", "-e", PROGRAM],
        input=json.dumps(codes), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    answers = json.loads(done.stdout)
    wrong, parsed = [], 0
    for code, expected in zip(codes, answers, strict=True):
        if expected is None:
            continue
        parsed += 1
        raw = code.encode().decode("latin-1")
        found = {one.specifier for one in imports(raw, module=True) if not one.dynamic}
        if found != set(expected):
            wrong.append((code, expected, found))
    assert parsed > 800, parsed
    assert not wrong, (len(wrong), parsed, sorted(wrong, key=lambda one: len(one[0]))[:6])
