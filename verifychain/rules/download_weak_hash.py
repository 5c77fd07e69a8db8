from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download, Role


@rule("download-weak-hash", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A download is checked with MD5, SHA-1 or a CRC.

    Two files with the same MD5 or SHA-1 can be made, and were: whoever makes the file can make a second one that passes
    the same check.

    Bad:
    ```bash
    set -e
    curl -fsSLO https://cdn.example/tool.tar.gz
    echo "5d41402abc4b2a76b9719d911017c592  tool.tar.gz" | md5sum -c -
    tar xf tool.tar.gz
    ```

    Good:
    ```bash
    set -e
    curl -fsSLO https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xf tool.tar.gz
    ```
    """
    if download.grade is Grade.WEAK and download.role is Role.ARTIFACT:
        yield Problem(
            download.name_span,
            "checked with a hash that can be forged (MD5, SHA-1 or a CRC)",
            help="check its SHA-256 (print it with `verifychain digest FILE`)",
            related=download.chain + (() if download.check is None else (download.check,)),
        )
