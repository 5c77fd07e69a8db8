"""
PowerShell in Windows Dockerfiles: its downloads, and the one idiom by which nearly all of them are checked.

``if ((Get-FileHash f -Algorithm sha256).Hash -ne $env:X) { … exit 1 }``. Anything else counts as unchecked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.urls import file_name
from verifychain.formats.shell.values import UNKNOWN

if TYPE_CHECKING:
    from verifychain.formats.shell.calls import Shell
    from verifychain.formats.shell.machine import Call

_VALUE = r"(?:'[^']*'|\"[^\"]*\"|\$\{?[\w:.]+\}?|\$?\([^()]*\)|[^\s;|'\"()]+)"
_ADDRESS = r"['\"]?(?:[A-Za-z]{3,5}://|\$)"  # or a variable that may hold one
_DOWNLOAD = re.compile(
    r"\b(?P<request>Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|wget|curl)\b"
    r"(?P<rest>(?:'[^'\n]{0,2000}'|\"[^\"\n]{0,2000}\"|[^;|\n}'\"])*)"
    rf"|\.DownloadFile\(\s*(?P<url>{_VALUE})\s*,\s*(?P<file>{_VALUE})\s*\)"
    rf"|\.DownloadString\(\s*(?P<text>{_VALUE})\s*\)"
    r"|\bcurl\.exe\b(?P<curl>[^;|\n}]*)",
    re.IGNORECASE,
)
_CHECK = re.compile(
    rf"Get-FileHash\s+(?:-(?:Literal)?Path\s+)?(?P<file>{_VALUE})(?:\s+-(?:Literal)?Path\s+(?P<named>{_VALUE}))?"
    rf"(?:\s+-Algorithm\s+(?P<algorithm>['\"]?\w+['\"]?))?\s*\)?\)?\.Hash(?:\.ToLower\(\))?\s*(?P<operator>-i?c?(?:ne|eq))\s*"
    rf"(?P<digest>{_VALUE})(?P<rest>.{{0,400}})",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = re.compile(r"\b(?:exit\s+[1-9]|throw|Write-Error)\b", re.IGNORECASE)
_USE = re.compile(
    rf"\b(?:Expand-Archive|Start-Process|msiexec|tar)\b(?P<rest>[^;\n}}]*)|(?:^|[;&{{])\s*[.&]\s+(?P<run>{_VALUE})",
    re.IGNORECASE,
)
_RUN_TEXT = re.compile(r"\b(?:Invoke-Expression|iex)\b", re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"\$(?P<name>(?:env:)?\w+)\s*=\s*(?P<value>{_VALUE})", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\(\$(?:env:)?(\w+)\)|\{?(?:env:)?(\w+)\}?)", re.IGNORECASE)
_FORMAT = re.compile(r"\$?\(\s*(?:'(?P<text>[^']*)'|\"(?P<other>[^\"]*)\")\s*-f\s+(?P<values>[^()]*)\)")
_UNIX = re.compile(r"(?:^|\s)-(?:-[a-z]|[a-zA-Z]*[LOos]\b)")
_WINDOWS = re.compile(r"-(?:Uri|OutFile|UseBasicParsing)\b", re.IGNORECASE)
_GOES = re.compile(r"(?:^|[;&|({'\"\n])[ \t]*(?:cd|chdir|sl|pushd|popd|(?:Set|Push|Pop)-Location)\b", re.IGNORECASE)
_LONGEST = 1 << 20


def walk(shell: Shell, text: str, call: Call, offset: int | None = None) -> None:
    """Walk the statements of a script in order; with ``offset`` it stands in the text from there on."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    Walk(shell, text, call, offset).run()


