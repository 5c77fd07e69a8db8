from collections.abc import Iterator

from verifychain.core import csp
from verifychain.core.csp import Scripts
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.finding import Problem
from verifychain.core.integrity import Engine, read_all
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import Load, PolicyHeader


@rule("sri-policy-csp-hash", severity=Severity.ERROR)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    A hash is missing in a Content-Security-Policy, or stands there for nothing.

    A policy that allows scripts by hash needs the hash of every inline script, import maps included, and for an
    external script every digest of its `integrity` attribute. A hash that no page uses any more (a warning) still
    allows the old script.

    Bad:
    ```headers
    /*
      Content-Security-Policy: script-src sha256-8oMcROhTqpTbeMrltnNtc4wmi54i6kALLxUmVXFNCzY=
    ```

    Good:
    ```headers
    /*
      Content-Security-Policy: script-src 'sha256-8oMcROhTqpTbeMrltnNtc4wmi54i6kALLxUmVXFNCzY='
    ```
    """
    if not header.is_csp:
        return
    for policy in csp.read_policies(header.value):
        directive = policy.for_scripts
        if directive is None:
            continue
        for word in directive.values:
            fault = csp.misspelt(word)
            if fault:
                help = "a hash source is written 'sha256-…', with its single quotes"
                yield Problem(header.place(word.start, word.end), fault, help=help)
        scripts = csp.scripts(directive)
        if scripts.digests:
            yield from _missing(header, scripts)
            yield from _unused(header, scripts)


def _missing(header: PolicyHeader, scripts: Scripts) -> Iterator[Problem]:
    for load in header.loads:
        message, help = _fault(load, scripts)
        if message:
            yield Problem(
                load.location.span,
                message,
                help=help,
                source=load.location.source,
                severity=Severity.NOTE if header.report_only else None,
            )


def _fault(load: Load, scripts: Scripts) -> tuple[str, str]:
    """What the hashes do not allow, and what to add; empty where they do, or something else does."""
    if load.dynamic or (load.nonce and scripts.has_nonce):
        return "", ""
    if load.content is not None:
        digest = of_bytes(load.content)
        if scripts.unsafe_inline or any(scripts.lists(one) for one in _digests(load, scripts)):
            return "", ""
        return "the Content-Security-Policy has no hash for this inline script", f"add {csp.source_of(digest)}"
    if load.via not in ("script", "module") or scripts.has_urls:
        return "", ""
    blocking = [engine for engine in Engine if not scripts.allows_integrity(load.integrity or "", engine)]
    if not blocking:
        return "", ""
    wanted = dict.fromkeys(_integrity(load))
    missing = [csp.source_of(one) for one in wanted if not scripts.lists(one)]
    add = f"add {' '.join(missing)}" if missing else "give it an `integrity` that every browser reads, and list that"
    where = "" if len(blocking) == len(Engine) else f" in {' and '.join(one.label for one in blocking)}"
    return f"the Content-Security-Policy does not list every digest of {load.subject}{where}", add


def _unused(header: PolicyHeader, scripts: Scripts) -> Iterator[Problem]:
    if not header.pages:
        return
    used = {digest for load in header.loads for digest in (*_digests(load, scripts), *_integrity(load))}
    for word, digest in scripts.digests:
        if digest not in used:
            yield Problem(
                header.place(word.start, word.end),
                "no page has a script with this hash",
                help="remove it: it allows a script that is not used",
                severity=Severity.WARNING,
            )


def _digests(load: Load, scripts: Scripts) -> Iterator[Digest]:
    """The digests of an inline script, by the algorithms that the policy uses."""
    if load.content is not None:
        for algorithm in {digest.algorithm for _, digest in scripts.digests}:
            yield of_bytes(load.content, algorithm)


def _integrity(load: Load) -> Iterator[Digest]:
    for reading in read_all(load.integrity or ""):
        yield from (token.digest for token in reading.kept if token.digest is not None)
