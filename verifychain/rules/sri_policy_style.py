from collections.abc import Iterator

from verifychain.core import integrity_policy
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import PolicyHeader


@rule("sri-policy-style", severity=Severity.NOTE)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    An Integrity-Policy names `style`, which no browser acts on.

    The specification has it, and browsers read it, but stylesheets without integrity metadata load all the same in
    Chromium, Firefox and WebKit. It does no harm, and must not be taken for a protection.

    Bad:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script style)
    ```

    Good:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    """
    if not header.is_integrity or header.in_meta:
        return
    for word in integrity_policy.read(header.value).destinations:
        if word.text == "style":
            yield Problem(
                header.place(word.start, word.end),
                "`style` has no effect in any browser: stylesheets load without integrity metadata",
                help="give stylesheets `integrity`; `--require all` reports those without",
            )
