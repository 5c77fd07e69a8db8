"""
The requirement at the beginning of a line, as pip reads it (``req/constructors.py``: ``parse_req_from_line``).

What nearly every line of a lock file looks like is read by one regular expression, which takes nothing that
``packaging`` refuses; everything else is handed to ``packaging``, whose import costs more than reading the whole file.
"""

from __future__ import annotations

import re
from functools import lru_cache

from verifychain.core.record import NamedTuple
from verifychain.facts.requirement import Kind

# Patterns are compiled when they are first needed: a lock needs none of them, and each costs more than reading a page.
WORD = r"[A-Za-z0-9]++(?:[._-]++[A-Za-z0-9]++)*+"
VERSION = (
    r"[0-9]{1,9}(?:\.[0-9]{1,9})*(?:(?:a|b|rc)[0-9]{1,9})?(?:\.post[0-9]{1,9})?(?:\.dev[0-9]{1,9})?"
    r"(?:\+[a-z0-9]{1,99}(?:\.[a-z0-9]{1,99})*)?"
)
_SIMPLE = rf"({WORD})(?: ?\[({WORD}(?:, ?{WORD})*)\])?(?: ?== ?({VERSION}))?"
VARIABLE = (
    r"(?:python_version|python_full_version|sys_platform|platform_system|platform_machine|platform_python_implementation"
    r"|implementation_name|os_name)"
)
_ATOM = rf"{VARIABLE} ?(?:[<>=!]=|[<>]) ?(?:'[^'\"\\]*'|\"[^'\"\\]*\")"
_MARKER = rf"{_ATOM}(?: (?:and|or) {_ATOM})*"
_URL_SCHEMES = frozenset({"http", "https", "file", "ftp"})
_VCS_SCHEMES = frozenset(
    {f"{one}+{two}" for one in ("git", "hg", "svn", "bzr") for two in ("http", "https", "ssh", "file", "ftp", "sftp")}
    | {"git+git", "hg+static-http", "svn+svn", "bzr+lp", "ssh", "git", "hg", "bzr", "sftp", "svn", "lp"}
)
ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz",
            ".tar.lzma")  # fmt: skip
_LONGEST = 1 << 16


class Parsed(NamedTuple):
    """The parts of a requirement; see ``facts.requirement.Requirement``."""

    name: str | None
    kind: Kind
    extras: tuple[str, ...] = ()
    specifiers: tuple[tuple[str, str], ...] = ()
    marker: str | None = None
    url: str | None = None
    commit: bool = False

    @property
    def version(self) -> str | None:
        """The version, if there is exactly one ``==`` or ``===`` and it is no pattern."""
        if len(self.specifiers) != 1:
            return None
        ((operator, version),) = self.specifiers
        return version if operator in ("==", "===") and not version.endswith(".*") else None


class Invalid(Exception):
    """pip refuses it; ``hint`` is what to do, if that can be guessed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def canonical(name: str) -> str:
    """A project name as indexes write it (PEP 503)."""
    lower = name.lower()
    return re.sub(r"[-_.]+", "-", lower) if "_" in lower or "." in lower or "--" in lower else lower


@lru_cache(maxsize=4096)
def parse(text: str) -> Parsed:
    """Read the text in front of the options; raises Invalid."""
    if len(text) > _LONGEST:
        raise Invalid("the requirement is longer than 64 KiB")
    simple, semicolon, marker = text.partition(";")
    found = re.fullmatch(_SIMPLE, simple.strip())
    if found is not None and (not semicolon or re.fullmatch(_MARKER, marker.strip())):
        name, extras, version = found.groups()
        if not name.lower().endswith(ARCHIVES):
            return simple_one(name, extras, version, marker.strip() or None)
    try:
        return _any(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(str(error).splitlines()[0] if str(error) else "not a requirement") from None


def simple_one(name: str, extras: str | None, version: str | None, marker: str | None) -> Parsed:
    """What is made of the parts of a simple requirement."""
    listed = () if extras is None else tuple(re.split(r", ?", extras))
    return Parsed(canonical(name), Kind.NAMED, listed, () if version is None else (("==", version),), marker)


def _any(text: str) -> Parsed:
    scheme = _scheme(text)
    bare, _, marker = (part.strip() for part in text.partition("; " if scheme else ";"))
    checked = _marker(marker)
    if scheme:
        return _located(bare, scheme, checked)
    if _is_path(bare):
        return _path(bare, checked)
    return _named(bare, checked)


def _scheme(text: str) -> str:
    """The scheme of a bare URL; empty for anything else."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    scheme = found[1].lower() if found else ""
    return scheme if scheme in _URL_SCHEMES or scheme in _VCS_SCHEMES else ""


def _marker(text: str) -> str | None:
    if not text:
        return None
    if re.fullmatch(_MARKER, text) is None:
        import warnings

        from packaging.markers import InvalidMarker, Marker

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Python itself, on backslashes in a marker's strings
                Marker(text)
        except InvalidMarker as error:
            raise Invalid(f"invalid marker: {str(error).splitlines()[0]}") from None
    return text


def is_marker(text: str) -> bool:
    """Whether pip would take the text as a marker."""
    try:
        return len(text) < _LONGEST and _marker(text.strip()) is not None
    except (Invalid, ValueError, RecursionError):
        return False


