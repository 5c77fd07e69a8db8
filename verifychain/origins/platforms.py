"""The image for one platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifychain.core.digest import Digest
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.origins.manifests import Manifest, NotAManifest, config_of, parse_object
from verifychain.origins.registry import MANIFEST_SIZE, Registry


def for_platform(registry: Registry, name: ImageName, found: Manifest, wanted: str) -> Digest:
    """
    The digest of the image for ``os/architecture[/variant]`` in an index, or of an image that is for it.

    Raises Unavailable where there is not exactly one.
    """
    if found.is_index:
        offers = platforms_of(found)
    else:
        config = config_of(found)
        if config.size > MANIFEST_SIZE:
            raise NotAManifest(f"{name.repository}@{found.digest} has a configuration of {config.size:,} bytes")
        data = registry.blob(name, config.digest, config.size)
        offers = {found.digest: parse_object(data, f"the configuration of {name.repository}")}
    return choose(offers, wanted)


def platforms_of(index: Manifest) -> dict[Digest, Mapping[str, Any]]:
    """The images of an index by their digests, with the platform of each."""
    return {entry.digest: entry.platform for entry in index.entries if entry.platform}


def choose(offers: Mapping[Digest, Mapping[str, Any]], wanted: str) -> Digest:
    """The one digest whose platform is ``os/architecture[/variant]``; raises Unavailable for none or several."""
    parts = wanted.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise Unavailable(f"{wanted!r} is no platform", "write it as linux/amd64 or linux/arm/v7")
    matching = [digest for digest, platform in offers.items() if _matches(platform, parts)]
    if len(matching) != 1:
        there = ", ".join(sorted({_shown(platform) for platform in offers.values()})[:20])
        problem = f"is no image for {wanted}" if not matching else f"are several images for {wanted}"
        raise Unavailable(f"there {problem}", f"it has: {there}")
    return matching[0]


def _matches(platform: Mapping[str, Any], parts: list[str]) -> bool:
    if [platform.get("os"), platform.get("architecture")] != parts[:2]:
        return False
    # arm64 has one variant, which some write and some leave out.
    usual = "v8" if parts[1] == "arm64" else None
    variant = platform.get("variant") or usual
    return len(parts) == 2 or variant == parts[2]


def _shown(platform: Mapping[str, Any]) -> str:
    words = (platform.get(name) for name in ("os", "architecture", "variant"))
    return "/".join(str(word) for word in words if word)[:60]
