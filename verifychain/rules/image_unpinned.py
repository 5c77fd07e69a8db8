from collections.abc import Iterator

from verifychain.core.finding import Problem, Wanted
from verifychain.core.pin import Grade
from verifychain.core.rule import rule
from verifychain.core.settings import ImageSettings
from verifychain.core.severity import Severity
from verifychain.facts.image import CLIENTS, Image


@rule("image-unpinned", severity=Severity.ERROR)
def check(image: Image, settings: ImageSettings) -> Iterator[Problem]:
    """
    An image is used without a digest.

    A tag is a name that its owner, or whoever takes over the account or the registry, can move to other content at any
    time. A digest is the hash of the content: what it names cannot change, and the builder checks it on every pull.
    The tag may stay in front of the digest for people to read; the builder then ignores it.

    Of scripts, and of RUN lines, it is what docker, podman, nerdctl, skopeo and crane pull, run or copy, where the name
    is known and is not that of an image which is built, tagged or loaded there, or can be on no registry.

    Images that are built a moment earlier by the same pipeline can be allowed by pattern:
    `[tool.verifychain.image] allow-unpinned = ["registry.internal/*"]`.

    Bad:
    ```dockerfile
    FROM python:3.12-slim
    ```

    Bad:
    ```bash
    docker run --rm -v "$PWD:/src" node:22-slim npm ci
    ```

    Good:
    ```dockerfile
    FROM python:3.12-slim@sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a
    ```
    """
    if image.grade is not Grade.UNPINNED or image.malformed or image.name is None or settings.allows(image.subject):
        return
    if image.name.tag is None:
        message = "no tag and no digest: whatever `latest` is that day is used"
    else:
        message = "no digest: the tag can be moved to other content"
    yield Problem(
        image.origin.span,
        message,
        help=_meant(image.subject, settings) or _help(image),
        fix=None if image.slot is None else Wanted(f"pin {image.subject}", image.slot, "image", image.subject),
        related=image.chain,
        source=image.origin.source,
    )


def _meant(subject: str, settings: ImageSettings) -> str:
    """What a pattern must say that covers the name only as people write it."""
    for place in ("docker.io/library/", "docker.io/") if settings.allow_unpinned else ():
        short = subject.removeprefix(place)
        if short != subject and settings.allows(short):
            return f"allow-unpinned is matched on the whole name, {subject}: write {place}… in front of the pattern"
    return ""


def _help(image: Image) -> str:
    if image.slot is None:
        return "write the name of the image out, with its digest: a variable makes a part of it"
    path = image.origin.source.path
    path = f"./{path}" if path.startswith("-") else path  # else it is read as an option
    # Not `check`, which reads only files whose names say what they are.
    # A RUN line stands in a Dockerfile or Containerfile, which the command for scripts would not read as one.
    kind = "shell" if image.via in CLIENTS and "erfile" not in path.lower() else "dockerfile"
    return f"pin it with `verifychain {kind} --fix --online --trust {_quoted(path)}`"


def _quoted(path: str) -> str:
    """Whoever copies the command must not run a name."""
    if path.isascii() and path.replace("/", "").replace(".", "").replace("-", "").isalnum():
        return path  # most are plain, and need not load what quotes them

    from shlex import quote

    return quote(path)
