"""
YAML text to nodes with places in the file.

PyYAML's events and not its composer: that one recurses, in C without a limit, and a file may be nested as deeply as its
writer likes. Aliases point to the node that they name and are never copied, so that no file grows when it is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from verifychain.core import uncompiled
from verifychain.core.source import ByteOffsets, Span

_DEEPEST = 200
_MOST_NODES = 1_000_000  # also of what merge keys stand for, which grows with the square of a file's length


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

    def get(self, name: str) -> list[Node]:
        """Every value of a key, none of what has no keys."""
        return []


class Mapping(Node):
    """
    A node with keys. A key that stands twice has all its values: programs differ in which one they take.

    weight  how many pairs it has, with those that are merged in; less than 0 while it is read
    """

    __slots__ = ("weight",)

    def __init__(self, value: list[tuple[Node, Node]], span: Span) -> None:
        super().__init__(value, span)
        self.weight = -1

    def merged(self) -> Iterator[Node]:
        """What merge keys (``<<``) name, not looked into."""
        for key, value in self.value:
            if key.text == "<<" and key.plain:
                yield from value.items or [value]

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Keys with values, those that are merged in (``<<``) last."""
        waiting: deque[Node] = deque([self])
        seen: set[int] = set()
        while waiting:
            one = waiting.popleft()
            if isinstance(one, Mapping) and id(one) not in seen:
                seen.add(id(one))
                waiting += one.merged()
                for key, value in one.value:
                    if key.text is not None and not (key.text == "<<" and key.plain):
                        yield key.text, value

    def get(self, name: str) -> list[Node]:
        """Every value of a key."""
        return [value for key, value in self.pairs() if key == name]


def documents(text: str, base: int = 0) -> Iterator[Node]:
    """The documents of a text; ``base`` is where it begins in the file, in bytes. Raises YamlError."""
    yaml = uncompiled.load("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    offsets = ByteOffsets(text)

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
        self._count = self._merged = 0

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
            self._weigh(node)
        else:
            node.value = found
        yield from self._add(node)

    def _weigh(self, node: Mapping) -> None:
        """Count what is merged in; each mapping is looked through once, and must not have others over and over."""
        merged = 0
        for one in node.merged():
            if isinstance(one, Mapping) and one.weight < 0:
                raise YamlError("a mapping is merged into what stands in it", node.span.start)
            merged += 1 + (one.weight if isinstance(one, Mapping) else 0)
        node.weight = len(node.value) + merged
        self._merged += merged
        if self._merged > _MOST_NODES:
            raise YamlError(f"merge keys (<<) stand for more than {_MOST_NODES:,} values", node.span.start)

    def _add(self, node: Node) -> Iterator[Node]:
        if self._open:
            self._open[-1][1].append(node)
        else:
            yield node
