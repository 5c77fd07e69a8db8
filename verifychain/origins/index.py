"""
Package indexes, asked as pip asks them: one request for each project and index, several at a time, each only once.

Implements ``core.ports.PackageIndex`` and the resolver of requirements.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import Unavailable
from verifychain.core.packages import Packaging, Places, PublishedFile, Release, account
from verifychain.core.record import NamedTuple
from verifychain.core.settings import PipTarget
from verifychain.origins import simple, wheel_tags
from verifychain.origins.answer import expect_ok
from verifychain.origins.bodies import Encoding
from verifychain.origins.pip_settings import PipIndexes
from verifychain.origins.web import Web

_THREADS = 8
_LARGEST = 64 << 20  # the longest lists of today are about 10 MB
_MOST_FAILURES = 3
_Files = tuple[PublishedFile, ...] | None  # None: the index does not have the project


class Named(NamedTuple):
    """What the user names: indexes that are asked where no file names one, and in addition."""

    main: str | None = None
    extra: tuple[str, ...] = ()


class Index:
    """
    Asks package indexes. Threads may share one.

    connect  makes what fetches; what it is given are indexes that pip's own configuration names
    ask_pip  says where the installed pip would look; called once, and only where nobody names an index
    """

    def __init__(
        self, connect: Callable[[Sequence[str]], Web], named: Named, ask_pip: Callable[[], PipIndexes]
    ) -> None:
        self._connect = connect
        self._web = connect(())
        self._web_of_pip = self._web
        self._named = named
        self._ask_pip = ask_pip
        self._pip: PipIndexes | Unavailable | None = None
        self._lock = threading.Lock()
        self._asking_pip = threading.Lock()
        self._asked: dict[tuple[str, str], Future[_Files]] = {}
        self._failures: dict[str, list[Unavailable]] = {}
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="index")

    def release(self, name: str, version: str, places: Places) -> Release:
        """What the indexes of a file list of one version of a project; raises Unavailable."""
        indexes = self._indexes(places)
        self._prefetch(indexes, (name, *places.names))
        found = [(index, self._project(index, name).result()) for index in indexes]
        files = [file for _, several in found if several is not None for file in several]
        # Where pip's configuration has a password in it, no message must have it, too.
        having = tuple(_without_credentials(index)[0] for index, several in found if several is not None)
        return _release(having, files, version)

    def owner(self, digest: Digest, places: Places) -> PublishedFile | None:
        """A file of any project of the file that has the digest, None where none has it; raises Unavailable."""
        indexes = self._indexes(places)
        self._prefetch(indexes, places.names)
        for index in indexes:
            for name in places.names:
                for file in self._project(index, name).result() or ():
                    if digest in file.digests:
                        return file
        return None

    def _indexes(self, places: Places) -> list[str]:
        """The indexes that pip would ask, in its order, each once."""
        if places.no_index:
            raise Unavailable("--no-index: there is no index to ask", "leave the file out of --online", whole=True)
        main, extra = places.main or self._named.main, [*places.extra, *self._named.extra]
        if main is None:
            settings = self._settings()
            main, extra = settings.main, [*settings.extra, *extra]
        found = dict.fromkeys(url.rstrip("/") for url in (main, *extra))
        for url in found:
            if "${" in url:
                hint = "a variable of the environment is not sent anywhere: name the index with --index-url"
                raise Unavailable("a variable decides which index is asked", hint, whole=True)
        return list(found)

    def _settings(self) -> PipIndexes:
        with self._asking_pip:
            if self._pip is None:
                try:
                    self._pip = self._ask_pip()
                    self._web_of_pip = self._connect((self._pip.main, *self._pip.extra))
                except Unavailable as error:
                    self._pip = error
        if isinstance(self._pip, Unavailable):
            raise Unavailable(self._pip.message, self._pip.hint, whole=True)
        return self._pip

    def _prefetch(self, indexes: Sequence[str], names: Sequence[str]) -> None:
        for index in indexes:
            for name in names:
                self._project(index, name)

    def _project(self, index: str, name: str) -> Future[_Files]:
        with self._lock:
            future = self._asked.get((index, name))
            if future is None:
                future = self._asked[index, name] = self._pool.submit(self._fetch, index, name)
            return future

    def _fetch(self, index: str, name: str) -> _Files:
        failures = self._failures.setdefault(index, [])
        if len(failures) >= _MOST_FAILURES:
            raise Unavailable(failures[0].message, failures[0].hint, whole=True)
        try:
            return self._ask(index, name)
        except Unavailable as error:
            failures.append(error)
            raise

    def _ask(self, index: str, name: str) -> _Files:
        base, authorization = _without_credentials(index)
        headers = {"Accept": simple.ACCEPT, **authorization}
        with self._fetcher(index).open(f"{base}/{quote(name)}/", headers=headers, encoding=Encoding.GZIP) as answer:
            if answer.status == 404:
                return None
            expect_ok(answer)
            return tuple(simple.read(answer.content_type, answer.read(_LARGEST), base)) or None

    def _fetcher(self, index: str) -> Web:
        of_pip = isinstance(self._pip, PipIndexes) and index in [
            url.rstrip("/") for url in (self._pip.main, *self._pip.extra)
        ]
        return self._web_of_pip if of_pip else self._web

    def fits(self, file: PublishedFile, target: PipTarget) -> bool:
        """Whether a machine can install the file."""
        return wheel_tags.fits(file, target)

    def close(self) -> None:
        """Ask nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class RequirementResolver:
    """Implements ``core.ports.Resolver``: the sha256 of every file that a requirement may be installed from."""

    def __init__(self, index: Index, targets: tuple[PipTarget, ...]) -> None:
        self._index = index
        self._targets = targets
        self._accounts: dict[str, str] = {}

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        """
        The digests of a release, sorted; raises Unavailable where there is none, or not for every file.

        ``subject`` is ``name==version`` and the options of a command line that decide where it comes from.
        """
        name, version, places = _question(subject)
        files = self._index.release(name, version, places).files
        wanted = [file for file in files if may_install(file, name, places) and self._is_wanted(file)]
        digests: set[Digest] = set()
        for file in wanted:
            strong = [digest for digest in file.digests if digest.algorithm is Algorithm.SHA256]
            if not strong:
                raise Unavailable(f"{file.origin} states no sha256 of {file.name}", "an index that does is needed")
            digests.update(strong)
        if not digests:
            raise Unavailable(f"no index has a file of {name} {version} to install", "check name and version")
        self._accounts[subject] = account(f"{name} {version}", wanted)
        return tuple(sorted(digests, key=lambda digest: digest.hex))

    def account(self, subject: str) -> tuple[str, ...]:
        """Where the answer came from; nothing before it was asked for."""
        said = self._accounts.get(subject)
        return () if said is None else (said,)

    def _is_wanted(self, file: PublishedFile) -> bool:
        return not self._targets or any(wheel_tags.fits(file, target) for target in self._targets)


