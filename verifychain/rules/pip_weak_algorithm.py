from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.requirement import Hash, Requirement


@rule("pip-weak-algorithm", severity=Severity.ERROR)
def check(requirement: Requirement) -> Iterator[Problem]:
    """
    A hash is of an algorithm that does not protect.

    pip takes sha256, sha384 and sha512 in `--hash`, and refuses the file for any other. In the fragment of a URL,
    however, it also takes md5, sha1 and sha224, even with `--require-hashes`; and because any one matching hash is
    enough, a weak one undoes a strong one beside it. Files with a chosen md5 or sha1 can be made. In a pylock.toml pip
    and uv accept files that have nothing but a weak hash.

    Bad:
    ```requirements
    --require-hashes
    idna @ https://files.example/idna-3.10-py3-none-any.whl#md5=d41d8cd98f00b204e9800998ecf8427e
    ```

    Good:
    ```requirements
    --require-hashes
    idna @ https://files.example/idna-3.10-py3-none-any.whl#sha256=b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if requirement.tidy:
        return
    for hash in requirement.hashes:
        if not hash.strong and not hash.reason:
            yield Problem(hash.span, _message(hash), help="state the sha256 of the file, and remove this one")


def _message(hash: Hash) -> str:
    if hash.algorithm.lower() in ("sha256", "sha384", "sha512"):
        return f"pip takes the name of an algorithm in lower case only, not {hash.algorithm}"
    if hash.fragment:
        return f"{hash.algorithm} does not protect, and pip accepts it here: one matching hash is enough"
    return f"{hash.algorithm or 'nothing'} is none of sha256, sha384 and sha512: pip and uv refuse the whole file"
