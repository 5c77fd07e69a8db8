"""Programs that print, filter and decompress: what they write is made of what they read."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.state import Outcome
from verifychain.formats.shell.values import UNKNOWN, Kind, Unknown

_DECOMPRESSED = re.compile(r"\.(?:gz|xz|bz2|zst|lzma|Z|br)$")
_ECHO_OPTIONS = re.compile(r"-[neE]+")
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "'": "'"}
_FORMAT = re.compile(r"%(?:%|[-+ #0]*\d*(?:\.\d+)?[sdibqxc])")
_OF_PV = """s L B i N H w D F d R P size rate-limit buffer-size interval name height width delay-start format watchfd
    remote pidfile"""
_FILE_OPTIONS = {
    "grep": frozenset(["e", "f", "m", "A", "B", "C", "regexp", "file", "max-count", "include", "exclude"]),
    "awk": frozenset(["F", "v", "f", "field-separator", "assign", "file"]),
    "sed": frozenset(["e", "f", "l", "expression", "file"]),
    "cut": frozenset(["d", "f", "c", "b", "delimiter", "fields", "characters"]),
    "head": frozenset(["n", "c", "lines", "bytes"]),
    "sort": frozenset(["k", "t", "o", "T", "key"]),
    "uniq": frozenset(["f", "s", "w", "skip-fields", "skip-chars", "check-chars"]),
    "base64": frozenset(["w", "wrap"]),
    "strings": frozenset(["n", "t", "e", "bytes", "radix", "encoding"]),
    "column": frozenset(["s", "c", "o", "N", "separator", "output-separator", "table-columns"]),
    "xmllint": frozenset(["xpath", "encode", "pattern"]),
    "pv": frozenset(_OF_PV.split()),
    "jq": frozenset(["f", "L", "indent"]),
}
_CHARACTERS = re.compile(r"(?:0-9|a-f|a-z|A-F|A-Z|[\w /])+")  # a set of them, for tr
_WORDS = re.compile(r"\^?[\w/][\w /.-]*\$?")  # a pattern that needs no going back
_RANGE = re.compile(r"([1-9][0-9]{0,5})?(-)?([0-9]{1,6})?(?<=.)")
_DIGITS = 6
_PAIRS = frozenset(["--arg", "--argjson", "--slurpfile", "--rawfile"])  # of jq: a name and a value follow
_PROGRAM_FIRST = frozenset(["grep", "awk", "sed", "jq", "yq", "tr"])
_WITHOUT_FILES = frozenset(["tr", "envsubst"])  # their operands are sets of characters, and names of variables
_EVALUATING = frozenset(["e", "eval", "ea", "eval-all"])  # commands of yq


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    special = _SPECIAL.get(call.name)
    if special is not None:
        return special(shell, call)
    return _filter(shell, call)


def _echo(shell: Shell, call: Call) -> str:
    texts = call.texts
    escapes = False
    while texts and texts[0].startswith("-") and _ECHO_OPTIONS.fullmatch(texts[0]):
        escapes |= "e" in texts.pop(0)
    line = " ".join(texts)
    shell.outcome = Outcome(shell.state, None)  # `[ $A != $B ] && echo bad && exit 1`: nothing keeps it from the exit
    return (_unescaped(line) if escapes else line) + "\n"


def _unescaped(text: str) -> str:
    if text.count("\\n") == text.count("\\"):  # as nearly always
        return text.replace("\\n", "\n")
    return _ESCAPE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    octal, digits, char = found.groups()
    if char is not None:
        return _ESCAPED.get(char, found[0])
    return chr(int(octal, 8) & 0xFF if octal else int(digits, 16))


def _printf(shell: Shell, call: Call) -> str:
    if not call.arguments:
        return ""
    template, *values = call.texts
    if template == "-v" and len(values) >= 2:
        shell.assign(values[0], (_formatted(shell, values[1], values[2:]),))
        return ""
    if template == "--" and values:
        template, *values = values
    return _formatted(shell, template, values)


def _formatted(shell: Shell, template: str, values: list[str]) -> str:
    """Printf's output: the format is used again while values are left."""
    template = _unescaped(template)
    wanted = sum(found != "%%" for found in _FORMAT.findall(template))
    rest = list(values)
    rounds = min(max(1, -(-len(values) // wanted)) if wanted else 1, 200)
    return "".join(
        _FORMAT.sub(lambda found: "%" if found[0] == "%%" else rest.pop(0) if rest else "", template)
        for _ in range(rounds)
    )


def _cat(shell: Shell, call: Call) -> str:
    names = [field.text for field in parse(call.arguments, _FILE_OPTIONS.get(call.name, frozenset())).operands]
    return _read(shell, call, names) if names else call.stdin or ""


def _read(shell: Shell, call: Call, names: list[str]) -> str:
    """What stands in files one after another, of which one may be what comes."""
    for fetch in shell.fetched_files(names):
        fetch.read = True
    return "".join((call.stdin or "") if name == "-" else shell.content(name) for name in names)


def _tee(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, frozenset())
    for field in given.operands:
        shell.write(field.text, call.stdin or "", append=given.has("a", "append"), through=True)
    return call.stdin or ""


def _dd(shell: Shell, call: Call) -> str:
    words = dict(text.split("=", 1) for text in call.texts if "=" in text)
    content = shell.content(words["if"]) if "if" in words else call.stdin or ""
    if not {"count", "skip", "iseek"}.isdisjoint(words) and shell.fetched(content):
        content = _filtered(shell, content, "")  # a part of it
    if "of" in words:
        flags = f"{words.get('conv', '')},{words.get('oflag', '')}".split(",")
        inside = "seek" in words or "oseek" in words or not {"notrunc", "append"}.isdisjoint(flags)
        shell.write(words["of"], content, append=inside)  # what was there before stays in part
        return ""
    return content


def _decompress(shell: Shell, call: Call) -> str:
    given = parse(call.arguments, frozenset(["S", "T", "o", "suffix", "threads"]))
    names = [field.text for field in given.operands if field.text != "-"]
    output = given.value("o")
    if not names and output is not None:
        shell.write(output, call.stdin or "")
        return ""
    if not names:
        return call.stdin or ""
    if given.has("c", "stdout", "to-stdout"):
        return "".join(shell.content(name) for name in names)
    for name in names:
        target = output or _DECOMPRESSED.sub("", name)
        if target != name:
            shell.move([name], target)
    return ""


def _in_place(shell: Shell, call: Call) -> str:
    return ""


def _filter(shell: Shell, call: Call) -> str:
    """What a filter lets through, with the words that it looks for: they tell of which lines of a list."""
    family = {
        "egrep": "grep",
        "fgrep": "grep",
        "rg": "grep",
        "gawk": "awk",
        "mawk": "awk",
        "tail": "head",
    }
    name = family.get(call.name, call.name)
    given = parse(_without_pairs(call, name), _FILE_OPTIONS.get(name, frozenset()))
    program, operands = _program_and_files(call, name, given)
    inverse = given.has("v", "invert-match", "L", "files-without-match")
    text = _read(shell, call, operands) if operands else call.stdin or ""
    if name == "sed" and any(option.name.startswith("i") for option in given.options):
        _rewritten(shell, operands, " ".join(program))
        return ""
    kinds = {unknown.kind for unknown in shell.table.unknowns(text)}
    if Kind.STATUS in kinds and name == "grep":
        _outcome_of_check(shell, text, " ".join(program), inverse=inverse)
    if Kind.HASH in kinds:
        if name == "grep" and not inverse and len(program) == 1:  # of several any is enough
            _compared(shell, call, text, program[0], whole=given.has("x", "line-regexp"))
        return "".join(char for char in UNKNOWN.findall(text) if shell.table.of(char).kind is Kind.HASH)
    if not kinds:
        text = _of_known(text, name, given, program)
        return text if text.strip() else shell.table.result(f"$({name} …)")
    if not {unknown.kind for unknown in shell.carried(text)}.isdisjoint((Kind.FETCHED, Kind.CONTENT)):
        return _filtered(shell, text, " ".join(program) if name in ("grep", "awk", "sed") else "")
    return text


def _of_known(text: str, name: str, given: Options, program: list[str]) -> str:
    """What a filter makes of a text that is known, as far as that can be told; else all of it."""
    if name == "grep" and not given.options and len(program) == 1 and _WORDS.fullmatch(program[0]):
        return "\n".join(line for line in text.split("\n") if re.search(program[0], line))
    if name == "tr" and given.has("d") and program and _CHARACTERS.fullmatch(program[0]):
        return re.sub(f"[{program[0]}]", "", text)
    return _pieces(text, given) if name == "cut" else text


def _pieces(text: str, given: Options) -> str:
    """What ``cut -d: -f2`` and ``cut -c1-8`` leave of each line; all of it where more than one piece is asked for."""
    characters = _RANGE.fullmatch(given.value("c", "characters", "b") or "")
    field = given.value("f", "fields") or ""
    if characters is not None:
        first, dash, last = characters.groups()
        end = int(last) if last else None if dash else int(first)
        return "\n".join(line[int(first or 1) - 1 : end] for line in text.split("\n"))
    if not field.isdecimal() or len(field) > _DIGITS or field == "0":
        return text
    separator = (given.value("d", "delimiter") or "\t")[:1]
    lines = [line.split(separator) for line in text.split("\n")]
    if given.has("s", "only-delimited"):
        lines = [line for line in lines if len(line) > 1]
    return "\n".join("".join(one[int(field) - 1 : int(field)]) if len(one) > 1 else one[0] for one in lines)


def _program_and_files(call: Call, name: str, given: Options) -> tuple[list[str], list[str]]:
    """What a filter is told to look for or to do, and the files that it reads."""
    operands = [field.text for field in given.operands]
    program = given.values("e", "regexp", "expression") if name in ("grep", "sed") else []
    if name == "yq" and operands[:1] and operands[0] in _EVALUATING:
        operands.pop(0)
    if name in _PROGRAM_FIRST and not program and not given.has("f", "file", "from-file") and operands:
        program = [operands.pop(0)]
    if call.name == "tail" and operands and operands[0].startswith("+"):
        operands.pop(0)  # `tail +2`
    return program, [] if name in _WITHOUT_FILES else operands


def _rewritten(shell: Shell, names: list[str], program: str) -> None:
    """``sed -i "s/…/$(sha256sum f)/" sums``: a list that holds the file's own digest says nothing of it."""
    hashes = "".join(shell.table.char(unknown) for unknown in shell.carried(program) if unknown.kind is Kind.HASH)
    for name in names if hashes else ():
        shell.write(name, hashes)


def _without_pairs(call: Call, name: str) -> tuple[Field, ...]:
    """The arguments without jq's ``--arg name value``."""
    arguments = call.arguments
    for at in reversed([at for at, text in enumerate(call.texts) if name == "jq" and text in _PAIRS]):
        arguments = arguments[:at] + arguments[at + 3 :]
    return arguments


def _filtered(shell: Shell, text: str, words: str) -> str:
    """Some of a text; which, only the words that were looked for may tell."""
    values: tuple[str, ...] = (text,)
    if len(text) == 1 and shell.table.of(text).kind is Kind.FILTERED:
        inner = shell.table.of(text)
        words, values = f"{inner.name} {words}".strip(), inner.values
    return shell.table.char(Unknown(Kind.FILTERED, words[:1000], values))


def _outcome_of_check(shell: Shell, text: str, pattern: str, *, inverse: bool) -> None:
    """``sha256sum -c sums | grep OK`` succeeds where the check did."""
    good, bad = re.search(r"\bOK\b", pattern), re.search(r"FAILED", pattern)
    if bool(good) is bool(bad):
        return
    status = next(char for char in UNKNOWN.findall(text) if shell.table.of(char).kind is Kind.STATUS)
    ok, fail, _ = shell.ways.ended(status, shell.state)
    shell.outcome = Outcome(ok, fail) if bool(good) is not inverse else Outcome(fail, ok)


def _compared(shell: Shell, call: Call, text: str, pattern: str, *, whole: bool) -> None:
    """``sha256sum f | grep "$SUM"`` compares too, and so does a list of fingerprints that is searched."""
    for unknown in shell.table.unknowns(text):
        if unknown.kind is Kind.HASH:
            fetches = shell.fetched_files(unknown.name.split("\n"))
            words = pattern.replace("^", "").replace("$", "").split()
            if words and whole:  # which is not empty
                shell.check(fetches, words[0], unknown.algorithm, call.word)
            elif words:
                shell.search(fetches, words[0], words[0], unknown.algorithm, call.word)


_SPECIAL: dict[str, Callable[[Shell, Call], str]] = {
    "echo": _echo, "printf": _printf, "cat": _cat, "zcat": _cat, "tee": _tee, "dd": _dd, "sponge": _tee, "pv": _cat,
    "gzip": _decompress, "gunzip": _decompress, "zstd": _decompress, "unzstd": _decompress, "xz": _decompress,
    "unxz": _decompress, "bzip2": _decompress, "bunzip2": _decompress, "dos2unix": _in_place,
    "fromdos": _in_place,
}  # fmt: skip
