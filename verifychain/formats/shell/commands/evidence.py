"""What signatures are verified with: signatures beside the files, and keys."""

from __future__ import annotations

from collections.abc import Iterable

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.urls import is_url


def evidence(shell: Shell, names: Iterable[str]) -> None:
    """Files by these names are signatures or statements."""
    for fetch in shell.fetched_files(names):
        shell.serves(fetch)


def trusted(shell: Shell, call: Call, names: Iterable[str]) -> None:
    """
    Files by these names, or URLs, are keys or roots that a program is told to trust.

    They are in no keyring: what gpg is asked about its keys says nothing of them.
    """
    names = list(names)
    _are_keys(shell, shell.fetched_files(names))
    for name in names:
        if is_url(name):
            before = len(shell.fetches)
            shell.fetch(call, Field(name, call.word), call.name)
            _are_keys(shell, shell.fetches[before:])


def trusted_text(shell: Shell, texts: Iterable[str]) -> None:
    """Keys that are given as they are."""
    for text in texts:
        _are_keys(shell, shell.fetched(text))


def _are_keys(shell: Shell, fetches: Iterable[Fetch]) -> None:
    for fetch in fetches:
        fetch.key, fetch.data = True, False
        shell.serves(fetch)
