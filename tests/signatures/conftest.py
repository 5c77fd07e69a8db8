from __future__ import annotations

import pytest

from tests.signatures.private_sigstore import Sigstore


@pytest.fixture(scope="session")
def sigstore() -> Sigstore:
    """One instance for all tests: making its keys takes most of the time."""
    return Sigstore()
