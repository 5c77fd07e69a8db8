"""Simple commands, redirections and lists."""

from __future__ import annotations

import re
from itertools import islice

from verifychain.core.record import maker
from verifychain.formats.shell.nodes import AndOr, Assignment, Heredoc, Node, Pipeline, Redirect, Sequence, Simple
from verifychain.formats.shell.scanner import ParseError, Scanner, Word

_BLANKS = re.compile(r"(?:[ \t\r]|\\\r?\n)*(?:#[^\n]*)?")
_BEFORE_WORDS = frozenset(" \t\r\\#")  # what blanks, continued lines and comments begin with
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]++|\\\r?\n|#[^\n]*+)*+")
_MOST_WORDS = 20_000  # longer command lines no system takes
_MOST_COMMANDS = 100_000  # scripts of 10,000 lines have a tenth of them
_RESERVED = re.compile(
    r"(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|function|time|coproc|\{|\}|!|\[\[)"
    r"(?=[\s;&|<>()]|$)",
    re.ASCII,
)
_REDIRECT = re.compile(r"([0-9]+|\{\w+\})?(<<<|<<-|<<|<>|<&|>&|>>|>\||&>>|&>|<(?!\()|>(?!\())", re.ASCII)
# Of an index so many characters: `a[;a[;…` would be searched to its end for each of them.
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]{0,1000}\])?(\+?)=")
_TOKEN = re.compile(r"&&|\|\||;;&|;;|;&|\|&|[;&|()<>\n]|[^\s;&|()<>]{1,20}", re.ASCII)
_QUOTES = re.compile(r"\\(.)|['\"]", re.DOTALL)
_VARIABLE = r"\$(?:[A-Za-z_]\w*+|[0-9@*\#?$!-]|\{(?:[A-Za-z_]\w*+|[0-9@*\#?!-])\})"
# A word behind others in which nothing is to be parsed, and that is no assignment, redirection or comment.
_PIECE = rf"""[^\s;&|<>()$`'"\\]++|'[^']*+'|"(?:[^"\\$`]++|{_VARIABLE})*+"|{_VARIABLE}"""
_PLAIN_WORD = re.compile(rf"[ \t]+((?!\#)(?:{_PIECE})++)(?=[ \t\n;&|]|\Z)", re.ASCII)
_PLAIN_WORDS = re.compile(rf"(?:[ \t]+(?!\#)(?:{_PIECE})++(?=[ \t\n;&|]|\Z))++", re.ASCII)
# The first word of a command, where it is neither reserved nor the name of a function that is defined here.
_COMMAND = re.compile(
    rf"(?!{_RESERVED.pattern})(\[|[\w./:-][^\s;&|<>()$`'\"\\=\[]*+)(?=[ \t\n;&|]|\Z)(?![ \t]+\()", re.ASCII
)
# A whole line of such words and nothing else, which most commands are.
_LINE = re.compile(rf"{_COMMAND.pattern}(?:[ \t]+(?!\#)(?:{_PIECE})++(?=[ \t\n]))*+[ \t]*+(?=\n)", re.ASCII)
_PLAIN_NAME = re.compile(r"[^\s;&|<>()$`'\"\\=]+(?=[ \t]*\([ \t]*\))", re.ASCII)
_REDIRECTS = frozenset("0123456789{<>&")  # what redirections begin with
_ENDS = frozenset(["", "\n", ";", "|", ")"])
_word, _simple = maker(Word), maker(Simple)


