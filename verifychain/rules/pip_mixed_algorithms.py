from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Requirement


@rule("pip-mixed-algorithms", severity=Severity.NOTE)
def check(requirement: Requirement) -> Iterator[Problem]:
    r"""
    A requirement has hashes of several algorithms.

    One matching hash is enough, so that they add nothing to each other. Indexes publish sha256: with a sha384 or sha512
    alone pip cannot tell beforehand which file fits, takes its favourite, and fails although another file is listed.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 \
        --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a \
        --hash=sha384:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.tidy:
        return
    algorithms = sorted({hash.algorithm for hash in requirement.given if hash.digest is not None})
    if len(algorithms) > 1:
        message = f"hashes of {' and '.join(algorithms)}: any one that matches is enough"
        yield Problem(requirement.name_span, message, help="state the sha256 of each file, and nothing else")
