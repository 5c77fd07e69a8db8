from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import lower_case
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image


@rule("image-malformed-digest", severity=Severity.ERROR)
def check(image: Image) -> Iterator[Problem]:
    """
    What stands where the digest of an image belongs is not a digest.

    A digest is `sha256:` and 64 lower-case hexadecimal digits (or `sha384:`, `sha512:` with theirs). Anything shorter,
    longer or in capitals is refused by builders, or worse, by some of them only.

    Bad:
    ```dockerfile
    FROM debian:12@sha256:b877a1a3
    ```

    Good:
    ```dockerfile
    FROM debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    malformed = image.malformed
    if malformed is not None:
        fix = lower_case(malformed, image.slot)
        yield Problem(
            malformed.span,
            f"malformed digest: {malformed.reason}",
            help="" if fix else "write the whole digest: sha256: and 64 lower-case hexadecimal digits",
            fix=fix,
            related=image.chain,
            source=image.origin.source,
        )
