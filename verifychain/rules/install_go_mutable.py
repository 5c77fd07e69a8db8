from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-go-mutable", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    A Go program is installed at a version that moves.

    `@latest` and branch names are whatever they are on the day. A version's content is held by the checksum database.

    Bad:
    ```bash
    go install tool.example/cmd/tool@latest
    ```

    Good:
    ```bash
    go install tool.example/cmd/tool@v1.2.3
    ```
    """
    yield from problems(install, Manager.GO)
