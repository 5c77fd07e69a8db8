"""Manifests of any shape: what they say is read, or refused; nothing else happens."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.origins.stub_registry import descriptor, packed
from verifychain.core.digest import of_bytes
from verifychain.origins.manifests import ACCEPTED, Manifest, NotAManifest, config_of, read_manifest

NAMES = st.sampled_from(
    ["manifests", "layers", "config", "mediaType", "subject", "digest", "size", "platform", "annotations"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(ACCEPTED)
    | st.just(descriptor(b"x")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def read_all(data: bytes, content_type: str | None) -> Manifest | None:
    try:
        found = read_manifest(data, of_bytes(data), content_type, "it")
        _ = found.entries, found.layers, found.subject
        if not found.is_index:
            config_of(found)
    except NotAManifest:
        return None
    return found


@settings(max_examples=200)
@given(st.dictionaries(NAMES, VALUES, max_size=6), st.none() | st.sampled_from(ACCEPTED))
def test_documents_of_any_shape(document: dict[str, Any], content_type: str | None) -> None:
    found = read_all(packed(document), content_type)
    if found is not None:
        assert found.is_index != ("layers" in document or "config" in document)
        assert content_type in (None, found.media_type)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_bytes_of_any_kind(data: bytes) -> None:
    assert read_all(data, None) is None


def test_a_small_document_that_would_be_large_in_memory() -> None:
    assert read_all(b'{"manifests":[],"x":[' + b"[]," * 1_000_000 + b"0]}", None) is None


def test_a_long_list_ends() -> None:
    entries = [descriptor(b"x")] * 10_001
    assert read_all(packed({"manifests": entries}), None) is None
    assert read_all(packed({"manifests": entries[1:]}), None) is not None
