"""What is demanded of images: by options, by ``[[tool.verifychain.cosign]]``, by a ClusterImagePolicy."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from verifychain.cli.cosign import image_options, options
from verifychain.core.errors import UsageError
from verifychain.core.image_name import ImageName

if TYPE_CHECKING:
    from verifychain.config import Configuration
    from verifychain.core.settings import AttestationSettings, CosignSettings, SignerSettings
    from verifychain.signatures.identity import Identity, Pattern
    from verifychain.signatures.image_policy import Demand, Entry, Policy
    from verifychain.signatures.requirement import Requirement
    from verifychain.signatures.trust_root import TrustRoot
    from verifychain.signatures.verify import AttestationPolicy, Engine

_HOST = re.compile(r"[A-Za-z0-9.:-]+", re.ASCII)


def of_options(given: dict[str, Any], attestation: AttestationPolicy | None = None) -> Policy:
    """One demand for all images. Raises UsageError for options that do not fit, or for a key that is none."""
    from verifychain.signatures.image_policy import Demand, Entry, Policy
    from verifychain.signatures.verdict import Rejected
    from verifychain.signatures.verify import Question

    try:
        requirement = options.requirement(given)
        roots = options.roots(given["trusted_root"], staging=given["staging"])
    except Rejected as rejected:
        raise UsageError(f"{rejected.reason.value}: {rejected.detail}") from None
    noted = image_options.annotation_pairs(given["annotations"])
    demand = Demand(Question(roots, requirement, options.engine(given), attestation), 1, noted)
    return Policy((Entry(every, ((demand,),), "the command line"),))


def every(name: ImageName) -> bool:
    return True


def asking(policy: Policy) -> Callable[[ImageName], bool | None]:
    """Whether a policy demands signatures of an image, None where no entry covers it."""

    def asks(name: ImageName) -> bool | None:
        entries = policy.of(name)
        return any(entry.asks_for_signature for entry in entries) if entries else None

    return asks


def glob(patterns: Sequence[str]) -> Callable[[ImageName], bool]:
    """Whether a name is covered: `*` crosses everything, and the whole normalised name, with its tag, must fit."""
    from fnmatch import fnmatchcase  # which does not backtrack: names come from files of strangers

    return lambda name: any(fnmatchcase(name.normalised, pattern) for pattern in patterns)


class Reader:
    """Makes entries of the configuration; ``given`` are options that hold for all of them (trust root, engine)."""

    def __init__(self, given: dict[str, Any], configuration: Configuration) -> None:
        self._given = given
        self._configuration = configuration
        self._roots: dict[str | None, tuple[TrustRoot, ...]] = {}

    @property
    def engine(self) -> Engine:
        return options.engine(self._given)

    def asks(self, name: ImageName) -> bool | None:
        """Whether a signature of an image is demanded, None where no entry covers it; without reading keys or roots."""
        covering = [one for one in self._configuration.settings.cosign if glob(one.images)(name)]
        return any(one.require for one in covering) if covering else None

    def policy(self) -> Policy:
        """The policy of the configuration; raises UsageError for what in it makes no sense."""
        from verifychain.signatures.image_policy import Policy

        listed = self._configuration.settings.cosign
        return Policy(tuple(self._entry(one, f"cosign[{number}]") for number, one in enumerate(listed)))

    def _entry(self, one: CosignSettings, where: str) -> Entry:
        from verifychain.signatures.image_policy import Entry

        if not one.images:
            raise self._fault(f"{where} names no images", 'say which: images = ["ghcr.io/acme/*"]')
        if not one.require and not one.attestations:
            raise self._fault(f"{where} demands nothing", "add require or attestations")
        demands = tuple(
            [self._signed(item, one, f"{where}.require[{number}]") for number, item in enumerate(one.require)]
            + [
                self._attested(item, one, f"{where}.attestations[{number}]")
                for number, item in enumerate(one.attestations)
            ]
        )
        return Entry(glob(one.images), (demands,), where)

    def _signed(self, item: SignerSettings, one: CosignSettings, where: str) -> Demand:
        return self._demand(item, one, where, None, tuple(item.annotations.items()))

    def _attested(self, item: AttestationSettings, one: CosignSettings, where: str) -> Demand:
        from verifychain.signatures import predicates
        from verifychain.signatures.matcher import Condition
        from verifychain.signatures.verify import AttestationPolicy

        if not item.type:
            raise self._fault(f"{where} names no type", 'say which: type = "slsaprovenance1"')
        try:
            conditions = tuple(Condition(path, test) for path, test in item.where.items())
            policy = AttestationPolicy(predicates.uri_of(item.type), conditions)
        except ValueError as error:
            raise self._fault(f"{where}: {error}") from None
        return self._demand(item, one, where, policy, ())

    def _demand(
        self,
        item: SignerSettings | AttestationSettings,
        one: CosignSettings,
        where: str,
        attestation: AttestationPolicy | None,
        annotations: tuple[tuple[str, str], ...],
    ) -> Demand:
        from verifychain.signatures.image_policy import Demand
        from verifychain.signatures.verify import Question

        requirement = self._requirement(item, where)
        if item.quorum < 1 or (requirement.keys and item.quorum > len({key.spki for key in requirement.keys})):
            raise self._fault(f"{where}: a quorum of {item.quorum} can never be reached, or is none")
        question = Question(self.roots(one.trusted_root), requirement, self.engine, attestation)
        return Demand(question, item.quorum, annotations)

    def _requirement(self, item: SignerSettings | AttestationSettings, where: str) -> Requirement:
        from verifychain.signatures.requirement import Requirement

        expected = self._identity(item, where)
        if (expected is None) == (not item.keys):
            hint = "name keys, or an issuer and an identity"
            raise self._fault(f"{where} says {'two ways' if expected else 'nothing of'} who must have signed", hint)
        given = self._given
        return Requirement(
            identities=() if expected is None else (expected,),
            keys=tuple(key for name in item.keys for key in self.keys(name, where)),
            log=item.tlog and not given["insecure_ignore_tlog"],
            sct=not given["insecure_ignore_sct"],
            timestamp=given["use_signed_timestamps"],
            proof=given["require_inclusion_proof"],
        )

    def _identity(self, item: SignerSettings | AttestationSettings, where: str) -> Identity | None:
        from verifychain.signatures.identity import Identity

        subject = self._pattern(item.identity, item.identity_regexp, f"{where}.identity")
        issuer = self._pattern(item.issuer, item.issuer_regexp, f"{where}.issuer")
        if subject is None and issuer is None:
            return None
        if subject is None or issuer is None:
            missing = "identity" if subject is None else "issuer"
            raise self._fault(f"{where} has no {missing}", "an identity is a subject, and who identified it")
        return Identity(subject, issuer)

    def _pattern(self, text: str | None, expression: str | None, where: str) -> Pattern | None:
        from verifychain.signatures.identity import Match, Pattern

        if text is not None and expression is not None:
            raise self._fault(f"{where} is given twice, as text and as expression")
        if text is not None:
            if not text:
                raise self._fault(f"{where} is empty", "nobody is called that")
            return Pattern(Match.GLOB if "*" in text else Match.EXACT, text)
        if expression is None:
            return None
        return regexp(expression, where)

    def keys(self, name: str, where: str) -> Sequence[Any]:
        """The key in a file beside the configuration. Raises UsageError."""
        from verifychain.signatures.verdict import Rejected

        try:
            return options.keys((name if "://" in name else self._beside(name),))
        except Rejected as rejected:
            raise self._fault(f"{where}: {name}: {rejected.detail}") from None

    def roots(self, path: str | None) -> tuple[TrustRoot, ...]:
        """The trust roots of an entry: those of the options, or its own, or the shipped ones."""
        from verifychain.signatures.verdict import Rejected

        given = self._given
        if path not in self._roots:
            own = path is not None and given["trusted_root"] is None and not given["staging"]
            named = self._beside(path) if own and path is not None else given["trusted_root"]
            try:
                self._roots[path] = options.roots(named, staging=given["staging"])
            except Rejected as rejected:
                raise self._fault(f"the trust root {named}: {rejected.detail}") from None
        return self._roots[path]

    def _beside(self, path: str) -> str:
        folder = self._configuration.folder
        return path if folder == "." else os.path.join(folder, path)

    def _fault(self, message: str, hint: str = "") -> UsageError:
        source = self._configuration.source
        return UsageError(f"{source.path if source else '--config'}: {message}", hint)


def regexp(expression: str, where: str) -> Pattern:
    """An expression that must fit the whole of a value. Raises UsageError where it is none."""
    from verifychain.signatures.identity import Match, Pattern

    try:
        re.compile(expression)
    except re.error as error:
        raise UsageError(f"{where} is no expression: {error}") from None
    return Pattern(Match.REGEXP, expression)


def hosts(patterns: Sequence[str]) -> Iterator[str]:
    """The registries that patterns of image names spell out: the user named those."""
    for pattern in patterns:
        host = pattern.partition("/")[0]
        if _HOST.fullmatch(host) and "/" in pattern:
            yield host
