from collections.abc import Iterator

from verifychain.core import csp
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import PolicyHeader


@rule("sri-policy-require-sri-for", severity=Severity.WARNING)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    A Content-Security-Policy uses `require-sri-for`, which browsers do not know any more.

    The directive was removed from browsers before it was ever on by default. It is ignored: scripts without integrity
    metadata run. `Integrity-Policy` is what took its place.

    Bad:
    ```headers
    /*
      Content-Security-Policy: default-src 'self'; require-sri-for script style
    ```

    Good:
    ```headers
    /*
      Content-Security-Policy: default-src 'self'
      Integrity-Policy: blocked-destinations=(script)
    ```
    """
    if not header.is_csp:
        return
    for policy in csp.read_policies(header.value):
        found = policy.directive("require-sri-for")
        if found is not None:
            yield Problem(
                header.place(found.where.start, found.end),
                "browsers ignore `require-sri-for`: nothing is required",
                help="send `Integrity-Policy: blocked-destinations=(script)` instead",
            )
