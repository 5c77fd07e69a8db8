"""The Update Framework, through the ``sigstore`` package: the trust root of an instance as it is today."""

from __future__ import annotations

from pathlib import Path

from verifychain.core.errors import Unavailable


def trusted_root(url: str, bootstrap: str | None = None) -> bytes:
    """
    Fetch the trust root of a TUF repository, verified from the root of trust that the package ships.

    ``bootstrap`` names the first TUF root of a repository that the package does not know. The package keeps the
    repository's metadata in its own folder, which is what protects from being served an older state. Raises
    Unavailable for whatever goes wrong.
    """
    from sigstore._internal.tuf import TrustUpdater

    try:
        updater = TrustUpdater(url, bootstrap_root=None if bootstrap is None else Path(bootstrap))
        return Path(updater.get_trusted_root_path()).read_bytes()
    except Exception as error:  # noqa: BLE001 - network, metadata, and an unwritable home
        cause = str(error.__cause__ or error) or type(error).__name__
        hint = "the trust root that the sigstore package ships goes on being used"
        raise Unavailable(f"the trust root of {url} cannot be refreshed: {cause}", hint) from None
