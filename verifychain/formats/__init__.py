"""The file formats: which names belong to which, and the package that reads each. Packages are imported when used."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from verifychain.core.ports import Scope
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifychain.facts import Fact


class Format(NamedTuple):
    """
    One file format.

    name    its package below ``verifychain.formats`` and its command
    nouns   one and several, for people
    groups  the groups of rules that judge what it yields
    comments  how ignores are written, by the name that ``suppress`` has for it: ``line``, ``trailing`` or ``html``
    follows a file may include others, which are then examined too
    looks   words, in lower case, one of which stands in every file that states digests of others, or includes them:
            what is wrong with such a file may be a change of theirs
    names   a regular expression that is searched in a path with ``/``; ``but_not`` takes names out again
    first_line  a regular expression for the first line of files whose name has no ending
    """

    name: str
    nouns: tuple[str, str]
    groups: frozenset[str]
    names: str
    but_not: str
    comments: str = "line"
    follows: bool = False
    looks: tuple[bytes, ...] = ()
    first_line: str = ""

    def matches(self, path: str) -> bool:
        """Whether a file of that path is taken for this format when a directory is walked."""
        return re.search(self.names, path) is not None and re.search(self.but_not, path) is None

    def begins(self, head: bytes) -> bool:
        """Whether a file without an ending that begins with these bytes is taken for this format."""
        if not self.first_line:
            return False
        line = head.partition(b"\n")[0].rstrip().decode("latin-1")
        return re.match(self.first_line, line) is not None

    def may_look(self, data: bytes) -> bool:
        """Whether a file may state digests of others."""
        lower = data.lower()
        return any(word in lower for word in self.looks)

    def extract(self, source: Source, scope: Scope) -> Iterator[Fact]:
        """Read a source and yield its facts. Never raises for any bytes: what cannot be read is a ``Broken``."""
        package = importlib.import_module(f"{__name__}.{self.name}")
        extract = cast("Callable[[Source, Scope], Iterator[Fact]]", package.extract)
        return extract(source, scope)

    def includes(self, source: Source, scope: Scope) -> Iterator[str]:
        """The paths of the files that are read with this one, at any depth."""
        if not self.follows:
            return iter(())
        package = importlib.import_module(f"{__name__}.{self.name}")
        includes = cast("Callable[[Source, Scope], Iterator[str]]", package.includes)
        return includes(source, scope)

    def objection(self, before: bytes, after: bytes) -> str | None:
        """Why an edit of such a file must not be written; None where nothing speaks against it."""
        package = importlib.import_module(f"{__name__}.{self.name}")
        second = cast("Callable[[bytes, bytes], str | None] | None", getattr(package, "objection", None))
        return None if second is None else second(before, after)


FORMATS = (
    Format(
        "dockerfile",
        ("Dockerfile", "Dockerfiles"),
        frozenset({"core", "image", "download", "install"}),
        # BuildKit takes `dockerfile` where there is no `Dockerfile` (frontend/dockerui/config.go). Dependabot looks
        # into `api-Dockerfile` too, and both it and Renovate into `Dockerfile_dev`; `Dockerfile_test.go` is none.
        r"(^|/)([^/]*[_-])?(Dockerfile|Containerfile)(_([^/.]|\.[0-9])*)?$"
        r"|(^|/)(Dockerfile|Containerfile)[.-][^/]*$|(^|/)dockerfile$|\.([Dd]ockerfile|[Cc]ontainerfile)$",
        r"\.(dockerignore|md|rst|txt)$",
    ),
    Format(
        "shell",
        ("shell script", "shell scripts"),
        frozenset({"core", "image", "download", "install"}),
        r"\.(sh|bash|dash|ksh)$",
        r"(^|/)(Dockerfile|Containerfile)[.-][^/]*$",
        comments="trailing",
        first_line=r"#![ \t]*/\S*?(?:/env[ \t]+(?:-S[ \t]+)?)?/?(?:ba|da|a|k|mk)?sh(?:[ \t]|$)",
    ),
    Format(
        "checksums",
        ("lock or checksum list", "locks and checksum lists"),
        frozenset({"core", "download"}),
        r"(^|/)verifychain\.lock$|(^|[/_.-])(SHA(256|384|512)SUMS?|sha(256|384|512)sums?)(\.txt)?$"
        r"|[^/]\.sha(256|384|512)$",
        "^$",
        looks=(b"",),
    ),
    Format(
        "headers",
        ("header file", "header files"),
        frozenset({"core", "sri"}),
        r"(^|/)_headers$",
        r"(?!)",
    ),
    Format(
        "requirements",
        ("requirements file", "requirements files"),
        frozenset({"core", "pip"}),
        r"(^|/)([^/]*[-_.])?(requirements|constraints)([-_.][^/]*)?\.txt$|(^|/)requirements/[^/]+\.txt$",
        r"^$",
        comments="trailing",
        follows=True,
        looks=(b"-r", b"-c"),
    ),
    Format(
        "pylock",
        ("pylock file", "pylock files"),
        frozenset({"core", "pip"}),
        r"(^|/)pylock(\.[^/.]+)?\.toml$",
        r"^$",
        comments="trailing",
    ),
    Format(
        "html",
        ("page", "pages"),
        frozenset({"core", "sri"}),
        r"\.(html?|xhtml|shtml|jinja2?|j2|njk|twig|erb|ejs|hbs|mustache|liquid|php)$",
        r"\.(m?js|ts|css|json|ya?ml|toml|ini|cfg|conf|txt|md|rst|sh|sql|xml|csv|py|rb|service)\.[a-z0-9]+$",
        "html",
        looks=(b"integrity", b"srcdoc"),
    ),
)

# Read where it is asked for by name (`cosign manifest`); `check` leaves YAML alone.
KUBERNETES = Format(
    "kubernetes",
    ("Kubernetes manifest", "Kubernetes manifests"),
    frozenset({"core", "image"}),
    r"\.ya?ml$",
    r"(?!)",
)


def named(name: str) -> Format:
    """The format of that name; KeyError when there is none."""
    for format in (*FORMATS, KUBERNETES):
        if format.name == name:
            return format
    raise KeyError(name)


def has_no_ending(path: str) -> bool:
    """Whether only the first line of a file can tell what it is."""
    return "." not in path.rpartition("/")[2].lstrip(".")


def of_head(head: bytes) -> Format | None:
    """The format that a file without an ending is taken for by its first line."""
    return next((format for format in FORMATS if format.begins(head)), None)


def of_path(path: str) -> Format | None:
    """The format that a file of that name is taken for, None for what we do not read."""
    return next((format for format in FORMATS if format.matches(path)), None)
