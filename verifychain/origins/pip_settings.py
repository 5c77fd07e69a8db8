"""Where the installed pip would look for packages: its configuration, its environment, its own default."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple

_SECONDS = 30
_LINE = re.compile(r"(global|install|download|:env:)\.(index-url|extra-index-url)=(.*)")
_DEFAULT = re.compile(r"--index-url <url>.*?\(default\s+(https?://[^\s)]+)\)", re.DOTALL)
_STRENGTH = ("global", "download", "install", ":env:")


class PipIndexes(NamedTuple):
    """The index that pip asks, and the further ones."""

    main: str
    extra: tuple[str, ...]


def indexes(environ: Mapping[str, str] = os.environ) -> PipIndexes:
    """Ask the installed pip; raises Unavailable where there is none."""
    command = _command(environ)
    values = _values(_run([*command, "config", "list"], environ))
    main = values.get("index-url") or _default(_run([*command, "install", "--help"], environ))
    if main is None:
        raise Unavailable("the installed pip does not say which index it asks", "name it: --index-url URL")
    return PipIndexes(main, tuple(values.get("extra-index-url", "").split()))


def _command(environ: Mapping[str, str]) -> list[str]:
    import importlib.util
    import shutil

    # What is on the path is what the user installs with; it may know indexes that our own environment does not.
    for name in ("pip", "pip3"):
        found = shutil.which(name, path=environ.get("PATH"))
        if found is not None:
            return [found]
    if importlib.util.find_spec("pip") is not None:
        # Not the working directory's: a `pip.py` in the repository that is checked would be run.
        return [sys.executable, "-P", "-m", "pip"]
    raise Unavailable("no file names a package index, and there is no pip to ask for one", "name it: --index-url URL")


def _run(command: Sequence[str], environ: Mapping[str, str]) -> str:
    import subprocess

    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COLOR": "1"}
    settings = {**environ, **quiet, "COLUMNS": "1000", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, env=settings, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        hint = "name the package index: --index-url URL"
        raise Unavailable(f"{' '.join(command[-3:])} failed: pip does not say which index it asks", hint) from None
    return done.stdout.decode("utf-8", "replace")


def _values(listed: str) -> dict[str, str]:
    """What ``pip config list`` prints, the strongest source last: lines such as ``global.index-url='https://…'``."""
    import ast

    found: list[tuple[int, str, str]] = []
    for line in listed.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        try:
            value = ast.literal_eval(match[3])
        except (ValueError, SyntaxError):
            value = match[3]
        found.append((_STRENGTH.index(match[1]), match[2], str(value)))
    return {key: value for _, key, value in sorted(found)}


def _default(help: str) -> str | None:
    found = _DEFAULT.search(help)
    return None if found is None else found[1]
