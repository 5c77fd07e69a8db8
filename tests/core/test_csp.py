"""What a directive of a Content-Security-Policy says of scripts."""

from __future__ import annotations

import pytest

from verifychain.core.csp import read_policies, scripts

HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


@pytest.mark.parametrize(
    ("sources", "urls", "inline"),
    [
        ("'self'", True, False),
        ("https:", True, False),
        ("cdn.example 'nonce-x'", True, False),
        (HASH, False, False),
        ("'unsafe-inline'", False, True),
        ("'unsafe-inline' 'SELF'", True, True),
        (f"'unsafe-inline' {HASH}", False, False),
        ("'unsafe-inline' 'nonce-x'", False, False),
        ("'unsafe-inline' 'strict-dynamic'", False, False),
        ("'strict-dynamic' 'self' https:", False, False),
        ("'none'", False, False),
        ("", False, False),
    ],
)
def test_what_lets_scripts_in(sources: str, urls: bool, inline: bool) -> None:
    (policy,) = read_policies(f"script-src {sources}")
    assert policy.for_scripts is not None
    said = scripts(policy.for_scripts)
    assert (said.has_urls, said.unsafe_inline) == (urls, inline)
    assert said.has_nonce is ("nonce" in sources)
    assert len(said.digests) == sources.count("sha256")
