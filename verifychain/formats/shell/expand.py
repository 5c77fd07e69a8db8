"""What a word becomes (POSIX.1-2024, XCU 2.6, with bash's operators)."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Words
from operator import add

from verifychain.core.record import NamedTuple, maker
from verifychain.formats.shell import items
from verifychain.formats.shell.bounds import QUOTED, Bounds
from verifychain.formats.shell.nodes import Sequence
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.syntax import Script
from verifychain.formats.shell.trimming import changed, cost
from verifychain.formats.shell.values import LONGEST, SPLIT, Kind, Table, clean, cut

MOST_EXPANDED = 1 << 23  # characters in one stage or script
_SEVERAL = 8  # what each argument costs of a word that becomes several, in characters expanded in that time
SEARCHED = 64  # characters that are searched for a text in the time that expanding one takes
_PLAIN = re.compile(r"[^\\'\"`$<>*?\[]+")
# What means something is said by what does not: a class that reaches to the last character takes 6 ms to compile.
_MEANING = re.compile(r"[^\x00-!#%&(-;=?-\[\]-_a-\x7f]")
_BODY = re.compile(r"[^\\$`]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_OPERATION = re.compile(r"(!?)([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(\[[^\]]*\])?(.*)", re.DOTALL)
_SUM = re.compile(r"\s*\$?\{?([A-Za-z_]\w*)\}?\s*\+\s*([0-9]{1,6})\s*")
_ALL = re.compile(r"\"\$(?:@|\{(?:@|[A-Za-z_]\w*\[@\])\})\"")  # each element is a word of its own
_BLANKS = re.compile(r"[ \t\n]+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "0": "\0", "e": "\x1b"}


class Field(NamedTuple):
    """One argument: what it becomes, and where the word stands that it comes from."""

    text: str
    word: Word


_field = maker(Field)


class Environment:
    """What a word is expanded with; a shell implements it."""

    def __init__(self) -> None:
        self.table = Table()
        self.budget = MOST_EXPANDED
        self.defaulted = False  # whether a default was taken for what the caller may set
        self.defaults: set[str] = set()  # the variables that were set to such a one
        self.too_much = False

    def spend(self, value: str) -> str:
        """A value, unless too much has been expanded by now: ``A=$A$A`` doubles with each line."""
        return value if self.afford(len(value)) else self.table.result("…")

    def afford(self, characters: int) -> bool:
        """Whether so much more may be read, where a short text can ask for much; it counts as if it were expanded."""
        self.budget -= characters
        self.too_much |= self.budget < 0
        return self.budget >= 0

    def alternatives(self, text: str) -> tuple[str, ...]:
        """The values that a text can have where it is one variable with several known ones; else the text itself."""
        found = self.table.alternatives(text)
        return found if self.afford(len(found)) else found[:1]

    # What those add that know variables and run commands (``Machine`` and ``Process``). Nothing is made of this class
    # alone, so none of these is reached: a default would be a guess.

    def variable(self, name: str) -> tuple[str, ...] | None:
        """The possible values of a variable or parameter, None where it is not set here."""
        raise NotImplementedError

    def given(self, name: str) -> str:
        """A variable is known not to be empty behind what is expanded."""
        raise NotImplementedError

    def part_statuses(self) -> list[str]:
        """The exit statuses of the parts of the pipeline that has just ended."""
        raise NotImplementedError

    def reckon(self, text: str) -> None:
        """Set what an arithmetic expression sets."""
        raise NotImplementedError

    def reckoned(self, name: str, operator: Callable[[int, int], int], number: int) -> tuple[str, ...]:
        """What a variable can be behind an addition."""
        raise NotImplementedError

    def assign(self, name: str, values: tuple[str, ...]) -> None:
        raise NotImplementedError

    def substitute(self, body: Sequence) -> str:
        """What commands print."""
        raise NotImplementedError

    def substitute_text(self, text: str, start: int, end: int) -> str:
        """What commands print that stand between backquotes, at this place of the script."""
        raise NotImplementedError


class Expander(Bounds):
    """Expands words of one script."""

    def __init__(self, script: Script, environment: Environment) -> None:
        super().__init__(script)
        self._environment = environment
        self._table = environment.table
        self._elements: dict[str, tuple[tuple[str, ...], str]] = {}  # what any of an array's elements stands for

    def fields(self, word: Word) -> list[Field]:
        """The arguments that a word becomes: usually one, none for an empty unquoted expansion."""
        text = self._text[word.start : word.end]
        if text.isalnum():
            return [Field(text, word)]
        value = self._environment.spend(self._expand(word.start, word.end))
        if SPLIT not in value:
            if value:
                return [Field(value, word)]
            quoted = ('"' in text or "'" in text) and _ALL.fullmatch(text) is None
            return [Field(value, word)] if quoted else []
        found = [_field((one, word)) for one in value.split(SPLIT) if one]
        self._environment.afford(_SEVERAL * len(found))
        return found

    def all_fields(self, words: Words[Word]) -> list[Field]:
        """The arguments that words become; those in which no character means anything are most."""
        if not words:
            return []
        whole, first, last = self._text, words[0].start, words[-1].end
        if last - first <= LONGEST and _MEANING.search(whole, first, last) is None:
            found = [_field((whole[start:end], word)) for word in words for start, end in (word,)]
            spent = last - first
        else:
            found, spent = self._each(words)
        if not self._environment.afford(spent):
            return [Field(self._table.result("…"), word) for word in words]
        return found

    def _each(self, words: Words[Word]) -> tuple[list[Field], int]:
        """The arguments that words become, and the length of those that stay as they are."""
        whole, found, spent = self._text, list[Field](), 0
        for word in words:
            start, end = word
            text = whole[start:end]
            if text.isalnum() or (end - start <= LONGEST and _MEANING.search(text) is None):
                found.append(_field((text, word)))
                spent += end - start
            else:
                found += self.fields(word)
        return found, spent

    def value(self, word: Word) -> str:
        """What a word becomes where it is not split: in assignments, redirections, ``case``."""
        return self._environment.spend(self._expand(word.start, word.end)).replace(SPLIT, " ")

    def body(self, start: int, end: int) -> str:
        """A here-document without quotes around its end."""
        return self._pieces(start, end, _BODY, quoted=True)

    def _expand(self, at: int, end: int) -> str:
        if _MEANING.search(self._text, at, end) is None:
            return cut(self._text[at:end])
        if self._text.startswith("~", at) and self._text[at + 1 : min(end, at + 2)] in ("", "/"):
            return "~" + self._pieces(at + 1, end, _PLAIN, quoted=False)
        return self._pieces(at, end, _PLAIN, quoted=False)

    def _pieces(self, at: int, end: int, plain: re.Pattern[str], *, quoted: bool) -> str:
        text, out = self._text, list[str]()
        while at < end:
            found = plain.match(text, at, end)
            if found is not None:
                out.append(_decoded(found[0]))
                at = found.end()
                continue
            piece, at = self._special(at, end, quoted=quoted)
            out.append(piece)
        return cut("".join(out))

    def _special(self, at: int, end: int, *, quoted: bool) -> tuple[str, int]:
        text, char = self._text, self._text[at]
        match char:
            case "\\":
                return self._escaped(text[at + 1 : min(at + 2, end)], quoted=quoted), min(at + 2, end)
            case "'" if not quoted:
                close = min(text.find("'", at + 1) % (len(text) + 1), end)
                return _decoded(text[at + 1 : close]), close + 1
            case '"' if not quoted:
                plain = QUOTED.match(text, at + 1, end)
                if plain is not None and text.startswith('"', plain.end(), end):
                    return _decoded(plain[0]), plain.end() + 1
                close = self._closing_quote(at + 1, end)
                return self._pieces(at + 1, close, QUOTED, quoted=True), close + 1
            case "`":
                close = self._closing_backtick(at + 1, end)
                inner = re.sub(r"\\([\\`$])", r"\1", text[at + 1 : close])
                return self._split(self._environment.substitute_text(inner, at + 1, close), quoted=quoted), close + 1
            case "$":
                return self._dollar(at, end, quoted=quoted)
            case "<" | ">" if at in self._script.inner:
                body, close = self._script.inner[at]
                value = self._environment.substitute(body)
                return self._stream(value), close
            case _:
                return char, at + 1

    def _stream(self, value: str) -> str:
        from verifychain.formats.shell.values import Unknown

        return self._table.char(Unknown(Kind.STREAM, "", (value,)))

    def _escaped(self, char: str, *, quoted: bool) -> str:
        if char == "\n":
            return ""
        return "\\" + char if quoted and char not in '$`"\\' else char

    def _dollar(self, at: int, end: int, *, quoted: bool) -> tuple[str, int]:
        text = self._text
        if at in self._script.inner:
            body, close = self._script.inner[at]
            return self._split(self._environment.substitute(body), quoted=quoted), close
        if text.startswith("$((", at):
            close = self._closing_arithmetic(at + 3, end)
            return self._sum(text[at + 3 : close - 2]), close
        if text.startswith("${", at):
            close = self._closing_brace(at + 2, end, quoted=quoted)
            return self._split(self._operation(at + 2, close), quoted=quoted), close + 1
        if text.startswith("$'", at) and not quoted:
            found = re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL).match(text, at + 2, end)
            close = at + 2 if found is None else found.end()
            return re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[0]), text[at + 2 : close]), close + 1
        if text.startswith('$"', at) and not quoted:
            close = self._closing_quote(at + 2, end)
            return self._pieces(at + 2, close, QUOTED, quoted=True), close + 1
        if text.startswith("$(", at):
            return self._unread(at, end)
        name = _NAME.match(text, at + 1, end)
        if name is None:
            return "$", at + 1
        return self._split(self._parameter(name[0]), quoted=quoted and name[0] != "@"), name.end()

    def _unread(self, at: int, end: int) -> tuple[str, int]:
        """``$(…)`` where commands are not looked for when a script is read: in here-documents."""
        last = min(end, at + LONGEST)
        close = items.closing(self._text, at + 2, last) if self._environment.afford(0) else last
        self._environment.afford(close - at)
        if close == last:
            return "$", at + 1
        return self._environment.substitute_text(self._text[at + 2 : close], at + 2, close), close + 1

    def _split(self, value: str, *, quoted: bool) -> str:
        return value if quoted else _BLANKS.sub(SPLIT, value)

    def _parameter(self, name: str) -> str:
        values = self._environment.variable(name)
        self._environment.defaulted |= name in self._environment.defaults
        if values is None:
            return self._table.variable(name)
        if len(values) == 1:
            return values[0].split(SPLIT)[0] if SPLIT in values[0] and name not in "@*" else values[0]
        return self._table.variable(name, values)

    def _operation(self, at: int, end: int) -> str:
        found = _OPERATION.match(self._text, at, end)
        if found is None or (self._text[at] == "#" and end > at + 1):
            return self._table.result("${#…}")
        indirect, name, index, rest = found.groups()
        if indirect:
            values = self._environment.variable(name)
            return self._parameter(values[0]) if values is not None and values[0] else self._table.variable(name)
        if index:
            return self._element(name, index, rest)
        if not rest:
            return self._parameter(name)
        return self._apply(name, rest, end - len(rest), end)

    def _sum(self, text: str) -> str:
        """``$((n+1))``; any other arithmetic is not followed."""
        found = _SUM.fullmatch(text)
        if found is None:
            self._environment.reckon(text)
            return self._table.result("$((…))")
        values = self._environment.reckoned(found[1], add, int(found[2]))
        return values[0] if len(values) == 1 else self._table.variable(f"$(({text}))", values)

    def _element(self, name: str, index: str, rest: str) -> str:
        if name == "PIPESTATUS" and not rest:
            return items.of_statuses(self._environment.part_statuses(), index[1:-1]) or self._table.variable(name)
        values = self._environment.variable(name)
        if values is None:
            return self._table.variable(name)
        if index in ("[@]", "[*]"):
            all_items = values[0].split(SPLIT)  # of several, any shows what is done
            some = items.some(all_items, rest, first=0)
            return items.each(all_items, rest, changed) or values[0] if some is None else some
        status = items.status(self._table, values[0], index[1:-1]) if len(values) == 1 else ""
        if status:
            return status
        known = self._elements.get(name)
        if known is not None and known[0] == values:
            return known[1]
        self._environment.afford(sum(map(len, values)))
        every = list(dict.fromkeys(item for value in values for item in value.split(SPLIT) if item)) or [""]
        found = every[0] if len(every) == 1 else self._table.variable(name, tuple(every))
        self._elements[name] = values, found
        return found

    def _unless_set(self, name: str, operator: str, word: str, values: tuple[str, ...] | None) -> str:
        """``${name:-word}`` and its kin."""
        if operator == ":?":
            self._environment.given(name)
        missing = values is None or (operator[0] == ":" and values == ("",))
        if operator[-1] == "+":
            return "" if missing else word
        if operator[-1] == "?" or not missing:
            return self._parameter(name)
        if operator[-1] == "=":
            self._environment.assign(name, (word,))
        self._environment.defaulted |= values is None
        return word

    def _apply(self, name: str, rest: str, at: int, end: int) -> str:
        """``${name…}`` with an operator; ``rest`` is the operator and its word."""
        values = self._environment.variable(name)
        colon = rest.startswith(":")
        kind = rest[1:2] if colon else rest[:1]
        if kind and kind in "-=?+":
            word = self._pieces(at + (2 if colon else 1), end, _PLAIN, quoted=False).replace(SPLIT, " ")
            return self._unless_set(name, rest[: 1 + colon], word, values)
        if values and colon and name in ("@", "*"):
            some = items.some(values[0].split(SPLIT), rest, first=1)
            return self._table.variable(name + rest) if some is None else some
        if values and name in ("@", "*"):
            return items.each(values[0].split(SPLIT), rest, changed) or self._table.variable(name + rest)
        if values:
            self._environment.afford(sum(cost(value, rest) for value in values))
            found = [changed(value, kind if not colon else ":", rest) for value in values]
            known = tuple(dict.fromkeys(value for value in found if value is not None))
            if None not in found:
                return known[0] if len(known) == 1 else self._table.variable(name + rest, known)
            if any(one.kind is not Kind.VARIABLE for value in values for one in self._table.carried(value)):
                # Still what was fetched or computed.
                kept = tuple(dict.fromkeys(new or old for new, old in zip(found, values, strict=True)))
                return kept[0] if len(kept) == 1 else self._table.variable(name + rest, kept)
        return self._table.variable(name + rest)


def _decoded(text: str) -> str:
    return text if text.isascii() else clean(text.encode("latin-1", "replace").decode("utf-8", "replace"))
