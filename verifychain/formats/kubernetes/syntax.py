"""
YAML text to nodes with places in the file.

PyYAML's events and not its composer: that one recurses, in C without a limit, and a file may be nested as deeply as its
writer likes. Aliases point to the node that they name and are never copied, so that no file grows when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifychain.core.source import Span

_DEEPEST = 200
_MOST_NODES = 1_000_000
_STEP = 1024


class YamlError(Exception):
    """The text is not YAML, or more than is read; ``at`` is the byte where that shows."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Node:
    """
    One node; ``value`` is a text, a list of nodes, or a list of pairs of nodes.

    plain  for scalars: written without quotes, so that ``null`` and ``~`` are nothing
    """

    __slots__ = ("plain", "span", "value")

    def __init__(self, value: str | list[Node] | list[tuple[Node, Node]], span: Span, *, plain: bool = False) -> None:
        self.value: Any = value
        self.span = span
        self.plain = plain

    @property
    def text(self) -> str | None:
        """The text of a scalar that is something, None for anything else."""
        if not isinstance(self.value, str) or (self.plain and self.value in ("", "~", "null", "Null", "NULL")):
            return None
        return self.value

    @property
    def items(self) -> list[Node]:
        """The items of a list, none of anything else."""
        return [] if isinstance(self, Mapping) or isinstance(self.value, str) else list(self.value)


class Mapping(Node):
    """A node with keys. A key that stands twice has all its values: programs differ in which one they take."""

    __slots__ = ()

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Keys with values, those that are merged in (``<<``) last."""
        merged: list[Node] = []
        seen: set[int] = set()
        for key, value in self.value:
            if key.text == "<<" and key.plain:
                merged += value.items or [value]
            elif key.text is not None:
                yield key.text, value
        while merged:
            one = merged.pop(0)
            if isinstance(one, Mapping) and id(one) not in seen and len(seen) < _DEEPEST:
                seen.add(id(one))
                for key, value in one.value:
                    if key.text == "<<" and key.plain:
                        merged += value.items or [value]
                    elif key.text is not None:
                        yield key.text, value

    def get(self, name: str) -> list[Node]:
        """Every value of a key."""
        return [value for key, value in self.pairs() if key == name]


class _Offsets:
    """Characters to bytes: PyYAML counts the former."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sums: list[int] | None = None
        if not text.isascii():
            self._sums = [0]
            for start in range(0, len(text), _STEP):
                self._sums.append(self._sums[-1] + len(text[start : start + _STEP].encode("utf-8", "surrogatepass")))

    def __call__(self, index: int) -> int:
        if self._sums is None:
            return min(index, len(self._text))
        step = min(index // _STEP, len(self._sums) - 1)
        return self._sums[step] + len(self._text[step * _STEP : index].encode("utf-8", "surrogatepass"))


def documents(text: str, base: int = 0) -> Iterator[Node]:
    """The documents of a text; ``base`` is where it begins in the file, in bytes. Raises YamlError."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    offsets = _Offsets(text)

    def place(mark: Any) -> int:
        return base + offsets(mark.index)

    try:
        yield from _Builder(place).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or str(error), base if mark is None else place(mark)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(" ".join(str(error).split())[:200], base) from None


class _Builder:
    """Nodes of events, with a stack of our own."""

    def __init__(self, place: Any) -> None:
        self._place = place
        self._anchors: dict[str, Node] = {}
        self._open: list[tuple[Node, list[Node]]] = []  # a collection, and what it has so far
        self._count = 0

    def build(self, events: Any) -> Iterator[Node]:
        """Each document's root."""
        import yaml

        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    self._anchors.clear()
                case yaml.ScalarEvent():
                    node = Node(event.value, self._span(event), plain=event.style in (None, ""))
                    yield from self._add(self._known(event, node))
                case yaml.AliasEvent():
                    yield from self._add(self._alias(event))
                case yaml.MappingStartEvent():
                    self._begin(event, Mapping([], self._span(event)))
                case yaml.SequenceStartEvent():
                    self._begin(event, Node([], self._span(event)))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    yield from self._end(event)

    def _span(self, event: Any) -> Span:
        return Span(self._place(event.start_mark), self._place(event.end_mark))

    def _known(self, event: Any, node: Node) -> Node:
        self._count += 1
        if self._count > _MOST_NODES:
            raise YamlError(f"more than {_MOST_NODES:,} values", node.span.start)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise YamlError(f"found undefined alias {event.anchor[:60]!r}", self._span(event).start)
        return node

    def _begin(self, event: Any, node: Node) -> None:
        if len(self._open) >= _DEEPEST:
            raise YamlError(f"nested more than {_DEEPEST} deep", node.span.start)
        self._open.append((self._known(event, node), []))

    def _end(self, event: Any) -> Iterator[Node]:
        node, found = self._open.pop()
        node.span = Span(node.span.start, self._place(event.end_mark))
        if isinstance(node, Mapping):
            node.value = list(zip(found[::2], found[1::2], strict=True))
        else:
            node.value = found
        yield from self._add(node)

    def _add(self, node: Node) -> Iterator[Node]:
        if self._open:
            self._open[-1][1].append(node)
        else:
            yield node
