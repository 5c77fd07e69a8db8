from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import PolicyHeader


@rule("sri-policy-meta", severity=Severity.WARNING)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    A page states an Integrity-Policy in a `<meta>`, where no browser looks for it.

    Unlike a Content-Security-Policy, it counts only as a header of the answer. `verifychain sri policy` writes it for
    nginx, Apache, Netlify and Django.

    Bad:
    ```html
    <!doctype html>
    <meta http-equiv="Integrity-Policy" content="blocked-destinations=(script)">
    ```

    Good:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    """
    if header.in_meta and header.is_integrity:
        yield Problem(
            header.span,
            "no browser reads an Integrity-Policy from a page: it protects nothing",
            help="send it as a header; `verifychain sri policy` writes it",
        )
