"""Programs that install, or run, what an address names: what stands behind certain words, or in certain options."""

from __future__ import annotations

import re

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.addresses import run_node, run_python, take, take_git, take_kustomization
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.urls import is_url


class _Row(NamedTuple):
    """One of ``words`` stands among the first two operands, or none needs to; ``named`` options have an address."""

    words: frozenset[str]
    named: tuple[str, ...] = ()
    values: frozenset[str] = frozenset()


def _row(words: str, named: str = "", values: str = "") -> _Row:
    return _Row(frozenset(words.split()), tuple(named.split()), frozenset(f"{named} {values}".split()))


_ROWS = {
    "opkg": _row("install upgrade", values="d dest f conf o offline-root"),
    "cpanm": _row("", values="l L local-lib mirror M"),
    "cpan": _row("", values="M"),
    "luarocks": _row("install build", values="tree server only-server lua-version"),
    "pecl": _row("install upgrade"),
    "pear": _row("install upgrade"),
    "vagrant": _row("box", "box-url", "name provider checksum checksum-type box-version"),
    "mix": _row("archive.install escript.install", values="sha512 repo"),
    "raco": _row("pkg"),
    "ansible-galaxy": _row("install", values="p roles-path collections-path r role-file s server"),
    "kustomize": _row("build create", values="o output"),
    "svn": _row("co checkout export", values="r revision username password depth"),
}
_HG_VALUES = frozenset(["r", "rev", "u", "updaterev", "b", "branch", "config", "R"])
_STRONG = frozenset(["sha256", "sha384", "sha512"])
_DIGEST = re.compile(r"[0-9A-Fa-f]{64,128}")
_GIT = re.compile(r"(?:git\+|git@)")


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    if call.name == "hg":
        _mercurial(shell, call)
    elif call.name in ("npx", "bunx"):
        run_node(shell, call, call.arguments)
    elif call.name == "uvx":
        run_python(shell, call, call.arguments)
    else:
        _row_of(shell, call, _ROWS[call.name])
    return shell.table.result(f"$({call.name} …)")


def _row_of(shell: Shell, call: Call, row: _Row) -> None:
    given = parse(call.arguments, row.values)
    if row.words and row.words.isdisjoint(field.text for field in given.operands[:2]):
        return
    for field in (*given.operands, *(Field(value, call.word) for value in given.values(*row.named))):
        if call.name == "kustomize" and is_url(field.text):
            take_kustomization(shell, call, field)
        elif _GIT.match(field.text):
            url, _, ref = field.text.removeprefix("git+").partition(",")  # ansible-galaxy: `git+https://…,ref`
            take_git(shell, call, Field(url, field.word), call.name, ref or None)
        elif is_url(field.text):
            for fetch in take(shell, call, field, call.name):
                fetch.pinned |= _compares(given)


def _compares(given: Options) -> bool:
    """Whether vagrant, or mix, compares what comes with a digest; of which kind it is alone vagrant passes over."""
    stated = given.value("checksum") if given.value("checksum-type") in _STRONG else given.value("sha512")
    return stated is not None and _DIGEST.fullmatch(stated) is not None


def _mercurial(shell: Shell, call: Call) -> None:
    """``hg clone``: a changeset's whole id names the content."""
    given = parse(call.arguments, _HG_VALUES)
    words = given.operands
    if len(words) > 1 and words[0].text == "clone" and is_url(words[1].text):
        take_git(shell, call, words[1], "hg", given.value("u", "updaterev", "r", "rev"))
