"""Which registry the installed npm asks: its configuration, its environment, its own default."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from verifychain.core.errors import Unavailable

_SECONDS = 60
_HINT = "name it: --npm-registry URL, or npm-registry in [tool.verifychain.sri]"


def registry(scope: str = "", environ: Mapping[str, str] = os.environ) -> str:
    """The URL of the registry for packages of a scope (``@babel``), or without one; raises Unavailable."""
    npm = shutil.which("npm", path=environ.get("PATH"))
    if npm is None:
        raise Unavailable("no npm registry is named, and there is no npm to ask for one", _HINT)
    if scope:
        own = _get(npm, f"{scope}:registry", environ)
        if own.startswith(("http://", "https://")):
            return own
    found = _get(npm, "registry", environ)
    if not found.startswith(("http://", "https://")):
        raise Unavailable("npm does not say which registry it asks", _HINT)
    return found


def _get(npm: str, key: str, environ: Mapping[str, str]) -> str:
    settings = {**environ, "NO_UPDATE_NOTIFIER": "1", "npm_config_loglevel": "silent", "npm_config_offline": "true"}
    try:
        done = subprocess.run(
            [npm, "config", "get", key], env=settings, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        raise Unavailable(f"npm config get {key} failed: npm does not say which registry it asks", _HINT) from None
    return done.stdout.decode("utf-8", "replace").strip()
