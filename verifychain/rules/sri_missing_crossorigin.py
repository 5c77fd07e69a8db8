from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.integrity import Engine
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-missing-crossorigin", severity=Severity.ERROR)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    A resource of another origin has an integrity and no `crossorigin` attribute: browsers refuse it.

    Without CORS a browser must not tell a page what another origin sent, not even by whether a digest fits. So it
    blocks the resource, with the right digest too. Module scripts always use CORS and need no attribute.
    Chromium takes no notice of the attribute on a classic `<script>` of SVG: it blocks one of another origin that has
    an integrity, always.

    Bad:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"></script>
    ```

    Good:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        crossorigin="anonymous"></script>
    ```
    """
    if not subresource.needs_crossorigin or subresource.integrity is None:
        return
    blocking = [one.engine for one in subresource.readings(settings.engine) if not one.admits_opaque]
    hopeless = subresource.in_svg and Engine.CHROMIUM in blocking
    if subresource.crossorigin is not None:
        blocking = [Engine.CHROMIUM] if hopeless else []
    if not blocking:
        return
    edit = subresource.with_crossorigin
    yield Problem(
        subresource.name_span,
        f"blocked by {', '.join(engine.label for engine in blocking)}: an integrity of another origin needs crossorigin"
        + (", which Chromium does not know in SVG" if hopeless else ""),
        help="load it with a script of HTML, or serve it yourself" if hopeless else 'add crossorigin="anonymous"',
        fix=None if edit is None else Fix("add crossorigin", (edit,), Applicability.SAFE),
    )
