from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Pin
from verifychain.core.ports import ImageRegistry
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image


@rule("image-tag-mismatch", severity=Severity.WARNING)
def check(image: Image, registry: ImageRegistry) -> Iterator[Problem]:
    """
    The tag of a pinned image points to other content than the digest (asked with `--online`).

    The builder uses the digest and ignores the tag. People read the tag. Either the tag has moved on since the pin was
    written, and updates are missed, or it never was that image: `python:3.12@sha256:…` may name anything. The digest of
    one platform's image is in order where the tag points to an index that lists it.

    Asked of the registry itself, and never of a mirror.

    Bad:
    ```dockerfile
    FROM registry.example/app:moved@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```

    Good:
    ```dockerfile
    FROM registry.example/app:1.2@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    name = image.name
    if name is None or name.digest is None or name.tag is None or registry.lists(name, name.digest):
        return
    today = registry.resolve(name)
    if today is None:
        message = f"the tag {name.tag!r} is not there any more: it says nothing about the digest"
        help = "name the tag that the digest belongs to, or move to a tag that is there"
    else:
        message = f"the tag {name.tag!r} points to other content: expected {name.digest}, got {today}"
        help = f"if the update is meant, review it and write {name.normalised}@{today}"
    span = next((pin.span for pin in image.pins if isinstance(pin, Pin)), image.name_span)
    yield Problem(span, message, help=help, related=image.chain)
