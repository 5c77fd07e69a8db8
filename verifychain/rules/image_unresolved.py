from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image


@rule("image-unresolved", severity=Severity.WARNING)
def check(image: Image) -> Iterator[Problem]:
    """
    The file does not say which image is used.

    The name, or its digest, comes from a build argument without a default. Whoever starts the build decides, so that
    nothing in the repository shows whether the image is pinned. Give the argument a default that holds a digest, or
    write the image out.

    Bad:
    ```dockerfile
    ARG BASE
    FROM ${BASE}
    ```

    Good:
    ```dockerfile
    FROM debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if image.grade is not Grade.EXTERNAL_DIGEST:
        return
    names = ", ".join(image.variables) or "a variable"
    yield Problem(
        image.name_span,
        f"the image is decided outside the file: {names} has no value here",
        help="give the ARG a default with a digest, or write the image out",
        related=image.chain,
    )
