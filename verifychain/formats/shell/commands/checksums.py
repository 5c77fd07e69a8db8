"""Programs that print or check digests."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifychain.formats.shell.brought import brings_several, brought
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.digests import OF_ANY_LENGTH, evidence_level
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.folders import folder_of
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.state import Outcome, State, lowest, member, members
from verifychain.formats.shell.values import UNKNOWN, Kind, Level, Unknown

_VALUES = frozenset(["a", "algorithm", "l", "length"])
_MOST_SOUGHT = 64  # downloads whose folder is asked for
_MOST_LISTS = 32  # that a file or a variable may hold
_LINE = re.compile(r"\\?(\S+)(?:[ \t]+[*?]?|[ \t]*\*)(\S.*)")
_DIGEST = re.compile(r"[0-9A-Fa-f]{16,}|\S{0,15}")
BSD = re.compile(r"([A-Za-z0-9-]+) ?\((.+)\) ?= ?(\S+)")
# What goes by the length of the digests, whatever option says which they are.
_BY_LENGTH = {"shasum": "", "b2sum": OF_ANY_LENGTH}
_STEM = re.compile(
    r"[._-](?:sha-?(?:1|224|256|384|512)(?:sums?)?|md5(?:sums?)?|b2|checksums?|digest|hash)(?:\.txt|\.asc)?$",
    re.IGNORECASE,
)


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    given = parse(call.arguments, _VALUES)
    algorithm = _algorithm(call.name, given.value("a", "algorithm"))
    length = given.value("l", "length") or "0"
    if algorithm == "b2" and length.strip("0"):
        algorithm = OF_ANY_LENGTH
    files = [field.text for field in given.operands]
    if given.has("c", "check"):
        shell.verdicts += 1
        if call.name in _BY_LENGTH:
            algorithm = _BY_LENGTH[call.name]
        if call.name in ("sha256", "sha512", "md5") and len(files) > 1 and not shell.fetched_files(files[:1]):
            shell.check(
                shell.fetched_files(files[1:]), files[0], algorithm, call.word
            )  # FreeBSD: sha256 -c digest file
        else:
            _check(shell, files, algorithm, call)
        return shell.ways.status(Outcome(shell.state, shell.failed or shell.state))
    return hash_of(shell, files, algorithm, call.stdin)


def _algorithm(name: str, option: str | None) -> str:
    if name == "shasum":
        return f"sha{(option or '1').removeprefix('sha')}"
    if name in ("b2sum", "b3sum"):
        return {"b2sum": "b2", "b3sum": "blake3"}[name]
    if name == "cksum":
        return {"sha2": "", None: "crc"}.get(option, option or "crc").replace("blake2b", "b2")
    if name in ("rhash", "digest"):
        return ""
    return name.removeprefix("g").removesuffix("sum")


def hash_of(shell: Shell, files: list[str], algorithm: str, stdin: str | None) -> str:
    """What such a program prints for files: their digest, whatever stands beside it."""
    names = [name for name in files if name != "-"]
    if not names and stdin is not None:
        shell.temporary += 1
        names = [f"/dev/stdin/{shell.temporary}"]
        shell.files.put(names[0], stdin)
    names = [name for name in names if not is_part(shell, shell.contents(name))]
    if not names:
        return shell.table.result("$(digest)")
    for fetch in shell.fetched_files(names):
        fetch.hashed = True
    return shell.table.char(Unknown(Kind.HASH, "\n".join(names), algorithm=algorithm))


def is_part(shell: Shell, contents: Iterable[str]) -> bool:
    """Whether it is what a filter has left of a download: ``head -c 100 f > part`` says nothing of the rest."""
    kinds = {one.kind for content in contents for one in shell.table.unknowns(content)}
    return Kind.FILTERED in kinds and Kind.FETCHED not in kinds


def _check(shell: Shell, files: list[str], algorithm: str, call: Call) -> None:
    names = [name for name in files if name != "-"]
    held = [shell.contents(name) for name in names] or [(call.stdin or "",)]
    listed = List(shell, algorithm, call.word, names[0] if names else "", (call.stdin or "") if names else "")
    for texts in held:
        values = [value for text in texts for value in shell.alternatives(text)]
        if len(values) == 1:
            listed.check(values[0])
        elif len(values) <= _MOST_LISTS:  # of more than these nobody looks whether each names the file
            before, ways = shell.state, list[State]()
            for value in values:
                shell.state = before
                listed.check(value)
                ways.append(shell.state)
            shell.state = lowest(before, ways, listed.worthless)


class List:
    """
    A list of digests that a program checks: lines that name a file, or a list that only its source tells of.

    stdin  what comes, where the list does not: ``curl … | tee f | sha256sum --check <(echo "$SUM  -")``
    """

    def __init__(self, shell: Shell, algorithm: str, word: Word, name: str, stdin: str = "") -> None:
        self._shell = shell
        self._algorithm = algorithm
        self._word = word
        self._name = name
        self._stdin = stdin
        self.worthless = 0  # downloads that were compared with their own digest

    def check(self, text: str) -> None:
        """Check what the list names."""
        whole: list[str] = []
        checked = False
        for line in text.replace("\\n", "\n").split("\n"):
            entry = self._entry(line.strip())
            if entry is None:
                whole.append(line)
                continue
            checked |= self._one(*entry)
        rest = "\n".join(whole)
        if UNKNOWN.search(rest) is not None and not checked:
            self._unknown(rest)

    def _entry(self, line: str) -> tuple[str, str, str] | None:
        """Digest, file name and algorithm of a line."""
        bsd = BSD.fullmatch(line)
        if bsd is not None:
            return bsd[3], bsd[2], bsd[1].lower().replace("-", "")
        found = _LINE.fullmatch(line)
        if found is None or (_DIGEST.fullmatch(found[1]) is None and UNKNOWN.search(found[1]) is None):
            return None
        # `*` says that the file is read as bytes, or begins a pattern that a loop went by: `for f in *.tgz`.
        mark = "*" if found[2].startswith(".") and line[found.start(2) - 1] == "*" else ""
        return found[1], mark + found[2].strip(), self._algorithm

    def _one(self, digest: str, name: str, algorithm: str) -> bool:
        shell = self._shell
        fetches = shell.fetched(self._stdin) if name == "-" else shell.fetched_files([name])
        held = (self._stdin,) if name == "-" else shell.contents(name)
        fetches = [] if fetches and is_part(shell, held) else fetches
        if not fetches and name in ("-", "/dev/stdin"):
            return False
        self._compare(fetches, digest, algorithm)
        return bool(fetches)

    def _compare(self, fetches: list[Fetch], digest: str, algorithm: str) -> None:
        self._shell.check(fetches, digest, algorithm, self._word)
        for fetch in fetches:
            self.worthless |= member(fetch.index) if fetch.checks[-1].meaningless else 0

    def _unknown(self, text: str) -> None:
        """A list of which only the source is known: it is as good as that."""
        shell = self._shell
        level, lists, sources = Level.VERIFIED, list[Fetch](), list[Fetch]()
        for unknown in shell.carried(text):
            match unknown.kind:
                case Kind.FETCHED:
                    lists.append(shell.fetches[unknown.fetch])
                case Kind.VARIABLE | Kind.RESULT:
                    level = min(level, Level.EXTERNAL)
                case Kind.HASH:
                    names = unknown.name.split("\n")
                    self._compare(shell.fetched_files(names), shell.table.char(unknown), self._algorithm)
                    return
                case Kind.CONTENT:
                    sources += brought(shell, unknown.name)
                case _:
                    pass
        for one in lists:
            one.data = False
            shell.serves(one)
        if self._algorithm in ("md5", "sha1") or (not self._algorithm and "sha1" in self._name.lower()):
            level = min(level, Level.WEAK)
        names = [name for one in lists for name in (one.target, one.url) if name] + [self._name]
        covered = self._covered(text, names)
        # A filter may write other names, and lists of the project name files of other folders.
        plain = all(one.kind is not Kind.CONTENT and "/" not in one.name for one in shell.carried(text)
                    if one.kind in (Kind.CONTENT, Kind.FILTERED))  # fmt: skip
        if lists and plain and "/" not in text:
            covered = self._here(covered)
        level = min([level, *(evidence_level(shell, one, covered) for one in lists)])
        for one in sources:  # what may be the list is worth as much as that to all others
            others = covered if brings_several(one) else covered & ~member(one.index)
            shell.all_listed(others, min(level, evidence_level(shell, one, others)), self._word)
            covered &= ~others if one.git is None else 0
        shell.all_listed(covered, level, self._word)

    def _here(self, those: int) -> int:
        """
        Those that can be in the folder in which they are checked: lists that projects publish name files alone.

        Of very many any may be meant, so that each check costs the same.
        """
        shell = self._shell
        if those.bit_count() > _MOST_SOUGHT:
            return those
        folder = folder_of(shell.path("f"))
        for index in members(those):
            fetch = shell.fetches[index]
            known = fetch.target is not None and not fetch.copied and fetch.given is None
            if known and not shell.files.folders.same(folder_of(fetch.target or ""), folder):
                those &= ~member(index)
        return those

    def _covered(self, text: str, names: list[str]) -> int:
        """The downloads that a list of unknown content names, as far as can be told."""
        shell, index = self._shell, self._shell.ledger.names
        candidates = shell.outstanding()
        text = " ".join([text, *(one.name for one in shell.carried(text) if one.kind is Kind.FILTERED)])
        words = UNKNOWN.sub("", text).replace("\\", "")
        if words.strip() and candidates and shell.afford(0):
            mentioned, compared = index.mentioned(words)
            shell.afford(compared)
            if mentioned & candidates:
                return mentioned & candidates
        stems = {_STEM.sub("", basename(name)) for name in names if _STEM.search(basename(name))}
        return index.called(stems) & candidates or candidates & ~shell.state.held
