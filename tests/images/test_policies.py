"""Policies: the configuration, ClusterImagePolicies, options of cosign, and what in each is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.images import evidence
from tests.images.asking import ROOT, WHO, Answer, run
from tests.images.contents import Contents
from tests.images.shelf import Shelf
from tests.signatures.authorities import IDENTITY, ISSUER, pem
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core.image_name import parse_image_name

SIGNER = f'issuer = "{ISSUER}", identity = "{IDENTITY}"'


def configured(here: Path, *lines: str) -> None:
    (here / "verifychain.toml").write_text("[[cosign]]\n" + "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("signer", "verified"),
    [
        (SIGNER, True),
        (f'issuer = "{ISSUER}", identity = "https://github.com/acme/*@refs/tags/*"', True),
        (f'issuer = "{ISSUER}", identity = "https://github.com/acme/*"', False),  # `*` does not cross `@`
        (f'issuer = "{ISSUER}", identity-regexp = "https://github\\\\.com/acme/.*"', True),
        (f'issuer = "{ISSUER}", identity-regexp = "acme"', False),
        (f'issuer = "https://other.example", identity = "{IDENTITY}"', False),
        (f'issuer-regexp = ".*", identity = "{IDENTITY}"', True),
    ],
)
def test_identities(capsys: Any, here: Path, shelf: Shelf, signer: str, verified: bool) -> None:
    configured(here, 'images = ["*"]', f"require = [{{ {signer} }}]", 'trusted-root = "root.json"')
    assert run(capsys, "verify", shelf["legacy"]).code == (0 if verified else 1)
    assert run(capsys, "verify", shelf["bundle"]).code == (0 if verified else 1)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["require = []"], "cosign[0] names no images"),
        (['images = ["*"]'], "cosign[0] demands nothing"),
        (['images = ["*"]', "require = [{}]"], "cosign[0].require[0] says nothing of who must have signed"),
        (['images = ["*"]', f'require = [{{ {SIGNER}, keys = ["a.pub"] }}]'], "says two ways"),
        (['images = ["*"]', f'require = [{{ issuer = "{ISSUER}" }}]'], "has no identity"),
        (['images = ["*"]', f'require = [{{ issuer = "{ISSUER}", identity = "" }}]'], "identity is empty"),
        (['images = ["*"]', f'require = [{{ {SIGNER}, identity-regexp = "." }}]'], "given twice"),
        (['images = ["*"]', f'require = [{{ issuer = "{ISSUER}", identity-regexp = "(" }}]'], "is no expression"),
        (['images = ["*"]', 'require = [{ keys = ["nowhere.pub"] }]'], "cannot read nowhere.pub"),
        (['images = ["*"]', 'require = [{ keys = ["root.json"] }]'], "a PEM block PUBLIC KEY is needed"),
        (['images = ["*"]', f"require = [{{ {SIGNER}, quorum = 0 }}]"], "a quorum of 0"),
        (['images = ["*"]', f"attestations = [{{ {SIGNER} }}]"], "names no type"),
        (['images = ["*"]', f'attestations = [{{ type = "x", {SIGNER} }}]'], "neither a URI nor one of"),
        (
            ['images = ["*"]', f'attestations = [{{ type = "vsa", {SIGNER}, where = {{ a = {{ x = 1 }} }} }}]'],
            "a test is",
        ),
        (['images = ["*"]', f"require = [{{ {SIGNER}, nope = 1 }}]"], "there is no key"),
        (['images = ["*"]', f"require = [{{ {SIGNER} }}]", 'trusted-root = "verifychain.toml"'], "the trust root"),
    ],
)
def test_what_makes_no_sense_is_refused(capsys: Any, here: Path, shelf: Shelf, lines: list[str], message: str) -> None:
    configured(here, *lines)
    answer = run(capsys, "verify", shelf["legacy"])
    assert answer.code == 2
    assert message in answer.err


def test_an_empty_identity_is_not_that_of_the_policy(capsys: Any, here: Path, shelf: Shelf) -> None:
    """As where a script writes "$IDENTITY" and has forgotten to set it: the policy must not answer in its place."""
    configured(here, 'images = ["*"]', f"require = [{{ {SIGNER} }}]")
    answer = run(capsys, "verify", shelf["legacy"], "--certificate-identity", "", "--certificate-oidc-issuer", "")
    assert answer.code == 2
    assert "--certificate-identity is empty" in answer.err


def test_quorums_count_signers(capsys: Any, here: Path, sigstore: Sigstore) -> None:
    """Two layers by one key are one signer."""
    for key in ("p256", "rsa"):
        (here / f"{key}.pub").write_bytes(pem(sigstore.keys[key]))
    lines = ['images = ["*"]', 'require = [{ keys = ["p256.pub", "rsa.pub"], quorum = 2, tlog = false }]']
    configured(here, *lines)
    for signers, verified in ((["p256", "rsa"], True), (["p256", "p256"], False)):
        contents = Contents()
        image = contents.image(b"an image", "1")
        recipes = [Recipe(container="legacy", signer=signer, entry="") for signer in signers]
        layers = [evidence.simple(sigstore, evidence.payload(image), recipe) for recipe in recipes]
        contents.add_layers(layers, contents.tag_of(image, "sig"))
        contents.to_layout(here / "-".join(signers))
        answer = run(capsys, "verify", "--local-image", "-".join(signers))
        assert answer.code == (0 if verified else 1)
    assert "1 of the 2 signers" in answer.out
    configured(here, 'images = ["*"]', 'require = [{ keys = ["p256.pub"], quorum = 2 }]')
    assert "can never be reached" in run(capsys, "verify", "--local-image", "p256-rsa").err


def test_patterns_match_whole_names() -> None:
    from verifychain.cli.cosign.policies import glob

    def covers(pattern: str, name: str) -> bool:
        return glob([pattern])(parse_image_name(name))

    assert covers("docker.io/library/*", "python:3.12")
    assert covers("docker.io/library/python:3.*", "python:3.12")
    assert covers("ghcr.io/acme/*", "ghcr.io/acme/deep/er:1")
    assert not covers("ghcr.io/acme", "ghcr.io/acme/app:1")
    assert not covers("ghcr.io/acme/*", "ghcr.io/acme-evil/app:1")
    assert not covers("ghcr.io/acme/*", "evil.example/ghcr.io/acme/app:1")
    assert not covers("*" * 40 + "x", "a" * 200 + ":1")


CLUSTER_POLICY = f"""apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata:
  name: acme
