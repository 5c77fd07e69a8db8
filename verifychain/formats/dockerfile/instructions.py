"""
What BuildKit's instruction parser refuses (frontend/dockerfile/instructions), in its words, and the parts of
instructions that name something outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.formats.dockerfile.arguments import go_quoted
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.syntax import INSTRUCTIONS, Node
from verifychain.formats.dockerfile.text import Word

_BOOL, _ONE, _MANY = "bool", "one", "many"
_FLAGS: dict[str, dict[str, str]] = {
    "add": {"chown": _ONE, "chmod": _ONE, "link": _BOOL, "keep-git-dir": _BOOL, "checksum": _ONE, "unpack": _BOOL,
            "exclude": _MANY},
    "copy": {"chown": _ONE, "from": _ONE, "chmod": _ONE, "link": _BOOL, "exclude": _MANY, "parents": _BOOL},
    "from": {"platform": _ONE},
    "run": {"mount": _MANY, "network": _ONE, "security": _ONE, "device": _MANY},
    "healthcheck": {"interval": _ONE, "timeout": _ONE, "start-period": _ONE, "start-interval": _ONE, "retries": _ONE},
}  # fmt: skip
_KNOWN = frozenset(INSTRUCTIONS)
_FLAGS_NOT_READ = frozenset({"arg", "stopsignal"})
_STAGE_NAME = expression(r"[a-z][a-z0-9-_.]*", re.ASCII)
_NETWORKS, _SECURITY = ("default", "none", "host"), ("insecure", "sandbox")


class From(NamedTuple):
    """A FROM line: the image or stage as written, and the name of the new stage in lower case (or nothing)."""

    base: Word
    stage: str


def flag(node: Node, name: str) -> Word | None:
    """The value of a flag, None when it is not given."""
    return next(iter(flags(node, name)), None) if node.flags else None


def flags(node: Node, name: str) -> list[Word]:
    """The values of a flag that may be repeated."""
    prefix = f"--{name}="
    return [word.part(len(prefix)) for word in node.flags if word.value.startswith(prefix)]


def check(node: Node) -> None:
    """Raise ParseError, with the lines of the node, for what BuildKit's instruction parser refuses."""
    try:
        _check(node)
    except ParseError as error:
        raise ParseError(error.message, node.line, node.end_line) from None


