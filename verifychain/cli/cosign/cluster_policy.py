"""
A ClusterImagePolicy of sigstore's policy-controller as a policy of ours, as much of it as means the same here.

https://github.com/sigstore/policy-controller/blob/main/docs/api-types/index.md. Every key is known or refused, with its
line: a part that is left out would make a policy that lets more pass than its author wrote. Expressions must fit the
whole value, which is stricter than the controller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from verifychain.cli.cosign import options, policies
from verifychain.core.errors import UsageError
from verifychain.core.image_name import DOCKER_HUB, ImageName
from verifychain.core.source import Source
from verifychain.formats.kubernetes.syntax import Mapping, Node, YamlError, documents

if TYPE_CHECKING:
    from verifychain.signatures.identity import Identity, Pattern
    from verifychain.signatures.image_policy import Demand, Entry, Policy
    from verifychain.signatures.keys import Key
    from verifychain.signatures.requirement import Requirement
    from verifychain.signatures.verify import AttestationPolicy

_VERSIONS = ("policy.sigstore.dev/v1alpha1", "policy.sigstore.dev/v1beta1")
_LARGEST = 4 << 20


def read(path: str, given: dict[str, Any]) -> tuple[Policy, set[str]]:
    """The policy in a file, and the registries that it names. Raises UsageError with the line of what is refused."""
    from verifychain.signatures.image_policy import Policy

    data = options.read_file(path)
    source = Source(path, data)
    if len(data) > _LARGEST:
        raise UsageError(f"{path} is larger than {_LARGEST >> 20} MiB")
    reader = _Reader(source, given)
    try:
        entries = [reader.entry(document) for document in documents(data.decode("utf-8")) if document.value]
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start}") from None
    except YamlError as error:
        raise reader.fault_at(error.at, error.message) from None
    if not entries:
        raise UsageError(f"{path} has no ClusterImagePolicy")
    return Policy(tuple(entries)), reader.hosts


class _Reader:
    def __init__(self, source: Source, given: dict[str, Any]) -> None:
        self._source = source
        self._given = given
        self.hosts: set[str] = set()

    def fault_at(self, at: int, message: str) -> UsageError:
        position = self._source.position(at)
        return UsageError(f"{self._source.path}:{position.line}:{position.column}: {message}")

    def _fault(self, node: Node, message: str) -> UsageError:
        return self.fault_at(node.span.start, message)

    def entry(self, document: Node) -> Entry:
        """One policy; raises UsageError."""
        from verifychain.signatures.image_policy import Entry

        known = self._fields(document, "apiVersion", "kind", "metadata", "spec")
        if self._text(known, "apiVersion") not in _VERSIONS or self._text(known, "kind") != "ClusterImagePolicy":
            raise self._fault(document, f"a ClusterImagePolicy of {' or '.join(_VERSIONS)} is needed")
        if "spec" not in known:
            raise self._fault(document, "the policy has no spec")
        spec = self._fields(known["spec"], "images", "authorities", "mode")
        if self._text(spec, "mode") not in ("", "enforce"):
            raise self._fault(spec["mode"], "only the mode enforce is honoured; for less use --fail-on or severities")
        globs = [self._glob(item) for item in self._items(spec, "images", document)]
        authorities = self._items(spec, "authorities", document)
        alternatives = tuple(one for item in authorities for one in self._authority(item))
        place = self._source.position(document.span.start)
        return Entry(_any(globs), alternatives, f"{self._source.path}:{place.line}")

    def _glob(self, item: Node) -> Callable[[ImageName], bool]:
        text = self._text(self._fields(item, "glob"), "glob")
        if not text:
            raise self._fault(item, "an image pattern has a glob")
        self.hosts.update(policies.hosts([text]))
        return _globbed(text)

    def _authority(self, item: Node) -> list[tuple[Demand, ...]]:
        """The demands of an authority, any of which may hold; none for one that always fails."""
        known = self._fields(item, "name", "key", "keyless", "static", "attestations", "ctlog", "signatureFormat")
        kinds = [name for name in ("key", "keyless", "static") if name in known]
        if len(kinds) != 1:
            raise self._fault(item, "an authority has one of key, keyless and static")
        if kinds == ["static"]:
            return self._static(known["static"], known)
        if "ctlog" in known:
            self._fields(known["ctlog"], "url")
        requirement = self._key(known) if kinds == ["key"] else self._keyless(known["keyless"])
        demand = self._demand(requirement, None)
        if "attestations" not in known:
            return [(demand,)]
        wanted = [self._attestation(one) for one in self._items(known, "attestations", item)]
        return [tuple(self._demand(requirement, one) for one in wanted)]

    def _static(self, node: Node, authority: dict[str, Node]) -> list[tuple[Demand, ...]]:
        action = self._text(self._fields(node, "action"), "action")
        if action not in ("pass", "fail") or "attestations" in authority:
            raise self._fault(node, "static has the action pass or fail, and nothing else")
        return [()] if action == "pass" else []

    def _key(self, known: dict[str, Node]) -> Requirement:
        from verifychain.signatures.requirement import Requirement

        fields = self._fields(known["key"], "data", "hashAlgorithm")
        if self._text(fields, "hashAlgorithm") not in ("", "sha256"):
            raise self._fault(fields["hashAlgorithm"], "the hash is the key's own or SHA-256")
        if "data" not in fields:
            raise self._fault(known["key"], "a key has data, the key in PEM")
        key = self._pem(fields["data"])
        # As the controller: the log counts where it is named.
        return self._with_options(Requirement(keys=(key,), log="ctlog" in known))

    def _pem(self, node: Node) -> Key:
        from verifychain.signatures.keys import load_pem
        from verifychain.signatures.verdict import Rejected

        try:
            return load_pem((node.text or "").encode("utf-8", "surrogatepass"))
        except Rejected as rejected:
            raise self._fault(node, rejected.detail) from None

    def _keyless(self, node: Node) -> Requirement:
        from verifychain.signatures.requirement import Requirement

        known = self._fields(node, "url", "identities", "insecureIgnoreSCT")
        identities = tuple(self._identity(item) for item in self._items(known, "identities", node))
        return self._with_options(
            Requirement(identities=identities, sct=self._text(known, "insecureIgnoreSCT") != "true")
        )

    def _with_options(self, requirement: Requirement) -> Requirement:
        given = self._given
        return requirement._replace(
            log=requirement.log and not given["insecure_ignore_tlog"],
            sct=requirement.sct and not given["insecure_ignore_sct"],
            timestamp=given["use_signed_timestamps"],
            proof=given["require_inclusion_proof"],
        )

    def _identity(self, item: Node) -> Identity:
        from verifychain.signatures.identity import Identity

        known = self._fields(item, "issuer", "issuerRegExp", "subject", "subjectRegExp")
        return Identity(self._pattern(known, "subject", item), self._pattern(known, "issuer", item))

    def _pattern(self, known: dict[str, Node], name: str, item: Node) -> Pattern:
        from verifychain.signatures.identity import Match, Pattern

        text, expression = self._text(known, name), self._text(known, f"{name}RegExp")
        if bool(text) == bool(expression):
            raise self._fault(item, f"an identity has one of {name} and {name}RegExp")
        if text:
            return Pattern(Match.EXACT, text)
        try:
            return policies.regexp(expression, f"{name}RegExp")
        except UsageError as error:
            raise self._fault(item, error.message) from None

    def _attestation(self, item: Node) -> AttestationPolicy:
        from verifychain.signatures import predicates
        from verifychain.signatures.verify import AttestationPolicy

        known = self._fields(item, "name", "predicateType")
        try:
            return AttestationPolicy(predicates.uri_of(self._text(known, "predicateType")))
        except ValueError as error:
            raise self._fault(item, str(error)) from None

    def _demand(self, requirement: Requirement, attestation: AttestationPolicy | None) -> Demand:
        from verifychain.signatures.image_policy import Demand
        from verifychain.signatures.verdict import Rejected
        from verifychain.signatures.verify import Question

        given = self._given
        try:
            roots = options.roots(given["trusted_root"], staging=given["staging"])
        except Rejected as rejected:
            raise UsageError(f"the trust root: {rejected.detail}") from None
        return Demand(Question(roots, requirement, options.engine(given), attestation))

    def _fields(self, node: Node, *names: str) -> dict[str, Node]:
        """The fields of a mapping, each once and each known. Raises UsageError."""
        if not isinstance(node, Mapping):
            raise self._fault(node, f"an object with {', '.join(names)} belongs here")
        found: dict[str, Node] = {}
        for key, value in node.pairs():
            if key not in names:
                raise self._fault(value, f"{key!r} is not supported here; there are {', '.join(names)}")
            if key in found:
                raise self._fault(value, f"{key!r} stands twice")
            found[key] = value
        return found

    def _text(self, known: dict[str, Node], name: str) -> str:
        if name not in known:
            return ""
        value = known[name]
        if not isinstance(value.value, str):
            raise self._fault(value, f"{name} is a text")
        return value.text or ""

    def _items(self, known: dict[str, Node], name: str, near: Node) -> list[Node]:
        items = known[name].items if name in known else []
        if not items:
            raise self._fault(known.get(name, near), f"{name} has to be a list with something in it")
        return items


def _any(tests: list[Callable[[ImageName], bool]]) -> Callable[[ImageName], bool]:
    return lambda name: any(test(name) for test in tests)


def _globbed(pattern: str) -> Callable[[ImageName], bool]:
    """The controller's globs: `*` stays within a part of the path, `**` does not."""
    if "/" not in pattern and pattern not in ("*", "**"):
        pattern = f"{DOCKER_HUB}/library/{pattern}"
    pattern = re.sub(r"^index\.docker\.io/", f"{DOCKER_HUB}/", pattern)
    parts = re.split(r"(\*\*+|\*)", pattern)
    pieces = (".*" if part.startswith("**") else "[^/]*" if part == "*" else re.escape(part) for part in parts)
    expression = re.compile("".join(pieces), re.DOTALL)

    def covers(name: ImageName) -> bool:
        spelled = (name.repository, name.normalised, f"{name.repository}@{name.digest}")
        return any(expression.fullmatch(text) is not None for text in spelled)

    return covers
