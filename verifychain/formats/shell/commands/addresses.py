"""Addresses that package managers are given in the place of a name: archives, and repositories of git."""

from __future__ import annotations

import re

from verifychain.facts.download import GitRef
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.urls import is_commit, is_url

_NODE_VALUES = frozenset(["p", "package", "c", "call"])
_PYTHON_VALUES = frozenset(["from", "spec", "with", "p", "python", "index-url", "i", "pip-args", "with-requirements"])
_GIT_URL = re.compile(r"(?:[\w.-]+(?:\[[\w,-]+\])? *@ *)?git\+([^\s#;]+?)(?:@([^\s@#/;:]+))?(?:#([^\s]*))?$")
_REF = re.compile(r"[?&](?:ref|version)=([^&]+)")
_PIP_HASH = re.compile(r"#(?:.*&)?sha(?:256|384|512)=[0-9a-f]{64,128}")
_NAMED = re.compile(r"(?:@[\w.-]+/)?[\w.-]+@(?=[a-z+]+:|git@)")  # npm: `name@github:owner/repository`
_HOSTED = re.compile(r"(?:(?:github|gitlab|bitbucket|gist):)?[\w-][\w.-]*/[\w.-]+(?:#.*)?")
_GIT = re.compile(r"git@[\w.-]+:|git://|(?:git\+)?ssh://|git\+|https://(?:github|gitlab)\.com/[^/#]+/[^/#]+(?:#|$)")


def take_git(shell: Shell, call: Call, url: Field, via: str, ref: str | None) -> None:
    """A checkout of a repository."""
    commit = ref is not None and all(is_commit(value) for value in shell.table.alternatives(ref))
    before = len(shell.fetches)
    shell.fetch(call, url, via, None, GitRef(None if ref is None else shell.table.shown(ref), commit))
    for fetch in shell.fetches[before:]:
        fetch.data = fetch.streaming = False


def take(shell: Shell, call: Call, url: Field, via: str) -> list[Fetch]:
    """A file that is installed as it comes; none where it is this machine's own."""
    before = len(shell.fetches)
    shell.fetch(call, url, via)
    for fetch in shell.fetches[before:]:
        fetch.data = fetch.streaming = False
    return shell.fetches[before:]


def take_kustomization(shell: Shell, call: Call, url: Field) -> None:
    """A folder of a repository, as ``kustomize build`` and ``kubectl apply -k`` take it: ``https://…//folder?ref=v1``."""
    ref = _REF.search(url.text)
    take_git(shell, call, url, call.name, None if ref is None else ref[1])


def node_address(shell: Shell, call: Call, field: Field) -> bool:
    """What npm is to install, where it is an address; whether it is one (npm-package-arg says how they are told)."""
    text = _NAMED.sub("", field.text, count=1)
    if _GIT.match(text) or _HOSTED.fullmatch(text):
        url, _, ref = text.removeprefix("git+").partition("#")
        take_git(shell, call, Field(url, field.word), call.name, ref or None)
    elif is_url(text):
        take(shell, call, Field(text, field.word), call.name)
    else:
        return False
    return True


def pip_address(shell: Shell, call: Call, field: Field) -> None:
    """What pip is to install, where it is an address."""
    found = _GIT_URL.match(field.text)
    if found is not None:
        ref = found[2]
        take_git(shell, call, Field(found[1], field.word), "pip", ref)
    elif is_url(field.text) or re.match(r"[\w.-]+ *@ *https?://", field.text):
        url = Field(field.text.partition("@")[2].strip() if not is_url(field.text) else field.text, field.word)
        for fetch in take(shell, call, url, "pip"):
            fetch.pinned |= _PIP_HASH.search(url.text) is not None
    elif field.text.endswith((".whl", ".tar.gz", ".zip")):
        shell.use_files([field.text], call.word, "pip")


def run_node(shell: Shell, call: Call, arguments: tuple[Field, ...]) -> None:
    """``npx``, ``npm exec``, ``pnpm dlx``: a package, by its address, is installed and run."""
    given = parse(arguments, _NODE_VALUES, stop=True)
    packages = [Field(value, call.word) for value in given.values("p", "package")]
    for field in packages or given.operands[:1]:
        node_address(shell, call, field)


def run_python(shell: Shell, call: Call, arguments: tuple[Field, ...]) -> None:
    """``uvx``, ``uv run``, ``pipx run``: a package or a script, by its address, is installed and run."""
    given = parse(arguments, _PYTHON_VALUES, stop=True)
    packages = [Field(value, call.word) for value in given.values("from", "spec", "with")]
    for field in (*packages, *given.operands[:1]):
        pip_address(shell, call, field)
