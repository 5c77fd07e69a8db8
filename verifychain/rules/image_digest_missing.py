from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Pin
from verifychain.core.ports import ImageRegistry
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image


@rule("image-digest-missing", severity=Severity.ERROR)
def check(image: Image, registry: ImageRegistry) -> Iterator[Problem]:
    """
    The registry does not have the image of a digest (asked with `--online`).

    The next build that finds no copy in a cache fails. Registries delete what no tag points to any more; a digest that
    never was there is a slip of the pen, or that of another repository.

    Bad:
    ```dockerfile
    FROM registry.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ```

    Good:
    ```dockerfile
    FROM registry.example/app@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    name = image.name
    if name is None or name.digest is None or (name.tag is not None and registry.lists(name, name.digest)):
        return
    if not registry.has(name):
        span = next((pin.span for pin in image.pins if isinstance(pin, Pin)), image.name_span)
        message = f"{name.registry} has no image {name.path} of this digest"
        help = f"find the digest of today with `verifychain digest {name.normalised}`"
        yield Problem(span, message, help=help, related=image.chain)
