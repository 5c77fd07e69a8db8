"""Which credentials a registry gets: files, keys and helpers as docker and podman have them."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from verifychain.core.errors import Unavailable
from verifychain.origins.docker_config import Credential, Credentials

HUB = "https://index.docker.io/v1/"
HOST = "registry.example:5000"


def packed(username: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def put(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def helper(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def of(tmp_path: Path, document: Any, host: str = HOST) -> Credential | None:
    put(tmp_path / "docker/config.json", document)
    return Credentials({"DOCKER_CONFIG": str(tmp_path / "docker")}).of(host)


@pytest.mark.parametrize(
    "key", [HOST, f"https://{HOST}", f"https://{HOST}/", f"https://{HOST}/v1/", f"https://{HOST}/v2/"]
)
def test_the_keys_of_a_host(tmp_path: Path, key: str) -> None:
    assert of(tmp_path, {"auths": {key: packed("me", "p:w")}}) == Credential("me", "p:w")


@pytest.mark.parametrize(
    "key", ["registry.example", "x.registry.example:5000", "registry.example:50000", f"http://{HOST}", HUB]
)
def test_keys_of_other_hosts(tmp_path: Path, key: str) -> None:
    """One client cut subdomains off until something fitted."""
    assert of(tmp_path, {"auths": {key: packed("me", "pw")}}) is None


def test_docker_hub_has_a_key_of_its_own(tmp_path: Path) -> None:
    assert of(tmp_path, {"auths": {HUB: packed("me", "pw")}}, "docker.io") == Credential("me", "pw")
    assert of(tmp_path, {"auths": {"docker.io": packed("me", "pw")}}, "docker.io") is None


def test_identity_tokens_and_plain_entries(tmp_path: Path) -> None:
    both = {**packed("me", "pw"), "identitytoken": "t"}
    assert of(tmp_path, {"auths": {HOST: both}}) == Credential(identity_token="t")
    assert of(tmp_path, {"auths": {HOST: {"username": "me", "password": "pw"}}}) == Credential("me", "pw")
    for entry in ({}, {"auth": ""}, None, 7, "x"):
        assert of(tmp_path, {"auths": {HOST: entry}}) is None
    for auth in ("!!!", base64.b64encode(b"no colon").decode(), base64.b64encode(b"\xff:\xff").decode()):
        with pytest.raises(Unavailable, match="base64"):
            of(tmp_path, {"auths": {HOST: {"auth": auth}}})


PLACES = {
    "REGISTRY_AUTH_FILE": "auth.json",
    "DOCKER_CONFIG": "config.json",
    "HOME": ".docker/config.json",
    "XDG_RUNTIME_DIR": "containers/auth.json",
}


def test_the_files_in_their_order(tmp_path: Path) -> None:
    environ = {}
    for name, below in PLACES.items():
        file = put(tmp_path / name / below, {"auths": {HOST: packed(name, "")}})
        environ[name] = str(file if name == "REGISTRY_AUTH_FILE" else tmp_path / name)
    for name in PLACES:
        assert Credentials(environ).of(HOST) == Credential(name, "")
        del environ[name]
    assert Credentials(environ).of(HOST) is None


def test_a_file_without_the_host_lets_the_next_one_speak(tmp_path: Path) -> None:
    put(tmp_path / "docker/config.json", {"auths": {}})
    put(tmp_path / "run/containers/auth.json", {"auths": {HOST: packed("me", "pw")}})
    environ = {"DOCKER_CONFIG": str(tmp_path / "docker"), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    assert Credentials(environ).of(HOST) == Credential("me", "pw")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '"x"'])
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unavailable, match="is not what docker or podman writes"):
        of(tmp_path, text)
    assert Credentials({"DOCKER_CONFIG": str(tmp_path / "docker")}).hosts() == set()


def test_which_hosts_the_user_named(tmp_path: Path) -> None:
    document = {"auths": {f"https://{HOST}/v2/": {}, HUB: {}}, "credHelpers": {"Other.example": "x"}, "credsStore": "y"}
    put(tmp_path / "config.json", document)
    assert Credentials({"DOCKER_CONFIG": str(tmp_path)}).hosts() == {HOST, "docker.io", "other.example"}


class TestHelpers:
    def test_the_order(self, tmp_path: Path, programs: Path) -> None:
        for name in ("own", "general"):
            script = f"""read server; echo "{{\\"Username\\": \\"{name} $1 $server\\", \\"Secret\\": \\"s\\"}}" """
            helper(programs, name, script)
        document: dict[str, Any] = {"credHelpers": {HOST: "own"}, "auths": {HOST: packed("stored", "")}}
        document["credsStore"] = "general"
        assert of(tmp_path, document) == Credential(f"own get {HOST}", "s")
        del document["credHelpers"]
        assert of(tmp_path, document) == Credential("stored", "")
        document["auths"] = {HOST: {}}
        assert of(tmp_path, document) == Credential(f"general get {HOST}", "s")
        assert of(tmp_path, document, "docker.io") == Credential(f"general get {HUB}", "s")

    def test_each_host_is_asked_for_once(self, tmp_path: Path, programs: Path) -> None:
        helper(programs, "x", f"""echo x >> {tmp_path}/calls; echo '{{"Username": "u", "Secret": "s"}}'""")
        put(tmp_path / "config.json", {"credsStore": "x"})
        credentials = Credentials({"DOCKER_CONFIG": str(tmp_path)})
        assert credentials.of(HOST) == credentials.of(HOST) == Credential("u", "s")
        assert (tmp_path / "calls").read_text() == "x\n"

    def test_identity_tokens(self, tmp_path: Path, programs: Path) -> None:
        helper(programs, "x", """echo '{"Username": "<token>", "Secret": "t"}'""")
        assert of(tmp_path, {"credsStore": "x"}) == Credential(identity_token="t")

    def test_not_found_is_no_error(self, tmp_path: Path, programs: Path) -> None:
        helper(programs, "x", "echo credentials not found in native keychain; exit 1")
        assert of(tmp_path, {"credsStore": "x"}) is None

    @pytest.mark.parametrize(
        ("script", "why"),
        [("exit 3", "exit code 3"), ("echo no json", "did not answer"), ("echo '[]'", "did not answer"),
         ("""echo '{"Username": 1, "Secret": "s"}'""", "did not answer"), ("echo '{}'", "did not answer")],
    )  # fmt: skip
    def test_errors_are(self, tmp_path: Path, programs: Path, script: str, why: str) -> None:
        helper(programs, "x", script)
        with pytest.raises(Unavailable, match=why):
            of(tmp_path, {"credsStore": "x"})

    @pytest.mark.parametrize("name", ["../evil", "a b", "x;touch y", "", 7, "ü"])
    def test_names_that_are_no_programs(self, tmp_path: Path, programs: Path, name: Any) -> None:
        document = {"credHelpers": {HOST: name}}
        with pytest.raises(Unavailable, match="no name of a credential helper"):
            of(tmp_path, document)

    def test_one_that_is_not_installed(self, tmp_path: Path, programs: Path) -> None:
        with pytest.raises(Unavailable, match="docker-credential-nowhere is not installed"):
            of(tmp_path, {"credsStore": "nowhere"})
