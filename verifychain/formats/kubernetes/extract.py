"""
Manifests to facts: every image of every container, whatever kind of object holds it.

Pods, everything with a template of one (Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, PodTemplate, and
the resources of operators), and lists of them are all read by one rule: what has ``containers``, ``initContainers`` or
``ephemeralContainers`` runs them, and a volume with an ``image`` mounts it.
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from verifychain.core.digest import Notation
from verifychain.core.image_name import ImageNameError, parse_image_name
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.ports import Scope
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.image import Image
from verifychain.formats.kubernetes.syntax import Mapping, Node, YamlError, documents

if TYPE_CHECKING:
    from verifychain.facts import Fact

_LARGEST = 16 << 20
_CONTAINERS = {
    "containers": "container",
    "initContainers": "init-container",
    "ephemeralContainers": "ephemeral-container",
}
_BOM = b"\xef\xbb\xbf"
# What is filled in before the manifest is read: Helm, envsubst and kustomize, Kubernetes' own $(NAME).
_VARIABLE = re.compile(r"\{\{.*?\}\}|\$\{?\w+\}?|\$\(\w+\)")
_IS_MANIFEST = re.compile(rb"^\s*[\"']?(?:apiVersion|kind)[\"']?\s*:", re.MULTILINE)


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The images of one file; what is no YAML is a ``Broken``."""
    data = source.data
    if len(data) > _LARGEST:
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", "nothing in this file was judged")
        return
    base = len(_BOM) if data.startswith(_BOM) else 0
    try:
        text = data[base:].decode("utf-8")
    except UnicodeDecodeError as error:
        yield Broken(Span(base + error.start, base + error.start + 1), "not UTF-8", "manifests are UTF-8")
        return
    try:
        for document in documents(text, base):
            yield from _Reader(source).facts(document)
    except YamlError as error:
        template = b"{{" in data
        if not template or _IS_MANIFEST.search(data):
            hint = "render the template first, and check what comes out" if template else ""
            yield Broken(Span(error.at, min(error.at + 1, len(data))), error.message, hint)


class _Reader:
    """Walks one document with a stack of its own; each node is visited once, however many aliases lead to it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._taken: set[tuple[str, int]] = set()

    def facts(self, root: Node) -> Iterator[Fact]:
        seen: set[int] = set()
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, Mapping):
                pairs = list(node.pairs())
                for key, value in pairs:
                    yield from self._members(key, value)
                waiting += [value for _, value in reversed(pairs)]
            else:
                waiting += reversed(node.items)

    def _members(self, key: str, value: Node) -> Iterator[Fact]:
        if key in _CONTAINERS:
            for container in self._new(key, value.items if self._is_new(key, value) else ()):
                for image in self._new(f"{key} image", container.get("image")):
                    yield from self._image(image, container, _CONTAINERS[key])
        elif key == "volumes":
            for volume in self._new(key, value.items if self._is_new(key, value) else ()):
                for held in self._new("held", volume.get("image")):
                    for reference in self._new("reference", held.get("reference")):
                        yield from self._image(reference, held, "image-volume")

    def _new(self, role: str, nodes: Iterable[Node]) -> Iterator[Node]:
        """
        Those that were not taken in this role before: aliases may lead to one from any number of places.

        role  what a node is taken for; what is an image to one may be a mapping to another
        """
        return (node for node in nodes if self._is_new(role, node))

    def _is_new(self, role: str, node: Node) -> bool:
        known = len(self._taken)
        self._taken.add((role, id(node)))
        return len(self._taken) > known

    def _image(self, node: Node, holder: Node, via: str) -> Iterator[Fact]:
        text = node.text
        if text is None:
            if not isinstance(node.value, str):
                yield Broken(node.span, "an image is a text")
            return  # none is named: a patch, or a template's default
        text = text.strip()
        if not text:
            return
        yield _image(self._source, text, node, holder, via)


def _image(source: Source, text: str, node: Node, holder: Node, via: str) -> Image | Broken:
    whole = _written(source, text, node)
    place = node.span if whole is None else whole
    variables = tuple(_VARIABLE.findall(text))
    name, pins = None, tuple[Pin | Malformed, ...]()
    try:
        name = None if variables else parse_image_name(text)
    except ImageNameError as error:
        if not error.digest:
            return Broken(place, str(error), hint=error.reason if error.reason != str(error) else "")
        at = text.index("@") + 1
        pins = (Malformed(text[at:], error.reason, _part(whole, at) or place),)
    if name is not None and name.digest is not None:
        pins = (Pin(name.digest, _part(whole, text.index("@") + 1) or place),)
    grade = Grade.EXTERNAL_DIGEST if variables else Grade.UNPINNED
    end = None if whole is None else Span(whole.end, whole.end)
    return Image(
        subject=_subject(text) if name is None else name.normalised,
        via=via,
        span=holder.span if holder.span.covers(place) else place,
        name_span=place,
        origin=Location(source, place),
        grade=Grade.PINNED if name is not None and name.digest is not None else grade,
        slot=None if end is None else Slot(Location(source, end), "@", Notation.OCI),
        pins=pins,
        name=name,
        variables=variables,
    )


def _written(source: Source, text: str, node: Node) -> Span | None:
    """The place of the text itself, without quotes; None where it is written in another way (escapes, folded)."""
    written = source.data[node.span.start : node.span.end]
    at = written.find(text.encode("utf-8", "surrogatepass"))
    if at < 0:
        return None
    start = node.span.start + at
    return Span(start, start + len(text.encode("utf-8", "surrogatepass")))


def _part(whole: Span | None, at: int) -> Span | None:
    return None if whole is None else Span(whole.start + at, whole.end)


def _subject(text: str) -> str:
    try:
        return parse_image_name(text.partition("@")[0]).normalised
    except ImageNameError:
        return text
