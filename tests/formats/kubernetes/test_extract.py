"""Manifests to images: what is underlined, what would be edited, and that no bytes are too much."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from verifychain.core.digest import parse_oci
from verifychain.core.pin import Grade
from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.facts.broken import Broken
from verifychain.facts.image import Image
from verifychain.formats import KUBERNETES
from verifychain.inputs import WorkingTree

DIGEST = "sha256:b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a"
SEED = """apiVersion: apps/v1
kind: Deployment
metadata: {name: "ä", labels: &l {app: x}}
spec:
  template:
    metadata: {labels: *l}
    spec:
      initContainers:
      - image: 'registry.example/team/init:1'
      containers:
      - {name: a, image: "nginx:1.27"}
      - <<: &c {image: redis}
      volumes:
      - image: {reference: docker.io/library/python@%s}
---
kind: List
items: [{spec: {containers: [{image: busybox}]}}]
""".replace("%s", DIGEST)


def facts(text: str | bytes) -> list[Image | Broken]:
    source = Source("app.yaml", text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    found = list(KUBERNETES.extract(source, Scope(WorkingTree())))
    for fact in found:
        assert isinstance(fact, Image | Broken)
        span = fact.name_span if isinstance(fact, Image) else fact.span
        assert 0 <= span.start <= span.end <= len(source.data)
    return [fact for fact in found if isinstance(fact, Image | Broken)]


def test_images_with_their_places() -> None:
    source = Source("app.yaml", SEED.encode())
    found = [fact for fact in facts(SEED) if isinstance(fact, Image)]
    assert sorted((image.subject, image.via, source.slice(image.name_span)) for image in found) == [
        ("docker.io/library/busybox:latest", "container", "busybox"),
        ("docker.io/library/nginx:1.27", "container", "nginx:1.27"),
        ("docker.io/library/python", "image-volume", f"docker.io/library/python@{DIGEST}"),
        ("docker.io/library/redis:latest", "container", "redis"),
        ("registry.example/team/init:1", "init-container", "registry.example/team/init:1"),
    ]
    grades = {image.subject: image.grade for image in found}
    assert grades["docker.io/library/python"] is Grade.PINNED
    assert grades["docker.io/library/nginx:1.27"] is Grade.UNPINNED


@pytest.mark.parametrize("written", ["nginx:1", "'nginx:1'", '"nginx:1"', "&a nginx:1", "!!str nginx:1"])
def test_a_digest_would_be_written_behind_the_name(written: str) -> None:
    text = f"spec:\n  containers:\n  - image: {written}  # web\n"
    (image,) = facts(text)
    assert isinstance(image, Image)
    assert image.slot is not None
    edit = image.slot.write(parse_oci(DIGEST))
    span = edit.location.span
    mended = text.encode()[: span.start] + edit.new + text.encode()[span.end :]
    assert mended.decode() == text.replace("nginx:1", f"nginx:1@{DIGEST}")


def test_names_with_escapes_have_no_slot() -> None:
    (image,) = facts('spec:\n  containers:\n  - image: "nginx\\x3a1"\n')
    assert isinstance(image, Image)
    assert (image.subject, image.slot) == ("docker.io/library/nginx:1", None)


@pytest.mark.parametrize(
    ("value", "message"),
    [("Nginx", "invalid reference format: repository name (library/Nginx) must be lowercase"), ("[a]", "a text")],
)
def test_what_is_no_image(value: str, message: str) -> None:
    (broken,) = facts(f"spec:\n  containers:\n  - image: {value}\n")
    assert isinstance(broken, Broken)
    assert message in broken.message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a: &a [*a]\n" * 1000,
        "&a " * 1000,
        "x: *nowhere\n",
        "\0",
        "a: b: c",
        "? " * 10_000,
        "'" * 100_001,
        "%YAML 9.9\n---\n",
        "\ud800",
    ],
)
def test_bombs(text: str) -> None:
    within(20, lambda: facts(text))


def test_aliases_are_not_copied() -> None:
    """Nine levels of nine aliases each would be 387 million nodes."""
    lines = ["a0: &a0 {image: x}"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10)]
    assert within(20, lambda: facts("\n".join([*lines, "containers: *a9", "volumes: [*a9]"]))) == []


def test_aliases_of_lists_and_mappings_take_linear_time() -> None:
    """A manifest of 14 KB took 40 seconds and 1.3 GB, one of 50 KB 20 seconds."""
    number = 5000
    images = "".join(f"- {{image: a{one}}}\n" for one in range(number))
    keys = "".join(f"  k{one}: a\n" for one in range(number))
    listed = f"x: &l\n{images}items:\n" + "- {containers: *l}\n" * number
    wide = f"x: &m\n{keys}items:\n" + "- {<<: *m}\n" * number
    shared = f"x: &m\n  image: a\n{keys}containers: [{'*m,' * number}]\n"
    mounted = f"x: &m\n  reference: a\n{keys}volumes:\n" + "- {image: *m}\n" * number
    found = within(20, lambda: [len(facts(text)) for text in (listed, wide, shared, mounted)])
    assert found == [number, 1, 1, 1]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{<<: {}}", []),
        ("&a {<<: *a, image: x}", ["a mapping is merged into what stands in it"]),
        ("{<<: [{}, {image: x}]}", ["docker.io/library/x:latest"]),
    ],
)
def test_merge_keys(written: str, expected: list[str]) -> None:
    found = facts(f"containers:\n- {written}\n")
    assert [fact.message if isinstance(fact, Broken) else fact.subject for fact in found] == expected


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    facts(data)


@given(st.text(alphabet=" \n-:{}[]&*!|>'\"%@`,?#aimgecontr", max_size=200))
def test_any_text(text: str) -> None:
    facts(f"spec:\n  containers:\n  - image: {text}")


def test_mutations() -> None:
    random_ = random.Random(9)
    for _ in range(400):
        data = bytearray(SEED.encode())
        for _ in range(random_.randint(1, 6)):
            at = random_.randrange(len(data))
            match random_.randrange(3):
                case 0:
                    data[at] = random_.randrange(256)
                case 1:
                    del data[at : at + random_.randrange(20)]
                case _:
                    data[at:at] = data[at : at + random_.randrange(40)]
        facts(bytes(data))
