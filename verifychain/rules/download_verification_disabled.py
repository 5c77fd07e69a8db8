from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.bypass import Bypass


@rule("download-verification-disabled", severity=Severity.ERROR)
def check(bypass: Bypass) -> Iterator[Problem]:
    """
    A switch turns a verification off.

    Certificates, signatures of packages, databases of checksums: each has a switch for the day on which it is in the
    way, and that day's switch stays. Give the program what it needs to verify (an authority, a key, a private module's
    name) instead.

    Bad:
    ```bash
    set -e
    curl -fsSLk -o tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    ```

    Bad:
    ```dockerfile
    FROM scratch
    ENV GOSUMDB=off
    ```

    Good:
    ```bash
    set -e
    curl -fsSL --cacert ca.pem -o tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    ```
    """
    yield Problem(bypass.span, f"`{bypass.switch}`: {bypass.effect}", help=bypass.hint or "remove it")
