"""
Every check of ``core/digest.py`` is needed: it is taken out, one at a time, and the table must notice.

A mutant is the module with one change to its syntax tree. The changes are found by walking the tree, so a new check is
covered without a line here. A mutant that no line of the table can tell from the original is listed in ``EQUIVALENT``,
with the reason.
"""

from __future__ import annotations

import ast
import copy
import re
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.core import digest_table as table
from verifychain.core import digest as original

_PATH = Path(original.__file__)
_TREE = ast.parse(_PATH.read_text(encoding="utf-8"))
_PARSERS = ("parse_oci", "parse_hex", "parse_sri", "parse_pip")

EQUIVALENT = {
    "__eq__: without `self.algorithm is other.algorithm`": (
        "the three algorithms differ in length, so their bytes are never equal; it stays for the day a fourth comes"
    ),
    "_OCI_SHAPE: class 3 takes blanks": "what it lets through, _LOWER_HEX refuses with the same error",
    "_OCI_SHAPE: class 3 takes any digit": "the same",
    "_LOWER_HEX: class 1 takes blanks": "the shapes that are read first let none through; it stays for the next shape",
    "_LOWER_HEX: class 1 takes any digit": "the same",
    "parse_sri: validate=False": "the shape lets only the alphabet through; it stays because the default is a trap",
    "_ANY_HEX: re.I": "the classes name both cases, and no character outside ASCII folds to a-f",
}


class Mutant(NamedTuple):
    name: str
    tree: ast.Module


Change = Callable[[ast.AST], "ast.AST | None"]


def _changed(node: ast.AST, change: Change) -> ast.Module:
    """A copy of the tree in which ``change`` has replaced one node; None takes a statement out."""
    place = [id(one) for one in ast.walk(_TREE)].index(id(node))
    tree = copy.deepcopy(_TREE)
    target = list(ast.walk(tree))[place]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            if node is not target:
                self.generic_visit(node)
                return node
            return change(node) or ast.copy_location(ast.Pass(), node)

    mutated = Replace().visit(tree)
    assert isinstance(mutated, ast.Module)
    return ast.fix_missing_locations(mutated)


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.walk(_TREE):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def _guards() -> Iterator[Mutant]:
    """Each `if` and each `except` that ends in raise or return, without what it does."""
    for name, function in _functions():
        for node in ast.walk(function):
            if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise | ast.Return):
                yield Mutant(f"{name}: without `if {ast.unparse(node.test)}`", _changed(node, lambda _: None))
                yield Mutant(
                    f"{name}: always `if {ast.unparse(node.test)}`", _changed(node.test, _constant(value=True))
                )
            if isinstance(node, ast.ExceptHandler):
                yield Mutant(f"{name}: except does nothing", _changed(node, _emptied))


def _constant(*, value: object) -> Change:
    return lambda node: ast.copy_location(ast.Constant(value), node)  # type: ignore[arg-type]


def _emptied(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.ExceptHandler)
    node.body = [ast.Pass()]
    return node


def _raises() -> Iterator[Mutant]:
    """Each error of ours as its base class: a refusal must be told from a fault, and a typo from the unsupported."""
    for name, function in _functions():
        for node in ast.walk(function):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            kind = node.exc.func
            assert isinstance(kind, ast.Name)
            base = {"DigestError": "ValueError", "UnsupportedAlgorithm": "DigestError"}.get(kind.id, "Exception")
            text = ast.unparse(node.exc)
            yield Mutant(f"{name}: {base} for {text}", _changed(kind, _named(base)))


def _named(name: str) -> Change:
    return lambda node: ast.copy_location(ast.Name(name, ast.Load()), node)


def _matches() -> Iterator[Mutant]:
    """Each `fullmatch` as `match` and as `search`."""
    for name, function in _functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "fullmatch":
                for other in ("match", "search"):
                    mutated = _changed(node, lambda found, other=other: _attribute(found, other))  # type: ignore[misc]
                    yield Mutant(f"{name}: {ast.unparse(node.value)}.{other}", mutated)


def _attribute(node: ast.AST, name: str) -> ast.AST:
    assert isinstance(node, ast.Attribute)
    node.attr = name
    return node


def _patterns() -> Iterator[Mutant]:
    """Each regular expression widened: case ignored, any script's digits, one class or group that takes everything."""
    for node in ast.walk(_TREE):
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name("expression"), [ast.Constant(str(text))])):
                constant = node.value.args[0]  # type: ignore[attr-defined]
                yield Mutant(f"{name}: re.I", _changed(constant, _constant(value=f"(?i:{text})")))
                for label, wider in _wider(text):
                    yield Mutant(f"{name}: {label}", _changed(constant, _constant(value=wider)))


def _wider(text: str) -> Iterator[tuple[str, str]]:
    for number, found in enumerate(re.finditer(r"\[[^]]*\]", text), 1):
        head, tail = text[: found.start()], text[found.end() :]
        yield f"class {number} takes any character", rf"{head}[\s\S]{tail}"
        yield f"class {number} takes blanks", f"{head}[\\s{found[0][1:]}{tail}"
        if "0-9" in found[0]:
            yield f"class {number} takes any digit", f"{head}{found[0].replace('0-9', chr(92) + 'd')}{tail}"
    for start in (found.start() for found in re.finditer(re.escape("{0,2}"), text)):
        yield "any number of =", f"{text[:start]}*{text[start + 5 :]}"


