"""
What is attached to an image: signatures, attestations, bills of materials.

The referrers API of the OCI distribution specification (1.1), and where a registry has none, which is the common case
(Docker Hub, ghcr.io), the index under the fallback tag; cosign's own older tags beside that. Every descriptor is a
claim: what it names is fetched by its digest, and must itself name the image as its subject.
"""

from __future__ import annotations

from verifychain.core.digest import Digest
from verifychain.core.image_name import ImageName
from verifychain.origins.answer import BadStatus, Fetched
from verifychain.origins.manifests import OCI_INDEX, Descriptor, Manifest, NotAManifest, listed, parse_object
from verifychain.origins.registry import Registry

_NO_API = frozenset((400, 404, 405, 410, 501))
_MOST = 10_000


def referrers(
    registry: Registry, name: ImageName, digest: Digest, artifact_type: str | None = None
) -> list[Descriptor]:
    """
    What says that it is attached to the image of ``digest``, of one artifact type or of any.

    Raises Unavailable where the registry cannot be asked: that there is nothing, and that nothing was heard, are not
    the same.
    """
    found = from_api(registry, name, digest)
    if found is None:
        found = from_tag(registry, name, digest)
    # Filtered here: the API may have filtered, or not (OCI-Filters-Applied).
    return [one for one in found if artifact_type is None or one.artifact_type == artifact_type]


def from_tag(registry: Registry, name: ImageName, digest: Digest) -> list[Descriptor]:
    """What the index under the fallback tag lists; nothing where there is none. Raises Unavailable."""
    index = registry.tagged(name._replace(tag=fallback_tag(digest), digest=None))
    if index is None:
        return []
    if not index.is_index:
        raise NotAManifest(f"{name.repository}:{fallback_tag(digest)} is no index")
    return index.entries


def from_api(registry: Registry, name: ImageName, digest: Digest) -> list[Descriptor] | None:
    """
    What the API lists, None where there is none. Raises Unavailable.

    Some registries without it answer 200 with a page that is no index.
    """
    what = f"the referrers of {name.repository}@{digest}"
    found: list[Descriptor] = []
    try:
        for number, page in enumerate(registry.pages(name, f"referrers/{digest}", OCI_INDEX)):
            listed = _listed(page, what)
            if listed is None:
                if number:
                    raise NotAManifest(f"{what} end with a page that is no index")
                return None
            found += listed
            if len(found) > _MOST:
                raise NotAManifest(f"{what} are more than {_MOST:,}")
    except BadStatus as error:
        if error.status in _NO_API:
            return None
        raise
    return found


def _listed(page: Fetched, what: str) -> list[Descriptor] | None:
    """The descriptors of a page, None where it is no index: some registries answer 200 to whatever they do not know."""
    if page.content_type != OCI_INDEX:
        return None
    try:
        document = parse_object(page.data, what)
    except NotAManifest:
        return None
    return listed(document, "manifests", what) if "manifests" in document else None


def fallback_tag(digest: Digest) -> str:
    """The tag of the index of referrers; cut, because the 135 characters of a SHA-512 would be no tag."""
    return f"{digest.algorithm.label[:32]}-{digest.hex[:64]}"


def cosign_tag(digest: Digest, suffix: str) -> str:
    """The tag under which cosign 2 keeps ``sig``, ``att`` and ``sbom``."""
    return f"{digest.algorithm.label}-{digest.hex}.{suffix}"


def attached(registry: Registry, name: ImageName, digest: Digest, suffix: str, *, prefix: str = "") -> Manifest | None:
    """The manifest under cosign's tag, None where there is none."""
    return registry.tagged(name._replace(tag=prefix + cosign_tag(digest, suffix), digest=None))


def referrer(registry: Registry, name: ImageName, descriptor: Descriptor, subject: Digest) -> Manifest:
    """The manifest that a descriptor names, if it is attached to ``subject``; raises Unavailable."""
    found = registry.manifest(name, descriptor.digest)
    if len(found.data) != descriptor.size:
        raise NotAManifest(f"{name.repository}@{descriptor.digest} has {len(found.data)} bytes, not {descriptor.size}")
    if found.subject != subject:
        raise NotAManifest(f"{name.repository}@{descriptor.digest} is attached to {found.subject}, not to {subject}")
    return found
