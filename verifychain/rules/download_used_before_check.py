from collections.abc import Iterator

from verifychain.core.finding import Problem, Related
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.download import Download, Flaw, Role


@rule("download-used-before-check", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A file is unpacked, installed or run before its check.

    The check comes too late: what it should have kept out has run.

    Bad:
    ```bash
    set -e
    curl -fsSLo tool.tar.gz https://cdn.example/tool.tar.gz
    tar xzf tool.tar.gz -C /usr/local
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xzf tool.tar.gz -C /usr/local
    ```
    """
    if download.flaw is Flaw.LATE and download.role is Role.ARTIFACT:
        place = download.use
        fetched = Related(Location(download.origin.source, download.name_span), "downloaded here")
        yield Problem(
            download.name_span if place is None else place.location.span,
            f"{download.target or download.url} is used by `{download.consumed_by}` before it is checked",
            help="move the check in front of it",
            related=(fetched,) + (() if download.check is None else (download.check,)),
        )