def _comparisons() -> Iterator[Mutant]:
    """Each `!=` as `<` and as `>`; each half of an `and` alone, and `or` for it; each comparison of bytes as true."""
    for name, function in _functions():
        for node in ast.walk(function):
            match node:
                case ast.Compare(left, [ast.NotEq()], [right]):
                    for sign, other in (("<", ast.Lt()), (">", ast.Gt())):
                        bound = ast.unparse(right)
                        text = f"{name}: `!= {bound}` for {_brief(left)} becomes `{sign} {bound}`"
                        yield Mutant(text, _changed(node.ops[0], lambda _, other=other: other))  # type: ignore[misc]
                case ast.BoolOp(ast.And(), values):
                    for at, value in enumerate(values):
                        yield Mutant(
                            f"{name}: without `{ast.unparse(value)}`",
                            _changed(node, lambda found, at=at: _without(found, at)),  # type: ignore[misc]
                        )
                    yield Mutant(f"{name}: or for and in `{ast.unparse(node)}`", _changed(node.op, lambda _: ast.Or()))
                case ast.Call(ast.Attribute(ast.Name("hmac"), "compare_digest"), [one, other_one]):
                    equal = ast.Compare(one, [ast.Eq()], [other_one])
                    yield Mutant(f"{name}: == for compare_digest", _changed(node, lambda _, equal=equal: equal))  # type: ignore[misc]
                    yield Mutant(f"{name}: true for compare_digest", _changed(node, _constant(value=True)))


def _brief(node: ast.expr) -> str:
    return node.target.id if isinstance(node, ast.NamedExpr) else ast.unparse(node)


def _without(node: ast.AST, at: int) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    del node.values[at]
    return node.values[0] if len(node.values) == 1 else node


def _kindness() -> Iterator[Mutant]:
    """Each parser that first makes its text nicer, as a friendly reader would; names looked up in any case."""
    for name, function in _functions():
        kinds = {"of": "label"} if ast.unparse(function.args).startswith("cls, label") else {}
        argument = "text" if name in _PARSERS else kinds.get(name)
        if argument is None:
            continue
        for kind in ("strip", "lower", "casefold"):
            nicer = ast.parse(f"{argument} = {argument}.{kind}()").body[0]
            mutated = _changed(function, lambda found, nicer=nicer: _prefixed(found, nicer))  # type: ignore[misc]
            yield Mutant(f"{name}: {argument}.{kind}() first", mutated)


def _prefixed(node: ast.AST, statement: ast.stmt) -> ast.AST:
    assert isinstance(node, ast.FunctionDef)
    node.body.insert(0, statement)
    return node


def _arguments() -> Iterator[Mutant]:
    """`validate=True` as False; the dataclass's promises taken back; each statement that counts or hashes dropped."""
    for node in ast.walk(_TREE):
        match node:
            case ast.keyword("validate", ast.Constant(True) as value):
                yield Mutant("parse_sri: validate=False", _changed(value, _constant(value=False)))
            case ast.keyword("frozen" | "slots" as option, ast.Constant(True) as value):
                yield Mutant(f"Digest: {option}=False", _changed(value, _constant(value=False)))
    for name, function in _functions():
        for node in ast.walk(function):
            if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
                yield Mutant(f"{name}: without `{ast.unparse(node)}`", _changed(node, lambda _: None))


MUTANTS = [
    *_guards(), *_raises(), *_matches(), *_patterns(), *_comparisons(), *_kindness(), *_arguments(),
]  # fmt: skip


def _load(tree: ast.Module) -> types.ModuleType:
    """Run a tree as a module of another name."""
    module = types.ModuleType("digest_mutant")
    exec(compile(tree, str(_PATH), "exec"), module.__dict__)
    return module


def test_the_original_breaks_nothing() -> None:
    assert list(table.broken(_load(_TREE))) == []
    assert list(table.broken(original)) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant(mutant: Mutant) -> None:
    noticed = next(table.broken(_load(mutant.tree)), "")
    if mutant.name in EQUIVALENT:
        assert not noticed, "no longer equivalent: take it off the list"
    else:
        assert noticed, "nothing in the table needs this check"


def test_mutants_are_many_and_named_once() -> None:
    names = Counter(mutant.name for mutant in MUTANTS)
    assert [name for name, times in names.items() if times > 1] == []
    assert set(EQUIVALENT) <= set(names)
    assert len(names) >= 100


def test_every_check_has_a_mutant() -> None:
    """Counted in the text, independently of the walks above."""
    code = ast.unparse(_TREE)
    names = [mutant.name for mutant in MUTANTS]
    raises = sum(line.lstrip().startswith("raise ") for line in code.splitlines())
    assert sum(" for " in name and name.split(": ")[1].startswith(_ERRORS) for name in names) == raises
    assert sum(name.endswith(".match") for name in names) == code.count(".fullmatch(")
    assert sum(name.endswith(": re.I") for name in names) == code.count("= expression(")
    assert sum("compare_digest" in name and "==" in name for name in names) == code.count("hmac.compare_digest(") == 1
    assert sum("without `if not isinstance(" in name for name in names) == code.count("isinstance(")


_ERRORS = ("ValueError", "DigestError", "Exception")
