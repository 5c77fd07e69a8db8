"""Compound commands."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.formats.shell.nodes import Arm, Case, For, Function, Group, If, Node, Sequence, Simple, While
from verifychain.formats.shell.parser import Parser
from verifychain.formats.shell.scanner import DEEPEST, ParseError, Word

_OPERATOR = re.compile(r"&&|\|\||[()<>!](?=[\s(]|$)|[()<>]", re.ASCII)
_END_OF_TEST = re.compile(r"\]\](?=[\s;&|<>()]|$)", re.ASCII)
_REGEX = re.compile(r"(?:\\.|\"[^\"]*\"|'[^']*'|\$\{[^}]{0,200}\}|[^\s\"'\\])+", re.ASCII)
_NAME = re.compile(r"[^\s;&|<>()]+", re.ASCII)


class Compound(Parser):
    """The whole grammar."""

    def command(self) -> Node:
        self.counted(self.at)
        self.deeper(self.at)
        node = self.plain_command() or self._other_command()
        self.shallower()
        return node

    def _other_command(self) -> Node:
        if self.text.startswith("((", self.at):
            arithmetic = self._arithmetic_command()
            if arithmetic is not None:
                return arithmetic
        if self.text.startswith("(", self.at):
            return self._group("(", ")")
        word = self.reserved()
        compound = _COMPOUND.get(word) if word else None
        if compound is not None:
            return compound(self)
        if word:
            raise ParseError(f"unexpected `{word}`", self.at)
        name = self.function_name()
        return self._function(name) if name else self.simple(self.at, [])

    def braced(self) -> Node:
        return self._group("{", "}")

    def coproc(self) -> Node:
        self.at += len("coproc")
        self.blanks()
        return self.command()

    def _arithmetic_command(self) -> Node | None:
        start, end = self.at, self._arithmetic(self.at + 2)
        if not end:
            return None
        self.at = end
        return Simple((), (), self.redirects(), Word(start, end))

    def _group(self, opening: str, closing: str) -> Node:
        self.at += 1
        body = self.closed(closing)
        return Group(body, opening == "(", self.redirects())

    def if_clause(self) -> Node:
        clauses: list[tuple[Sequence, Sequence]] = []
        otherwise = None
        word = "if"
        while word != "fi":
            self.at += len(word)
            if word == "else":
                otherwise = self.sequence(frozenset({"fi"}))
            else:
                condition = self.closed("then")
                clauses.append((condition, self.sequence(frozenset({"elif", "else", "fi"}))))
            word = self.reserved()
        self.at += len("fi")
        return If(tuple(clauses), otherwise, self.redirects())

    def while_loop(self) -> Node:
        word = self.reserved()
        self.at += len(word)
        condition = self.sequence(frozenset({"do"}))
        body = self._do_group()
        return While(condition, word == "until", body, self.redirects())

    def _do_group(self) -> Sequence:
        self.expect("do")
        return self.closed("done")

    def for_loop(self) -> Node:
        self.at += len(self.reserved())
        self.blanks()
        words: tuple[Word, ...] | None = None
        variable, header = "", None
        if self.text.startswith("((", self.at):
            header = Word(self.at, self._arithmetic(self.at + 2) or self.at)
            self.at = header.end
        else:
            found = _NAME.match(self.text, self.at)
            if found is None:
                raise ParseError(f"unexpected `{self.token()}`", self.at)
            variable, self.at = found[0], found.end()
            words = self._for_words()
        self.blanks()
        if self.text.startswith(";", self.at):
            self.at += 1
        self.newlines()
        body = self._sequence_in_braces() if self.reserved() == "{" else self._do_group()
        return For(variable, words, body, self.redirects(), header)

    def _sequence_in_braces(self) -> Sequence:
        self.expect("{")
        return self.closed("}")

    def _for_words(self) -> tuple[Word, ...] | None:
        self.newlines()
        found = _NAME.match(self.text, self.at)
        if found is None or found[0] != "in":
            return None
        self.at = found.end()
        words: list[Word] = []
        while True:
            self.blanks()
            end = self.word_end(self.at)
            if end == self.at:
                return tuple(words)
            words.append(Word(self.at, end))
            self.at = end

    def case_clause(self) -> Node:
        self.at += len("case")
        self.blanks()
        subject = Word(self.at, self.word_end(self.at))
        self.at = subject.end
        self.newlines()
        found = _NAME.match(self.text, self.at)
        if found is None or found[0] != "in":
            raise ParseError(f"expected `in`, found `{self.token()}`", self.at)
        self.at = found.end()
        arms: list[Arm] = []
        while True:
            self.newlines()
            if self.reserved() == "esac":
                self.at += len("esac")
                return Case(subject, tuple(arms), self.redirects())
            arms.append(self._arm())

    def _arm(self) -> Arm:
        if self.text.startswith("(", self.at):
            self.at += 1
        patterns: list[Word] = []
        while True:
            self.newlines()
            end = self.word_end(self.at)
            if end == self.at:
                raise ParseError(f"unexpected `{self.token()}`", self.at)
            patterns.append(Word(self.at, end))
            self.at = end
            self.blanks()
            if not self.text.startswith("|", self.at):
                break
            self.at += 1
        self.expect(")")
        body = self.sequence(frozenset({";;", "esac"}))
        for ending in (";;&", ";;", ";&"):
            if self.text.startswith(ending, self.at):
                self.at += len(ending)
                break
        return Arm(tuple(patterns), body)

    def test(self) -> Node:
        start = self.at
        words = [Word(self.at, self.at + 2)]
        self.at += 2
        while True:
            self.newlines()
            end = _END_OF_TEST.match(self.text, self.at)
            operator = _OPERATOR.match(self.text, self.at)
            if end is not None:
                words.append(Word(self.at, end.end()))
                self.at = end.end()
                return Simple((), tuple(words), self.redirects(), Word(start, end.end()))
            behind = self.word_end(self.at) if operator is None else operator.end()
            if self.text[words[-1].start : words[-1].end] == "=~":
                regex = _REGEX.match(self.text, self.at)
                behind = behind if regex is None else regex.end()
                if self.text.count("${", self.at, behind) > DEEPEST:
                    raise ParseError(f"nested deeper than {DEEPEST} levels", self.at)
            if behind == self.at:
                raise ParseError(f"unexpected `{self.token()}` in [[", self.at)
            words.append(Word(self.at, behind))
            self.at = behind

    def function_keyword(self) -> Node:
        self.at += len("function")
        self.blanks()
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise ParseError(f"unexpected `{self.token()}`", self.at)
        if self.function_name() == found[0]:
            return self._function(found[0])
        self.at = found.end()
        self.newlines()
        return Function(found[0], self.command())

    def _function(self, name: str) -> Node:
        self.at = self.text.index(")", self.at) + 1
        self.newlines()
        return Function(name, self.command())


_COMPOUND: dict[str, Callable[[Compound], Node]] = {
    "{": Compound.braced, "if": Compound.if_clause, "while": Compound.while_loop, "until": Compound.while_loop,
    "for": Compound.for_loop, "select": Compound.for_loop, "case": Compound.case_clause, "[[": Compound.test,
    "function": Compound.function_keyword, "coproc": Compound.coproc,
}  # fmt: skip
