"""What users do with a network, against a registry and a web server on 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.origins.local_server import Reply, Server
from tests.origins.stub_registry import REPOSITORY, Stub, descriptor, index, manifest
from verifychain.core.digest import Algorithm, Notation, of_bytes
from verifychain.origins.manifests import OCI_INDEX

AMD, ARM, OLD = manifest(b"amd"), manifest(b"arm"), manifest(b"old")
INDEX = index(
    descriptor(AMD, platform={"os": "linux", "architecture": "amd64"}),
    descriptor(ARM, platform={"os": "linux", "architecture": "arm64", "variant": "v8"}),
    descriptor(manifest(b"attestation"), platform={"os": "unknown", "architecture": "unknown"}),
)
TOOL = b"#!/bin/sh\n" * 9
GONE = of_bytes(b"gone")
PINNED = f"foo==1.0 --hash=sha256:{'a' * 64}\n"


@pytest.fixture
def registry() -> Iterator[Stub]:
    with Stub() as stub:
        stub.push(INDEX, "1", "latest", media_type=OCI_INDEX)
        stub.push(AMD)
        stub.push(ARM)
        stub.push(OLD, "old")
        yield stub


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({"/tool.sh": Reply(200, TOOL), "/down": Reply(403)}) as server:
        yield server


@pytest.fixture
def app(registry: Stub, server: Server, project: Path) -> str:
    """The image's name without a tag. The project says that the two servers may be at a private address."""
    hosts = json.dumps([registry.server.host, server.host])
    write(project, {"verifychain.toml": f"[network]\nprivate-hosts = {hosts}\n"})
    return f"{registry.server.host}/{REPOSITORY}"


def rules_of(out: str) -> list[tuple[str, int]]:
    return [(one["rule"], one["start"]["line"]) for one in json.loads(out)["findings"]]


def test_digest_of_a_url(command: Runner, server: Server) -> None:
    url = f"{server.url}/tool.sh"
    plain, integrity = of_bytes(TOOL), of_bytes(TOOL, Algorithm.SHA384).format(Notation.SRI)
    assert command("digest", url).out == (
        f"{url}  (90 bytes today)\n  oci  {plain}\n  hex  {plain.hex}\n  sri  {integrity}\n  pip  --hash={plain}\n"
    )
    assert len(server.asked) == 1, "one download for both algorithms"
    assert command("digest", "--notation", "sri", url).out == f"{integrity}\n"
    failed = command("digest", f"{server.url}/gone", url)
    assert failed.code == 4
    assert "answered with status 404" in failed.err
    assert str(plain) in failed.out
    assert command("digest", f"http://me:secret@{server.host}/").code == 2


def test_digest_of_an_image(command: Runner, registry: Stub) -> None:
    name = f"{registry.server.host}/{REPOSITORY}"
    digest = of_bytes(INDEX)
    assert command("digest", f"{name}:1").out == (
        f"{name}:1  (an index of 2 platforms)\n  pin  {name}:1@{digest}\n  oci  {digest}\n  hex  {digest.hex}\n"
    )
    assert command("digest", "--notation", "oci", name).out == f"{digest}\n"
    pinned = command("digest", f"{name}:1@{of_bytes(OLD)}").out
    assert f"pin  {name}:1@{of_bytes(OLD)}" in pinned
    arm = ("digest", "--notation", "oci", "--platform")
    assert command(*arm, "linux/arm64", f"{name}:1").out == f"{of_bytes(ARM)}\n"
    assert command(*arm, "linux/arm64/v8", f"{name}:1").out == f"{of_bytes(ARM)}\n"
    missing = command(*arm, "linux/s390x", f"{name}:1")
    assert (missing.code, missing.out) == (4, "")
    assert "it has: linux/amd64, linux/arm64/v8" in missing.err
    assert command("digest", f"{name}:2").code == 4
    assert command("digest", "--notation", "sri", f"{name}:1").code == 2
    assert command("digest", "--algorithm", "sha512", f"{name}:1").code == 2


