"""What comes from outside, as protocols: the command line hands the real ones in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from verifychain.core.record import NamedTuple
from verifychain.core.settings import PipTarget, Settings
from verifychain.core.source import Source

if TYPE_CHECKING:
    from typing import Protocol

    from verifychain.core.digest import Algorithm, Digest
    from verifychain.core.image_name import ImageName
    from verifychain.core.line_ends import LineEnds
    from verifychain.core.npm import PackageFile
    from verifychain.core.packages import Places, PublishedFile, Release
    from verifychain.core.signing import Unmet
else:
    Protocol = object  # what makes them protocols is for type checkers; to define them costs every start


class Tree(Protocol):
    """Files of one state: the working tree, git's index, or a revision. Paths have ``/``."""

    notes: list[str]  # what a reader must know of how files were found
    unreadable: dict[str, str]  # files and folders that were met and cannot be looked into, and why

    def exists(self, path: str) -> bool: ...

    def is_directory(self, path: str) -> bool: ...

    def identity(self, path: str) -> str:
        """A name that is the same for every path to the same file (links resolved)."""

    def walk(self, path: str) -> Iterator[str]:
        """Every file below a directory that is not ignored, sorted."""

    def read(self, path: str) -> Source:
        """The file's bytes; raises OSError."""

    def head(self, path: str) -> bytes:
        """The file's first bytes, enough for a line that names a program; nothing where it cannot be read."""

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        """For each path in order the digest and the size of the file, or why it cannot be read."""


class Listing(NamedTuple):
    """Files of a directory, and its folders that could not be opened, each with the reason; relative to it."""

    names: Sequence[str]
    unreadable: Sequence[tuple[str, str]] = ()


class FileLister(Protocol):
    """Asks version control which files a directory has."""

    def files(self, directory: str) -> Listing | None:
        """Paths below ``directory`` without the ignored ones; None outside version control."""


class Fetcher(Protocol):
    """Reads what an http(s) URL serves today. Every method raises ``Unavailable`` when it cannot be asked."""

    def digest(self, url: str, algorithm: Algorithm) -> tuple[Digest, int]:
        """The digest and the size, in bytes, of what the URL serves; nothing of it is kept."""


class Served(Protocol):
    """
    What a server sends of a script or stylesheet, decoded.

    fault    why no page could use it (a status, HTML in its place), empty where it can
    allowed  ``Access-Control-Allow-Origin``, None where there is none
    """

    fault: str
    allowed: str | None

    def hashed(self, algorithm: Algorithm) -> Digest: ...


class Loader(Protocol):
    """Loads a script or stylesheet of another origin as browsers do; raises ``Unavailable`` when it cannot be asked."""

    def load(self, url: str) -> Served: ...

    def accepts(self, url: str) -> bool:
        """Whether the user takes what is served in place of what was pinned (``--accept``)."""


class NpmFiles(Protocol):
    """Knows the files of npm packages as they were published; raises ``Unavailable`` when they cannot be had."""

    def digests(self, file: PackageFile, algorithm: Algorithm) -> tuple[Digest, ...]:
        """The digests of the files that it may be; none where the package has no such file."""


class ImageRegistry(Protocol):
    """Asks container registries. Every method raises ``Unavailable`` when they cannot be asked."""

    def resolve(self, name: ImageName) -> Digest | None:
        """The digest that a tag points to (of the index where there is one), None where there is no such tag."""

    def lists(self, name: ImageName, digest: Digest) -> bool:
        """Whether the tag points to the image of that digest, or to an index that lists it for a platform."""

    def has(self, name: ImageName) -> bool:
        """Whether the registry still serves the digest of the name."""


class PackageIndex(Protocol):
    """Asks package indexes. Every method raises ``Unavailable`` when they cannot be asked."""

    def release(self, name: str, version: str, places: Places) -> Release:
        """What the indexes list of one version of a project."""

    def owner(self, digest: Digest, places: Places) -> PublishedFile | None:
        """A file, of any project that ``places`` names, that has the digest."""

    def fits(self, file: PublishedFile, target: PipTarget) -> bool:
        """Whether a machine can install the file; a source archive fits all."""


class Resolver(Protocol):
    """Says which digests a reference has today, for ``--fix --online --trust``; one for each kind of reference."""

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        """The digests to write, never none: raises ``Unavailable`` where there is nothing to write."""


class Signatures(Protocol):
    """Verifies images against the policy. Raises ``Unavailable`` when the registry cannot be asked."""

    def unmet(self, name: ImageName) -> Sequence[Unmet]:
        """What is demanded of the image and does not hold; nothing when it is verified. Each image is judged once."""


# A rule that asks for one of these runs with --online only.
NETWORK: tuple[type, ...] = (Fetcher, Loader, NpmFiles, ImageRegistry, PackageIndex, Signatures)


class Outside(NamedTuple):
    """
    What is handed to the engine with ``--online``.

    ports      what answers for each of ``NETWORK``; safe to be asked by several threads at once
    resolvers  per kind of reference; none without ``--trust``
    accounts   per kind of reference: says of a subject that was resolved where the answer came from
    """

    ports: Mapping[type, Any]
    resolvers: Mapping[str, Resolver]
    accounts: Mapping[str, Callable[[str], tuple[str, ...]]] = {}


class Attributes(Protocol):
    """Knows what version control does to files on their way to and from the working tree."""

    def line_ends(self, path: str) -> LineEnds | None:
        """What decides the line ends of a file; None where nothing is known of it."""


class Scope(NamedTuple):
    """What a format may look at beside its source: other files of the same state, and the settings."""

    tree: Tree
    settings: Settings = Settings()
    platform: str | None = None
    roots: tuple[str, ...] = ()  # the files that include this one and are examined themselves
    locked: Mapping[str, Digest] = {}  # URL -> what verifychain.lock states for it
    attributes: Attributes | None = None  # of the working tree
    kept: dict[Any, Any] | None = None  # what formats keep from one file of a run to the next; None: nothing
    changed: Callable[[str], bool] | None = None  # the files that a run is about, by path; None: all
