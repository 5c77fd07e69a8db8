from collections.abc import Iterator

from verifychain.core import integrity
from verifychain.core.finding import Problem
from verifychain.core.integrity import Engine
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-signature-token", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    An integrity names a key (`ed25519-`), which only Chromium understands.

    There the server must sign the resource, else it is blocked. Firefox and WebKit ignore the token: without a digest
    beside it they run anything, and under an `Integrity-Policy` they block the resource.

    Bad:
    ```html
    <script src="app.js" integrity="ed25519-JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    if subresource.integrity is None:
        return
    for token in integrity.read(subresource.integrity.text, Engine.CHROMIUM).kept:
        if token.signature:
            yield Problem(subresource.place(token), "a key: only Chromium checks signatures, the others ignore this")
