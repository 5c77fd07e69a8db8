"""
SLSA provenance: was it built from the source, at the ref, by the builder that are expected?

What slsa-verifier asks (``verifiers/internal/gha``), of v0.2 and v1 alike: the *certificate* and the *provenance* must
both say so, because a workflow writes the provenance and Fulcio the certificate. A key's holder vouches alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from verifychain.core.record import NamedTuple
from verifychain.signatures.identity import Signer
from verifychain.signatures.matcher import values_at
from verifychain.signatures.predicates import TYPES
from verifychain.signatures.statement import Statement
from verifychain.signatures.verdict import Reason, Rejected, shown

V02, V1 = TYPES["slsaprovenance02"], TYPES["slsaprovenance1"]
_VERSION = re.compile(r"v?(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?(\.(0|[1-9][0-9]*))?")

_SOURCES = {
    V02: ("invocation.configSource.uri", "materials.0.uri"),
    V1: (
        "buildDefinition.externalParameters.workflow.repository",
        "buildDefinition.externalParameters.source.uri",
        "buildDefinition.resolvedDependencies.0.uri",
    ),
}
_REFS: dict[str, tuple[str, ...]] = {
    V02: ("invocation.environment.github_ref", "invocation.environment.GITHUB_REF"),
    V1: (
        "buildDefinition.externalParameters.workflow.ref",
        "buildDefinition.internalParameters.GITHUB_REF",
    ),
}
_BUILDERS = {V02: "builder.id", V1: "runDetails.builder.id"}
# What npm calls the builder is no workflow but where it ran, of which the certificate has its own word.
_RUNNER = "https://github.com/actions/runner/"
# What old extensions of Fulcio say again in new ones: they must agree.
_TWICE = (
    ("github-workflow-trigger", "build-trigger"),
    ("github-workflow-sha", "source-repository-digest"),
    ("github-workflow-ref", "source-repository-ref"),
)


class Expectation(NamedTuple):
    """
    What is expected of the provenance; an empty text expects nothing.

    source         ``github.com/org/repo``, with or without ``https://`` or ``git+https://``
    builder        what built, ``https://github.com/org/repo/.github/workflows/x.yml``, with or without @ref
    tag, branch    the ref it was built from
    versioned_tag  a version that the tag starts with: v13 means v13.0.30 too
    """

    source: str = ""
    builder: str = ""
    tag: str = ""
    branch: str = ""
    versioned_tag: str = ""

    def check(self, statement: Statement, signer: Signer | None) -> None:
        """Raise Rejected unless the provenance and the certificate (None for a key) say what is expected."""
        if statement.predicate_type not in _SOURCES:
            raise Rejected(
                Reason.PREDICATE_TYPE, f"{shown(statement.predicate_type)} is not SLSA provenance v0.2 or v1"
            )
        if signer is not None:
            _check_agreement(signer)
        if self.source:
            self._check_source(statement, signer)
        if self.builder:
            self._check_builder(statement, signer)
        if self.tag or self.branch or self.versioned_tag:
            self._check_refs(statement, signer)

    def _check_source(self, statement: Statement, signer: Signer | None) -> None:
        wanted = _repository(self.source)
        if signer is not None:
            _same(wanted, _certified_source(signer), Reason.PROVENANCE_SOURCE, "source of the certificate")
        found = {_repository(uri) for uri in _texts(statement, _SOURCES)}
        if not found:
            raise Rejected(Reason.PROVENANCE_SOURCE, "the provenance names no source")
        for one in sorted(found):
            _same(wanted, one, Reason.PROVENANCE_SOURCE, "source of the provenance")

    def _check_builder(self, statement: Statement, signer: Signer | None) -> None:
        stated = next(_texts(statement, {kind: (path,) for kind, path in _BUILDERS.items()}), "")
        _check_builder_id(self.builder, stated, "builder of the provenance")
        if signer is not None and stated.startswith(_RUNNER):
            found = signer.claims.get("runner-environment", "")
            _same(stated.removeprefix(_RUNNER), found, Reason.PROVENANCE_BUILDER, "runner of the certificate")
        elif signer is not None:
            _check_builder_id(self.builder, signer.subject, "builder that signed")
            if "@" in stated:
                _same(signer.subject, stated, Reason.PROVENANCE_BUILDER, "builder of the provenance")

    def _check_refs(self, statement: Statement, signer: Signer | None) -> None:
        refs = [ref for uri in _texts(statement, _SOURCES) if (ref := uri.rpartition("@")[2]).startswith("refs/")]
        refs += _texts(statement, _REFS)
        if signer is not None:
            refs.append(signer.claims.get("source-repository-ref") or signer.claims.get("github-workflow-ref", ""))
        if not refs:
            raise Rejected(Reason.PROVENANCE_REF, "the provenance names no ref")
        for ref in refs:
            self._check_ref(ref)

    def _check_ref(self, ref: str) -> None:
        for wanted in ([f"refs/tags/{self.tag}"] if self.tag else []) + (
            [f"refs/heads/{self.branch}"] if self.branch else []
        ):
            _same(wanted, ref, Reason.PROVENANCE_REF, "ref")
        if self.versioned_tag and not _starts_with_version(ref.removeprefix("refs/tags/"), self.versioned_tag):
            detail = f"expected a tag of the version {shown(self.versioned_tag)}, it was built from {shown(ref)}"
            raise Rejected(Reason.PROVENANCE_REF, detail)


def _texts(statement: Statement, paths: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for path in paths[statement.predicate_type]:
        value: Any
        for value in values_at(statement.predicate, path.split(".")):
            if isinstance(value, str):
                yield value


def _repository(uri: str) -> str:
    """``git+https://github.com/org/repo@refs/tags/v1`` as ``github.com/org/repo``."""
    bare = uri.removeprefix("git+").removeprefix("https://").partition("@")[0]
    return bare.removesuffix("/").removesuffix(".git")


