"""`cosign dockerfile`: every gap of cosign's own command (signatures.md 3.6) is one test that ours passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.images.asking import ROOT, WHO, Answer, run
from tests.images.shelf import Shelf
from tests.signatures.authorities import IDENTITY, ISSUER


def configure(here: Path, host: str, *entries: str) -> None:
    """A policy: each entry is (pattern below the shelf) = (what is demanded)."""
    signer = f'{{ issuer = "{ISSUER}", identity = "{IDENTITY}" }}'
    text = "".join(
        f'[[cosign]]\nimages = ["{host}/shelf/{entry.partition(" ")[0]}"]\ntrusted-root = "root.json"\n'
        f"{entry.partition(' ')[2] or f'require = [{signer}]'}\n"
        for entry in entries
    )
    (here / "verifychain.toml").write_text(text)


def check(capsys: Any, here: Path, text: str, *more: str) -> Answer:
    (here / "Dockerfile").write_text(text)
    return run(capsys, "dockerfile", "--format", "json", *more, "Dockerfile")


def found(answer: Answer) -> list[tuple[int, str]]:
    """Lines and rules of the findings."""
    return [(one["start"]["line"], one["rule"]) for one in answer.document["findings"]]


@pytest.fixture
def policy(here: Path, shelf: Shelf) -> Path:
    configure(here, shelf.host, "*")
    return here


def test_all_is_signed(capsys: Any, policy: Path, shelf: Shelf) -> None:
    text = f"FROM {shelf['legacy']} AS base\nFROM {shelf['bundle']}\nCOPY --from=base / /\n"
    answer = check(capsys, policy, text)
    assert (answer.code, found(answer)) == (0, [])
    assert "2 of 2 images verified" in answer.err


def test_the_bundles_of_cosign_3_are_verified(capsys: Any, policy: Path, shelf: Shelf) -> None:
    assert check(capsys, policy, f"FROM {shelf['bundle']}\n").code == 0


def test_every_image_is_reported(capsys: Any, policy: Path, shelf: Shelf) -> None:
    """cosign stops at the first that fails."""
    text = f"FROM {shelf['unsigned']} AS one\nFROM {shelf['keyed']} AS two\nFROM {shelf['legacy']}\n"
    answer = check(capsys, policy, text)
    assert answer.code == 1
    assert found(answer) == [(1, "signature-missing"), (2, "signature-identity-mismatch")]


def test_each_image_has_its_own_policy(capsys: Any, here: Path, shelf: Shelf, sigstore: Any) -> None:
    from tests.signatures.authorities import pem

    (here / "release.pub").write_bytes(pem(sigstore.keys["p256"]))
    configure(here, shelf.host, "legacy*", 'keyed* require = [{ keys = ["release.pub"] }]')
    text = f"FROM {shelf['legacy']} AS one\nFROM {shelf['keyed']} AS two\nFROM {shelf['bundle']}\n"
    answer = check(capsys, here, text)
    assert found(answer) == [(3, "signature-no-policy")]


def test_options_are_honoured(capsys: Any, here: Path, shelf: Shelf) -> None:
    """cosign takes --trusted-root and --use-signed-timestamps, and passes them to nobody."""
    (here / "verifychain.toml").write_text('[network]\nprivate-hosts = ["127.0.0.1"]\n')
    text = f"FROM {shelf['bundle']} AS a\nFROM {shelf['stamped']}\n"
    assert check(capsys, here, text, *WHO, *ROOT).code == 0
    stamped = check(capsys, here, text, *WHO, *ROOT, "--use-signed-timestamps")
    assert found(stamped) == [(1, "signature-invalid")]
    shipped = check(capsys, here, text, *WHO)
    assert found(shipped) == [(1, "signature-invalid"), (2, "signature-invalid")]


# The Dockerfile, and the lines where the unsigned image must be found. SIGNED and UNSIGNED stand for images.
GAPS = {
    "continuation": ("FROM \\\n  UNSIGNED\n", [2]),
    "comment in a continuation": ("FROM \\\n# a comment\n  UNSIGNED AS x\n", [3]),
    "heredoc": ("FROM SIGNED\nRUN <<EOF\nFROM UNSIGNED\nEOF\n", []),
    "escape directive": ("# escape=`\nFROM `\n  UNSIGNED\n", [3]),
    "default of a variable": ("FROM ${NOPE:-UNSIGNED}\n", [1]),
    "alternative of a variable": ("ARG A=1\nFROM ${A:+UNSIGNED}\n", [2]),
    "quoted argument": ('ARG BASE="UNSIGNED"\nFROM $BASE\n', [1]),
    "argument with an equals sign": ("ARG A=x=y\nARG BASE=UNSIGNED\nFROM $BASE\n", [2]),
    "numbered stage": ("FROM SIGNED\nFROM SIGNED\nCOPY --from=0 / /\n", []),
    "stage names in another case": ("FROM SIGNED AS Build\nFROM build\nCOPY --from=BUILD / /\n", []),
    "mounts": ("FROM SIGNED\nRUN --mount=type=bind,from=UNSIGNED,target=/x true\n", [2]),
    "copies": ("FROM SIGNED\nCOPY --from=UNSIGNED / /\n", [2]),
    "frontend": ("# syntax=UNSIGNED\nFROM SIGNED\n", [1]),
    "platform": ("FROM --platform=linux/amd64 UNSIGNED\n", [1]),
    # A line of more than 65,535 bytes BuildKit refuses as well; a continued one may be longer.
    "long lines": (f"FROM SIGNED\nRUN true {'x' * 50_000} \\\n{'x' * 50_000}\nCOPY --from=UNSIGNED / /\n", [4]),
    "scratch": ("FROM scratch\n", []),
}


@pytest.mark.parametrize("name", GAPS)
def test_gaps(capsys: Any, policy: Path, shelf: Shelf, name: str) -> None:
    text, lines = GAPS[name]
    answer = check(capsys, policy, text.replace("UNSIGNED", shelf["unsigned"]).replace("SIGNED", shelf["legacy"]))
    assert found(answer) == [(line, "signature-missing") for line in lines]
    assert answer.code == (1 if lines else 0)


def test_the_environment_decides_nothing(
    capsys: Any, policy: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cosign fills a variable without a value from its own environment. Ours cannot say: not checked."""
    monkeypatch.setenv("BASE", shelf["legacy"])
    for text in ("ARG BASE\nFROM $BASE\n", f"ARG BASE\nFROM {shelf.bare('legacy')}$BASE\n"):
        answer = check(capsys, policy, text)
        assert answer.code == 4
        assert "variables decide it: BASE" in answer.err
        assert "0 of 1 image verified" in answer.err


