"""
Our answers in the form of ``tests/peers/buildkit``: what BuildKit and we make of the same request is compared as data.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from verifychain.core.image_name import ImageNameError, parse_image_name
from verifychain.core.source import Source
from verifychain.formats.dockerfile import instructions, syntax
from verifychain.formats.dockerfile.directives import syntax_image
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.git_source import git_source
from verifychain.formats.dockerfile.syntax import Node
from verifychain.formats.dockerfile.text import Word, go_string
from verifychain.formats.dockerfile.words import Expander

Answer = dict[str, Any]


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def data_of(request: Answer) -> bytes:
    return base64.b64decode(request["data"])


def ours(request: Answer) -> Answer:
    """What we answer to a request, reduced to what both sides can say."""
    match request["op"]:
        case "parse":
            return _parse(data_of(request))
        case "word":
            return _word(request)
        case "split":
            return _split(data_of(request), request["escape"])
        case "image":
            return _image(request["text"])
        case _:
            return _git(request["text"])


def theirs(request: Answer, answer: Answer) -> Answer:
    """BuildKit's answer, reduced likewise."""
    match request["op"]:
        case "parse":
            return _their_parse(answer)
        case "word":
            if answer["error"]:
                return {"error": answer["error"]}
            return {"result": answer["result"], "matched": answer["matched"], "unmatched": answer["unmatched"]}
        case "split":
            return {"error": bool(answer["error"]), "words": None if answer["error"] else answer["words"] or []}
        case "image":
            if answer["error"]:
                return {"error": answer["error"]}
            # What only looks like a host (`x_y.z/a`) is to the library a part of the path.
            name = "/".join(filter(None, (answer["registry"], answer["path"])))
            return {"name": name, "tag": answer["tag"], "digest": answer["digest"]}
        case _:
            if not answer["git"]:
                return {"git": False}
            if answer["error"]:
                return {"git": True, "error": True}
            return {"git": True, "ref": answer["ref"], "checksum": answer["checksum"]}


def _parse(data: bytes) -> Answer:
    found = syntax_image(data)
    named = "" if found is None else found.value
    try:
        dockerfile = syntax.parse(Source("Dockerfile", data))
    except ParseError as error:
        return {"syntax": named, "error": _message(error.message), "line": error.line}
    nodes = [_node(node) for node in dockerfile.nodes]
    return {"syntax": named, "escape": dockerfile.escape, "nodes": nodes, "refused": _refused(dockerfile.nodes)}


def _refused(nodes: tuple[Node, ...]) -> str:
    """BuildKit's instructions.Parse: the first instruction that is not in order."""
    in_stage = False
    try:
        for node in nodes:
            instructions.check(node)
            in_stage = in_stage or node.name == "from"
            if not in_stage and node.name != "arg":
                return "no build stage in current context"
    except ParseError as error:
        return _message(error.message)
    return ""


def _node(node: Node) -> Answer:
    words = [word.value for word in node.arguments]
    for key, value, sign in node.pairs:
        words += [key.value, value.value, sign]
    child = None if node.child is None else _node(node.child)
    return {
        "name": node.name,
        "args": [] if words == [""] else words,
        "flags": [word.value for word in node.flags],
        "json": node.json,
        "original": go_string(node.text.data[node.start : node.end]),
        "lines": [node.line, node.end_line],
        "heredocs": [
            [heredoc.name, heredoc.expand, heredoc.chomp, heredoc.content.length] for heredoc in node.heredocs
        ],
        "child": child,
    }


def _their_parse(answer: Answer) -> Answer:
    named = answer["syntax"].split(" ")[0]
    if answer["error"]:
        lines = answer["lines"]
        return {"syntax": named, "error": _message(answer["error"]), "line": min(lines) if lines else 0}
    return {
        "syntax": named,
        "escape": answer["escape"],
        "nodes": [_their_node(node) for node in answer["nodes"]],
        "refused": _message(answer["instruction"]),
    }


def _message(text: str) -> str:
    """
    The fault without the line in front of it, which is compared as a number.

    A byte that is no UTF-8 is U+FFFD to us. Which keyword is suggested is left out: BuildKit takes any of the nearest.
    """
    text = re.sub(r"^dockerfile parse error on line \d+: ", "", text)
    text = re.sub(r"\\x[0-9a-f]{2}", "\ufffd", text)
    return re.sub(r"\(did you mean [^)]*\?\)", "(did you mean?)", text)


def _their_node(node: Answer) -> Answer:
    return {
        "name": node["name"].lower(),
        # ONBUILD's arguments are its child's; an instruction that nobody knows has one empty argument.
        "args": [] if node["child"] is not None or node["args"] == [""] else node["args"] or [],
        "flags": node["flags"] or [],
        "json": node["json"],
        "original": go_string(base64.b64decode(node["original"] or "")),
        "lines": [node["start"], node["end"]],
        "heredocs": [
            [one["name"], one["expand"], one["chomp"], len(base64.b64decode(one["content"] or ""))]
            for one in node["heredocs"] or []
        ],
        "child": None if node["child"] is None else _their_node(node["child"]),
    }


def _word(request: Answer) -> Answer:
    data = data_of(request).decode("utf-8", "replace")
    environment = {name: Word(value, range(len(value) + 1)) for name, value in request["env"].items()}
    try:
        found = Expander(request["escape"]).word(Word(data, range(len(data) + 1)), environment)
    except ParseError as error:
        return {"error": error.message}
    return {"result": found.value, "matched": sorted(found.used), "unmatched": sorted(found.unset)}


def _split(data: bytes, escape: str) -> Answer:
    try:
        return {"error": False, "words": Expander(escape).words(data.decode("utf-8", "replace"))}
    except ParseError:
        return {"error": True, "words": None}


def _image(text: str) -> Answer:
    try:
        name = parse_image_name(text)
    except ImageNameError as error:
        return {"error": error.args[0]}
    digest = "" if name.digest is None else str(name.digest)
    return {"name": name.repository, "tag": name.tag or "", "digest": digest}


def _git(text: str) -> Answer:
    try:
        found = git_source(text)
    except ParseError:
        return {"git": True, "error": True}
    if found is None:
        return {"git": False}
    return {"git": True, "ref": found.ref, "checksum": found.checksum}