spec:
  images:
  - glob: "HOST/shelf/**"
  authorities:
  - name: release
    keyless:
      url: https://fulcio.example
      identities:
      - issuer: {ISSUER}
        subjectRegExp: https://github\\.com/acme/app/.*
    ctlog:
      url: https://rekor.example
"""
KEY = """  - key:
      data: |
PEM
"""


def cluster(capsys: Any, here: Path, shelf: Shelf, text: str, image: str) -> Answer:
    (here / "policy.yaml").write_text(text.replace("HOST", shelf.host))
    (here / "Dockerfile").write_text(f"FROM {shelf[image]}\n")
    return run(capsys, "dockerfile", "--policy", "policy.yaml", *ROOT)


def test_cluster_image_policies(capsys: Any, here: Path, shelf: Shelf, sigstore: Sigstore) -> None:
    def verdict(text: str, image: str) -> int:
        return cluster(capsys, here, shelf, text, image).code

    assert [verdict(CLUSTER_POLICY, image) for image in ("legacy", "bundle", "unsigned", "keyed")] == [0, 0, 1, 1]
    key = KEY.replace("PEM", "".join(f"        {line}\n" for line in pem(sigstore.keys["p256"]).decode().splitlines()))
    assert [verdict(CLUSTER_POLICY + key, image) for image in ("legacy", "keyed", "unsigned")] == [0, 0, 1]
    fails = CLUSTER_POLICY.partition("  - name")[0] + "  - static: {action: fail}\n"
    assert verdict(fails, "legacy") == 1
    assert verdict(fails.replace("fail", "pass"), "unsigned") == 0
    attested = CLUSTER_POLICY + "    attestations:\n    - predicateType: https://slsa.dev/provenance/v1\n"
    assert [verdict(attested, image) for image in ("attested", "legacy")] == [0, 1]
    both = f"{CLUSTER_POLICY}---\n{attested}"
    assert [verdict(both, image) for image in ("attested", "legacy")] == [0, 1]
    elsewhere = CLUSTER_POLICY.replace("shelf/**", "other/**")
    assert "signature-no-policy" in cluster(capsys, here, shelf, elsewhere, "legacy").out


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("ClusterImagePolicy", "Pod", "policy.yaml:1:1: a ClusterImagePolicy"),
        ("v1beta1", "v9", "policy.yaml:1:1: a ClusterImagePolicy"),
        ("  images:", "  mode: warn\n  images:", "policy.yaml:6:9: only the mode enforce"),
        ("  images:", "  policy: {}\n  images:", "policy.yaml:6:11: 'policy' is not supported here"),
        ("glob:", "regex:", "'regex' is not supported here"),
        ("ctlog:\n      url:", "ctlog:\n      trustRootRef:", "policy.yaml:16:21: 'trustRootRef' is not supported"),
        ("keyless:\n      url:", "source: []\n    keyless:\n      url:", "'source' is not supported here"),
        ("subjectRegExp: ", "subjectRegExp: (", "is no expression"),
        ("issuer: ", "issuerRegExp: x\n        issuer: ", "an identity has one of issuer and issuerRegExp"),
        ("    keyless:", "    static: {action: pass}\n    keyless:", "an authority has one of"),
        ("    ctlog:", "    ctlog: {}\n    ctlog:", "'ctlog' stands twice"),
        ("      identities:", "      identities: []\n      url2:", "is not supported here"),
        ("spec:", "spec: [", "policy.yaml:"),
    ],
)
def test_what_a_cluster_policy_means_elsewhere_is_refused(
    capsys: Any, here: Path, shelf: Shelf, old: str, new: str, place: str
) -> None:
    assert old in CLUSTER_POLICY
    answer = cluster(capsys, here, shelf, CLUSTER_POLICY.replace(old, new, 1), "legacy")
    assert answer.code == 2
    assert place in answer.err


@pytest.mark.parametrize(
    "argv",
    [
        ["--check-claims=true"],
        ["--check-claims"],
        ["--new-bundle-format=false"],
        ["--experimental-oci11=true"],
        ["--insecure-ignore-sct=false"],
        ["--k8s-keychain"],
        ["--rekor-url", "https://rekor.example"],
        ["--registry-token", "x"],
        ["--max-workers", "3"],
        ["-t", "1m30s"],
        ["--timeout", "3m0s"],
        ["-d"],
        ["--offline=false"],
        ["--allow-insecure-registry"],
    ],
)
def test_what_cosign_takes(capsys: Any, shelf: Shelf, argv: list[str]) -> None:
    assert run(capsys, "verify", *WHO, *ROOT, *argv, shelf["legacy"]).code == 0


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--check-claims=false"], "is always checked"),
        (["--sk"], "hardware keys"),
        (["--certificate-chain", "x.pem"], "--trusted-root FILE"),
        (["--signature", "x"], "signatures come from the registry"),
        (["--timeout", "soon"], "is no duration"),
        (["-a", "novalue"], "is no annotation"),
        (["--registry-username", "x"], "belong together"),
        (["--registry-cacert", "nowhere.pem"], "there is no file nowhere.pem"),
        (["--key", "gcpkms://x"], "a key and an identity are both expected"),
    ],
)
def test_what_is_refused(capsys: Any, shelf: Shelf, argv: list[str], why: str) -> None:
    answer = run(capsys, "verify", *WHO, *ROOT, *argv, shelf["legacy"])
    assert answer.code == 2
    assert why in answer.err


def test_keys(capsys: Any, here: Path, shelf: Shelf, sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pem(sigstore.keys["p256"])
    (here / "cosign.pub").write_bytes(text)
    (here / "other.pub").write_bytes(pem(sigstore.keys["rsa"]))
    monkeypatch.setenv("COSIGN_PUBLIC_KEY", text.decode())
    for key, code in (("cosign.pub", 0), ("env://COSIGN_PUBLIC_KEY", 0), ("other.pub", 1)):
        assert run(capsys, "verify", "--key", key, *ROOT, shelf["keyed"]).code == code
    assert run(capsys, "verify", "--key", "cosign.pub", *ROOT, shelf["legacy"]).code == 1


def test_signatures_elsewhere(capsys: Any, registry: Any, sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    """COSIGN_REPOSITORY, and a prefix of cosign's tags."""
    images, signatures, prefixed = Contents(), Contents(), Contents()
    image = images.image(b"elsewhere", "1")
    layer = evidence.simple(sigstore, evidence.payload(image))
    signatures.add_layers([layer], signatures.tag_of(image, "sig"))
    prefixed.add_layers([layer], "rc-" + signatures.tag_of(image, "sig"))
    for contents, name in ((images, "else/app"), (signatures, "else/signatures"), (prefixed, "else/app")):
        contents.to_registry(registry, name)
    name = f"{registry.host}/else/app:1"
    assert run(capsys, "verify", *WHO, *ROOT, name).code == 1
    assert run(capsys, "verify", *WHO, *ROOT, "--attachment-tag-prefix", "rc-", name).code == 0
    monkeypatch.setenv("COSIGN_REPOSITORY", f"{registry.host}/else/signatures")
    assert run(capsys, "verify", *WHO, *ROOT, name).code == 0


