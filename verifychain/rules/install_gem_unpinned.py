from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-gem-unpinned", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    Gem installs without a lock file.

    `gem install` has nothing to compare a gem with. Bundler has, when the Gemfile.lock holds checksums.

    Bad:
    ```bash
    gem install rake
    ```

    Good:
    ```bash
    bundle install
    ```
    """
    yield from problems(install, Manager.GEM)