def test_the_platform_of_an_image_without_an_index(command: Runner, registry: Stub) -> None:
    config = b'{"os": "linux", "architecture": "amd64"}'
    registry.add_blob(config)
    digest = registry.push(manifest(b"layer", config=config), "single")
    name = f"{registry.server.host}/{REPOSITORY}:single"
    only = ("digest", "--notation", "oci", "--platform")
    assert command(*only, "linux/amd64", name).out == f"{digest}\n"
    assert command(*only, "linux/arm64", name).code == 4


def test_a_registry_that_lies_gives_no_digest(command: Runner, registry: Stub) -> None:
    registry.bend = lambda asked, reply: reply._replace(body=OLD)
    for tag in (f":1@{of_bytes(INDEX)}", ":1"):
        result = command("digest", f"{registry.server.host}/{REPOSITORY}{tag}")
        assert (result.code, result.out) == (4, "")
        assert f"expected {of_bytes(INDEX)}, got {of_bytes(OLD)}" in result.err


def test_tags_and_digests_are_asked_for(command: Runner, project: Path, app: str, registry: Stub) -> None:
    lines = [
        f"FROM {app}:1@{of_bytes(INDEX)} AS right",
        f"FROM {app}:1@{of_bytes(ARM)} AS one-platform",
        f"FROM {app}:1@{of_bytes(OLD)} AS moved",
        f"FROM {app}@{of_bytes(OLD)} AS untagged",
        f"FROM {app}@{GONE} AS gone",
        f"FROM {app}:never@{of_bytes(OLD)} AS no-such-tag",
        f"FROM {app}:old@{GONE} AS both",
    ]
    write(project, {"Dockerfile": "\n".join(lines) + "\n"})
    assert command("check").code == 0, "offline, the digests stand there"
    assert registry.paths == []
    result = command("check", "--online", "--format", "json")
    assert result.code == 1
    assert rules_of(result.out) == [
        ("image-tag-mismatch", 3),
        ("image-digest-missing", 5),
        ("image-tag-mismatch", 6),
        ("image-digest-missing", 7),
        ("image-tag-mismatch", 7),
    ]
    assert "; online" in result.err
    shown = command("check", "--online", "--select", "image-tag-mismatch").out
    assert f"expected {of_bytes(OLD)}, got {of_bytes(INDEX)}" in shown


def test_what_cannot_be_asked_is_named_and_no_pass(command: Runner, project: Path, app: str, registry: Stub) -> None:
    write(project, {"Dockerfile": f"FROM {app}:1@{of_bytes(INDEX)}\nFROM localhost:1/private@{GONE}\n"})
    result = command("check", "--online")
    assert result.code == 4
    assert "not checked: Dockerfile:2: image-digest-missing: localhost:1/private: localhost is at" in result.err
    assert 'private-hosts = ["localhost"]' in result.err
    registry.bend = lambda asked, reply: Reply(401, headers=(("WWW-Authenticate", 'Basic realm="x"'),))
    result = command("check", "--online")
    assert result.code == 4
    assert f"docker login {registry.server.host}" in result.err


def test_a_patch_is_exit_1_where_something_could_not_be_asked_too(command: Runner, project: Path) -> None:
    """1 goes before 4, also for what only a note mends."""
    write(project, {"Dockerfile": f"FROM localhost:1/private@{GONE}\n", "requirements.txt": PINNED})
    given = ("check", "--online", "--select", "image,pip-no-explicit-flag", "--diff")
    shown = command(*given)
    assert (shown.code, "+--require-hashes" in shown.out, "not checked: Dockerfile:1" in shown.err) == (1, True, True)
    write(project, {"requirements.txt": f"--require-hashes\n{PINNED}"})
    assert (command(*given).code, command(*given).out) == (4, "")


def test_signing_in_is_naming_a_registry(command: Runner, project: Path, registry: Stub, tmp_path: Path) -> None:
    """No configuration of ours is needed for a private registry that docker has credentials for."""
    registry.bend = lambda asked, reply: (
        reply if "authorization" in asked.headers else Reply(401, headers=(("WWW-Authenticate", "Basic realm=x"),))
    )
    write(tmp_path, {"config.json": json.dumps({"auths": {registry.server.host: {"auth": "YTpi"}}})})
    write(project, {"Dockerfile": f"FROM {registry.server.host}/{REPOSITORY}:1@{of_bytes(INDEX)}\n"})
    assert command("check", "--online").code == 4
    assert command("check", "--online", DOCKER_CONFIG=str(tmp_path)).code == 0


