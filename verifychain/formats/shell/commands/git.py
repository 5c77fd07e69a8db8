"""git: a clone is held by a later checkout of a full commit id, and by nothing else."""

from __future__ import annotations

import re

from verifychain.facts.download import GitRef
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import file_name, is_commit, is_local
from verifychain.formats.shell.values import UNKNOWN, Kind, Level, Unknown

_VALUES = frozenset(["C", "c", "git-dir", "work-tree", "namespace"])
_CLONE = frozenset(
    [
        "b",
        "o",
        "u",
        "j",
        "branch",
        "origin",
        "upload-pack",
        "depth",
        "shallow-since",
        "shallow-exclude",
        "reference",
        "reference-if-able",
        "jobs",
        "separate-git-dir",
        "template",
        "filter",
        "server-option",
        "config",
        "c",
        "revision",
        "bundle-uri",
        "ref-format",
    ]
)
_SUBMODULE = frozenset(["b", "branch", "name", "reference", "depth", "ref-format"])
_FETCH = frozenset(["depth", "j", "o", "upload-pack", "refmap", "shallow-since"])
_ARCHIVE = frozenset(["remote", "format", "prefix", "o", "output", "exec"])
_REWRITING = ("hard", "keep", "merge")  # modes of `git reset` that change the files; the others only say what they are
_QUIET = frozenset(["--verify", "-q", "--quiet", "--no-patch", "-s"])
_HASH_ONLY = re.compile(r"-n? ?1 --(?:format|pretty)=(?:format:)?%H(?: HEAD)?")
_REMOTE = re.compile(r"[a-z+]+://|[\w.-]+@[\w.-]+:|[\w.-]+\.[a-z]+:")
_NO_SSL = re.compile(r"http\.(?:[^=]+\.)?sslVerify=(?:false|0|no|off)?$", re.IGNORECASE)


def run(shell: Shell, call: Call) -> str:
    """A call of git."""
    given = parse(call.arguments, _VALUES, stop=True)
    _options(shell, given)
    if not given.operands:
        return ""
    command, rest = given.operands[0].text, given.operands[1:]
    folder = given.value("C")
    if command in ("rev-parse", "log"):
        return _told(shell, command, [field.text for field in rest], folder)
    if command == "archive":
        return _archive(shell, call, parse(rest, _ARCHIVE))
    _change(shell, call, command, rest, folder)
    return shell.table.result("$(git ls-remote …)" if command == "ls-remote" else "$(git …)")


def _change(shell: Shell, call: Call, command: str, rest: tuple[Field, ...], folder: str | None) -> None:
    """Commands that change which clones there are, and what they hold."""
    match command:
        case "clone":
            _clone(shell, call, parse(rest, _CLONE), folder)
        case "submodule":
            _submodule(shell, call, rest, folder)
        case "init":
            shell.clones.pop(_folder(shell, folder or _last(rest)), None)
        case "remote":
            _remote(shell, rest, folder)
        case "fetch" | "pull":
            _fetch(shell, call, parse(rest, _FETCH), folder, merged=command == "pull")
        case "checkout" | "switch":
            if "--" not in [field.text for field in rest]:  # behind that are files
                _checkout(shell, parse(rest, frozenset(["b", "B", "c", "C", "m", "s"])), folder)
        case "reset":
            _reset(shell, parse(rest, frozenset()), folder)
        case "config":
            _config(shell, rest)


def _options(shell: Shell, given: Options) -> None:
    for option in given.options:
        if option.name == "c" and _NO_SSL.match(option.value or ""):
            off(shell, option.field, f"-c {option.value}", "the server's certificate is not verified")


def _last(rest: tuple[Field, ...]) -> str | None:
    names = [field.text for field in rest if not field.text.startswith("-")]
    return names[-1] if names else None


def _folder(shell: Shell, folder: str | None) -> str:
    return shell.path(folder) if folder else shell.folder or "."


def _clone(shell: Shell, call: Call, given: Options, folder: str | None) -> None:
    if not given.operands:
        return
    for value in given.values("c", "config"):
        if _NO_SSL.match(value):
            off(shell, given.operands[0], f"-c {value}", "the server's certificate is not verified")
    url = given.operands[0]
    if is_local(url.text) or not (_REMOTE.match(url.text) or UNKNOWN.search(url.text)):
        return
    revision = given.value("revision")
    ref = revision or given.value("b", "branch") or None
    name = given.operands[1].text if len(given.operands) > 1 else file_name(url.text.rstrip("/")).removesuffix(".git")
    target = shell.path(f"{folder}/{name}" if folder else name)
    git = GitRef(None if ref is None else shell.table.shown(ref), revision is not None and _is_commit(shell, revision))
    _take(shell, call, url, git, target=target, ref=ref)


def _submodule(shell: Shell, call: Call, rest: tuple[Field, ...], folder: str | None) -> None:
    """``git submodule add`` clones; ``update`` goes by the commits that the repository keeps."""
    at = next((at for at, field in enumerate(rest) if not field.text.startswith("-")), None)
    if at is not None and rest[at].text == "add":
        _clone(shell, call, parse(rest[at + 1 :], _SUBMODULE), folder)
    elif at is not None and rest[at].text == "update" and parse(rest, _SUBMODULE).has("remote"):
        _moved_on(shell, _clone_at(shell, _folder(shell, folder)), "the submodules' branches")


def _take(shell: Shell, call: Call, url: Field, git: GitRef, *, target: str, ref: str | None) -> None:
    before = len(shell.fetches)
    shell.fetch(call, url, "git", None, git)
    for fetch in shell.fetches[before:]:
        shell.keep(fetch, target)
        fetch.data, fetch.streaming, fetch.ref = False, False, ref
        shell.clones[target] = fetch