def test_the_word_verify_and_only_base_images(capsys: Any, policy: Path, shelf: Shelf) -> None:
    text = f"FROM {shelf['unsigned']} AS one\nFROM {shelf['legacy']}\nCOPY --from={shelf['unsigned']} / /\n"
    (policy / "Dockerfile").write_text(text)
    assert run(capsys, "dockerfile", "verify", "Dockerfile").code == 1
    assert run(capsys, "dockerfile", "verify", "--base-image-only", "Dockerfile").code == 0
    assert run(capsys, "dockerfile", "verify", "--base-image-only=true", "Dockerfile").code == 0
    (policy / "verify").write_text(f"FROM {shelf['legacy']}\n")
    assert run(capsys, "dockerfile", "verify").code == 0, "a file of that name is a file"


@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_every_format_has_the_line(capsys: Any, policy: Path, shelf: Shelf, format: str) -> None:
    (policy / "Dockerfile").write_text(f"FROM {shelf['legacy']} AS a\n\nFROM {shelf['unsigned']}\n")
    answer = run(capsys, "dockerfile", "--format", format)
    assert answer.code == 1
    assert "signature-missing" in answer.out
    places = {
        "text": "Dockerfile:3:6", "concise": "Dockerfile:3:6", "json": '"line": 3', "sarif": '"startLine": 3',
        "github": "line=3", "gitlab": '"line": 3', "junit": "Dockerfile:3",
    }  # fmt: skip
    assert places[format] in answer.out


def test_cosign_output_words(capsys: Any, policy: Path, shelf: Shelf) -> None:
    (policy / "Dockerfile").write_text(f"FROM {shelf['legacy']}\n")
    assert json.loads(run(capsys, "dockerfile", "-o", "json").out)["findings"] == []
    assert not (policy / "json").exists()


