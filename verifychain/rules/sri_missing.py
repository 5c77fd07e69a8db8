from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.digest import Algorithm
from verifychain.core.finding import Applicability, Fix, Problem, Wanted
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource

_FROM_DISK = (
    "files of one's own with an integrity are blocked in every browser where the page is opened from disk (file://)"
)
_IN_SVG = "load it with a script of HTML: of SVG, Chromium blocks one of another origin that has an integrity"


@rule("sri-missing", severity=Severity.ERROR)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    A script or stylesheet of another origin has no integrity.

    Whoever controls that server, its CDN or its domain runs code in every visitor's page, today or in ten years. With
    an integrity the browser runs the bytes that you have seen, or nothing.

    `require` says what must have one: `cross-origin` (as a warning where nothing is said), `all`, or `none`. What
    cannot have one is allowed by pattern, with a reason: `allow = [{ url = "https://fonts.googleapis.com/*", reason =
    "…" }]`. `verifychain sri --add` adds it: from `verifychain.lock`, or, with `--online --trust`, from what the server
    sends today.

    Bad:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"></script>
    ```

    Good:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```
    """
    if subresource.integrity is not None or subresource.covered or "preload" in subresource.via:
        return
    require = settings.require or "cross-origin"
    if require == "none" or (require == "cross-origin" and not subresource.cross_origin):
        return
    kind = hosts.verdict(subresource.url).kind
    if settings.allows(str(subresource.url)) or (kind is hosts.Kind.UNHASHABLE and subresource.cross_origin):
        return
    hopeless = subresource.never_with_cors
    fix = None if hopeless else _fix(subresource, kind, settings)
    yield Problem(
        subresource.name_span,
        "no integrity: whatever its server sends is run"
        if subresource.cross_origin
        else "no integrity, and the configuration requires one",
        help=_IN_SVG if hopeless else _help(fix, own=not subresource.cross_origin),
        fix=fix,
        severity=Severity.WARNING if settings.require is None else None,
    )


def _help(fix: Fix | Wanted | None, *, own: bool) -> str:
    match fix:
        case Fix():
            return f"`verifychain sri --add{' --local' if own else ''}` adds it"
        case Wanted():
            return "`verifychain sri --add --online --trust` adds it, from what the server sends today"
        case None:
            return ""


def _fix(subresource: Subresource, kind: hosts.Kind, settings: SriSettings) -> Fix | Wanted | None:
    """The integrity from bytes that we hold or that the lock states; else what must be asked for; None if refused."""
    local, slot, title = subresource.local, subresource.slot, f"add the integrity of {subresource.subject}"
    if slot is None:
        return None
    if local is not None:
        if local.fault is not None:
            return None
        notes = (_FROM_DISK,) if not subresource.cross_origin and not settings.is_served else ()
        return Fix(title, (slot.write(local.hashed(Algorithm.SHA384)),), Applicability.SAFE, notes)
    if not subresource.cross_origin or not subresource.url.is_secure:
        return None
    if kind in (hosts.Kind.MUTABLE, hosts.Kind.GENERATED):
        return None  # it would break with the next release
    if subresource.locked is not None:
        return Fix(title, (slot.write(subresource.locked),), Applicability.SAFE)
    return Wanted(title, slot, "subresource", str(subresource.url))
