from collections.abc import Iterator

from verifychain.core import integrity_policy
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.policy import PolicyHeader


@rule("sri-policy-syntax", severity=Severity.ERROR)
def check(header: PolicyHeader) -> Iterator[Problem]:
    """
    An Integrity-Policy header has a slip that browsers do not forgive.

    The header is a dictionary of structured fields (RFC 8941). One slip anywhere, such as quotes around a word, a comma
    inside a list or a capital letter in a key, and browsers drop the whole policy without a word: every script runs
    again without integrity metadata. Words that are merely unknown are reported as warnings where the rest still
    protects.

    Bad:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=("script")
    ```

    Good:
    ```headers
    /*
      Integrity-Policy: blocked-destinations=(script)
    ```
    """
    if not header.is_integrity or header.in_meta:
        return
    policy = integrity_policy.read(header.value)
    for slip in policy.slips:
        effect = ": browsers drop the whole policy" if slip.fatal else ""
        yield Problem(
            header.place(slip.start, slip.end),
            f"{slip.message}{effect}",
            help="a policy that works: `Integrity-Policy: blocked-destinations=(script)`",
            severity=None if slip.fatal and not header.report_only else Severity.WARNING,
        )