def test_add_checksum_is_fetched_again(command: Runner, project: Path, app: str, server: Server) -> None:
    right, wrong = of_bytes(TOOL), of_bytes(b"")
    write(
        project,
        {
            "Dockerfile": f"FROM scratch\nADD --checksum={right} {server.url}/tool.sh /a\n"
            f"ADD --checksum={wrong} {server.url}/tool.sh /b\n"
        },
    )
    assert command("check").code == 0
    result = command("check", "--online")
    assert result.code == 1
    assert result.out.count("error[download-mismatch]") == 1
    assert f"expected {wrong}, got {right} (90 bytes)" in result.out
    assert " --> Dockerfile:3:16" in result.out
    write(project, {"Dockerfile": f"FROM scratch\nADD --checksum={right} {server.url}/down /a\n"})
    result = command("check", "--online")
    assert result.code == 4
    assert "status 403" in result.err


def test_variables_of_an_address_take_their_defaults(command: Runner, project: Path, app: str, server: Server) -> None:
    right, wrong = of_bytes(TOOL), of_bytes(b"")
    text = (
        f"ARG BASE={server.url}\nARG NAME=tool\nFROM scratch\nARG BASE\nARG NAME\nENV FILE=${{NAME}}.${{END:-sh}}\n"
        f"ADD --checksum={wrong} $BASE/$FILE /a\n"
    )
    write(project, {"Dockerfile": text})
    result = command("check", "--online", "--format", "json")
    assert (result.code, rules_of(result.out)) == (1, [("download-mismatch", 7)])
    write(project, {"Dockerfile": text.replace(str(wrong), str(right))})
    assert command("check", "--online").code == 0


@pytest.mark.parametrize(
    "lines",
    [
        "ARG VERSION\nADD {sum} {url}/$VERSION/tool.sh /a",
        "ARG VERSION=1\nFROM scratch\nADD {sum} {url}/${{VERSION}}tool.sh /a",
        "ADD {sum} {url}/${{VERSION%.*}}tool.sh /a",
        "ARG VERSION\nARG NAME=${{VERSION}}tool.sh\nENV FILE=$NAME\nADD {sum} {url}/$FILE /a",
    ],
)
def test_an_address_that_nobody_knows_is_not_checked(
    command: Runner, project: Path, app: str, server: Server, lines: str
) -> None:
    stated = f"--checksum={of_bytes(TOOL)}"
    first = "" if "FROM" in lines else "FROM scratch\n"
    write(project, {"Dockerfile": first + lines.format(sum=stated, url=server.url) + "\n"})
    assert command("check").code == 0
    result = command("check", "--online")
    assert result.code == 4
    assert "download-mismatch" in result.err
    assert "is not known: a variable without a value decides it" in result.err
    assert not server.asked


BEFORE = """\
# syntax={app}:old
ARG  BASE={app}:1
ARG VERSION=1
FROM   $BASE   AS build
RUN true
FROM --platform=linux/arm64 {app}:${{VERSION}} AS second\r
COPY --from={app} /a \\
     /b
ADD {url}/tool.sh /tool.sh
RUN --mount=type=bind,from={app}:old,target=/x true
FROM $BASE
"""
AFTER = """\
# syntax={app}:old@{old}
ARG  BASE={app}:1@{index}
ARG VERSION=1
FROM   $BASE   AS build
RUN true
FROM --platform=linux/arm64 {app}:${{VERSION}}@{index} AS second\r
COPY --from={app}@{index} /a \\
     /b
ADD --checksum={tool} {url}/tool.sh /tool.sh
RUN --mount=type=bind,from={app}:old@{old},target=/x true
FROM $BASE
"""


