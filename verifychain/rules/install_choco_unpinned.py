from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-choco-unpinned", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    Chocolatey installs what its repository serves.

    A package is a script that downloads; nothing in the repository decides what it is.

    Off unless selected: `--select install`.

    Bad:
    ```bash
    choco install git
    ```

    Good:
    ```bash
    dotnet restore --locked-mode
    ```
    """
    yield from problems(install, Manager.CHOCO)