def may_install(file: PublishedFile, name: str, places: Places) -> bool:
    """Whether pip would consider the file, by its kind."""
    match file.packaging:
        case Packaging.WHEEL:
            return places.takes_wheels(name)
        case Packaging.SOURCE:
            return places.takes_sources(name)
        case Packaging.OTHER:
            return False


def _question(subject: str) -> tuple[str, str, Places]:
    requirement, *words = subject.split(" ")
    name, _, version = requirement.partition("==")
    places = Places()
    for option, value in zip(words[::2], words[1::2], strict=True):
        match option:
            case "--index-url":
                places = places._replace(main=value)
            case "--extra-index-url":
                places = places._replace(extra=(*places.extra, value))
            case "--only-binary":
                places = places._replace(only_binary=(*places.only_binary, value))
            case "--no-binary":
                places = places._replace(no_binary=(*places.no_binary, value))
            case _:
                raise ValueError(f"unknown option {option}")
    return name, version, places


def _release(indexes: tuple[str, ...], files: list[PublishedFile], version: str) -> Release:
    from packaging.version import Version

    try:
        wanted = Version(version)
    except ValueError:  # InvalidVersion, or more digits than Python makes a number of
        return Release(indexes, tuple(file for file in files if file.version == version), (), tuple(files))
    exact, local, others = [], [], []
    for file in files:
        found = None if file.version is None else Version(file.version)
        if found == wanted:
            exact.append(file)
        elif found is not None and wanted.local is None and Version(found.public) == wanted:
            local.append(file)
        else:
            others.append(file)
    return Release(indexes, tuple(exact), tuple(local), tuple(others))


def _without_credentials(url: str) -> tuple[str, dict[str, str]]:
    """The URL without user and password, and the header that says them."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    name, _, password = user.partition(":")
    token = base64.b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode("ascii")
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {token}"}
