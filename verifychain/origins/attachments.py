"""
Everything that is attached to an image, from a registry or a layout, in every format that is in use.

None hides another: cosign's ``.sig`` and ``.att`` tags, referrers by the API or the fallback tag, bundles and older
signatures among them. What could not be read is told, because then nobody knows that there is no signature.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from verifychain.core.attachment import Attachment, Found, Storage, Subject
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import DOCKER_HUB, ImageName
from verifychain.core.record import NamedTuple
from verifychain.origins.layout import Layout
from verifychain.origins.manifests import Descriptor, Manifest, NotAManifest
from verifychain.origins.places import Habit, Place, usual
from verifychain.origins.platforms import choose, platforms_of
from verifychain.origins.referrers import attached, from_api, from_tag, referrer
from verifychain.origins.registry import Registry

SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE_PREFIX = "application/vnd.dev.sigstore.bundle"
_STORAGES = {Place.SIGNATURE_TAG: Storage.SIGNATURE_TAG, Place.ATTESTATION_TAG: Storage.ATTESTATION_TAG}
# As cosign writes it (sigstore/sigstore, pkg/signature/payload), for a signature without annotations.
_PAYLOAD = (
    '{{"critical":{{"identity":{{"docker-reference":"{repository}"}},"image":{{"docker-manifest-digest":"{digest}"}},'
    '"type":"cosign container image signature"}},"optional":null}}'
)
_MOST_LAYERS = 1000
_LARGEST = 128 << 20  # one attachment; cosign's limit
_LARGEST_SUM = 256 << 20  # all of one image
_MOST_REFERRERS = 1000
SECONDS = 300.0  # for the referrers of one image, and as long again for their layers


class Exhausted(Unavailable):
    """A registry had more time, or sends more, than an image may take."""


class Budget:
    """How much may be read for one image, and for how long: a registry may be slow, and not for ever."""

    def __init__(self) -> None:
        self._until = time.monotonic() + SECONDS
        self._left = _LARGEST_SUM

    def spend(self, size: int) -> None:
        """Raise Exhausted where so many bytes more, or any, are too much."""
        self._left -= size
        if size > _LARGEST or self._left < 0:
            raise Exhausted(f"what is attached is too large: {size:,} bytes more")
        if time.monotonic() > self._until:
            raise Exhausted(f"what is attached could not be read within {SECONDS:.0f} seconds")


class Referrers(NamedTuple):
    """The manifests whose subject is an image, and what could not be read of those that were listed."""

    manifests: list[Manifest]
    faults: list[str]


class Store(Protocol):
    """Where one image and what belongs to it are kept."""

    def root(self) -> Manifest:
        """What the reference means, resolved once; raises Unavailable."""
        ...

    def stated(self) -> Digest | None:
        """The digest of it that stands in the reference itself."""
        ...

    def shown(self, digest: Digest) -> str: ...

    def manifest(self, digest: Digest) -> Manifest: ...

    def blob(self, descriptor: Descriptor) -> bytes: ...

    def usual_payload(self, digest: Digest) -> bytes:
        """What cosign signs of the image where nothing more is stated; empty where it is not known, or not of use."""
        ...

    def attached(self, digest: Digest, suffix: str) -> list[Manifest]:
        """The manifests under cosign's tag for ``sig``, ``att`` or ``sbom``."""
        ...

    def referrers(self, digest: Digest, place: Place) -> Referrers | None:
        """Those that are listed at one of two places; None where there is no such place."""
        ...