def test_an_ignore_in_the_file_does_not_count(capsys: Any, policy: Path, shelf: Shelf) -> None:
    ignore = "# verifychain: ignore[signature-missing] trust me\n"
    answer = check(capsys, policy, f"{ignore}FROM {shelf['unsigned']}\n")
    assert (2, "signature-missing") in found(answer)


def test_an_ignore_in_the_configuration_counts(capsys: Any, policy: Path, shelf: Shelf) -> None:
    with open(policy / "verifychain.toml", "a") as file:
        file.write('[[ignores]]\nrule = "signature-missing"\npaths = ["Dockerfile"]\nreason = "not ours"\n')
    answer = check(capsys, policy, f"FROM {shelf['unsigned']}\n")
    assert (answer.code, len(answer.document["suppressed"])) == (0, 1)


def test_a_tag_is_told_of(capsys: Any, policy: Path, shelf: Shelf) -> None:
    answer = check(capsys, policy, f"FROM {shelf.bare('legacy')}\n")
    assert answer.code == 0
    assert "1 image without a digest" in answer.err


def test_a_malformed_digest(capsys: Any, policy: Path, shelf: Shelf) -> None:
    answer = check(capsys, policy, f"FROM {shelf.bare('legacy')}@sha256:123\n")
    assert found(answer) == [(1, "image-malformed-digest")]


def test_nothing_says_who(capsys: Any, here: Path, shelf: Shelf) -> None:
    (here / "Dockerfile").write_text(f"FROM {shelf['legacy']}\n")
    answer = run(capsys, "dockerfile")
    assert answer.code == 2
    assert "nothing says who must have signed" in answer.err


def test_a_file_cannot_lead_us_to_a_private_host(capsys: Any, here: Path, shelf: Shelf) -> None:
    """With one signer for all images the files name the hosts, and nobody vouched for those."""
    answer = check(capsys, here, f"FROM {shelf['legacy']}\n", *WHO, *ROOT)
    assert answer.code == 4
    assert "private-hosts" in answer.err


def test_unreachable_is_not_unsigned(capsys: Any, here: Path) -> None:
    configure(here, "127.0.0.1:1", "*")
    answer = check(capsys, here, "FROM 127.0.0.1:1/shelf/app:1\n", "--timeout", "3s")
    assert (answer.code, found(answer)) == (4, [])


def test_offline_is_not_unsigned(capsys: Any, policy: Path, shelf: Shelf) -> None:
    answer = check(capsys, policy, f"FROM {shelf['legacy']}\n", "--offline")
    assert (answer.code, found(answer)) == (4, [])


def test_nothing_to_check(capsys: Any, policy: Path) -> None:
    assert run(capsys, "dockerfile").code == 3
    assert run(capsys, "dockerfile", "--allow-empty").code == 0


def test_a_broken_attestation_is_no_broken_signature(capsys: Any, policy: Path, shelf: Shelf, registry: Any) -> None:
    from tests.images import evidence
    from tests.images.contents import Contents

    contents = Contents()
    image = contents.image(b"broken", "1")
    contents.add_layers([(evidence.DSSE, b"{}", {})], contents.tag_of(image, "att"))
    contents.to_registry(registry, "shelf/broken")
    assert found(check(capsys, policy, f"FROM {shelf.host}/shelf/broken:1\n")) == [(1, "signature-missing")]


def test_attestations(capsys: Any, here: Path, shelf: Shelf) -> None:
    signer = f'issuer = "{ISSUER}", identity = "{IDENTITY}"'

    def demanding(where: str) -> list[tuple[int, str]]:
        wanted = f'attestations = [{{ type = "slsaprovenance1", {signer}, where = {{ {where} }} }}]'
        configure(here, shelf.host, f"* {wanted}")
        return found(check(capsys, here, f"FROM {shelf['attested']} AS a\nFROM {shelf['legacy']}\n"))

    lacking = "signature-attestation-missing"
    assert demanding("level = 3") == [(2, lacking)]
    assert demanding("level = { min = 2, max = 3 }") == [(2, lacking)]
    assert demanding("level = 4") == [(1, lacking), (2, lacking)]


def test_a_tag_and_a_digest_of_one_image_are_asked_once(capsys: Any, policy: Path, shelf: Shelf) -> None:
    lines = "".join(f"FROM {shelf['unsigned']} AS s{number}\n" for number in range(20))
    answer = check(capsys, policy, lines)
    assert len(found(answer)) == 20
    assert "0 of 1 image verified" in answer.err