def test_fix_pins_what_is_there_today(command: Runner, project: Path, app: str, server: Server, registry: Stub) -> None:
    before = BEFORE.format(app=app, url=server.url).encode()
    digests = {"index": of_bytes(INDEX), "old": of_bytes(OLD), "tool": of_bytes(TOOL)}
    after = AFTER.format(app=app, url=server.url, **digests).encode()
    file = project / "Dockerfile"
    file.write_bytes(before)
    file.chmod(0o640)
    assert command("dockerfile", "--fix").code == 1
    assert file.read_bytes() == before, "without --trust nothing of the network is believed"

    shown = command("dockerfile", "--online", "--trust", "--diff")
    assert shown.code == 1
    assert file.read_bytes() == before
    registry.server.asked.clear()
    fixed = command("dockerfile", "--fix", "--online", "--trust")
    assert file.read_bytes() == after, fixed.err
    assert fixed.code == 0
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(asked.path.rpartition("/")[2] for asked in registry.server.asked) == ["1", "latest", "old"]

    again = command("dockerfile", "--fix", "--online", "--trust")
    assert (again.code, file.read_bytes()) == (0, after)
    assert "fixed" not in again.err
    file.write_bytes(before)
    subprocess.run(["patch", "-p1", "-s", "--binary"], input=shown.out.encode(), cwd=project, check=True)
    assert file.read_bytes() == after


def test_what_cannot_be_pinned_is_said_and_the_rest_is(
    command: Runner, project: Path, app: str, server: Server
) -> None:
    write(
        project,
        {
            "Dockerfile": f"FROM {app}:never\nFROM {app}:1\nADD {server.url}/gone /x\nADD {server.url}/${{X}}.sh /y\n"
            f"ADD {server.url}/tool.sh {server.url}/gone /z/\nADD --checksum= {server.url}/tool.sh /w\n"
        },
    )
    result = command("dockerfile", "--fix", "--online", "--trust")
    assert result.code == 1
    text = (project / "Dockerfile").read_text()
    assert text.splitlines() == [
        f"FROM {app}:never",
        f"FROM {app}:1@{of_bytes(INDEX)}",
        f"ADD {server.url}/gone /x",
        f"ADD {server.url}/${{X}}.sh /y",
        f"ADD {server.url}/tool.sh {server.url}/gone /z/",  # a checksum cannot be that of two files
        f"ADD --checksum={of_bytes(TOOL)} {server.url}/tool.sh /w",
    ]
    assert result.err.count("not checked") == 3  # two lines, and in the summary
    assert "has no team/app:never" in result.err
    assert "answered with status 404" in result.err


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ('private-hosts = ["https://registry.internal/"]', "private-hosts"),
        ('plain-http-hosts = ["http://old.internal"]', "plain-http-hosts"),
        ('mirrors = { "docker.io" = ["https://mirror.internal"] }', "mirrors.docker.io"),
        ('private-hosts = [" "]', "private-hosts"),
    ],
)
def test_a_url_where_a_host_belongs_is_told(command: Runner, project: Path, setting: str, key: str) -> None:
    """It would fit no host, and the user would look for the fault in the network."""
    write(project, {"verifychain.toml": f"[network]\n{setting}\n", "Dockerfile": "FROM scratch\n"})
    result = command("check", "--online")
    assert (result.code, f"network.{key}: " in result.err, "is no host" in result.err) == (2, True, True), result
    assert command("check").code == 0


def test_nothing_is_asked_without_being_told_to(command: Runner, project: Path, app: str, registry: Stub) -> None:
    write(project, {"Dockerfile": f"FROM {app}:1\nFROM {app}:1@{of_bytes(INDEX)}\n"})
    command("check", "--online", "--offline")
    command("check", "--online", VERIFYCHAIN_OFFLINE="1")
    command("dockerfile", "--fix")
    command("inventory")
    assert registry.paths == []
    command("check", "--online")
    assert registry.paths != [], "it would have been asked"


def test_the_cache_holds_what_has_a_digest_and_nothing_else(command: Runner, app: str, registry: Stub) -> None:
    for _ in range(2):
        assert command("digest", f"{app}@{of_bytes(INDEX)}", VERIFYCHAIN_CACHE_DIR="").code == 0
    assert len(registry.paths) == 1
    for _ in range(2):
        assert command("digest", f"{app}:1").code == 0
    assert len(registry.paths) == 3
