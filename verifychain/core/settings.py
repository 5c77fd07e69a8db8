"""
What configuration fills. Field names are the keys, with ``_`` for ``-``.

The reader, ``verifychain config schema`` and ``config show`` are made of these classes: a new key is a line here, and
the text beside its type is what the schema says of it. Named tuples, because they are made at every start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from datetime import date  # the reader resolves it when it needs it


class ImageSettings(NamedTuple):
    """``[tool.verifychain.image]``."""

    allow_unpinned: Annotated[
        tuple[str, ...],
        "Glob patterns on the whole normalised name (docker.io/library/python:3.12); these need no digest.",
    ] = ()

    def allows(self, name: str) -> bool:
        """Whether a pattern covers the whole of a normalised name; ``*`` crosses ``/``."""
        if not self.allow_unpinned:
            return False
        from fnmatch import fnmatchcase  # hardly anyone has patterns

        return any(fnmatchcase(name, pattern) for pattern in self.allow_unpinned)


class NetworkSettings(NamedTuple):
    """``[tool.verifychain.network]``."""

    private_hosts: Annotated[
        tuple[str, ...],
        "Hosts, or hosts with a port (localhost:5000), that may be at a private address although a file names them.",
    ] = ()
    plain_http_hosts: Annotated[
        tuple[str, ...],
        "Hosts, or hosts with a port, that are asked over http. Anyone on the way can read and change it.",
    ] = ()
    ca_file: Annotated[
        str | None, "Certificates of the authorities to trust instead of the usual ones, relative to this file."
    ] = None
    mirrors: Annotated[
        dict[str, tuple[str, ...]],
        "Registry (docker.io) to the hosts that are asked before it for what has a digest; tags are its own business.",
    ] = {}  # noqa: RUF012 - never changed


class PipTarget(NamedTuple):
    """An entry of ``[tool.verifychain.pip] targets``: a machine that must find a file it can install."""

    python: Annotated[str, "Version of Python, such as 3.12."] = ""
    platform: Annotated[str, "Platform tag, such as linux_x86_64, macosx_11_0_arm64 or win_amd64."] = ""


class PipSettings(NamedTuple):
    """``[tool.verifychain.pip]``."""

    require_hashes: Annotated[bool, "Judge requirements as if pip had --require-hashes."] = False
    targets: Annotated[tuple[PipTarget, ...], "Machines for which the hashes must cover a file."] = ()
    cool_down_days: Annotated[int, "With --online: files uploaded later than so many days ago are reported."] = 0
    index_url: Annotated[str | None, "The package index that --online asks where no file names one."] = None
    extra_index_urls: Annotated[tuple[str, ...], "Further package indexes."] = ()
    replace_unknown: Annotated[bool, "With --fix --online --trust: replace hashes that no file has."] = False


class Allowed(NamedTuple):
    """An entry of ``allow`` in ``[tool.verifychain.sri]``."""

    url: Annotated[str, "Glob pattern on the whole URL; what it covers needs no integrity."] = ""
    reason: Annotated[str, "Why it cannot have any."] = ""
    expires: Annotated[date | None, "From this day on the findings are back."] = None


class SriSettings(NamedTuple):
    """``[tool.verifychain.sri]``."""

    require: Annotated[
        str | None, "What must have integrity: none, cross-origin (the default, as a warning) or all."
    ] = None
    algorithms: Annotated[tuple[str, ...], "Digests that are strong enough; what is weaker is noted."] = (
        "sha384",
        "sha512",
    )
    root: Annotated[str | None, "The folder that is served as the root of the site, relative to this file."] = None
    map: Annotated[dict[str, str], "Folders behind prefixes of URLs or paths: { '/static/' = 'app/static' }."] = {}  # noqa: RUF012 - never changed
    page_url: Annotated[str | None, "The URL of the site: what is of its own origin."] = None
    engine: Annotated[str, "Whose reading counts: all, chromium, firefox or webkit."] = "all"
    allow: Annotated[tuple[Allowed, ...], "Resources that need no integrity, and why."] = ()
    npm_registry: Annotated[str | None, "The npm registry that --online asks, instead of the installed npm's."] = None
    npm_prefixes: Annotated[
        tuple[str, ...], "URLs behind which name@version/path of npm packages follows, beside jsDelivr and unpkg."
    ] = ()

    @property
    def from_disk(self) -> bool:
        """Whether pages are said to be opened from disk."""
        return (self.page_url or "").lower().startswith("file:")

    @property
    def is_served(self) -> bool:
        """Whether pages are said to come from a server."""
        return not self.from_disk and (self.root is not None or self.page_url is not None)

    def allows(self, url: str) -> bool:
        """Whether an entry of ``allow`` whose day has not come covers the URL."""
        if not self.allow:
            return False
        from datetime import date
        from fnmatch import fnmatchcase

        today = date.today()  # noqa: DTZ011 - a day is the day of who reads it
        return any(
            fnmatchcase(url, one.url) and (one.expires is None or today < one.expires) for one in self.allow if one.url
        )


class SignerSettings(NamedTuple):
    """One item of ``require``: who must have signed an image."""

    issuer: Annotated[str | None, "Who identified the signer: a URL, `*` stands for anything but `@`."] = None
    issuer_regexp: Annotated[str | None, "The issuer as an expression that must fit all of it."] = None
    identity: Annotated[str | None, "The certificate's subject; `*` stands for anything but `@`."] = None
    identity_regexp: Annotated[str | None, "The subject as an expression that must fit all of it."] = None
    keys: Annotated[tuple[str, ...], "Files with public keys, relative to this file; any of them may have signed."] = ()
    quorum: Annotated[int, "How many distinct signers are needed."] = 1
    annotations: Annotated[dict[str, str], "What the signature must state."] = {}  # noqa: RUF012 - never changed
    tlog: Annotated[bool, "A transparency log must prove the signature."] = True


class AttestationSettings(NamedTuple):
    """One item of ``attestations``: what must be attested of an image, and by whom."""

    type: Annotated[str, "A short name of cosign's (slsaprovenance1, spdxjson, …) or a URI."] = ""
    issuer: Annotated[str | None, "As in `require`."] = None
    issuer_regexp: Annotated[str | None, "As in `require`."] = None
    identity: Annotated[str | None, "As in `require`."] = None
    identity_regexp: Annotated[str | None, "As in `require`."] = None
    keys: Annotated[tuple[str, ...], "As in `require`."] = ()
    quorum: Annotated[int, "How many distinct signers must attest it."] = 1
    where: Annotated[dict[str, Any], "Dotted paths of the predicate, and what must stand there."] = {}  # noqa: RUF012
    tlog: Annotated[bool, "A transparency log must prove the signature."] = True


class CosignSettings(NamedTuple):
    """``[[tool.verifychain.cosign]]``: what is demanded of the images that a pattern covers."""

    images: Annotated[tuple[str, ...], "Glob patterns on the whole normalised name (ghcr.io/acme/*)."] = ()
    require: tuple[SignerSettings, ...] = ()
    attestations: tuple[AttestationSettings, ...] = ()
    trusted_root: Annotated[str | None, "A trusted_root.json, relative to this file, instead of the shipped one."] = (
        None
    )


class Override(NamedTuple):
    """``[[tool.verifychain.overrides]]``: other rules or severities for some paths."""

    paths: Annotated[tuple[str, ...], "File patterns, relative to the configuration file."] = ()
    ignore: Annotated[tuple[str, ...], "Rules or groups that do not run there."] = ()
    severity: Annotated[dict[str, str], "Severity per rule there."] = {}  # noqa: RUF012 - never changed


class Ignore(NamedTuple):
    """``[[tool.verifychain.ignores]]``: findings that are accepted, why, and until when."""

    rule: Annotated[str, "The rule whose findings are set aside."] = ""
    paths: Annotated[tuple[str, ...], "File patterns, relative to the configuration file."] = ()
    reason: Annotated[str, "Why this is accepted."] = ""
    expires: Annotated[date | None, "From this day on the findings are back."] = None


class Settings(NamedTuple):
    """The whole configuration."""

    select: Annotated[tuple[str, ...], "Run only these rules or groups."] = ()
    ignore: Annotated[tuple[str, ...], "Do not run these rules or groups."] = ()
    exclude: Annotated[tuple[str, ...], "File patterns that walks leave out, relative to this file."] = ()
    fail_on: Annotated[str, "The least severity that makes the exit code 1."] = "warning"
    require_ignore_reason: Annotated[bool, "Honour no inline ignore without a reason."] = False
    baseline: Annotated[str | None, "File with known findings, relative to this file."] = None
    severity: Annotated[dict[str, str], "Severity per rule."] = {}  # noqa: RUF012 - never changed
    image: ImageSettings = ImageSettings()
    network: NetworkSettings = NetworkSettings()
    pip: PipSettings = PipSettings()
    sri: SriSettings = SriSettings()
    cosign: tuple[CosignSettings, ...] = ()
    overrides: tuple[Override, ...] = ()
    ignores: tuple[Ignore, ...] = ()
