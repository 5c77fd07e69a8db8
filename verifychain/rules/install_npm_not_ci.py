from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-npm-not-ci", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    npm, yarn or pnpm installs without holding to a lock file.

    `npm install` may change the lock file, and a package that is named on the command line has no integrity value.
    `npm ci` and `--frozen-lockfile` install what the lock file says, by digest, or fail.

    Bad:
    ```bash
    npm install
    ```

    Good:
    ```bash
    npm ci
    ```
    """
    yield from problems(install, Manager.NPM)
