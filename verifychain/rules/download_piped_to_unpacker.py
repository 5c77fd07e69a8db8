from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Consumer, Download
from verifychain.rules._piped import problems


@rule("download-piped-to-unpacker", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A download is unpacked as it comes.

    The files are in place before the last byte has come, so that no digest can be checked first, and an unpacker is
    itself a program that hostile input is aimed at. Write the archive to a file, check its digest, then unpack it.

    Bad:
    ```bash
    curl -fsSL https://cdn.example/tool.tar.gz | tar xz -C /usr/local
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xzf tool.tar.gz -C /usr/local
    ```
    """
    yield from problems(download, Consumer.UNPACKER, "unpacked", "unpack")
