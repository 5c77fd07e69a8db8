from collections.abc import Iterator

from verifychain.core import integrity_policy
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import PolicyHeader


@rule("sri-policy-worker", severity=Severity.NOTE)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    A page under an Integrity-Policy starts a worker, which the policy does not cover.

    No browser asks for the integrity of what `new Worker()` loads, and only WebKit looks at `importScripts()`. Serve
    such code from the origin of the page, or start it from a `blob:` URL of bytes that were fetched with `integrity`.

    Bad:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    ```html
    <!doctype html>
    <script>new Worker("/worker.js")</script>
    ```

    Good:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    ```html
    <!doctype html>
    <script>document.title = "no workers here"</script>
    ```
    """
    if not header.is_integrity or header.in_meta or not integrity_policy.read(header.value).blocks_scripts:
        return
    for load in header.loads:
        if load.starts_worker:
            yield Problem(
                load.location.span,
                "a worker is loaded without integrity, and the Integrity-Policy does not cover it",
                help="fetch its code with `integrity`, and start it from a blob: URL",
                source=load.location.source,
            )
