"""Images of the private Sigstore: every form of signature in every kind of storage, good and spoilt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.images import evidence
from tests.images.asking import ROOT, WHO, Answer, reasons, run
from tests.images.contents import Contents
from tests.images.docker_registry import DockerRegistry
from tests.origins.stub_registry import REPOSITORY, Stub
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core.digest import Digest, of_bytes

FORMS = pytest.mark.parametrize("form", ["legacy", "bundle"])


class Place:
    """Somewhere to put contents, and to ask about them."""

    def __init__(self, kind: str, request: pytest.FixtureRequest, folder: Path, stack: ExitStack) -> None:
        self.kind = kind
        self._request = request
        self._folder = folder / "layout"
        self._stack = stack

    def store(self, contents: Contents) -> tuple[str, ...]:
        """The arguments that name the image tagged ``1``."""
        if self.kind == "layout":
            contents.to_layout(self._folder)
            return ("--local-image", f"{self._folder}:1")
        if self.kind == "stub of the referrers API":
            stub = self._stack.enter_context(Stub())
            contents.to_stub(stub)
            return (f"{stub.server.host}/{REPOSITORY}:1",)
        kind = "registry_with_api" if self.kind == "referrers API" else "registry"
        registry: DockerRegistry = self._request.getfixturevalue(kind)
        name = f"keyless/{of_bytes(str(self._folder).encode()).hex[:12]}"
        contents.to_registry(registry, name)
        return (f"{registry.host}/{name}:1",)


@pytest.fixture(params=["fallback tag", "referrers API", "stub of the referrers API", "layout"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(request.param, request, tmp_path, stack)


@pytest.fixture
def contents() -> Contents:
    return Contents()


@pytest.fixture
def image(contents: Contents) -> Digest:
    return contents.image(b"an image", "1")


def verify(capsys: pytest.CaptureFixture[str], where: tuple[str, ...], *more: str) -> Answer:
    return run(capsys, "verify", *where, *WHO, *ROOT, "-o", "json", *more)


@FORMS
def test_signed(capsys: Any, place: Place, contents: Contents, image: Digest, sigstore: Sigstore, form: str) -> None:
    evidence.sign(contents, sigstore, image, form)
    answer = verify(capsys, place.store(contents))
    assert answer.code == 0
    (result,) = answer.document["results"]
    assert result["artifact"].endswith(f"@{image}")
    assert result["evidence"][0]["times"] == ["2026-03-01T12:00:30Z"]
    assert result["evidence"][0]["log"][0]["proof"] == ("promise" if form == "legacy" else "inclusion")


@FORMS
def test_attested(capsys: Any, place: Place, contents: Contents, image: Digest, sigstore: Sigstore, form: str) -> None:
    evidence.attest(contents, sigstore, image, form)
    where = place.store(contents)

    def attested(*more: str) -> int:
        return run(capsys, "verify-attestation", *where, *WHO, *ROOT, *more).code

    assert attested("--type", "slsaprovenance1") == 0
    assert attested("--type", "slsaprovenance1", "--where", "level=3") == 0
    assert attested("--type", "slsaprovenance1", "--where", "level=4") == 1
    assert attested("--type", "spdxjson") == 1
    # cosign takes any attestation of the right signer for a signature.
    answer = run(capsys, "verify", *where, *WHO, *ROOT)
    assert answer.code == 1
    assert "an attestation is no signature" in answer.out


@FORMS
def test_someone_else(
    capsys: Any, place: Place, contents: Contents, image: Digest, sigstore: Sigstore, form: str
) -> None:
    evidence.sign(contents, sigstore, image, form)
    where = place.store(contents)
    other = ("--certificate-identity", "mallory@example.com", *WHO[2:], *ROOT, "-o", "json")
    answer = run(capsys, "verify", *where, *other)
    assert (answer.code, reasons(answer)) == (1, {"identity-mismatch"})


@FORMS
def test_another_image(capsys: Any, place: Place, contents: Contents, sigstore: Sigstore, form: str) -> None:
    """A valid signature of one image, stored beside another one."""
    contents.image(b"the other image", "1")
    stranger, image = Contents(), contents.tags["1"]
    signed = stranger.image(b"an image")
    if form == "legacy":
        layer = evidence.simple(sigstore, evidence.payload(signed))
        contents.add_layers([layer], contents.tag_of(image, "sig"))
        expected = "digest-mismatch"
    else:
        contents.attach(image, [evidence.bundle(sigstore, evidence.statement(signed, evidence.SIGN))])
        expected = "subject-mismatch"
    answer = verify(capsys, place.store(contents))
    assert (answer.code, reasons(answer)) == (1, {expected})


def test_unsigned(capsys: Any, place: Place, contents: Contents, image: Digest) -> None:
    answer = verify(capsys, place.store(contents))
    assert answer.code == 1
    assert answer.document["results"][0]["error"] == "no signature is attached"


def test_no_format_hides_another(
    capsys: Any, place: Place, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """A bundle that does not hold beside a legacy signature that does, and an attestation beside both."""
    contents.attach(image, [("application/vnd.dev.sigstore.bundle.v0.3+json", b"{}", {})])
    evidence.attest(contents, sigstore, image, "bundle")
    evidence.sign(contents, sigstore, image, "legacy")
    answer = verify(capsys, place.store(contents))
    assert answer.code == 0
    assert reasons(answer) == {"unknown-media-type"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda layer: (layer[0], layer[1] + b" ", layer[2]), "log-entry-mismatch"),
        (lambda layer: (layer[0], layer[1], without(layer[2], "bundle")), "no-log-entry"),
        (lambda layer: (layer[0], layer[1], without(layer[2], "certificate")), "no-certificate"),
        (lambda layer: (layer[0], layer[1], without(layer[2], "signature")), "malformed-bundle"),
        (lambda layer: (layer[0], layer[1], promised(layer[2], "integratedTime", 1)), "inclusion-promise-invalid"),
        (lambda layer: (layer[0], layer[1], promised(layer[2], "logIndex", 1)), "inclusion-promise-invalid"),
        (lambda layer: (layer[0], layer[1], promised(layer[2], "logID", "00" * 32)), "unknown-log"),
    ],
)
def test_spoilt_layers(
    capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path, spoil: Any, reason: str
) -> None:
    layer = spoil(evidence.simple(sigstore, evidence.payload(image)))
    contents.add_layers([layer], contents.tag_of(image, "sig"))
    contents.to_layout(here / "layout")
    answer = verify(capsys, ("--local-image", "layout:1"))
    assert (answer.code, reasons(answer)) == (1, {reason})


def without(annotations: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if not key.endswith(f"/{name}")}


def promised(annotations: dict[str, str], name: str, value: Any) -> dict[str, str]:
    document = json.loads(annotations["dev.sigstore.cosign/bundle"])
    document["Payload"][name] = value
    return {**annotations, "dev.sigstore.cosign/bundle": json.dumps(document)}


def test_a_foreign_entry_of_the_log_proves_nothing(
    capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path
) -> None:
    """CVE-2026-22703: an entry that is valid, and of another signature."""
    media_type, data, mine = evidence.simple(sigstore, evidence.payload(image))
    _, _, foreign = evidence.simple(sigstore, b"something else")
    name = "dev.sigstore.cosign/bundle"
    contents.add_layers([(media_type, data, {**mine, name: foreign[name]})], contents.tag_of(image, "sig"))
    contents.to_layout(here / "layout")
    answer = verify(capsys, ("--local-image", "layout:1"))
    assert (answer.code, reasons(answer)) == (1, {"log-entry-mismatch"})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (lambda image: evidence.payload(image, kind="atomic container signature"), "payload-type"),
        (lambda image: b"[]", "statement-malformed"),
        (lambda image: b'{"critical": {"type": 1}}', "payload-type"),
        (lambda image: evidence.payload(image).replace(b"sha256:", b"sha255:"), "statement-malformed"),
        (lambda image: evidence.payload(image)[:-1] + b', "Critical": {}}', "statement-malformed"),
        (lambda image: b"[" * 100_000, "statement-malformed"),
    ],
)
def test_payloads_that_are_none(
    capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path, document: Any, reason: str
) -> None:
    """Signed well, but not what a signature of an image says."""
    contents.add_layers([evidence.simple(sigstore, document(image))], contents.tag_of(image, "sig"))
    contents.to_layout(here / "layout")
    answer = verify(capsys, ("--local-image", "layout:1"))
    assert (answer.code, reasons(answer)) == (1, {reason})


def test_payloads_with_capitals(capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path) -> None:
    """As cosign wrote them in 2021."""
    data = evidence.payload(image)
    for small, capital in ((b'"critical"', b'"Critical"'), (b'"image"', b'"Image"'), (b'"type"', b'"Type"')):
        data = data.replace(small, capital)
    data = data.replace(b'"docker-manifest-digest"', b'"Docker-manifest-digest"')
    contents.add_layers([evidence.simple(sigstore, data)], contents.tag_of(image, "sig"))
    contents.to_layout(here / "layout")
    assert verify(capsys, ("--local-image", "layout:1")).code == 0


@FORMS
def test_annotations(capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path, form: str) -> None:
    stated = {"env": "prod", "team": "a"}
    if form == "legacy":
        layer = evidence.simple(sigstore, evidence.payload(image, optional=stated))
        contents.add_layers([layer], contents.tag_of(image, "sig"))
    else:
        data = evidence.statement(image, evidence.SIGN, annotations=stated)
        contents.attach(image, [evidence.bundle(sigstore, data)])
    contents.to_layout(here / "layout")

    def with_(*words: str) -> Answer:
        return verify(capsys, ("--local-image", "layout:1"), *words)

    assert with_("-a", "env=prod").code == with_("-a", "env=prod,team=a").code == 0
    for wrong in (("-a", "env=dev"), ("-a", "env=prod", "-a", "region=eu")):
        assert reasons(with_(*wrong)) == {"annotation-mismatch"}


def test_every_recipe_of_a_layer(
    capsys: Any, contents: Contents, image: Digest, sigstore: Sigstore, here: Path
) -> None:
    """Several signatures of one image, each by itself and all in one manifest."""
    recipes = [
        Recipe(container="legacy"),
        Recipe(container="legacy", entry="rekord 0.0.1"),
        Recipe(container="legacy", signer="p256"),
    ]
    layers = [evidence.simple(sigstore, evidence.payload(image), recipe) for recipe in recipes]
    contents.add_layers(layers, contents.tag_of(image, "sig"))
    contents.to_layout(here / "layout")
    answer = verify(capsys, ("--local-image", "layout:1"))
    assert answer.code == 0
    assert [one["status"] for one in answer.document["results"][0]["evidence"]] == ["verified", "verified", "rejected"]


@FORMS
def test_indexes(capsys: Any, place: Place, contents: Contents, sigstore: Sigstore, form: str) -> None:
    whole, parts = contents.multi(b"multi", "1")
    evidence.sign(contents, sigstore, whole, form)
    evidence.sign(contents, sigstore, parts[0], form)
    where = place.store(contents)
    assert verify(capsys, where).code == 0
    assert verify(capsys, where, "--recursive", "any").code == 0
    assert verify(capsys, where, "--recursive", "all").code == 1
    amd64 = verify(capsys, where, "--platform", "linux/amd64")
    assert (amd64.code, str(parts[0]) in amd64.out) == (0, True)
    assert verify(capsys, where, "--platform", "linux/arm64").code == 1
    assert verify(capsys, where, "--platform", "linux/s390x").code == 4


@FORMS
def test_every_part_of_an_index_is_signed(
    capsys: Any, contents: Contents, sigstore: Sigstore, here: Path, form: str
) -> None:
    _, parts = contents.multi(b"multi", "1")
    for part in parts:
        evidence.sign(contents, sigstore, part, form)
    contents.to_layout(here / "layout")
    where = ("--local-image", "layout:1")
    assert [verify(capsys, where, "--recursive", how).code for how in ("none", "any", "all")] == [1, 0, 1]
