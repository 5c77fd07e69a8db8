"""Images that scripts pull, run or copy."""

from __future__ import annotations

import pytest

from tests.formats.shell.cases import H
from tests.formats.shell.reading import facts
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.source import Source
from verifychain.facts.image import Image

D = f"@sha256:{H}"


def images(text: str, path: str = "script.sh") -> list[Image]:
    return [fact for fact in facts(text, path=path) if isinstance(fact, Image)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("docker pull alpine:3.20", "alpine:3.20"),
        ("docker pull -q alpine", "alpine"),
        ("docker image pull alpine", "alpine"),
        ("docker pull -a alpine", "alpine"),
        ('docker run --rm -it -v "$PWD:/x" -w /x -e A=b --name n node:22 npm ci', "node:22"),
        ("docker run -v/a:/b -itw /x --network=host alpine", "alpine"),
        ("docker run -a stdout --gpus all -- ubuntu:24.04 sh", "ubuntu:24.04"),
        ("docker -H tcp://h.example run --rm alpine:3", "alpine:3"),
        ("docker container run -itd nginx", "nginx"),
        ("docker create --name x alpine:3 && docker cp x:/a .", "alpine:3"),
        ("sudo docker run 'alpine:3'", "alpine:3"),
        ('if docker run --entrypoint "" "alpine:3"; then :; fi', "alpine:3"),
        ("podman run --rm --replace quay.io/a/b:1 x", "quay.io/a/b:1"),
        ("nerdctl pull quay.io/a/b:1", "quay.io/a/b:1"),
        ("skopeo copy --all docker://quay.io/a/b:1 oci:out", "quay.io/a/b:1"),
        ("crane pull --platform linux/amd64 quay.io/a/b:1 f.tar", "quay.io/a/b:1"),
        ("crane export quay.io/a/b:1 - > f.tar", "quay.io/a/b:1"),
        ("docker build -t mine . && docker run alpine", "alpine"),
        ("docker build -t busybox:mine . && docker run busybox:1", "busybox:1"),
        ("docker pull mine", "mine"),  # that is asked of the registry, whatever is there
    ],
)
def test_a_tag_is_found_where_it_stands_and_can_be_pinned(text: str, name: str) -> None:
    source = Source("script.sh", text.encode())
    (image,) = images(text)
    assert image.grade.value == "unpinned"
    assert source.slice(image.name_span) == name
    assert image.slot is not None
    edit = image.slot.write(Digest(Algorithm.SHA256, bytes.fromhex(H)))
    pinned = text[: edit.location.span.start] + edit.new.decode() + text[edit.location.span.end :]
    assert pinned == text.replace(name, name + D, 1)
    assert [one.grade.value for one in images(pinned)] == ["pinned"]


@pytest.mark.parametrize(
    "text",
    [
        'docker run "$IMAGE"',
        "docker run $OPTIONS alpine",  # the options may end with an image
        "docker run registry.example/app:$VERSION",
        "docker run --help",
        "docker run --pull=never mine",
        "docker run mine sh",  # no such name is on Docker Hub
        "docker build -t me/mine . && docker run me/mine",
        "docker build --tag=me/mine:1 . && docker create me/mine:1",
        "run() { docker run me/mine; }; build() { docker build -t me/mine .; }; $1",
        "docker buildx build --load -t a/b . && docker run docker.io/a/b:latest",
        "podman build -t me/mine . && podman run me/mine",
        "docker tag abc me/mine && docker run me/mine",
        "docker commit c me/mine && docker run me/mine",
        "docker import f.tar me/mine && docker run me/mine",
        "docker load -i f.tar && docker run mine",
        "docker run localhost:5000/x",
        "docker pull localhost/x",
        "docker run sha256:0123456789ab",
        "docker compose run web sh",
        "docker exec -it alpine sh; docker rm alpine; docker push a/b; docker ps; docker",
        "skopeo copy oci:out docker://quay.io/a/b:1",
        "skopeo inspect docker://quay.io/a/b:1",
        "crane digest alpine",
        "docker run 'not an image'",
    ],
)
def test_what_is_from_here_or_not_known_is_none(text: str) -> None:
    assert images(text) == []


def test_a_name_in_a_variable_is_told_where_it_is_used() -> None:
    (image,) = images("V=3.20\ndocker run alpine:$V\n")
    assert (image.subject, image.slot) == ("docker.io/library/alpine:3.20", None)


def test_a_malformed_digest_is_one() -> None:
    (image,) = images("docker pull alpine@sha256:abc\n")
    assert image.malformed is not None
    assert image.malformed.text == "sha256:abc"


def test_run_lines_pull_too() -> None:
    text = "FROM scratch\nRUN set -e; \\\n    skopeo copy docker://quay.io/a/b:1 dir:/x\n"
    (image,) = images(text, path="Dockerfile")
    assert Source("Dockerfile", text.encode()).slice(image.name_span) == "quay.io/a/b:1"
