from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import IgnoredText


@rule("pip-ignored-text", severity=Severity.ERROR)
def check(ignored: IgnoredText) -> Iterator[Problem]:
    """
    Pip passes over a part of a line without a word.

    Behind the first option of a line pip drops every word that is no option: a marker behind the hash has no effect, a
    second requirement is not installed. A line that holds a requirement heeds only `--hash` and `--config-settings`, so
    that an `--index-url` there is lost; of several `-r`, `-c`, `-e` or `-f` on one line only the first counts, and
    beside `-r` nothing does. uv refuses most of this.

    Bad:
    ```requirements
    --require-hashes
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a ; python_version >= '3.8'
    ```

    Good:
    ```requirements
    --require-hashes
    idna==3.10 ; python_version >= '3.8' --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    message, hint, title = _SAID[ignored.what]
    fix = Fix(title, ignored.edits, Applicability.SAFE) if ignored.edits else None
    yield Problem(ignored.span, message, help=hint, fix=fix)


_SAID = {
    "marker": (
        "pip ignores a marker behind an option: the requirement is installed everywhere",
        "write the marker directly behind the version, in front of the hashes",
        "move the marker in front of the hashes",
    ),
    "requirement": (
        "pip ignores a requirement behind an option: it is not installed",
        "write it on a line of its own",
        "give it a line of its own",
    ),
    "include": (
        "pip ignores a file that is named here: it reads the first of a line, and none beside a requirement",
        "write it on a line of its own",
        "give it a line of its own",
    ),
    "editable": (
        "pip ignores all but the first -e of a line",
        "write it on a line of its own",
        "give it a line of its own",
    ),
    "option": (
        "pip ignores this option where it stands",
        "write it on a line of its own, if it is wanted at all",
        "give it a line of its own",
    ),
    "hash": ("pip ignores a hash on this line: only a requirement can have one", "write it behind its requirement", ""),
    "text": ("pip ignores these words", "remove them, or write what is meant on a line of its own", ""),
}
