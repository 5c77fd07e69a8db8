from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Kind
from verifychain.facts.requirements_file import RequirementsFile
from verifychain.rules._hashes import wanted


@rule("pip-not-in-hash-mode", severity=Severity.WARNING)
def check(file: RequirementsFile) -> Iterator[Problem]:
    """
    Versions are pinned, but nothing has a hash.

    A version names a release, not its bytes: whoever controls the index, or a mirror or proxy in between, can serve
    other files under the same version, and pip installs them. With hashes it refuses.

    `--require-hashes`, or `[tool.verifychain.pip] require-hashes = true`, makes every missing hash an error.

    Bad:
    ```requirements
    idna==3.10
    certifi==2025.1.31
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if file.mode.on or file.in_constraints:
        return
    pinned = [one for one in file.requirements if one.kind is Kind.NAMED and one.version is not None]
    if pinned:
        yield Problem(
            pinned[0].name_span,
            f"no requirement has a hash ({len(pinned)} pinned by version): pip installs whatever the index serves",
            help=_help(file),
            fix=wanted(pinned[0], pinned[0].slot),
        )


def _help(file: RequirementsFile) -> str:
    if file.generated is not None:
        return f"let {file.generated.by} write the hashes: {file.generated.command}"
    return "add hashes: `uv pip compile --generate-hashes`, or --fix --online --trust for these versions"
