from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image


@rule("image-pinned-by-default", severity=Severity.NOTE)
def check(image: Image) -> Iterator[Problem]:
    """
    The digest of an image is only the default of a build argument.

    `docker build --build-arg BASE=…` replaces the default, and with it the digest, without a change to the file. That
    is often wanted; it is worth knowing, because then the file alone does not say what is built on.

    Bad:
    ```dockerfile
    ARG BASE=debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    FROM ${BASE}
    ```

    Good:
    ```dockerfile
    FROM debian:12@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if image.grade is Grade.PINNED_BY_DEFAULT:
        message = "the digest is the default of an ARG: --build-arg can replace it"
        yield Problem(image.origin.span, message, related=image.chain, source=image.origin.source)
