"""The reference grammar: what is no image name must not be asked for."""

from __future__ import annotations

import pytest

from tests.dockerfiles import HEX
from verifychain.core.image_name import ImageNameError, parse_image_name


@pytest.mark.parametrize(
    ("text", "registry", "path", "tag"),
    [
        ("debian", "docker.io", "library/debian", None),
        ("debian:12", "docker.io", "library/debian", "12"),
        ("team/app", "docker.io", "team/app", None),
        ("index.docker.io/app", "docker.io", "library/app", None),
        ("localhost/app", "localhost", "app", None),
        ("localhost:5000/a/b:1", "localhost:5000", "a/b", "1"),
        ("registry.example/a__b/c-d--e.f:T_1.0-x", "registry.example", "a__b/c-d--e.f", "T_1.0-x"),
        ("[::1]:5000/app", "[::1]:5000", "app", None),
        ("registry.example/" + "a" * 238, "registry.example", "a" * 238, None),
        ("app:" + "t" * 128, "docker.io", "library/app", "t" * 128),
    ],
)
def test_names(text: str, registry: str, path: str, tag: str | None) -> None:
    name = parse_image_name(text)
    assert (name.registry, name.path, name.tag) == (registry, path, tag)
    assert str(parse_image_name(f"{text}@sha256:{HEX}").digest) == f"sha256:{HEX}"


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "a/../b", "registry.example/../b", "a//b", "/a", "a/", "a?x", "a/b?x=y", "a#b", "a b",
        "a%2fb", "a\\b", "\u0430pp", "app\u0660", "\uff41pp", "app:", "app:1:", "app@", "app:1@",
        "app@sha256:", f"app@sha256:{HEX[:-1]}", f"app@sha256:{HEX}0", f"app@SHA256:{HEX}", f"app@md5:{HEX}",
        "app:.1", "app:-1", "app:" + "t" * 129, "App", "a/B", "a___b", "a..b", "-a", "a-",
        "registry.example:port/a", "registry.example/" + "a" * 256, "app\n", "app:1\n", "a@b@c",
        "user:pw@registry.example/a", "https://registry.example/a",
    ],
)  # fmt: skip
def test_no_names(text: str) -> None:
    with pytest.raises(ImageNameError):
        parse_image_name(text)