def _check(node: Node) -> None:
    name, count = node.name, _argument_count(node)
    if name not in _KNOWN:
        raise ParseError(f"unknown instruction: {node.keyword}{_did_you_mean(node.keyword)}")
    if name in ("maintainer", "workdir", "user", "stopsignal") and count != 1:
        raise ParseError(f"{name.upper()} requires exactly one argument")
    if name in ("expose", "volume", "healthcheck", "onbuild", "arg") and count == 0:
        raise ParseError(f"{name.upper()} requires at least one argument")
    if name in ("add", "copy") and count < 2:
        raise ParseError(
            f"{name.upper()} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
    if name == "from":
        read_from(node)
    if name == "healthcheck" and node.arguments[0].value.upper() == "NONE":
        if count > 1:
            raise ParseError("HEALTHCHECK NONE takes no arguments")
        return
    if node.flags and name not in _FLAGS_NOT_READ:
        _check_flags(node.flags, _FLAGS.get(name, {}))
    _check_content(node, name, count)


def _argument_count(node: Node) -> int:
    if node.name in ("env", "label"):
        return 3 * len(node.pairs)
    return 1 if node.child is not None else len(node.arguments)


def _check_content(node: Node, name: str, count: int) -> None:
    match name:
        case "env" | "label" | "arg":
            _check_names(node, name.upper(), count)
        case "volume":
            if any(not word.value.strip() for word in node.arguments):
                raise ParseError("VOLUME specified can not be an empty string")
        case "shell":
            if count == 0 or not node.json:
                needs = "at least one argument" if count == 0 else "the arguments to be in JSON form"
                raise ParseError(f"SHELL requires {needs}")
        case "onbuild":
            _check_trigger(node)
        case "run":
            _check_run(node)
        case "add" | "copy":
            _check_destination(node, name)
        case "healthcheck":
            _check_health(node)


def _check_names(node: Node, keyword: str, count: int) -> None:
    if count == 0:
        raise ParseError(f"{keyword} requires at least one argument")
    named = any(key.value == "" for key, _, _ in node.pairs)
    if named or (keyword == "ARG" and any(word.value.startswith("=") for word in node.arguments)):
        raise ParseError(f"{keyword} names can not be blank")


def _check_flags(given: Sequence[Word], known: dict[str, str]) -> None:
    seen: set[str] = set()
    for word in given:
        full, equals, value = word.value.partition("=")
        name = full[2:]
        kind = known.get(name)
        if kind is None:
            raise ParseError(f"unknown flag: {full}{_suggested(name, tuple(known))}")
        if name in seen and kind != _MANY:
            raise ParseError(f"duplicate flag specified: {full}")
        seen.add(name)
        if (equals and not value and kind == _BOOL) or (not equals and kind != _BOOL):
            raise ParseError(f"missing a value on flag: {full}")
        if kind == _BOOL and value.lower() not in ("true", "", "false"):
            raise ParseError(f"expecting boolean value for flag {full}, not: {value}")


def read_from(node: Node) -> From:
    """The parts of a FROM line; raises ParseError."""
    words = node.arguments
    if len(words) == 3 and words[1].value.casefold() == "as":
        stage = words[2].value.lower()
        if _STAGE_NAME.fullmatch(stage) is None:
            raise ParseError(
                f"invalid name for build stage: {go_quoted(words[2].value)}, "
                "name can't start with a number or contain symbols"
            )
        return From(words[0], stage)
    if len(words) != 1:
        raise ParseError("FROM requires either one or three arguments")
    return From(words[0], "")


def _check_trigger(node: Node) -> None:
    trigger = "" if node.child is None else node.child.keyword.upper()
    if trigger == "ONBUILD":
        raise ParseError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if trigger in ("MAINTAINER", "FROM"):
        raise ParseError(f"{trigger} isn't allowed as an ONBUILD trigger")


def _check_run(node: Node) -> None:
    if not node.flags:
        return
    # BuildKit runs these checks in the order in which its files are compiled: devices, mounts, network, security.
    for value in flags(node, "device"):
        _check_device(value)
    for value in flags(node, "mount"):
        mount_from(value)
    network, security = flag(node, "network"), flag(node, "security")
    if network is not None and network.value not in _NETWORKS:
        raise ParseError(f"invalid network mode {go_quoted(network.value)}")
    if security is not None and security.value not in _SECURITY:
        raise ParseError(f"security {go_quoted(security.value)} is not valid")


def _check_device(value: Word) -> None:
    named = False
    for field in csv_fields(value, "devices"):
        key, equals, text = field.value.partition("=")
        key = key.lower()
        if key == "required":
            if equals and text not in ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"):
                raise ParseError(f"invalid value for {key}: {text}")
        elif key == "name" and equals:
            if named:
                raise ParseError(f"device name already set to {_device_name(value)}")
            named = text != ""
        elif named and not equals:
            raise ParseError(f"invalid field '{field.value}' must be a key=value pair")
        elif named:
            suggestion = _suggested(key, ("name", "required"))
            raise ParseError(f"unexpected key '{key}' in '{field.value}'{suggestion}")
        else:
            named = field.value != ""


def _device_name(value: Word) -> str:
    for field in csv_fields(value, "devices"):
        key, equals, text = field.value.partition("=")
        if key.lower() != "required" and field.value:
            return text if key.lower() == "name" and equals else field.value
    return ""


def mount_from(value: Word) -> Word | None:
    """The image or stage that a ``--mount`` takes its content from; raises ParseError."""
    found = None
    for field in csv_fields(value, "mounts"):
        key, equals, text = field.value.partition("=")
        if equals and key.lower() == "from":
            if "$" in text and text.index("$") != len(text) - 1:
                raise ParseError("'from' doesn't support variable expansion, define alias stage instead")
            found = field.part(len(key) + 1)
    return found


def csv_fields(value: Word, what: str) -> list[Word]:
    """The fields of one line of CSV (tonistiigi/go-csvvalue), each character with its place."""
    text = value.value
    if not text:
        raise ParseError(f"failed to parse csv {what}: EOF")
    fields, at = [], 0
    while True:
        if text.startswith('"', at):
            field, at = _quoted_field(value, at + 1, what)
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            quote = text.find('"', at, end)
            if quote >= 0:
                raise _csv_error(what, value, quote, 'bare " in non-quoted-field')
            field, at = value.part(at, end), end
        fields.append(field)
        if at >= len(text):
            return fields
        at += 1


def _quoted_field(value: Word, at: int, what: str) -> tuple[Word, int]:
    text, chars = value.value, []
    places: list[int] = []
    while True:
        quote = text.find('"', at)
        if quote < 0:
            raise _csv_error(what, value, len(text), 'extraneous or missing " in quoted-field')
        chars.append(text[at:quote])
        places += value.at[at:quote]
        following = text[quote + 1 : quote + 2]
        if following in ("", ","):
            return Word("".join(chars), [*places, value.at[quote]]), quote + 1
        if following != '"':
            raise _csv_error(what, value, quote, 'extraneous or missing " in quoted-field')
        chars.append('"')
        places.append(value.at[quote])
        at = quote + 2


def _csv_error(what: str, value: Word, at: int, message: str) -> ParseError:
    column = len(value.value[:at].encode("utf-8", "replace")) + 1
    return ParseError(f"failed to parse csv {what}: parse error on line 1, column {column}: {message}")


def _check_destination(node: Node, name: str) -> None:
    destination = node.arguments[-1].value
    if "<<" in destination and is_heredoc(destination):
        raise ParseError(f"{name.upper()} cannot accept a heredoc as a destination")


def is_heredoc(word: str) -> bool:
    """Whether a word of COPY or ADD is a here-document, and no file or URL."""
    from verifychain.formats.dockerfile.heredoc import heredoc

    try:
        return heredoc(word) is not None
    except ParseError:
        return False


def _check_health(node: Node) -> None:
    kind = node.arguments[0].value.upper()
    if kind != "CMD":
        raise ParseError(f"Unknown type {go_quoted(kind)} in HEALTHCHECK (try CMD)")
    if len(node.arguments) < 2:
        raise ParseError("Missing command after HEALTHCHECK CMD")


def _did_you_mean(keyword: str) -> str:
    match = _nearest(keyword.lower(), INSTRUCTIONS)
    if not match:
        return ""
    shown = match.upper() if keyword == keyword.upper() else match
    return f" (did you mean {shown}?)"


def _suggested(word: str, known: Sequence[str]) -> str:
    match = _nearest(word, known)
    return f" (did you mean {match}?)" if match else ""


def _nearest(word: str, known: Sequence[str]) -> str:
    """The closest known word at a distance below 3."""
    if len(word) > 40:
        return ""
    best, distance = "", 3
    for candidate in known:
        this = _distance(word, candidate)
        if this < distance:
            best, distance = candidate, this
    return best


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (char != against))
    return row[-1]
