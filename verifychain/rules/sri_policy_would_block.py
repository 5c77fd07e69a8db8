from collections.abc import Iterator

from verifychain.core import integrity_policy
from verifychain.core.finding import Problem, Related
from verifychain.core.integrity import Engine, unenforced_in
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import Load, PolicyHeader

_GIVE = 'give it `integrity` and `crossorigin="anonymous"`'
_HELP = {"import": "state it in the `integrity` of an import map", "json-import": "load it with `fetch`"}


@rule("sri-policy-would-block", severity=Severity.ERROR)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    An Integrity-Policy blocks a script of a page that it is sent with.

    The policy asks for two things: integrity metadata that the browser understands, and a request with CORS. The second
    surprises: a classic script of the *same* origin with the right hash is blocked too unless it has `crossorigin`.
    Inline scripts, `data:` and `blob:` URLs are let through.

    What scripts import is held to the policy too, and only the `integrity` of an import map speaks for it. Looked at
    are the imports, with a literal specifier, of scripts in the page and of the project's files that it loads.
    (WebKitGTK 2.50 blocks imports even where a map speaks for them.)

    Bad:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    ```html
    <!doctype html>
    <script src="data:,1"></script>
    <script src="https://cdn.example/a.js"></script>
    ```

    Good:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    ```html
    <!doctype html>
    <script src="data:,1"></script>
    <script>console.log(1)</script>
    ```
    """
    if not header.is_integrity or header.in_meta or not integrity_policy.read(header.value).blocks_scripts:
        return
    for load in header.loads:
        reason = _reason(load)
        if reason:
            verb = "would be reported" if header.report_only else "is blocked"
            yield Problem(
                load.location.span,
                f"{load.subject or 'this script'} {verb} by the Integrity-Policy: {reason}",
                help="load it with a script of HTML" if load.in_svg else _HELP.get(load.via, _GIVE),
                related=() if load.importer is None else (Related(load.importer, "it is imported here"),),
                source=load.location.source,
                severity=Severity.NOTE if header.report_only else None,
            )


def _reason(load: Load) -> str:
    """Why a browser would block the script; empty where none would."""
    if load.local or load.dynamic or load.content is not None:
        return ""
    if load.integrity is None:
        return _missing(load)
    engines = unenforced_in(load.integrity)
    if len(engines) == len(Engine):
        return "no browser understands its integrity metadata"
    if engines:
        return f"{' and '.join(engine.label for engine in engines)} cannot read its integrity metadata"
    if load.in_svg:
        return "Chromium asks for scripts of SVG without CORS, also where they have `crossorigin`"
    return "" if load.cors else "without `crossorigin` it is asked for without CORS"


def _missing(load: Load) -> str:
    if load.via not in _HELP:
        return "it has no integrity metadata"
    who = f"{load.importer.source.path} imports it" if load.importer is not None else "it is imported"
    if load.via == "json-import":
        return f"{who} as JSON, of which {Engine.WEBKIT.label} asks for integrity metadata too"
    return f"{who}, and no import map in front states its integrity"
