"""What ``${name#pattern}`` and its kin make of a value."""

from __future__ import annotations

import re

from verifychain.formats.shell.values import UNKNOWN

_LONGEST = 1000  # characters of a value
_COMPILED = 400  # what a pattern costs before it is tried
_GLOB_PART = re.compile(r"\*\*?|\?|\[[^\]]*\]|[^*?\[]+|\[")


def cost(value: str, rest: str) -> int:
    """What that costs at most, in characters expanded in that time: a pattern is tried from each place."""
    return _COMPILED + (len(value) ** (1 + min(rest.count("*"), 2)) // 32 if len(value) <= _LONGEST else 0)


def changed(value: str, kind: str, rest: str) -> str | None:
    """The value behind ``# % / ^ , :``, None where that cannot be told."""
    if len(value) > _LONGEST or len(rest) > 200 or "$" in rest or "`" in rest:
        return None
    if UNKNOWN.search(value):
        return _trimmed_template(value, kind, rest)
    match kind:
        case "#" | "%":
            greedy = rest.startswith(kind * 2)
            return _trimmed(value, kind, rest[2 if greedy else 1 :], greedy=greedy)
        case "/":
            everywhere = rest.startswith("//")
            pattern, _, replacement = rest[2 if everywhere else 1 :].partition("/")
            regex = _regex(pattern, len(value), greedy=True)
            return None if regex is None else re.sub(regex, lambda _: replacement, value, count=0 if everywhere else 1)
        case "^":
            return value.upper() if rest == "^^" else value[:1].upper() + value[1:]
        case ",":
            return value.lower() if rest == ",," else value[:1].lower() + value[1:]
        case ":":
            found = re.fullmatch(r":([0-9]{1,4})(?::([0-9]{1,4}))?", rest)
            if found is None:
                return None
            start = int(found[1])
            return value[start:] if found[2] is None else value[start : start + int(found[2])]
    return None


def _trimmed_template(value: str, kind: str, rest: str) -> str | None:
    """The same for a value with unknown parts: what stands around its last slash, or beside a known end."""
    if rest in ("##*/", "%/*"):
        return value.rpartition("/")[2 if kind == "#" else 0]
    pattern = rest.lstrip(kind)
    if kind not in ("#", "%") or re.search(r"[*?\[\\'\"]", pattern):
        return None
    known = value.startswith(pattern) if kind == "#" else value.endswith(pattern)
    return (value.removeprefix(pattern) if kind == "#" else value.removesuffix(pattern)) if known else None


def _trimmed(value: str, kind: str, pattern: str, *, greedy: bool) -> str | None:
    regex = _regex(pattern, len(value), greedy=greedy)
    if regex is None:
        return None
    if kind == "#":
        found = re.match(regex, value, re.DOTALL)
        return value if found is None else value[found.end() :]
    # The longest end is the first place from which the pattern reaches it, the shortest one the last.
    if greedy:
        found = re.search(f"()(?:{regex})\\Z", value, re.DOTALL)
    else:
        found = re.match(f"(.*)(?:{regex})\\Z", value, re.DOTALL)
    return value if found is None else value[: found.end(1)]


def _regex(pattern: str, size: int, *, greedy: bool) -> str | None:
    """The pattern as a regular expression; None where trying it could take long."""
    stars = pattern.replace("**", "*").count("*")
    if stars > 2 or (stars == 2 and size > 200):
        return None
    pattern = re.sub(r"['\"]", "", pattern)
    out = []
    for piece in _GLOB_PART.findall(pattern):
        if piece.startswith("*"):
            out.append(".*" if greedy else ".*?")
        elif piece == "?":
            out.append(".")
        elif piece.startswith("[") and len(piece) > 2:
            if "[" in piece[1:] or "--" in piece:
                return None  # a class such as [:alpha:], or what Python may one day read as a difference of sets
            inside = re.sub(r"[\\&~|]", r"\\\g<0>", piece[1:-1])
            out.append("[" + ("^" + inside[1:] if inside.startswith("!") else inside) + "]")
        else:
            out.append(re.escape(piece.replace("\\", "")))
    try:
        re.compile("".join(out))
    except re.error:
        return None
    return "".join(out)