def test_tree_and_inspect(capsys: Any, here: Path, shelf: Shelf) -> None:
    listed = run(capsys, "tree", "-o", "json", shelf["attested"], shelf["unsigned"])
    first, second = listed.document["images"]
    assert listed.code == 0
    assert [one["by"] for one in first["attached"]] == [".sig tag", "referrer"]
    assert second["attached"] == []
    shown = run(capsys, "tree", shelf["attested"], shelf["unsigned"])
    assert "UNVERIFIED" in shown.out
    assert "nothing is attached" in shown.out
    told = run(capsys, "inspect", shelf["attested"])
    assert told.code == 0
    assert f"--certificate-identity {IDENTITY} --certificate-oidc-issuer {ISSUER}" in told.out
    assert "predicateType: https://slsa.dev/provenance/v1" in told.out
    assert run(capsys, "inspect", f"{shelf.host}/nowhere:1").code == 4
    assert run(capsys, "inspect", "nowhere.json").code == 2


def test_a_tag_that_does_not_exist_is_not_unsigned(capsys: Any, shelf: Shelf) -> None:
    answer = run(capsys, "verify", *WHO, *ROOT, f"{shelf.host}/shelf/legacy:gone")
    assert answer.code == 4
    assert "check the name and the tag" in answer.out


def test_verdicts_of_several_images(capsys: Any, shelf: Shelf) -> None:
    """A rejection beats what could not be asked, and every image is answered."""
    gone = f"{shelf.host}/shelf/legacy:gone"
    answer = run(capsys, "verify", *WHO, *ROOT, "-o", "json", shelf["legacy"], gone, shelf["unsigned"])
    assert answer.code == 1
    assert [one["status"] for one in answer.document["results"]] == ["verified", "incomplete", "rejected"]
    assert run(capsys, "verify", *WHO, *ROOT, shelf["legacy"], gone).code == 4
