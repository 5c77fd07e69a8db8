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

    A package is a script that downloads; nothing in the repository decides what it is. Fetch what it would install
    yourself, and check its digest.

    Bad:
    ```bash
    choco install git
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo tool.zip https://cdn.example/tool.zip
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.zip" | sha256sum -c -
    unzip tool.zip
    ```
    """
    yield from problems(install, Manager.CHOCO)