class Walk:
    """One walk."""

    def __init__(self, shell: Shell, text: str, call: Call, offset: int | None) -> None:
        self._shell = shell
        self._text = text
        self._call = call
        self._offset = offset

    def run(self) -> None:
        """Everything in the order in which it stands."""
        if _GOES.search(self._text) is not None:
            self._shell.files.folders.lost(self._shell.folder)
        events = [(found.start(), kind, found) for kind, regex in
                  ((self._assign, _ASSIGNMENT), (self._download, _DOWNLOAD), (self._check, _CHECK), (self._use, _USE))
                  for found in regex.finditer(self._text)]  # fmt: skip
        for _, kind, found in sorted(events, key=lambda event: event[0]):
            kind(found)

    def _word(self, start: int, end: int) -> Word:
        return self._call.word if self._offset is None else Word(self._offset + start, self._offset + end)

    def _value(self, text: str) -> str:
        formatted = _FORMAT.fullmatch(text.strip())
        if formatted is not None:
            values = [self._value(value) for value in formatted["values"].split(",")]
            template = (formatted["text"] or formatted["other"] or "").replace("\\", "/")
            return re.sub(r"\{(\d)\}", lambda one: (values[int(one[1]) :] or [one[0]])[0], template)
        text = text.strip().strip("'\"()").strip()
        return _VARIABLE.sub(lambda found: self._variable(found[1] or found[2]), text).replace("\\", "/")

    def _variable(self, name: str) -> str:
        values = self._shell.variable(name)
        if values is not None and len(values) == 1:
            return values[0]
        return self._shell.table.variable(name, values or ())

    def _assign(self, found: re.Match[str]) -> None:
        name = re.sub("^env:", "", found["name"], flags=re.IGNORECASE)
        if not found["value"].startswith(("(", "[")) or _FORMAT.fullmatch(found["value"]):
            self._shell.assign(name, (self._value(found["value"]),))

    def _download(self, found: re.Match[str]) -> None:
        if found["url"]:
            self._fetch(found, "webclient", found["url"], found["file"])
        elif found["text"]:
            self._piped(found, found["text"], "webclient")
        elif found["curl"] is not None:
            self._curl(found, found["curl"])
        elif found["request"].lower() == "curl" and _UNIX.search(found["rest"]) and not _WINDOWS.search(found["rest"]):
            self._curl(found, found["rest"].partition("&")[0])  # cmd.exe has no alias of that name
        else:
            self._request(found)

    def _request(self, found: re.Match[str]) -> None:
        rest, via = found["rest"], found["request"].lower()
        url = self._option(rest, "Uri|Source|Url") or self._positional(rest)
        target = self._option(rest, "OutFile|Destination|o")
        if url is None or ("://" not in self._value(url) and not _VARIABLE.search(url)):
            return
        if target is None:
            if _RUN_TEXT.search(self._text[max(found.start() - 60, 0) : found.end() + 60]):
                self._piped(found, url, via)
            return
        self._fetch(found, via, url, target)

    def _option(self, rest: str, names: str) -> str | None:
        found = re.search(rf"-(?:{names})[:\s]\s*(?P<value>{_VALUE})", rest, re.IGNORECASE)
        return None if found is None else found["value"]

    def _positional(self, rest: str) -> str | None:
        """The first value that no option takes; which options are switches, the values of others tell."""
        found = re.match(rf"\s*(?:-\w+(?::\S*)?(?:\s+(?!-|{_ADDRESS}){_VALUE})?\s+)*(?P<value>(?!-){_VALUE})", rest)
        return None if found is None else found["value"]

    def _curl(self, found: re.Match[str], rest: str) -> None:
        from verifychain.formats.shell.commands import handler

        word = self._word(found.start(), found.end())
        fields = tuple(Field(self._value(part), word) for part in re.findall(_VALUE, rest))
        curl = handler("curl")
        if curl is not None:
            curl(self._shell, self._call._replace(name="curl", arguments=fields, word=word))

    def _fetch(self, found: re.Match[str], via: str, url: str, target: str) -> None:
        word = self._word(found.start(), found.end())
        call = self._call._replace(word=word)
        at = self._text.find(url, found.start())
        name = self._value(target)
        address = self._value(url)
        if name.endswith("/"):
            name += file_name(address)
        self._shell.fetch(call, Field(address, self._word(at, at + len(url))), via, name)

    def _piped(self, found: re.Match[str], url: str, via: str) -> None:
        from verifychain.facts.download import Consumer

        word = self._word(found.start(), found.end())
        content = self._shell.fetch(self._call._replace(word=word), Field(self._value(url), word), via)
        if _RUN_TEXT.search(self._text[max(found.start() - 80, 0) : found.end() + 80]):
            self._shell.pipe(content, Consumer.INTERPRETER, word, "Invoke-Expression")

    def _check(self, found: re.Match[str]) -> None:
        fatal = found["operator"].lower().endswith("ne") and _ENDS.search(found["rest"]) is not None
        name = found["named"] or found["file"]
        algorithm = (found["algorithm"] or "sha256").strip("'\"").lower()
        word = self._word(found.start(), found.end() - len(found["rest"]))
        digest = self._value(found["digest"])
        state = self._shell.state
        self._shell.check(self._shell.fetched_files([self._value(name)]), digest, algorithm, word)
        if not fatal:
            self._shell.state = state

    def _use(self, found: re.Match[str]) -> None:
        word = self._word(found.start(), found.end())
        names = [found["run"]] if found["run"] else re.findall(_VALUE, found["rest"] or "")
        values = [self._value(name) for name in names[:8]]
        self._shell.use_files(
            [value for value in values if value and UNKNOWN.fullmatch(value) is None], word, "PowerShell"
        )
