from collections.abc import Iterator

from verifychain.core.digest import Algorithm, Digest, Notation
from verifychain.core.errors import Unavailable
from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.integrity import Reading
from verifychain.core.npm import package_file
from verifychain.core.ports import Loader, NpmFiles, Served
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-mismatch", severity=Severity.ERROR, in_comments=False)
def check(
    subresource: Subresource, settings: SriSettings, loader: Loader | None, npm: NpmFiles | None
) -> Iterator[Problem]:
    """
    The content of a script or stylesheet is not what its integrity says.

    Browsers refuse it: the page loads without it. A file of the project was changed without its digest; `--fix` states
    the new one. A file of another origin differs from what `verifychain.lock` states, or, with `--online`, from what
    the server sends: that is what an attack looks like. Nothing is written for it but with `--accept URL`, after you
    have seen what changed; and where the URL stands for a file of an npm package, not even then unless it is the one
    that was published.

    Only the tokens of the strongest algorithm count, and one of these must match.

    Bad:
    ```html
    <script src="app.js" integrity="sha384-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    served = _served(subresource, loader)
    refusal = _refusal(subresource, settings, npm, served)
    help = f"not taken: {refusal}" if refusal else "find out what changed before you believe it; --accept URL takes it"
    accepted = None if refusal else _accepted(subresource, loader, served)
    differs = _unlike_the_lock(subresource, served)
    if differs:
        yield Problem(subresource.name_span, differs, help=help, fix=accepted)
    for reading in subresource.readings(settings.engine):
        if any(token.signature for token in reading.kept) or not any(token.digest for token in reading.strongest):
            continue
        actual = _actual(subresource, reading, served)
        if actual is None or any(token.digest == actual[0] for token in reading.strongest):
            continue
        edit = subresource.recomputed()
        who = f"{reading.engine.label} blocks" if settings.engine != "all" else "browsers block"
        title = f"state the digest of {actual[1]}"
        yield Problem(
            subresource.place(reading.strongest[0]),
            f"{who} it: {actual[1]} is {_sri(actual[0])}",
            help="" if edit else help,
            fix=accepted if edit is None else Fix(title, (edit,), Applicability.SAFE),
        )
        return


def _served(subresource: Subresource, loader: Loader | None) -> Served | None:
    """What the server sends; None where nobody is asked, or what comes is no script or stylesheet."""
    if loader is None or subresource.local is not None or not subresource.cross_origin:
        return None
    if subresource.integrity is None and subresource.locked is None:
        return None
    served = loader.load(str(subresource.url))
    return None if served.fault else served


def _unlike_the_lock(subresource: Subresource, served: Served | None) -> str:
    """How what the server sends differs from what the lock states; empty where it does not, or one is not known."""
    locked = subresource.locked
    if served is None or locked is None or served.hashed(locked.algorithm) == locked:
        return ""
    return f"the server does not send what verifychain.lock states: {_sri(served.hashed(locked.algorithm))}"


def _actual(subresource: Subresource, reading: Reading, served: Served | None) -> tuple[Digest, str] | None:
    """The digest of the content in the algorithm that counts, and whose it is; None where it is not known."""
    algorithm, local, locked = reading.strongest[0].algorithm, subresource.local, subresource.locked
    if algorithm is None:
        return None
    if local is not None:
        return None if local.fault else (local.hashed(algorithm), local.path)
    if served is not None:
        return served.hashed(algorithm), "what the server sends"
    return None if locked is None or locked.algorithm is not algorithm else (locked, "what verifychain.lock states")


def _accepted(subresource: Subresource, loader: Loader | None, served: Served | None) -> Fix | None:
    """The digest of what is served, where the user said that it is to be believed."""
    if loader is None or served is None or not loader.accepts(str(subresource.url)):
        return None
    edit = subresource.writing(served.hashed(algorithm) for algorithm in subresource.algorithms())
    return None if edit is None else Fix(f"state what {subresource.url} serves", (edit,), Applicability.TRUST)


def _refusal(subresource: Subresource, settings: SriSettings, npm: NpmFiles | None, served: Served | None) -> str:
    """Why what is served is not taken, whatever the user says; empty where nothing published speaks against it."""
    file = None if served is None or npm is None else package_file(subresource.url, settings.npm_prefixes)
    if file is None or served is None or npm is None:
        return ""
    try:
        return file.objection(served.hashed(Algorithm.SHA384), npm.digests(file, Algorithm.SHA384))
    except Unavailable:  # sri-package-mismatch says so, and the run is incomplete
        return ""


def _sri(digest: Digest) -> str:
    return digest.format(Notation.SRI)
