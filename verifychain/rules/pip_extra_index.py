from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirements_file import IndexOption


@rule("pip-extra-index", severity=Severity.ERROR)
def check(option: IndexOption) -> Iterator[Problem]:
    """
    Packages come from more than one place.

    pip looks in all of them and takes the highest version, or either file of the same version: whoever can publish
    under that name in one of them decides what is installed (dependency confusion). Hashes protect from that, so that
    it is a warning where everything has a hash and an exact version, and an error where something has not. An option in
    a nested file or a constraints file counts for everything.

    Bad:
    ```requirements
    --extra-index-url https://index.example/simple
    idna==3.10
    ```

    Good:
    ```requirements
    --index-url https://index.example/simple
    idna==3.10 --hash=sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if option.name == "--trusted-host" or (option.name == "--find-links" and not option.beside_index):
        return
    if option.repeats:
        yield Problem(option.span, "the same place is named before", help="remove it", severity=Severity.NOTE)
    elif option.name != "--index-url":
        yield Problem(
            option.span,
            "a second place to install from: pip takes the highest version of either, uv the first that has any"
            if option.open
            else "a second place to install from: only the hashes keep its files out",
            help="serve all packages from one index (--index-url), or pin everything with hashes",
            severity=None if option.open else Severity.WARNING,
        )
