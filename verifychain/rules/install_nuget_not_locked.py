from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-nuget-not-locked", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    NuGet installs without a lock file.

    Without packages.lock.json and locked mode, nothing in the repository decides what a package contains.

    Bad:
    ```bash
    nuget install Newtonsoft.Json
    ```

    Good:
    ```bash
    dotnet restore --locked-mode
    ```
    """
    yield from problems(install, Manager.NUGET)