def _certified_source(signer: Signer) -> str:
    uri = signer.claims.get("source-repository-uri", "")
    name = signer.claims.get("github-workflow-repository", "")
    if uri and name and not uri.endswith(f"/{name}"):
        raise Rejected(Reason.PROVENANCE_SOURCE, f"the certificate names two sources, {shown(uri)} and {shown(name)}")
    return _repository(uri) if uri else f"github.com/{name}" if name else ""


def _check_agreement(signer: Signer) -> None:
    for old, new in _TWICE:
        one, two = signer.claims.get(old), signer.claims.get(new)
        if one is not None and two is not None and one != two:
            detail = f"the certificate contradicts itself: {old} is {shown(one)}, {new} is {shown(two)}"
            raise Rejected(Reason.CERTIFICATE_PROFILE, detail)


def _check_builder_id(wanted: str, found: str, what: str) -> None:
    """``name`` is any ref of the builder, ``name@tag`` that tag, written short or in full."""
    name, at, ref = wanted.rpartition("@") if "@" in wanted else (wanted, "", "")
    found_name, _, found_ref = found.rpartition("@") if "@" in found else (found, "", "")
    if name != found_name or (at and ref not in (found_ref, found_ref.removeprefix("refs/tags/"))):
        raise Rejected(Reason.PROVENANCE_BUILDER, f"expected {shown(wanted)} as the {what}, found {shown(found)}")


def _same(wanted: str, found: str, reason: Reason, what: str) -> None:
    if wanted != found:
        raise Rejected(reason, f"expected {shown(wanted)} as the {what}, found {shown(found)}")


def _starts_with_version(tag: str, wanted: str) -> bool:
    """Semantic versions, compared as far as the expected one goes; a prerelease is no release."""
    one, two = _VERSION.fullmatch(tag), _VERSION.fullmatch(wanted)
    if one is None or two is None:
        return False
    pairs = zip((two[1], two[3], two[5]), (one[1], one[3], one[5]), strict=True)
    return all(expected is None or expected == found for expected, found in pairs)