def _is_path(bare: str) -> bool:
    """Whether pip makes a path of it: a directory, or the name of an archive (``_get_url_from_path``)."""
    without = _without_extras(bare)
    before, at, _ = bare.partition("@")
    if at and "/" not in before and not before.startswith("."):
        return False
    return without.lower().endswith(ARCHIVES) or "/" in bare or bare.startswith(".")


def _without_extras(text: str) -> str:
    found = re.match(r"^(.+)(\[[^\]]+\])$", text)
    return text if found is None else found[1].rstrip()


def _path(bare: str, marker: str | None) -> Parsed:
    path = _without_extras(bare)
    file, hash, fragment = path.partition("#")
    if hash and file.lower().endswith(ARCHIVES):
        algorithm, equals, value = fragment.partition("=")
        hint = f"write {file} --hash={algorithm}:{value}" if equals else "a comment needs a blank in front of its `#`"
        raise Invalid("`#` is a part of a path's name for pip, which finds no such file", hint)
    if "${" in path or not path.lower().endswith(ARCHIVES):
        return Parsed(None, Kind.DIRECTORY, marker=marker, url=path)
    return Parsed(_name_of_file(path), Kind.ARCHIVE, marker=marker, url=path)


def _located(url: str, scheme: str, marker: str | None) -> Parsed:
    from urllib.parse import urlsplit

    urlsplit(url)  # raises ValueError for brackets that hold no address
    named = re.search(r"[#&]egg=([^&]*)", url)
    if named is not None and re.fullmatch(rf"{WORD}(?:\[[A-Za-z0-9._, -]*\])?", named[1]) is None:
        raise Invalid(f"{named[1]!r} is no project name", "write #egg=name, or better: name @ URL")
    name = canonical(named[1].partition("[")[0]) if named else None
    if scheme in _VCS_SCHEMES:
        return Parsed(
            name,
            Kind.VCS,
            marker=marker,
            url=url,
            commit=re.search(r"@([0-9a-f]{40}|[0-9a-f]{64})(?:[#?]|$)", url) is not None,
        )
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    if scheme == "file" and not path.lower().endswith(ARCHIVES):
        return Parsed(name, Kind.DIRECTORY, marker=marker, url=url)
    return Parsed(_name_of_file(path) or name, Kind.ARCHIVE, marker=marker, url=url)


def _name_of_file(path: str) -> str | None:
    """The project of a wheel; a source archive's name does not say where its version begins."""
    name = path.rpartition("/")[2]
    if not name.endswith(".whl"):
        return None
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        return str(parse_wheel_filename(name)[0])
    except InvalidWheelFilename:
        raise Invalid(f"{name!r} is no wheel's name", "name-version-python-abi-platform.whl") from None


def _named(bare: str, marker: str | None) -> Parsed:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(bare)
    except InvalidRequirement as error:
        raise Invalid(str(error).splitlines()[0], _hint(bare)) from None
    name = canonical(found.name)
    if found.url is None:
        specifiers = tuple(_written(bare)) or tuple((one.operator, one.version) for one in found.specifier)
        return Parsed(name, Kind.NAMED, tuple(sorted(found.extras)), specifiers, marker)
    try:
        located = _located(found.url, _scheme(found.url) or "file", marker)
    except Invalid:  # pip looks at the file's name later, and goes by the one in front
        located = Parsed(name, Kind.ARCHIVE, marker=marker, url=found.url)
    return located._replace(name=name, extras=tuple(sorted(found.extras)))


def _written(bare: str) -> list[tuple[str, str]]:
    """The specifiers in the order of the file and with repetitions, which ``packaging`` drops."""
    rest = re.sub(rf"^{WORD}\s*(?:\[[^\]]*\])?\s*", "", bare).strip().removeprefix("(").removesuffix(")")
    found = []
    for part in rest.split(","):
        split = re.fullmatch(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*(\S+)\s*", part)
        if split is not None:
            found.append((split[1], split[2]))
    return found


def _hint(bare: str) -> str:
    if "${" in bare:
        return "a variable of the environment decides what this line says: write it out"
    if "=" in bare and not re.search(r"[~=!<>]=|[<>]", bare):
        return "`=` is no operator: `==` is meant?"
    return ""


def parse_editable(text: str) -> Parsed:
    """Read what ``-e`` names (``parse_editable``); raises Invalid."""
    if len(text) > _LONGEST:
        raise Invalid("the requirement is longer than 64 KiB")
    scheme = _scheme(text)
    try:
        if not scheme and re.match(rf"{WORD}\s*(?:\[[^\]]*\])?\s*@", text):
            return _any(text)
        if not scheme:
            return Parsed(None, Kind.DIRECTORY, url=_without_extras(text.partition(";")[0].strip()))
        found = _located(text, scheme, None)
    except (ValueError, RecursionError) as error:
        raise Invalid(str(error).splitlines()[0] if str(error) else "not a requirement") from None
    if found.kind is Kind.ARCHIVE:
        raise Invalid(f"{text} cannot be editable", "a project folder, or a VCS URL such as git+https://…")
    return found
