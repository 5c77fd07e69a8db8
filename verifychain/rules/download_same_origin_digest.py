from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download, Role


@rule("download-same-origin-digest", severity=Severity.WARNING)
def check(download: Download) -> Iterator[Problem]:
    """
    The digest that a download is checked against is downloaded too, and nobody signed it.

    This finds broken downloads. Whoever can change the file on the server can change the digest beside it, so it is no
    pin: write the digest into the repository, or verify a signature of the list of digests.

    Bad:
    ```bash
    set -e
    curl -fsSLO https://cdn.example/tool.tar.gz
    curl -fsSLO https://cdn.example/tool.tar.gz.sha256
    sha256sum -c tool.tar.gz.sha256
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
    if download.grade is Grade.SAME_ORIGIN and download.role is Role.ARTIFACT:
        yield Problem(
            download.name_span,
            "checked only against a digest that is downloaded as well",
            help="write the digest into the repository (print it with `verifychain digest FILE`)",
            related=() if download.check is None else (download.check,),
        )
