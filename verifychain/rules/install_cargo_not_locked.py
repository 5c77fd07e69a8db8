from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-cargo-not-locked", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    Cargo installs without `--locked`.

    Without `--locked` cargo ignores the Cargo.lock of the crate and takes the newest dependencies that fit.

    Bad:
    ```bash
    cargo install ripgrep --version 14.1.0
    ```

    Good:
    ```bash
    cargo install --locked ripgrep --version 14.1.0
    ```
    """
    yield from problems(install, Manager.CARGO)
