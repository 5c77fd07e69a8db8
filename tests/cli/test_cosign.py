"""`verifychain cosign` on files: what a user types, what is printed, and the exit codes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Runner
from tests.signatures.asking import ARTIFACT
from tests.signatures.authorities import IDENTITY, ISSUER, pem, statement
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.cli.main import main
from verifychain.core import digest
from verifychain.signatures import shipped

WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER)


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def results(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)["results"]
        return found


Cosign = Callable[..., Ran]


@pytest.fixture
def shop(project: Path, sigstore: Sigstore) -> Path:
    """A folder with a file, evidence beside it, keys and a trust root."""
    files = {
        "a.txt": ARTIFACT,
        "b.txt": b"something else",
        "root.json": json.dumps(sigstore.trusted_root()).encode(),
        "a.txt.sigstore.json": json.dumps(sigstore.bundle(ARTIFACT, Recipe())).encode(),
        "attested.json": json.dumps(sigstore.bundle(ARTIFACT, Recipe(content="dsse", entry="dsse 0.0.1"))).encode(),
        "keyed.json": json.dumps(sigstore.bundle(ARTIFACT, Recipe(entry="", signer="p256"))).encode(),
        "legacy.json": json.dumps(sigstore.bundle(ARTIFACT, Recipe(container="legacy"))).encode(),
        "right.pub": pem(sigstore.keys["p256"]),
        "wrong.pub": pem(sigstore.keys["p384"]),
        "broken.json": b"{",
    }
    for name, data in files.items():
        (project / name).write_bytes(data)
    return project


@pytest.fixture
def cosign(shop: Path, capsys: pytest.CaptureFixture[str]) -> Cosign:
    def run(*argv: str, root: bool = True) -> Ran:
        code = main(["cosign", *argv, *(("--trusted-root", "root.json") if root else ())])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


def test_a_file_with_its_bundle_beside_it(cosign: Cosign) -> None:
    ran = cosign("verify-blob", *WHO, "a.txt")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "VERIFIED a.txt",
        f"  signed by     {IDENTITY}",
        f"  identified by {ISSUER}",
        "  signed at     2026-03-01T12:00:30Z",
        "  in log        https://rekor.example (inclusion)",
        "  checked by    our own core and the sigstore library",
    ]
    assert ran.err == "1 artifact: 1 verified\n"


def test_a_digest_instead_of_the_file(cosign: Cosign) -> None:
    good, bad = str(digest.of_bytes(ARTIFACT)), str(digest.of_bytes(b"other"))
    assert cosign("verify-blob", *WHO, "--bundle", "a.txt.sigstore.json", good).code == 0
    ran = cosign("verify-blob", *WHO, "--bundle", "a.txt.sigstore.json", bad)
    assert ran.code == 1
    assert ran.out.startswith(f"REJECTED {bad}\n  digest-mismatch: it is for {good}, this is {bad}")


def test_several_files_each_with_its_own_verdict(cosign: Cosign, shop: Path) -> None:
    (shop / "b.txt.sigstore.json").write_bytes((shop / "a.txt.sigstore.json").read_bytes())
    ran = cosign("verify-blob", *WHO, "-o", "json", "a.txt", "b.txt", "missing.txt")
    assert ran.code == 2
    assert [one["status"] for one in ran.results] == ["verified", "rejected", "error"]
    assert json.loads(ran.out)["summary"] == {"verified": 1, "rejected": 1, "unsupported": 0, "error": 1}
    assert ran.results[0]["evidence"][0]["signer"]["claims"]["github-workflow-repository"] == "acme/app"
    assert ran.results[1]["evidence"][0]["reason"] == "digest-mismatch"
    assert cosign("verify-blob", *WHO, "--bundle", "keyed.json", "--bundle", "keyed.json", "a.txt").code == 2


def test_json_lines_hold_the_signatures_of_several_people(cosign: Cosign, shop: Path) -> None:
    (shop / "all.jsonl").write_bytes(
        (shop / "keyed.json").read_bytes() + b"\n\n" + (shop / "a.txt.sigstore.json").read_bytes() + b"\n"
    )
    ran = cosign("verify-blob", *WHO, "-o", "json", "--bundle", "all.jsonl", "a.txt")
    assert ran.code == 0
    assert [one["status"] for one in ran.results[0]["evidence"]] == ["rejected", "verified"]
    ran = cosign("verify-blob", *WHO, "--bundle", "all.jsonl", "b.txt")
    assert ran.code == 1
    assert "  1: digest-mismatch: " in ran.out


def test_keys(cosign: Cosign, monkeypatch: pytest.MonkeyPatch, shop: Path) -> None:
    right = ("--bundle", "keyed.json", "--insecure-ignore-tlog", "a.txt")
    ran = cosign("verify-blob", "--key", "right.pub", *right)
    assert ran.code == 0
    assert "our own core alone (the sigstore library cannot judge signatures without a log)" in ran.out
    assert "signature-invalid" in cosign("verify-blob", "--key", "wrong.pub", *right).out
    assert cosign("verify-blob", "--key", "wrong.pub", "--key", "right.pub", *right).code == 0, "one of them"
    assert "no-log-entry" in cosign("verify-blob", "--key", "right.pub", "--bundle", "keyed.json", "a.txt").out
    assert "no-certificate" in cosign("verify-blob", *WHO, *right).out
    assert "    --key FILE --insecure-ignore-tlog\n" in cosign("inspect", "keyed.json", root=False).out
    monkeypatch.setenv("RELEASE_KEY", (shop / "right.pub").read_text())
    assert cosign("verify-blob", "--key", "env://RELEASE_KEY", *right).code == 0
    for key, said in (("env://NO_SUCH_KEY", "has no NO_SUCH_KEY"), ("awskms://x", "cannot be read from awskms://")):
        ran = cosign("verify-blob", "--key", key, *right)
        assert (ran.code, said in ran.err) == (2, True), ran


def test_malformed_input_is_a_rejection(cosign: Cosign) -> None:
    for argv, reason in (
        ((*WHO, "--bundle", "broken.json"), "malformed-bundle"),
        (("--key", "broken.json", "--bundle", "keyed.json"), "malformed-key"),
    ):
        ran = cosign("verify-blob", *argv, "a.txt")
        assert (ran.code, reason in ran.out) == (1, True), ran.out
    ran = cosign("verify-blob", *WHO, "--trusted-root", "broken.json", "a.txt", root=False)
    assert (ran.code, "malformed-trust-root" in ran.out) == (1, True)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("a.txt",), "who must have signed is not said"),
        (("--certificate-identity", IDENTITY, "a.txt"), "--certificate-oidc-issuer is needed as well"),
        (("--certificate-oidc-issuer", ISSUER, "a.txt"), "--certificate-identity is needed as well"),
        ((*WHO, "--key", "right.pub", "a.txt"), "a key and an identity are both expected"),
        ((*WHO, "--certificate-identity-regexp", ".*", "a.txt"), "--certificate-identity is given twice"),
        (("--certificate-identity", "", "--certificate-oidc-issuer", ISSUER, "a.txt"), "identity is empty"),
        (("--certificate-identity-regexp", "(", "--certificate-oidc-issuer", ISSUER, "a.txt"), "is no expression"),
        ((*WHO, "--staging", "a.txt"), "--trusted-root and --staging are two roots"),
        ((*WHO, "--bundle", "missing.json", "a.txt"), "cannot read missing.json"),
        ((*WHO, "b.txt"), "no bundle is named, and none lies beside it"),
        ((*WHO, "--bundle", "a.txt.sigstore.json", "sha256:abc"), "sha256 has 64 hexadecimal digits, here are 3"),
        ((*WHO, "--bundle", "a.txt.sigstore.json", "."), ". is not a regular file"),
        (("--key", "missing.pub", "a.txt"), "cannot read missing.pub"),
        (WHO, "Missing argument"),
    ],
)
def test_usage_is_exit_2(cosign: Cosign, argv: tuple[str, ...], said: str) -> None:
    ran = cosign("verify-blob", *argv)
    assert (ran.code, said in ran.out + ran.err) == (2, True), ran
    assert "Traceback" not in ran.err


def test_expressions_must_fit_all_of_it_and_we_say_so(cosign: Cosign) -> None:
    part = (
        "--certificate-identity-regexp",
        "github.com/acme/app",
        "--certificate-oidc-issuer-regexp",
        r"https://issuer\..*",
    )
    ran = cosign("verify-blob", *part, "a.txt")
    assert ran.code == 1
    assert "identity-mismatch" in ran.out
    assert "must fit the whole identity" in ran.err
    assert "a dot in" in ran.err
    whole = (*part[:1], r"^https://github\.com/acme/app/.+$", *part[2:])
    ran = cosign("verify-blob", *whole, "a.txt")
    assert (ran.code, "warning" in ran.err) == (0, False)


def test_the_workflow_is_compared(cosign: Cosign) -> None:
    for value, code in (("refs/tags/v1.2.3", 0), ("refs/heads/main", 1)):
        ran = cosign("verify-blob", *WHO, "--certificate-github-workflow-ref", value, "a.txt")
        assert (ran.code, "workflow-mismatch" in ran.out) == (code, code == 1)


def test_engines(cosign: Cosign) -> None:
    for engine, names in (("native", ["native"]), ("sigstore", ["sigstore"]), ("both", ["native", "sigstore"])):
        ran = cosign("verify-blob", *WHO, "--engine", engine, "-o", "json", "a.txt")
        assert (ran.code, ran.results[0]["evidence"][0]["engines"]) == (0, names)
    ran = cosign("verify-blob", *WHO, "--engine", "sigstore", "-o", "json", "--bundle", "legacy.json", "a.txt")
    assert (ran.code, ran.results[0]["status"]) == (1, "unsupported")
    ran = cosign("verify-blob", *WHO, "--engine", "sigstore", "-o", "json", "--bundle", "a.txt.sigstore.json", "b.txt")
    assert (ran.code, ran.results[0]["evidence"][0]["reason"]) == (1, "library-rejected")
    ran = cosign("verify-blob", *WHO, "--engine", "sigstore", "-o", "json", "--use-signed-timestamps", "a.txt")
    assert (ran.code, ran.results[0]["status"]) == (1, "unsupported"), "a demand is never passed over"


def test_engines_that_disagree_are_a_rejection(cosign: Cosign, monkeypatch: pytest.MonkeyPatch) -> None:
    from sigstore.verify import Verifier

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(Verifier, "verify_artifact", refuse)
    ran = cosign("verify-blob", *WHO, "a.txt")
    assert ran.code == 1
    assert "engines-disagree: our own core accepts, the sigstore library does not: RuntimeError: no" in ran.out


def test_more_can_be_demanded(cosign: Cosign) -> None:
    assert "no-verified-time" in cosign("verify-blob", *WHO, "--use-signed-timestamps", "a.txt").out
    legacy = ("--bundle", "legacy.json", "a.txt")
    assert cosign("verify-blob", *WHO, *legacy).code == 0
    assert "no-inclusion-proof" in cosign("verify-blob", *WHO, "--require-inclusion-proof", *legacy).out


def test_attestations(cosign: Cosign) -> None:
    attested = ("--bundle", "attested.json", "--type", "slsaprovenance1")
    ran = cosign("verify-blob-attestation", *WHO, *attested, "-o", "json", "a.txt")
    assert ran.code == 0
    assert ran.results[0]["evidence"][0]["statement"]["predicate"] == {"level": 3}
    for more, reason in (
        ((*attested, "b.txt"), "subject-mismatch"),
        (("--bundle", "attested.json", "a.txt"), "predicate-type"),
        ((*attested, "--where", "level = { min = 4 }", "a.txt"), "predicate-mismatch"),
        ((*attested, "--where", "level=three", "a.txt"), "predicate-mismatch"),
        ((*attested, "--source-uri", "github.com/acme/app", "a.txt"), "provenance-source"),
        (("--bundle", "a.txt.sigstore.json", "a.txt"), "not-an-attestation"),
    ):
        ran = cosign("verify-blob-attestation", *WHO, *more)
        assert (ran.code, reason in ran.out) == (1, True), (more, ran.out)
    assert cosign("verify-blob-attestation", *WHO, *attested, "--where", "level = { min = 3 }", "a.txt").code == 0
    value = digest.of_bytes(ARTIFACT).hex
    assert cosign("verify-blob-attestation", *WHO, *attested, "--digest", value, "--digestAlg", "sha256").code == 0
    for argv, said in (
        (attested, "what the attestation must be about is not said"),
        ((*attested, "--where", "level", "a.txt"), "'level' is not PATH=VALUE"),
        (("--bundle", "attested.json", "--type", "slsa", "a.txt"), "the type 'slsa' is neither"),
    ):
        ran = cosign("verify-blob-attestation", *WHO, *argv)
        assert (ran.code, said in ran.err) == (2, True), ran


def test_signature_and_attestation_beside_one_file(cosign: Cosign, shop: Path) -> None:
    (shop / "a.txt.intoto.jsonl").write_bytes((shop / "attested.json").read_bytes())
    assert cosign("verify-blob", *WHO, "a.txt").code == 0
    assert cosign("verify-blob-attestation", *WHO, "--type", "slsaprovenance1", "a.txt").code == 0


def test_an_attestation_is_no_signature(cosign: Cosign) -> None:
    ran = cosign("verify-blob", *WHO, "--bundle", "attested.json", "a.txt")
    assert (ran.code, "use verify-blob-attestation" in ran.out) == (1, True)
    assert cosign("verify-bundle", *WHO, "--bundle", "attested.json", "a.txt").code == 0


def test_provenance_of_a_release(cosign: Cosign, shop: Path, sigstore: Sigstore) -> None:
    predicate = {
        "buildDefinition": {
            "externalParameters": {"workflow": {"ref": "refs/tags/v1.2.3", "repository": "https://github.com/acme/app"}}
        },
        "runDetails": {"builder": {"id": IDENTITY}},
    }
    recipe = Recipe(content="dsse", entry="hashedrekord 0.0.2", timestamp=True)
    (shop / "p.json").write_text(json.dumps(sigstore.bundle(ARTIFACT, recipe, statement(ARTIFACT, predicate))))
    argv = ("verify-blob-attestation", *WHO, "--type", "slsaprovenance1", "--bundle", "p.json", "a.txt")
    builder = IDENTITY.partition("@")[0]
    assert (
        cosign(*argv, "--source-uri", "github.com/acme/app", "--source-tag", "v1.2.3", "--builder-id", builder).code
        == 0
    )
    assert cosign(*argv, "--source-versioned-tag", "v1").code == 0
    assert "provenance-ref" in cosign(*argv, "--source-branch", "main").out
    assert "provenance-source" in cosign(*argv, "--source-uri", "github.com/evil/app").out


def test_inspect_says_that_nothing_is_verified(cosign: Cosign) -> None:
    ran = cosign("inspect", "a.txt.sigstore.json", "attested.json", "keyed.json", root=False)
    assert ran.code == 0
    assert ran.out.count("UNVERIFIED") == 3
    assert f"--certificate-identity {shlex.quote(IDENTITY)} --certificate-oidc-issuer {ISSUER}" in ran.out
    assert "predicateType: https://slsa.dev/provenance/v1" in ran.out
    ran = cosign("inspect", "-o", "json", "legacy.json", root=False)
    document = json.loads(ran.out)
    assert document["verified"] is False
    assert document["bundles"][0]["policy"]["configuration"] == f'{{ issuer = "{ISSUER}", identity = "{IDENTITY}" }}'
    assert document["bundles"][0]["log"][0]["proof"] == "promise"
    assert cosign("inspect", "broken.json", root=False).code == 1
    assert cosign("inspect", "missing.json", root=False).code == 2


def test_the_policy_that_inspect_proposes_works(cosign: Cosign) -> None:
    ran = cosign("inspect", "-o", "json", "a.txt.sigstore.json", root=False)
    options = shlex.split(json.loads(ran.out)["bundles"][0]["policy"]["options"])
    assert cosign("verify-blob", *options, "a.txt").code == 0


def test_trust_show_and_export(cosign: Cosign, shop: Path) -> None:
    ran = cosign("trust", "show")
    assert "trust root: root.json\n" in ran.out
    assert "https://rekor.example  2026-01-01 to now" in ran.out
    ran = cosign("trust", "show", root=False)
    assert "shipped with the sigstore package" in ran.out
    assert "to be renewed by" in ran.out
    assert cosign("trust", "export", "copy.json", root=False).code == 0
    assert (shop / "copy.json").read_bytes() == shipped.trusted_root()
    shown = json.loads(cosign("trust", "show", "--trusted-root", "copy.json", "-o", "json", root=False).out)
    assert shown["roots"][0]["digest"] == str(digest.of_bytes(shipped.trusted_root()))
    assert cosign("trust", "show", "--trusted-root", "broken.json", root=False).code == 1


@pytest.mark.parametrize(
    "argv",
    [
        ("trust", "show"),
        ("trust", "export"),
        ("verify-blob", *WHO, "a.txt"),
        ("verify", *WHO, "registry.example/app:1"),
    ],
)
def test_a_package_without_its_files_fails_the_run(
    cosign: Cosign, shop: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    """It says nothing of a signature, and is no fault of ours."""
    package = shop / "package"
    package.mkdir()
    monkeypatch.setattr(shipped, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=[str(package)]))
    ran = cosign(*argv, root=False)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: the sigstore package has no trusted_root.json of https://tuf-repo-cdn.sigstore")
    assert ran.err.count("\n") == 2
    assert "--trusted-root" in ran.err


def test_an_old_root_warns(cosign: Cosign, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    monkeypatch.setattr(shipped, "expires", lambda url: datetime(2020, 1, 1, tzinfo=UTC))
    ran = cosign("verify-blob", *WHO, "a.txt", root=False)
    assert "was to be renewed by 2020-01-01" in ran.err
    assert "renewed" not in cosign("verify-blob", *WHO, "a.txt").err


def test_refreshing_offline_is_incomplete(cosign: Cosign, shop: Path) -> None:
    assert cosign("trust", "update", "new.json", "--offline", root=False).code == 4
    assert cosign("trust", "update", "new.json", "--mirror", "http://127.0.0.1:1", root=False).code == 2
    assert not (shop / "new.json").exists()


def test_as_a_process(shop: Path, command: Runner) -> None:
    """No cache is written, no home is needed, and what was not verified is all that --quiet prints."""
    argv = ("cosign", "verify-blob", *WHO, "--trusted-root", "root.json", "--quiet", "a.txt")
    ran = command(*argv)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = command("cosign", "verify-blob", "--key", "right.pub", "--bundle", "keyed.json", "a.txt", HOME="/nonexistent")
    hint = "if this key signs without one: --insecure-ignore-tlog, or `tlog = false` in the policy"
    assert (ran.code, ran.out) == (1, f"REJECTED a.txt\n  no-log-entry: it is in no transparency log; {hint}\n")
    ran = command("cosign", "verify-blobs")
    assert (ran.code, "did you mean 'verify-blob'" in ran.err) == (2, True)


def test_cosigns_other_options_have_no_effect_or_a_reason(cosign: Cosign, shop: Path) -> None:
    ran = cosign("verify-blob", *WHO, "--max-workers", "3", "-t", "3m0s", "-d", "--sk=false", "a.txt")
    assert (ran.code, ran.err) == (0, "1 artifact: 1 verified\n")
    assert cosign("verify-blob", *WHO, "--output-file", "said.txt", "a.txt").out == ""
    assert (shop / "said.txt").read_text().startswith("VERIFIED a.txt\n")
    chain = cosign("verify-blob", *WHO, "--allow-certificate-chain", "a.txt")
    assert chain.code == 0
    assert "--allow-certificate-chain is not used: " in chain.err
    hardware = cosign("verify-blob", *WHO, "--sk", "a.txt")
    assert (hardware.code, "export the public key" in hardware.err) == (2, True)
    unread = cosign("verify-blob-attestation", *WHO, "--check-claims=false", "a.txt")
    assert (unread.code, "--check-claims" in unread.err) == (2, True)
