"""A file or a repository that is downloaded."""

from __future__ import annotations

from enum import Enum

from verifychain.core.finding import Related
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.facts.reference import Reference


class GitRef(NamedTuple):
    """What of a git repository is fetched: ``ref`` as written (None: the default branch), full commit id or not."""

    ref: str | None
    is_commit: bool


class Consumer(Enum):
    """What takes the bytes of a download before all of them are there."""

    INTERPRETER = "interpreter"
    UNPACKER = "unpacker"


class Flaw(Enum):
    """
    Why a check of a download does not count.

    NOT_FATAL   what follows runs although the check fails
    SKIPPED     it is only made, or only tells something, where somebody gives a digest
    NO_ROUND    it is made in a loop that may run nothing
    LATE        the file is used before it is checked
    MEANINGLESS the digest is computed from the file itself, or is none
    """

    NOT_FATAL = "not-fatal"
    SKIPPED = "skipped"
    NO_ROUND = "no-round"
    LATE = "late"
    MEANINGLESS = "meaningless"


class Loose(Enum):
    """
    What a signature that verifies leaves open, where it was verified without naming the file that it is of.

    BESIDE  it may be that of a message in the signature's own file, and the file beside it was not looked at
    AROUND  it is that of a message in the file, which is used with whatever stands around the message
    """

    BESIDE = "beside"
    AROUND = "around"


class Role(Enum):
    """What a download is for: itself, to check others with (a list of digests, a signature), or a key for that."""

    ARTIFACT = "artifact"
    EVIDENCE = "evidence"
    KEY = "key"


class Download(Reference):
    """
    A download over http(s), ftp or git, or by a cloud's own client.

    url     as resolved; a variable without a value stays as written
    others  further URLs that serve the same bytes
    target  the file it is written to (for git: the folder), None where unknown
    git     for git only
    variables  names of variables without a value that the digest depends on
    consumer, consumed_by  for a piped one: what kind of program takes it, and which
    flaw    why a check does not count
    loose   what its signature leaves open
    trapped whether the first use is by a trap
    sourced whether the check ends a script only where whoever sources this one has set ``-e``
    check, use  the places of the check that was looked at and of the first use
    source  the file that it stands in, where that is not the one that was examined
    """

    url: str
    others: tuple[str, ...] = ()
    target: str | None = None
    git: GitRef | None = None
    variables: tuple[str, ...] = ()
    role: Role = Role.ARTIFACT
    consumer: Consumer | None = None
    consumed_by: str = ""
    flaw: Flaw | None = None
    loose: Loose | None = None
    trapped: bool = False
    sourced: bool = False
    check: Related | None = None
    use: Related | None = None
    source: Source | None = None