class Parser(Scanner):
    """A recursive parser over one text; ``at`` is where it stands."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.at = 0
        self.statement = 0
        self.commands = 0
        self.taken: list[tuple[Node, bool]] = []
        self._pending: list[tuple[Heredoc, str]] = []

    def restart(self, at: int) -> None:
        """Go on at another place after a fault."""
        self.at, self._depth, self._pending, self.taken = at, 0, [], []

    def token(self) -> str:
        """What stands here, for messages."""
        found = _TOKEN.match(self.text, self.at)
        return "end of file" if found is None else "newline" if found[0] == "\n" else found[0]

    def blanks(self) -> None:
        if self.text[self.at : self.at + 1] in _BEFORE_WORDS:
            found = _BLANKS.match(self.text, self.at)
            self.at = self.at if found is None else found.end()

    def newlines(self) -> None:
        """Pass blanks, comments and line ends; the bodies of here-documents stand behind a line end."""
        while self._pending:
            self.blanks()
            if not self.text.startswith("\n", self.at):
                return
            self.at += 1
            self._read_heredocs()
        found = _BLANK_LINES.match(self.text, self.at)
        self.at = self.at if found is None else found.end()

    def reserved(self) -> str:
        """The reserved word that stands here, or nothing."""
        found = _RESERVED.match(self.text, self.at)
        return "" if found is None else found[0]

    def expect(self, word: str) -> None:
        """Pass a reserved word or operator."""
        self.newlines()
        if not (self.reserved() == word or (word in "()" and self.text.startswith(word, self.at))):
            raise ParseError(f"expected `{word}`, found `{self.token()}`", self.at)
        self.at += len(word)

    def substituted(self, at: int) -> tuple[Sequence, int]:
        outer, self.at = self.at, at
        sequence = self.closed(")")
        end, self.at = self.at, outer
        return sequence, end

    def sequence(self, closing: frozenset[str]) -> Sequence:
        """Commands up to one of the closing words or operators, which is not passed; without any, to the end."""
        items: list[tuple[Node, bool]] = []
        if not closing:
            self.taken = items
        while True:
            self.newlines()
            if self._closes(closing):
                return Sequence(tuple(items))
            if not closing:
                self.statement = self.at
            node = self._line() or self._and_or()
            following = self.text[self.at : self.at + 1]
            if following == "&" or (following == ";" and not self.text.startswith((";;", ";&"), self.at)):
                self.at += 1
            elif following != "\n" and not self._closes(closing):
                raise ParseError(f"unexpected `{self.token()}`", self.at)
            items.append((node, following == "&"))

    def _line(self) -> Node | None:
        """A simple command of plain words that is alone in its line; None where anything else may stand here."""
        text, start = self.text, self.at
        found = _LINE.match(text, start)
        if found is None:
            return None
        self.counted(start)
        end, first = found.end(), found.end(1)
        words = [_word((start, first))]
        plain = _PLAIN_WORD.finditer(text, first, end)
        words += [_word(one.span(1)) for one in islice(plain, _MOST_WORDS)]
        if len(words) > _MOST_WORDS:
            raise _too_long(start)
        self.at = end
        return _simple(((), tuple(words), (), _word((start, words[-1].end))))

    def counted(self, at: int) -> None:
        """One more command, which starts there."""
        self.commands += 1
        if self.commands > _MOST_COMMANDS:
            raise ParseError(f"more than {_MOST_COMMANDS} commands", at, ends=True)

    def closed(self, word: str) -> Sequence:
        """Commands up to a closing word or parenthesis, which is passed."""
        sequence = self.sequence(frozenset({word}))
        self.at += len(word)
        return sequence

    def _closes(self, closing: frozenset[str]) -> bool:
        if self.at >= len(self.text):
            if closing:
                raise ParseError(f"unexpected end of file, expected `{min(closing)}`", self.at)
            return True
        if self.text.startswith((")", ";;", ";&"), self.at):
            sign = ")" if self.text.startswith(")", self.at) else ";;"
            if sign not in closing:
                raise ParseError(f"unexpected `{sign}`", self.at)
            return True
        return self.reserved() in closing if closing else False

    def _and_or(self) -> Node:
        first = self._pipeline()
        rest: list[tuple[str, Node]] = []
        while True:
            operator = self.text[self.at : self.at + 2]
            if operator not in ("&&", "||"):
                return AndOr(first, tuple(rest)) if rest else first
            self.at += 2
            self.newlines()
            rest.append((operator, self._pipeline()))

    def _pipeline(self) -> Node:
        negated = False
        while self.text.startswith(("!", "t"), self.at) and (word := self.reserved()) in ("!", "time"):
            negated ^= word == "!"
            self.at += len(word)
            self.blanks()
            if word == "time" and self.text.startswith("-p", self.at):
                self.at += 2
                self.blanks()
        if negated and self.text[self.at : self.at + 1] in ("", "\n", ";"):
            return Simple((), (), (), Word(self.at, self.at))  # `!` alone is a command that fails
        parts = [self.command()]
        while self.text.startswith("|", self.at) and not self.text.startswith("||", self.at):
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self.newlines()
            parts.append(self.command())
        return parts[0] if len(parts) == 1 and not negated else Pipeline(tuple(parts), negated)

    def command(self) -> Node:
        """A command that starts here, and the blanks behind it."""
        raise NotImplementedError

    def plain_command(self) -> Node | None:
        """A simple command whose name is written as it is; None where something else may stand here."""
        found = _COMMAND.match(self.text, self.at)
        if found is None:
            return None
        start, self.at = found.span()
        return self.simple(start, [_word((start, self.at))])

    def simple(self, start: int, words: list[Word]) -> Node:
        """Assignments, words and redirections in any order that the shell takes, behind words that were read by now."""
        assignments: list[Assignment] = []
        redirects: list[Redirect] = []
        while True:
            if words:
                self._plain_words(words, start)
            following = self.text[self.at : self.at + 1]
            if following in _BEFORE_WORDS:
                self.blanks()
                following = self.text[self.at : self.at + 1]
            if following in _ENDS:
                break
            redirect = self._redirect() if following in _REDIRECTS else None
            if redirect is not None:
                redirects.append(redirect)
                continue
            assignment = self._assignment(behind_words=bool(words))
            if assignment is not None:
                assignments.append(assignment)
                continue
            end = self.word_end(self.at)
            if end == self.at:
                break
            words.append(_word((self.at, end)))
            self.at = end
        if not (assignments or words or redirects):
            raise ParseError(f"unexpected `{self.token()}`", self.at)
        return _simple((tuple(assignments), tuple(words), tuple(redirects), self._span(start)))

    def _plain_words(self, words: list[Word], start: int) -> None:
        found = _PLAIN_WORDS.match(self.text, self.at)
        if found is not None:
            plain = _PLAIN_WORD.finditer(self.text, self.at, found.end())
            words += [_word(one.span(1)) for one in islice(plain, _MOST_WORDS)]
            self.at = found.end()
        if len(words) > _MOST_WORDS:
            raise _too_long(start)

    def _span(self, start: int) -> Word:
        end = self.at
        while end > start and self.text[end - 1] in " \t\r\n\\":
            end -= 1
        return _word((start, end))

    def _assignment(self, *, behind_words: bool) -> Assignment | None:
        found = _ASSIGNMENT.match(self.text, self.at)
        if found is None:
            return None
        start, array = self.at, self.text.startswith("(", found.end())
        if behind_words and not array:
            return None  # `export A=1` takes it as a word
        self.at = found.end()
        items = None
        if array:
            self.at += 1
            items = self.words_until(")")
            value = None
        else:
            self.at = self.word_end(self.at)
            value = Word(found.end(), self.at)
        return Assignment(found[1], value, items, bool(found[3]), bool(found[2]), Word(start, self.at))

    def words_until(self, closing: str) -> tuple[Word, ...]:
        """Words, over line ends, up to a parenthesis, which is passed."""
        words: list[Word] = []
        while True:
            self.newlines()
            if self.text.startswith(closing, self.at):
                self.at += 1
                return tuple(words)
            end = self.word_end(self.at)
            if end == self.at:
                raise ParseError(f"unexpected `{self.token()}`", self.at)
            words.append(Word(self.at, end))
            self.at = end

    def redirects(self) -> tuple[Redirect, ...]:
        """The redirections behind a compound command."""
        found: list[Redirect] = []
        while True:
            self.blanks()
            redirect = self._redirect() if self.text[self.at : self.at + 1] in _REDIRECTS else None
            if redirect is None:
                return tuple(found)
            found.append(redirect)

    def _redirect(self) -> Redirect | None:
        found = _REDIRECT.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        self.blanks()
        end = self.word_end(self.at)
        if end == self.at:
            raise ParseError(f"unexpected `{self.token()}`", self.at)
        word = Word(self.at, end)
        self.at = end
        fd, operator = found[1] or "", found[2]
        if operator not in ("<<", "<<-"):
            return Redirect(operator, fd, word)
        raw = self.text[word.start : word.end]
        heredoc = Heredoc(quoted=_QUOTES.search(raw) is not None, strip=operator == "<<-")
        self._pending.append((heredoc, _QUOTES.sub(lambda quote: quote[1] or "", raw)))
        return Redirect(operator, fd, heredoc)

    def _read_heredocs(self) -> None:
        pending, self._pending = self._pending, []
        for heredoc, delimiter in pending:
            heredoc.start = self.at
            heredoc.end, self.at = self._end_of_heredoc(delimiter, strip=heredoc.strip)

    def _end_of_heredoc(self, delimiter: str, *, strip: bool) -> tuple[int, int]:
        """Where the line with the delimiter starts, and where the one behind it does."""
        text, at = self.text, self.at
        while (at := text.find(delimiter, at)) >= 0:
            start, end = at, at + len(delimiter)
            while strip and start > self.at and text[start - 1] == "\t":
                start -= 1
            end += text.startswith("\r", end)
            if text[start - 1] == "\n" and text[end : end + 1] in ("", "\n"):
                return start, min(end + 1, len(text))
            at += 1
            if at > len(text):
                break
        # A Dockerfile's here-document may end with the text, and bash takes one without an end.
        return len(text), len(text)

    def function_name(self) -> str:
        """The name of a function that is defined here, or nothing."""
        found = _PLAIN_NAME.match(self.text, self.at)
        return "" if found is None else found[0]


def _too_long(start: int) -> ParseError:
    return ParseError(f"a command of more than {_MOST_WORDS} words", start)
