from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager


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
    if install.manager is Manager.CHOCO:
        yield Problem(
            install.span, f"`{install.command}` takes what the registry serves today", help=f"use {install.lacks}"
        )