class InRegistry(NamedTuple):
    """
    An image in a registry.

    signatures  where what is attached is kept: the same repository, unless the user says otherwise
    prefix      what stands before ``sha256-…`` in cosign's tags
    """

    registry: Registry
    name: ImageName
    signatures: ImageName
    prefix: str = ""

    def root(self) -> Manifest:
        if self.name.digest is not None:
            return self.registry.manifest(self.name, self.name.digest)
        found = self.registry.tagged(self.name)
        if found is None:
            raise Unavailable(f"{self.name.registry} has no {self.name.normalised}", "check the name and the tag")
        return found

    def stated(self) -> Digest | None:
        return self.name.digest

    def shown(self, digest: Digest) -> str:
        tag = self.name.tag if self.name.tag is not None or self.name.digest is not None else "latest"
        return f"{self.name.repository}{'' if tag is None else f':{tag}'}@{digest}"

    def manifest(self, digest: Digest) -> Manifest:
        return self.registry.manifest(self.name, digest)

    def blob(self, descriptor: Descriptor) -> bytes:
        return self.registry.blob(self.signatures, descriptor.digest, descriptor.size)

    def usual_payload(self, digest: Digest) -> bytes:
        registry = "index.docker.io" if self.name.registry == DOCKER_HUB else self.name.registry
        return _PAYLOAD.format(repository=f"{registry}/{self.name.path}", digest=digest).encode()

    def attached(self, digest: Digest, suffix: str) -> list[Manifest]:
        found = attached(self.registry, self.signatures, digest, suffix, prefix=self.prefix)
        return [] if found is None else [found]

    def referrers(self, digest: Digest, place: Place) -> Referrers | None:
        found = (from_api if place is Place.API else from_tag)(self.registry, self.signatures, digest)
        return None if found is None else self._read(found, digest)

    def _read(self, descriptors: list[Descriptor], digest: Digest) -> Referrers:
        listed = {one.digest: one for one in descriptors}
        if len(listed) > _MOST_REFERRERS:
            raise Unavailable(f"{len(listed):,} referrers of {digest}, the limit is {_MOST_REFERRERS:,}")
        budget, found, faults = Budget(), list[Manifest](), list[str]()
        # The type in a list of referrers is often wrong (cosign#4641): each is fetched, and says itself what it is.
        for descriptor in listed.values():
            try:
                budget.spend(descriptor.size)
                found.append(referrer(self.registry, self.signatures, descriptor, digest))
            except Exhausted as error:
                return Referrers(found, [*faults, error.message])
            except Unavailable as error:
                faults.append(error.message)
        return Referrers(found, faults)


class OnDisk(NamedTuple):
    """An image in a layout."""

    layout: Layout

    def root(self) -> Manifest:
        return self.layout.root()

    def stated(self) -> Digest | None:
        return None  # it is read from the disk in any case

    def shown(self, digest: Digest) -> str:
        return f"{self.layout.folder}@{digest}"

    def manifest(self, digest: Digest) -> Manifest:
        return self.layout.manifest(digest)

    def blob(self, descriptor: Descriptor) -> bytes:
        return self.layout.blob(descriptor.digest, descriptor.size)

    def usual_payload(self, digest: Digest) -> bytes:
        return b""  # to read it costs nothing

    def attached(self, digest: Digest, suffix: str) -> list[Manifest]:
        return self.layout.attached(digest, suffix)

    def referrers(self, digest: Digest, place: Place) -> Referrers | None:
        return Referrers(*self.layout.referrers(digest)) if place is Place.API else None


class Image:
    """
    What is verified: its digest, and its manifest from when that is asked for.

    Signatures are of a digest. Where the reference states one, and a signature of it is good, nothing of the image
    itself is needed, and cosign does not ask for it either.
    """

    def __init__(self, digest: Digest, root: Callable[[], Manifest]) -> None:
        self.digest = digest
        self._root = root
        self._manifest: Manifest | None = None

    @classmethod
    def of(cls, manifest: Manifest) -> Image:
        """One whose manifest is there already."""
        return cls(manifest.digest, lambda: manifest)

    def manifest(self) -> Manifest:
        """The manifest or index; raises Unavailable where there is none."""
        if self._manifest is None:
            self._manifest = self._root()
        return self._manifest

    def data(self) -> bytes:
        """The exact bytes of the manifest; raises Unavailable."""
        return self.manifest().data


def subject(store: Store, platform: str | None) -> Image:
    """What is verified: what the reference means, or of an index the image for a platform. Raises Unavailable."""
    stated = store.stated()
    if platform is None and stated is not None:
        return Image(stated, store.root)
    root = store.root()
    if platform is None or not root.is_index:
        return Image.of(root)
    return Image.of(store.manifest(choose(platforms_of(root), platform)))


def children(store: Store, index: Manifest) -> list[Image]:
    """The images of an index; what buildx adds about them (``unknown/unknown``) is no image."""
    runnable = (one for one in index.entries if one.platform.get("os") != "unknown")
    return [Image.of(store.manifest(one)) for one in dict.fromkeys(one.digest for one in runnable)]


def collect(store: Store, image: Image) -> Found:
    """Everything attached to an image; raises Unavailable where it, or one of the places, cannot be asked for."""
    image.manifest()
    *_, found = stages(store, image)
    return found


