from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import RequirementsFile


@rule("pip-no-explicit-flag", severity=Severity.NOTE)
def check(file: RequirementsFile) -> Iterator[Problem]:
    """
    Hashes are checked only because some are there.

    pip checks hashes when it sees one. When the last one is lost, by an update tool or a bad merge, it goes on without
    a word; uv never begins by itself. A `--require-hashes` line in the file makes both demand them.

    Bad:
    ```requirements
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if file.mode.on and not file.mode.explicit and not file.nested and not file.in_constraints:
        yield Problem(
            file.span,
            "pip demands hashes only as long as one is there, uv not at all",
            help="write --require-hashes at the top",
            fix=_fix(file),
        )


def _fix(file: RequirementsFile) -> Fix | None:
    if file.top is None:
        return None
    notes = () if file.generated is None else (file.generated.warning(file.top.location.source.path),)
    return Fix("add --require-hashes", (file.top,), Applicability.SAFE, notes)
