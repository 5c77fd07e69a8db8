"""Options that the commands of ``cosign`` share, by cosign's names, and what they ask."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BufferedReader
from typing import TYPE_CHECKING, Any, TypeVar

import click

from verifychain.cli.options import Section, option
from verifychain.core.errors import UsageError, strerror

if TYPE_CHECKING:
    from verifychain.signatures.artifact import Artifact
    from verifychain.signatures.identity import Identity, Pattern
    from verifychain.signatures.keys import Key
    from verifychain.signatures.requirement import Requirement
    from verifychain.signatures.trust_root import TrustRoot
    from verifychain.signatures.verify import AttestationPolicy, Engine, Question

_Command = TypeVar("_Command", bound=Callable[..., Any])

_MOST = 128 << 20
WORKFLOW_CLAIMS = ("trigger", "sha", "name", "repository", "ref")

IDENTITY = (
    option(
        "Who must have signed",
        "--key",
        multiple=True,
        metavar="FILE",
        help="A public key, PEM or env://NAME; of several, one must have signed.",
    ),
    option("Who must have signed", "--certificate-identity", metavar="TEXT", help="The certificate's subject."),
    option(
        "Who must have signed",
        "--certificate-identity-regexp",
        metavar="REGEXP",
        help="… as an expression, which must fit all of it (cosign's need not).",
    ),
    option("Who must have signed", "--certificate-oidc-issuer", metavar="URL", help="Who identified the subject."),
    option("Who must have signed", "--certificate-oidc-issuer-regexp", metavar="REGEXP", help="… as an expression."),
    *(
        option(
            "Who must have signed",
            f"--certificate-github-workflow-{claim}",
            metavar="TEXT",
            help=f"What the certificate says of the GitHub workflow: its {claim}.",
        )
        for claim in WORKFLOW_CLAIMS
    ),
)
TRUST = (
    option("Trust", "--trusted-root", metavar="FILE", help="A trusted_root.json instead of the one that is shipped."),
    option("Trust", "--staging", is_flag=True, help="The shipped root of sigstore's staging instance."),
    option(
        "Trust",
        "--engine",
        type=click.Choice(["both", "native", "sigstore"]),
        default="both",
        help="Who decides: our own core and the sigstore library (where it can), or one of them.  [default: both]",
    ),
    option("Trust", "--insecure-ignore-tlog", is_flag=True, help="Need no entry in a transparency log."),
    option("Trust", "--insecure-ignore-sct", is_flag=True, help="Need no proof that the certificate was logged."),
    option("Trust", "--use-signed-timestamps", is_flag=True, help="Need an RFC 3161 timestamp."),
    option("Trust", "--require-inclusion-proof", is_flag=True, help="The log's promise alone will not do."),
)
OUTPUT = (
    # Without a name in the environment: VERIFYCHAIN_OUTPUT is a file, for the commands that write one.
    click.option(
        "-o",
        "--output",
        cls=Section,
        section="Output",
        type=click.Choice(["text", "json"]),
        default="text",
        help="How the result is written.  [default: text]",
    ),
    option("Output", "-q", "--quiet", is_flag=True, help="Print what is not verified, and no summary."),
)


def apply(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[_Command], _Command]:
    """Put groups of options on a command, in that order."""

    def decorate(command: _Command) -> _Command:
        for one in reversed([one for group in groups for one in group]):
            command = one(command)
        return command

    return decorate


def read_file(path: str) -> bytes:
    """
    The bytes of a named file, and no more than anything of this kind may have. Raises UsageError where there is none.
    """
    try:
        with open(path, "rb") as file:
            return file.read(_MOST + 1)  # one more than is taken: the reader of the format says that it is too large
    except OSError as error:
        raise UsageError(f"cannot read {path}: {strerror(error)}") from None


def artifact(name: str) -> Artifact:
    """A path, or a digest where there is no such path. Raises UsageError where it is neither."""
    from verifychain.core import digest as digests
    from verifychain.signatures.artifact import Artifact

    if os.path.lexists(name):
        if not os.path.isfile(name):
            raise UsageError(f"{name} is not a regular file")
        return Artifact(open_=_opener(name))
    try:
        return Artifact(digest=digests.parse_oci(name))
    except digests.DigestError as error:
        if ":" in name and digests.Algorithm.of(name.partition(":")[0]) is not None:
            raise UsageError(str(error)) from None
        raise UsageError("no such file, and no digest either") from None


def _opener(path: str) -> Callable[[], BufferedReader]:
    return lambda: open(path, "rb")


def keys(names: tuple[str, ...]) -> tuple[Key, ...]:
    """The keys that were named. Raises Rejected for what is no usable key."""
    from verifychain.signatures.keys import load_pem

    return tuple(load_pem(_key_text(name)) for name in names)


def _key_text(name: str) -> bytes:
    scheme, mark, rest = name.partition("://")
    if not mark:
        return read_file(name)
    if scheme == "env":
        value = os.environ.get(rest)
        if value is None:
            raise UsageError(f"the environment has no {rest}", "name a variable that holds a public key in PEM")
        return value.encode("utf-8", "surrogateescape")
    raise UsageError(f"keys cannot be read from {scheme}://", "save the public key to a file, and name that")


def roots(trusted_root: str | None, *, staging: bool) -> tuple[TrustRoot, ...]:
    """The trust roots to use. Raises Rejected for a malformed one, VerifychainError where none is shipped."""
    from verifychain.signatures import shipped, trust_root

    if trusted_root is not None and staging:
        raise UsageError("--trusted-root and --staging are two roots", "give one of them")
    if trusted_root is not None:
        return trust_root.parse(read_file(trusted_root))
    return trust_root.parse(shipped.trusted_root(shipped.STAGING if staging else shipped.PUBLIC_GOOD), is_ours=True)


def requirement(given: dict[str, Any]) -> Requirement:
    """What the options demand of a signature. Raises UsageError, and Rejected for a key that is none."""
    from verifychain.signatures.requirement import Requirement

    expected = _identity(given)
    if given["key"] and expected is not None:
        raise UsageError("a key and an identity are both expected", "give --key, or --certificate-identity and issuer")
    if not given["key"] and expected is None:
        hint = "give --key FILE, or --certificate-identity and --certificate-oidc-issuer; `cosign inspect` shows them"
        raise UsageError("who must have signed is not said", hint)
    return Requirement(
        identities=() if expected is None else (expected,),
        keys=keys(given["key"]),
        log=not given["insecure_ignore_tlog"],
        sct=not given["insecure_ignore_sct"],
        timestamp=given["use_signed_timestamps"],
        proof=given["require_inclusion_proof"],
    )


def question(given: dict[str, Any], policy: AttestationPolicy | None = None, *, statements: bool = False) -> Question:
    """
    What the options of ``IDENTITY`` and ``TRUST`` ask of evidence.

    Raises UsageError, and Rejected for a key or a trust root that is malformed: then nothing can be verified.
    """
    from verifychain.signatures.verify import Question

    demanded = requirement(given)
    trusted = roots(given["trusted_root"], staging=given["staging"])
    return Question(trusted, demanded, engine(given), policy, statements)


def is_anyone_expected(given: dict[str, Any]) -> bool:
    """
    Whether any option says who must have signed, be it too little to go by.

    An empty text says it too (a variable that a script forgot to set): it is refused later, and never passed over.
    """
    return bool(given["key"]) or any(
        value is not None for name, value in given.items() if name.startswith("certificate_")
    )


def engine(given: dict[str, Any]) -> Engine:
    """The engine that was chosen."""
    from verifychain.signatures.verify import Engine

    return Engine(given["engine"])


def _identity(given: dict[str, Any]) -> Identity | None:
    subject = _pattern(given, "certificate_identity")
    issuer = _pattern(given, "certificate_oidc_issuer")
    claims = tuple(
        (f"github-workflow-{claim}", _exact(value))
        for claim in WORKFLOW_CLAIMS
        if (value := given[f"certificate_github_workflow_{claim}"]) is not None
    )
    if subject is None and issuer is None and not claims:
        return None
    if subject is None or issuer is None:
        missing = "--certificate-identity" if subject is None else "--certificate-oidc-issuer"
        raise UsageError(f"{missing} is needed as well", "an identity is a subject, and who identified it")
    from verifychain.signatures.identity import Identity

    return Identity(subject, issuer, claims)


def _exact(text: str) -> Pattern:
    from verifychain.signatures.identity import Match, Pattern

    return Pattern(Match.EXACT, text)


def _pattern(given: dict[str, Any], name: str) -> Pattern | None:
    text, expression = given[name], given[f"{name}_regexp"]
    option_name = "--" + name.replace("_", "-")
    if text is not None and expression is not None:
        raise UsageError(f"{option_name} is given twice, as text and as expression", "give one of them")
    if text is not None:
        if not text:
            raise UsageError(f"{option_name} is empty", "nobody is called that")
        return _exact(text)
    if expression is None:
        return None
    import re

    from verifychain.signatures.identity import Match, Pattern

    try:
        re.compile(expression)
    except re.error as error:
        raise UsageError(f"{option_name}-regexp is no expression: {error}") from None
    return Pattern(Match.REGEXP, expression)


def warnings(given: dict[str, Any]) -> list[str]:
    """What a user of cosign should know of the expressions that were given."""
    expression = given["certificate_identity_regexp"]
    if expression is None:
        return []
    found = []
    bare = expression.removeprefix("^").removesuffix("$")
    if bare == expression:
        found.append("expressions must fit the whole identity here, as if they stood between ^ and $")
    import re

    if re.search(r"(?<!\\)\.(?![*+?{])", expression):
        found.append("a dot in --certificate-identity-regexp stands for any character: write \\.")
    return found
