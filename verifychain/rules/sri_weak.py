from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-weak", severity=Severity.NOTE)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    An integrity uses a weaker digest than the project wants.

    Browsers take SHA-256, SHA-384 and SHA-512. `algorithms` says which are strong enough; SHA-384 is what everyone
    writes.

    Bad:
    ```html
    <script src="app.js" integrity="sha256-MaeD7tQk/YNyd6Pm9J12ROmv0Z93QwNN4VH7v3gI+RI="></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    readings = subresource.readings(settings.engine)
    strongest = {token.start: token for reading in readings for token in reading.strongest}  # not the same in each
    for token in strongest.values():
        if token.algorithm is not None and token.algorithm.label not in settings.algorithms:
            wanted = " or ".join(settings.algorithms)
            yield Problem(subresource.place(token), f"{token.algorithm.label} where {wanted} is wanted")