def _is_commit(shell: Shell, ref: str) -> bool:
    """Whether all values that a ref can have are full commit ids; one from outside counts as in digests."""
    values = shell.table.alternatives(ref)
    return bool(values) and all(is_commit(value) for value in values)


def _remote(shell: Shell, rest: tuple[Field, ...], folder: str | None) -> None:
    words = [field for field in rest if not field.text.startswith("-")]
    if len(words) >= 3 and words[0].text == "add":
        shell.files.put(f"{_folder(shell, folder)}/.git/{words[1].text}", words[2].text)


def _moved_on(shell: Shell, fetch: Fetch | None, ref: str) -> None:
    """The files are no longer those of the commit that was there."""
    if fetch is not None:
        shell.state = shell.state.without_check(fetch.index)
        fetch.git, fetch.ref, fetch.pinned = GitRef(shell.table.shown(ref), is_commit=False), ref, False


def _fetch(shell: Shell, call: Call, given: Options, folder: str | None, *, merged: bool) -> None:
    """
    ``git fetch <remote> <ref>`` in a repository that was begun with ``git init``; a commit id pins it.

    In a clone the files stay what they are until FETCH_HEAD is checked out, or ``git pull`` merges it with them.
    """
    where = _folder(shell, folder)
    if not given.operands:
        return
    remote, *refs = given.operands
    ref = (refs[0].text or None) if refs else None
    known = _clone_at(shell, where)
    if known is not None:
        shell.files.put(f"{where}/.git/FETCH_HEAD", ref or "")
        shell.state = shell.state.without_check(known.index)
        if merged:
            _moved_on(shell, known, ref or "…")
        return
    contents = shell.files.contents(f"{where}/.git/{remote.text}")
    url = Field(contents[0], remote.word) if contents else remote
    if is_local(url.text) or not (_REMOTE.match(url.text) or UNKNOWN.search(url.text)):
        return
    git = GitRef(None if ref is None else shell.table.shown(ref), ref is not None and _is_commit(shell, ref))
    _take(shell, call, url, git, target=where, ref=ref)


def _clone_at(shell: Shell, where: str) -> Fetch | None:
    found = shell.clones.get(where)
    if found is None:
        found = shell.clones.around(where)
        if found is None and where in (".", "") and len(shell.clones) == 1:
            return next(iter(shell.clones.values()))
    return found


def _checkout(shell: Shell, given: Options, folder: str | None) -> None:
    """``git checkout <ref>``; with paths behind it only these files are of that commit."""
    refs = [field.text for field in given.operands if field.text not in ("HEAD", "")]
    where = _folder(shell, folder)
    fetch = _clone_at(shell, where)
    if len(refs) != 1 or fetch is None:
        return
    ref = refs[0]
    if ref == "FETCH_HEAD":
        ref = "".join(shell.files.contents(f"{where}/.git/FETCH_HEAD")[:1]) or ref
    shell.state = shell.state.without_check(fetch.index)  # what it was compared with before is another commit
    if _is_commit(shell, ref):
        fetch.git, fetch.pinned = GitRef(shell.table.shown(ref), is_commit=True), True
    elif ref != "FETCH_HEAD":
        _moved_on(shell, fetch, ref)


def _reset(shell: Shell, given: Options, folder: str | None) -> None:
    if given.has(*_REWRITING):
        _checkout(shell, given, folder)


def _archive(shell: Shell, call: Call, given: Options) -> str:
    """``git archive --remote=<repository> <ref>``: an archive of another's making, whatever the ref."""
    remote = given.value("remote")
    if remote is None or is_local(remote) or not (_REMOTE.match(remote) or UNKNOWN.search(remote)):
        return shell.table.result("$(git …)")
    return shell.fetch(call, Field(remote, call.word), "git", given.value("o", "output"))


def _told(shell: Shell, command: str, words: list[str], folder: str | None) -> str:
    """The commit that a clone is at: a comparison with it is its check."""
    asked = [word for word in words if word not in _QUIET]
    whole = _HASH_ONLY.fullmatch(" ".join(asked)) if command != "rev-parse" else asked in (["HEAD"], ["HEAD^{commit}"])
    fetch = _clone_at(shell, _folder(shell, folder)) if whole else None
    if fetch is None:
        return shell.table.result(f"$(git {command} …)")
    return shell.table.char(Unknown(Kind.COMMIT, f"$(git {command} …)", fetch=fetch.index))


def compared(shell: Shell, commit: Unknown, expected: str, call: Call) -> bool:
    """``[ "$(git rev-parse HEAD)" = <commit id> ]``; whether that is a check."""
    fetch = shell.fetches[commit.fetch]
    expected = expected.strip()
    if _is_commit(shell, expected):
        shell.listed([fetch], Level.VERIFIED, call.word)
        return True
    unknown = shell.table.of(expected) if UNKNOWN.fullmatch(expected) else None
    if unknown is not None and unknown.kind is Kind.VARIABLE and not unknown.values:
        shell.listed([fetch], Level.EXTERNAL, call.word)
        return True
    return False


def _config(shell: Shell, rest: tuple[Field, ...]) -> None:
    words = [field for field in rest if not field.text.startswith("-")]
    if len(words) >= 2 and _NO_SSL.match(f"{words[0].text}={words[1].text}"):
        off(shell, words[0], f"{words[0].text} {words[1].text}", "servers' certificates are not verified")
