from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.install import Install, Manager
from verifychain.rules._install import problems


@rule("install-pip-without-hashes", severity=Severity.WARNING, on_by_default=False)
def check(install: Install) -> Iterator[Problem]:
    """
    Pip installs without `--require-hashes`.

    A version can be served with other bytes, and its dependencies are chosen on the day. With `--require-hashes` pip
    installs nothing whose digest does not stand in the requirements file.

    Bad:
    ```bash
    pip install flask==3.0.0
    ```

    Good:
    ```bash
    pip install --require-hashes -r requirements.txt
    ```
    """
    yield from problems(install, Manager.PIP)
