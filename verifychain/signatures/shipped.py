"""
The trust roots that come with the ``sigstore`` package, read where they lie.

The package's own ``production(offline=True)`` copies them into a cache of the user's and believes the copy ever after,
whoever changed it; these files are as trustworthy as the package itself, and no cache is read or written.
"""

from __future__ import annotations

import os
from datetime import datetime
from importlib.util import find_spec
from urllib.parse import quote

from verifychain.core.errors import VerifychainError
from verifychain.signatures.strict_json import Fields
from verifychain.signatures.verdict import Reason, Rejected

PUBLIC_GOOD = "https://tuf-repo-cdn.sigstore.dev"
STAGING = "https://tuf-repo-cdn.sigstage.dev"


def trusted_root(url: str = PUBLIC_GOOD) -> bytes:
    """The trust root of an instance, as JSON. Raises VerifychainError where the package does not have it."""
    return _read(url, "trusted_root.json")


def expires(url: str = PUBLIC_GOOD) -> datetime:
    """When the TUF root that was shipped expires: after that the package is old. Raises Rejected, VerifychainError."""
    root = Fields.parse(_read(url, "root.json"), Reason.MALFORMED_TRUST_ROOT, "TUF root")
    text = root.required("signed").text("expires")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Rejected(Reason.MALFORMED_TRUST_ROOT, "the TUF root of the sigstore package has no date") from None


def _read(url: str, name: str) -> bytes:
    package = find_spec("sigstore")
    places = package.submodule_search_locations if package is not None else None
    for place in places or ():
        path = os.path.join(place, "_store", quote(url, safe=""), name)
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            continue
    hint = "install verifychain again with all that it needs, or name a root with --trusted-root FILE"
    raise VerifychainError(f"the sigstore package has no {name} of {url}", hint)
