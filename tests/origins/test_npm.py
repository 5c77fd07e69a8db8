"""Files of npm packages: which URLs stand for one, and archives that are verified, or not believed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.origins.local_server import Reply, Server
from tests.origins.local_web import AT_ONCE, local_web
from verifychain.core import url
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.npm import PackageFile, package_file
from verifychain.origins import npm_settings
from verifychain.origins.npm import Npm

LIB = b"lib()\n"


def holes(size: int) -> bytes:
    """An archive with a file of which it holds nothing and that says to be of some size (GNU's sparse files)."""
    member = tarfile.TarInfo("package/lib.js")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    number = b"\x80" + size.to_bytes(11)
    head[386:398], head[398:410], head[483:495] = number, b"00000000000\0", number
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(bytes(head) + bytes(1024))


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("package/link.js")
        link.type, link.linkname = tarfile.SYMTYPE, "../../../etc/hostname"
        tar.addfile(link)
    return made.getvalue()


def release(data: bytes, place: str, algorithm: str = "sha512") -> bytes:
    stated = base64.b64encode(hashlib.new(algorithm, data).digest()).decode()
    return json.dumps({"dist": {"tarball": place, "integrity": f"{algorithm}-{stated}"}}).encode()


def client(server: Server) -> Npm:
    return Npm(lambda registry: local_web(patience=AT_ONCE), server.url, pytest.fail)


def sha384(data: bytes) -> tuple[object, ...]:
    return (of_bytes(data, Algorithm.SHA384),)


@pytest.fixture
def server() -> Iterator[Server]:
    good = archive({"dist/lib.js": LIB, "lib.js": b"other", "dist/x.css": b"x"})
    routes: dict[str, Reply] = {
        "/lib/1.2.3": Reply(200, release(good, "/files/lib.tgz")),
        "/files/lib.tgz": Reply(200, good),
        "/@a%2fb/1.0.0": Reply(200, release(good, "files/lib.tgz")),
        "/@a%2ffiles/lib.tgz": Reply(200, good),
        "/changed/1.2.3": Reply(200, release(good + b"x", "/files/lib.tgz")),
        "/old/1.2.3": Reply(200, release(good, "/files/lib.tgz", "sha1")),
        "/odd/1.2.3": Reply(200, b"[" * 100_000),
        "/broken/1.2.3": Reply(200, release(good[:50], "/files/broken.tgz")),
        "/files/broken.tgz": Reply(200, good[:50]),
        "/holes/1.2.3": Reply(200, release(holes(1 << 40), "/files/holes.tgz")),
        "/files/holes.tgz": Reply(200, holes(1 << 40)),
        "/none/1.2.3": Reply(200, release(b"no archive", "/files/none.tgz")),
        "/files/none.tgz": Reply(200, b"no archive"),
    }
    with Server(dict(routes)) as running:
        yield running


def test_files_of_a_package(server: Server) -> None:
    npm = client(server)
    assert npm.digests(PackageFile("lib", "1.2.3", "dist/lib.js"), Algorithm.SHA384) == sha384(LIB)
    assert npm.digests(PackageFile("lib", "1.2.3", "dist/gone.js"), Algorithm.SHA384) == ()
    assert npm.digests(PackageFile("lib", "1.2.3", "link.js"), Algorithm.SHA384) == ()
    found = npm.digests(PackageFile("lib", "1.2.3", "lib.js", exact=False), Algorithm.SHA384)
    assert set(found) == {*sha384(LIB), *sha384(b"other")}
    assert len(server.asked) == 2, "the archive is fetched once"


@pytest.mark.parametrize("name", ["changed", "old", "odd", "broken", "holes", "none", "unknown"])
def test_what_is_not_believed(server: Server, name: str) -> None:
    npm = client(server)
    for _ in range(2):
        with pytest.raises(Unavailable):
            npm.digests(PackageFile(name, "1.2.3", "lib.js"), Algorithm.SHA384)
    assert len(server.asked) <= 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://cdn.jsdelivr.net/npm/htmx.org@2.0.4/dist/htmx.min.js", "npm:htmx.org@2.0.4#dist/htmx.min.js"),
        ("https://unpkg.com/@scope/a@1.0.0-rc.1/x.mjs", "npm:@scope/a@1.0.0-rc.1#x.mjs"),
        ("https://unpkg.com/a@1.0.0/x%20y.js", "npm:a@1.0.0#x y.js"),
        ("https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js", "npm:jquery@3.7.1#jquery.min.js"),
        ("https://code.jquery.com/jquery-3.7.1.slim.min.js", "npm:jquery@3.7.1#dist/jquery.slim.min.js"),
        ("https://stackpath.bootstrapcdn.com/bootstrap/4.5.2/js/bootstrap.min.js",
         "npm:bootstrap@4.5.2#dist/js/bootstrap.min.js"),
        ("https://cdn.internal/npm/a@1.0.0/b.js?x", "npm:a@1.0.0#b.js"),
        ("https://unpkg.com/a@1/x.js", None),
        ("https://unpkg.com/a@1.0.0", None),
        ("https://unpkg.com/a@1.0.0/x.mjs?module", None),
        ("https://cdn.jsdelivr.net/npm/a@1.0.0/+esm", None),
        ("https://cdn.jsdelivr.net/gh/a/b@1.0.0/x.js", None),
        ("https://unpkg.com/a@1.0.0/%2e%2e/b.js", None),
        ("https://esm.sh/a@1.0.0/b.js", None),
        ("https://cdn.example/a@1.0.0/b.js", None),
    ],
)  # fmt: skip
def test_which_file_a_url_stands_for(text: str, expected: str | None) -> None:
    parsed = url.parse(text)
    assert parsed is not None
    found = package_file(parsed, ("https://cdn.internal/npm/",))
    assert (None if found is None else str(found)) == expected


def npm_program() -> str:
    found = shutil.which("npm")
    if found is None:
        pytest.skip("peer not available: node")
    return found


def test_what_npm_packs(tmp_path: Path) -> None:
    """npm's own archive, with the digest that npm itself states for it."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/lib.js").write_bytes(LIB)
    (tmp_path / "package.json").write_text('{"name": "@us/packed", "version": "1.0.0"}', "utf-8")
    done = subprocess.run(
        [npm_program(), "pack", "--json", "--offline", "--loglevel=silent"],
        cwd=tmp_path, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    (packed,) = json.loads(done.stdout)
    (file,) = tmp_path.glob("*.tgz")
    answer = json.dumps({"dist": {"tarball": "/packed.tgz", "integrity": packed["integrity"]}}).encode()
    with Server({"/@us%2fpacked/1.0.0": Reply(200, answer), "/packed.tgz": Reply(200, file.read_bytes())}) as server:
        found = client(server).digests(PackageFile("@us/packed", "1.0.0", "dist/lib.js"), Algorithm.SHA384)
    assert found == sha384(LIB)


def test_which_registry_npm_asks(tmp_path: Path) -> None:
    npm_program()
    rc = tmp_path / "npmrc"
    rc.write_text("registry=https://index.example/npm/\n@us:registry=https://us.example/\n", "utf-8")
    environ = {**os.environ, "npm_config_userconfig": str(rc)}
    assert npm_settings.registry("", environ) == "https://index.example/npm/"
    assert npm_settings.registry("@us", environ) == "https://us.example/"
    assert npm_settings.registry("@them", environ) == "https://index.example/npm/"
    with pytest.raises(Unavailable, match="no npm registry is named") as caught:
        npm_settings.registry("", {"PATH": str(tmp_path)})
    assert "--npm-registry" in caught.value.hint
