from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.download import Download, Flaw, Role


@rule("download-check-not-fatal", severity=Severity.ERROR)
def check(download: Download) -> Iterator[Problem]:
    """
    A check can fail, and what follows runs all the same.

    Without `set -e` a shell goes on behind a command that failed; `|| true`, a pipe without `pipefail`, or an `if`
    that only prints have the same effect. In a list `a && b; c` a failure of `a` skips `b` and goes on with `c`, under
    `set -e` too. A check in `if [ -n "$SHA256" ]` is not made where nobody gives a digest, and `grep "$SHA256"` or
    `[[ $sum == "$SHA256"* ]]` find an empty text in every other. Nor is one in a loop over `*.sha256` under
    `shopt -s nullglob`, or in `while [ "$CHECK" = yes ]`. Outside of functions `return` ends no program of bash.

    A file of nothing but functions is there to be sourced, by a script that has `set -e` or not: there it is a note.

    Bad:
    ```bash
    curl -fsSLo tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xzf tool.tar.gz -C /usr/local
    ```

    Good:
    ```bash
    set -e
    curl -fsSLo tool.tar.gz https://cdn.example/tool.tar.gz
    echo "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a  tool.tar.gz" | sha256sum -c -
    tar xzf tool.tar.gz -C /usr/local
    ```
    """
    if download.sourced and download.check is not None:
        file = download.target or download.url
        message = f"when this check of {file} fails, what follows runs all the same unless who sources it has set -e"
        help = "`|| return 1` behind the check holds whoever sources it"
        yield Problem(download.check.location.span, message, help=help, severity=Severity.NOTE)
    if download.flaw in (Flaw.NOT_FATAL, Flaw.SKIPPED, Flaw.NO_ROUND) and download.role is not Role.EVIDENCE:
        file = download.target or download.url
        message = f"when this check of {file} fails, what follows runs all the same"
        help = "`set -e` at the start, or `|| exit 1` behind the check"
        if download.trapped:
            help = "a trap runs all the same: check in the trap, or use the file outside of it"
        if download.flaw is Flaw.SKIPPED:
            message = f"this check of {file} is only made where a digest is given"
            help = "state a digest here, or stop where none is given"
        if download.flaw is Flaw.NO_ROUND:
            message = f"this check of {file} stands in a loop that may run nothing"
            help = "name the files that are checked, or stop where the loop had none"
        yield Problem(
            download.name_span if download.check is None else download.check.location.span,
            message,
            help=help,
            related=() if download.use is None else (download.use,),
        )
