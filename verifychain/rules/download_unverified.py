from collections.abc import Iterator

from verifychain.core.finding import Problem, Wanted
from verifychain.core.pin import Grade, lower_case
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download


@rule("download-unverified", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A file is downloaded and no digest of it is checked.

    The server, its CDN, or whoever takes over the domain can serve other bytes tomorrow, and the build will use them
    without a word. State the SHA-256 of the file and have it checked before the file is used. An empty or meaningless
    check is none.

    Bad:
    ```dockerfile
    FROM scratch
    ADD https://a.example/f /f
    ```

    Good:
    ```dockerfile
    FROM scratch
    ADD --checksum=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a https://a.example/f /f
    ```
    """
    if download.git is not None:
        return
    if download.malformed is not None:
        message = f"malformed checksum: {download.malformed.reason}"
        fix = lower_case(download.malformed, download.slot)
        hint = "" if fix else "write sha256: and 64 lower-case hexadecimal digits"
        yield Problem(download.malformed.span, message, help=hint, fix=fix)
    elif download.grade in (Grade.UNPINNED, Grade.UNCHECKED):
        names = ", ".join(download.variables)
        late = f"the checksum is empty: {names} has no value" if names else "a check stands here, but checks nothing"
        yield Problem(
            download.name_span,
            "downloaded without a check of its digest" if download.grade is Grade.UNPINNED else late,
            help="state its digest: ADD --checksum=sha256:… (print it with `verifychain digest FILE`)",
            fix=_wanted(download),
            related=download.chain,
        )


def _wanted(download: Download) -> Wanted | None:
    if download.slot is None:
        return None
    return Wanted(f"state the digest of {download.url}", download.slot, "download", download.url)
