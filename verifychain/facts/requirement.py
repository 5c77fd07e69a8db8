"""A Python project that is installed: a line of a requirements file, a file of a pylock.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import overload

from verifychain.core.digest import Digest
from verifychain.core.packages import Places
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Span
from verifychain.facts.reference import Reference


class Kind(Enum):
    """What a requirement names."""

    NAMED = "named"  # a project of an index
    ARCHIVE = "archive"  # one file, by URL or path
    VCS = "vcs"
    DIRECTORY = "directory"


class Hash(NamedTuple):
    """
    A hash as it is written.

    algorithm  as written; ``text`` the digest as written
    digest     None where it is none, ``reason`` then says why; a digest in capitals has both
    span       the whole option or the part of a URL fragment; ``value`` the digest in it
    fragment   it stands in a URL
    """

    algorithm: str
    text: str
    digest: Digest | None
    reason: str
    span: Span
    value: Span
    fragment: bool = False

    @property
    def strong(self) -> bool:
        return self.algorithm in ("sha256", "sha384", "sha512")


class TidyHashes(Sequence[Hash]):
    """
    Hashes as locks have them: sha256 options, well-formed, in lower case, in order, and none of them twice.

    Nearly all hashes are such, and a lock has thousands: they are made when somebody looks at one.
    """

    __slots__ = ("_made", "_make", "texts")

    def __init__(self, texts: Sequence[str], make: Callable[[], tuple[Hash, ...]]) -> None:
        self.texts = texts
        self._make = make
        self._made: tuple[Hash, ...] | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Hash]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> Hash: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Hash, ...]: ...

    def __getitem__(self, index: int | slice) -> Hash | tuple[Hash, ...]:
        return self._all()[index]

    def _all(self) -> tuple[Hash, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made


class HashMode(NamedTuple):
    """
    Whether pip would check hashes, as far as the files say (``pip.md`` 1.2).

    on        a requirement or constraint has a hash, or somebody asks for it
    explicit  a ``--require-hashes`` line, or the policy
    policy    the command line or the configuration asks for it
    """

    on: bool = False
    explicit: bool = False
    policy: bool = False


class Other(NamedTuple):
    """
    Another line about the same project, in this file or one that is read with it.

    earlier   pip reads it first
    overlaps  there is a machine on which the markers of both hold
    """

    location: Location
    specifiers: tuple[tuple[str, str], ...]
    hashes: frozenset[Digest]
    in_constraints: bool
    earlier: bool
    overlaps: bool
    identical: bool


class Include(NamedTuple):
    """
    A ``-r`` or ``-c`` of another file.

    target   as written
    fault    what is wrong with it, empty where it was read
    refused  pip stops there; else it reads what we did not
    """

    span: Span
    target_span: Span
    target: str
    fault: str
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Requirement(Reference):
    """
    One requirement.

    name        canonical project name, None for a URL or path that does not say it
    text        the requirement as pip reads it, without options
    specifiers  (operator, version) in order
    version     the version of a single ``==`` or ``===``
    url         of what is not taken from an index: URL or path
    hashes      what it states; they are its pins, and ``pins`` is empty
    commit      a VCS reference that is a full commit id
    in_constraints  it stands in a constraints file: nothing is installed because of it
    lines       its physical lines with the last line end
    builds      it is certain to be built from source
    leaves      a path that leads out of the folder of its lock file
    places      where it is looked for
    """

    name: str | None
    text: str
    kind: Kind
    extras: tuple[str, ...] = ()
    specifiers: tuple[tuple[str, str], ...] = ()
    version: str | None = None
    marker: str | None = None
    url: str | None = None
    editable: bool = False
    commit: bool = False
    hashes: Sequence[Hash] = ()
    mode: HashMode = HashMode()
    in_constraints: bool = False
    others: tuple[Other, ...] = ()
    places: Places = Places()
    lines: Span = Span(0, 0)
    builds: bool = False
    leaves: bool = False

    @property
    def listed_in_index(self) -> bool:
        """Whether pip looks for it in an index."""
        return self.kind is Kind.NAMED and not self.editable and self.name is not None

    @property
    def listed_as(self) -> str:
        """A folder is fetched from nowhere."""
        return "" if self.kind is Kind.DIRECTORY else "requirement"

    @property
    def digests(self) -> frozenset[Digest]:
        """The well-formed strong digests, those of the URL too."""
        return frozenset(hash.digest for hash in self.hashes if hash.digest is not None)

    @property
    def given(self) -> tuple[Hash, ...]:
        """The hashes of ``--hash`` options, without that of the URL."""
        return tuple(hash for hash in self.hashes if not hash.fragment)

    @property
    def tidy(self) -> bool:
        """Whether its hashes are as those of a lock: a rule about how hashes are written need not look at them."""
        return isinstance(self.hashes, TidyHashes)

    @property
    def stated(self) -> tuple[str, ...]:
        """The digests that it states, as the inventory lists them."""
        if isinstance(self.hashes, TidyHashes):
            return tuple(map("sha256:".__add__, self.hashes.texts))
        return tuple(str(hash.digest) for hash in self.hashes if hash.digest is not None and hash.strong)

    @property
    def question(self) -> str:
        """What a resolver is asked for: the release and where it comes from, as pip would be told on a command line."""
        places = self.places
        words = [f"{self.name}=={self.version}"]
        words += [] if places.main is None else ["--index-url", places.main]
        for option, values in (
            ("--extra-index-url", places.extra),
            ("--only-binary", places.only_binary),
            ("--no-binary", places.no_binary),
        ):
            words += [word for value in values for word in (option, value)]
        return " ".join(words)