def referrers(store: Store, digest: Digest) -> Referrers:
    """What refers to an image, by the API or where there is none by the fallback tag; raises Unavailable."""
    found = store.referrers(digest, Place.API)
    return (store.referrers(digest, Place.INDEX) or Referrers([], [])) if found is None else found


def stages(store: Store, image: Image, habit: Habit | None = None, *, signed: bool = True) -> Iterator[Found]:
    """
    What is attached to an image, place by place: each time all that was found so far, in the end everything.

    One of cosign's tags comes first (by ``signed`` that of signatures), then referrers, then its other tag; or before
    all the place that is the ``habit``. Whom less is enough asks the registry no further: a good signature stays one,
    whatever else is attached. Raises Unavailable as ``collect`` does.
    """
    about, found = Subject(store.shown(image.digest), image.digest, image.data), _Collection(store)
    left = dict.fromkeys(usual(signed=signed))
    while left:
        expected = None if habit is None else habit.place  # another image may have shown it meanwhile
        place = expected if expected in left else next(iter(left))
        del left[place]
        has_more = found.look(place, image.digest)
        if has_more and habit is not None:
            habit.note(place)
            habit = None  # what else it has says nothing of where to begin
        if has_more or not left:
            yield Found(about, *found.sorted(usual(signed=signed)))


def is_evidence(layer: Descriptor) -> bool:
    """Whether a referrer's layer may hold a signature. The type of the layer's own descriptor decides."""
    return layer.media_type.startswith(BUNDLE_PREFIX) or layer.media_type == SIMPLE_SIGNING


class _Looked(NamedTuple):
    """What one place has, and what could not be read of it."""

    found: list[Attachment]
    faults: list[str]


class _Collection:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._budget = Budget()
        self._looked: dict[Place, _Looked] = {}
        self._referrers: set[Digest] = set()
        self._has_api = False

    def sorted(self, places: Sequence[Place]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """What was found, and what could not be read, by places: in whichever order these were asked."""
        looked = [self._looked[place] for place in places if place in self._looked]
        return tuple(one for all_ in looked for one in all_.found), tuple(one for all_ in looked for one in all_.faults)

    def look(self, place: Place, digest: Digest) -> bool:
        """Add what one place has, if anything; raises Unavailable where it cannot be asked."""
        here = self._looked[place] = _Looked([], [])
        if place in _STORAGES:
            for manifest in self._store.attached(digest, place.value):
                self._add(here, _STORAGES[place], manifest, self._store.usual_payload(digest))
        elif place is Place.API or not self._has_api:
            referring = self._store.referrers(digest, place)
            self._has_api |= place is Place.API and referring is not None
            manifests, faults = referring or Referrers([], [])
            here.faults.extend(faults)
            for manifest in manifests:
                if manifest.digest not in self._referrers:
                    self._referrers.add(manifest.digest)
                    self._add(here, Storage.REFERRER, manifest)
        return bool(here.found)

    def _add(self, here: _Looked, storage: Storage, manifest: Manifest, usual: bytes = b"") -> None:
        """Fetch the layers of a manifest, of a referrer those that may be evidence; not the ``usual`` payload."""
        for where, layer in self._layers(manifest, here.faults):
            if storage is Storage.REFERRER and not is_evidence(layer):
                continue
            try:
                self._budget.spend(layer.size)
                data = usual if _is(usual, layer) else self._store.blob(layer)
            except Exhausted as error:
                here.faults.append(error.message)
                return
            except Unavailable as error:
                here.faults.append(error.message)
            else:
                here.found.append(Attachment(storage, where, layer.media_type, data, layer.annotations))

    def _layers(self, manifest: Manifest, faults: list[str]) -> Iterator[tuple[str, Descriptor]]:
        try:
            layers: Sequence[Descriptor] = manifest.layers
            if manifest.is_index:
                raise NotAManifest(f"{manifest.digest} is an index, signatures are layers of a manifest")
            if len(layers) > _MOST_LAYERS:
                raise NotAManifest(f"{manifest.digest} has {len(layers):,} layers, the limit is {_MOST_LAYERS:,}")
        except NotAManifest as error:
            faults.append(error.message)
            return
        for number, layer in enumerate(layers, 1):
            yield f"{manifest.digest}, layer {number} of {len(layers)}", layer


def _is(data: bytes, layer: Descriptor) -> bool:
    """Whether bytes are those of a descriptor: what has a digest need not be fetched where it is known."""
    return len(data) == layer.size and of_bytes(data, layer.digest.algorithm) == layer.digest
