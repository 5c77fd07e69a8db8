from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Consumer, Download
from verifychain.rules._piped import problems


@rule("download-piped-to-shell", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A download is run as it comes.

    What an interpreter reads from the network it runs line by line: no digest can be checked before it, a broken
    connection runs half of it, and the server can tell that it is being piped and serve something else than to a
    browser. Write it to a file, check the file's digest, then run it.

    Bad:
    ```bash
    curl -fsSL https://get.example/install.sh | sh
    ```

    Bad:
    ```dockerfile
    FROM scratch
    RUN bash -c "$(curl -fsSL https://get.example/install.sh)"
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo install.sh https://get.example/install.sh
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  install.sh" | sha256sum -c -
    sh install.sh
    ```
    """
    yield from problems(download, Consumer.INTERPRETER, "run", "run")
