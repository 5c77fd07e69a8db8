from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download

_HELD = frozenset({Grade.VERIFIED, Grade.SIGNED, Grade.EXTERNAL_DIGEST, Grade.PINNED_BY_DEFAULT})


@rule("download-insecure-url", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A download goes over an unprotected connection, and no digest or signature makes up for it.

    With http, ftp and git:// everyone on the way can send other bytes: the café's router is enough. A URL that names a
    commit does not help, because the name is not compared with what comes.

    Bad:
    ```bash
    set -e
    curl -fsSLO http://cdn.example/tool.tar.gz
    ```

    Good:
    ```bash
    set -e
    curl -fsSLO http://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    ```
    """
    insecure = download.url.lower().startswith(("http://", "ftp://", "git://"))
    checked = download.grade in _HELD or (download.grade is Grade.PINNED and bool(download.pins or download.git))
    if insecure and not checked:
        yield Problem(
            download.name_span,
            f"fetched over {download.url.partition(':')[0]}: everyone on the way can change it",
            help="use https, and check its digest",
        )
