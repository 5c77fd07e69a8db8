"""What a signature lets through, beside the real gpg: a file of somebody else is not said to be signed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.formats.shell.reading import verdicts

# `make test` installs it on Debian as root; elsewhere it may be missing. The reason is on no allow list: CI would fail.
pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="peer not available: gpg")

# Made for these tests in 2020: a key, its signature of ``good``, and its message ``other`` in two forms.
KEY = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdAdpyigDv+CRBAx+VcMD/lLwktg9/xArZjOKXl
i4nTXn20H1JlbGVhc2VzIDxyZWxlYXNlc0BleGFtcGxlLm9yZz6IkAQTFggAOBYh
BGwrw3563awe2Kul9HjHuaPcB/oCBQJeC+EAAhsDBQsJCAcCBhUKCQgLAgQWAgMB
Ah4BAheAAAoJEHjHuaPcB/oC/2AA/2U/BTv0WmXpwUpFEOIebnJ81DXcmUDV9tOv
8TloQxouAPwOY+p3qqwB9UhXkxepT6PI4/l6Ud6OuDmTIMdAZ3PxCQ==
=WgzR
-----END PGP PUBLIC KEY BLOCK-----
"""
DETACHED = """\
-----BEGIN PGP SIGNATURE-----

iHUEABYIAB0WIQRsK8N+et2sHtirpfR4x7mj3Af6AgUCXgvhAAAKCRB4x7mj3Af6
ApS9AQDM+WGX/HChk6cd0kiI7X5BWtX5GvUba99LCNpwI6XHWAEAw5WuqqtasSSS
pDGjt3qBELG6rx0AXmZH3M6e7AkPhQo=
=T8HT
-----END PGP SIGNATURE-----
"""
MESSAGES = (
    """\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

other
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQRsK8N+et2sHtirpfR4x7mj3Af6AgUCXgvhAAAKCRB4x7mj3Af6
AghuAP92gbNVuYdUFxfSUCmjAWqepMIzFLLeT78AZncyMlWRVAD/WOEzjaF+en6d
QhMmhTd9gqQm0aDH5RTSmjX8iEVtNQg=
=ql86
-----END PGP SIGNATURE-----
""",
    """\
-----BEGIN PGP MESSAGE-----

owGbwMvMwCFWcXzn4jvsv5gY1/AnMecWp8dxP2TIL8lILeLqKGVhEONgkBVTZMnR
PlxXdXeN3I3VS7/ANLAygZQycHEKwEQmODAyvBQ58eb8FzG+yct35Z+NXGbfvniX
n1zes6pvC5eyzfQR5WZkWB0Ws/iKRNat7OJzp995LApcsZF599wFt+TUDX4ejLj1
nh0A
=WGRK
-----END PGP MESSAGE-----
""",
)
GPG = "gpg --no-autostart --no-default-keyring --keyring ./keys.gpg"  # no agent that stays behind
CALLS = [
    f"{GPG} --verify t{{0}}",
    f"{GPG} --batch --verify t{{0}}",
    f"{GPG} --batch --no-batch --verify t{{0}}",
    f"{GPG} --no-batch --verify --batch t{{0}}",
    f"{GPG} --no-tty --status-fd 1 --verify -- t{{0}}",
    f"{GPG} --verify-files t{{0}}",
    f"{GPG} --verify t{{0}} t",
    f"{GPG} --batch --verify t{{0}} t",
    f"{GPG} --verify t{{0}} - < t",
    f"{GPG} -d t{{0}}",
    f"{GPG} --batch -d t{{0}}",
    f"{GPG} --batch --yes -o said --verify t{{0}}",
    "gpgv --keyring ./keys.gpg t{0}",
    "gpgv --keyring ./keys.gpg t{0} t",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "key.asc").write_text(KEY)
    assert _succeeds(tmp_path, f"{GPG} --batch --import key.asc")
    return tmp_path


def _succeeds(folder: Path, command: str) -> bool:
    environment = {"PATH": os.environ["PATH"], "GNUPGHOME": str(folder / "home"), "LC_ALL": "C"}
    done = subprocess.run(command, check=False, shell=True, cwd=folder, env=environment, capture_output=True)
    return done.returncode == 0


def _passes(folder: Path, command: str, ending: str, signature: str, content: str) -> bool:
    (folder / f"t{ending}").write_text(signature)
    (folder / "t").write_text(content)
    return _succeeds(folder, command.format(ending))


@pytest.mark.parametrize("ending", [".asc", ".sig", ".sign", ".gpg"])
@pytest.mark.parametrize("command", CALLS)
def test_what_counts_as_signed_is_what_gpg_lets_through(folder: Path, command: str, ending: str) -> None:
    right = _passes(folder, command, ending, DETACHED, "good\n")
    assert not _passes(folder, command, ending, DETACHED, "evil\n")
    others = any(_passes(folder, command, ending, message, "evil\n") for message in MESSAGES)
    expected = ("signed:beside" if others else "signed") if right else "unpinned"
    url = "https://cdn.example/t"
    script = f"set -e\ncurl -O {url}\ncurl -O {url}{ending}\n{command.format(ending)}\nsh t\n"
    assert verdicts(script)[:1] == [expected]


def test_what_stands_around_a_message_passes_and_is_told(folder: Path) -> None:
    message = "evil\n" + MESSAGES[0]
    assert _passes(folder, f"{GPG} --verify t{{0}}", ".asc", message, "")
    assert _passes(folder, f"{GPG} --batch --yes -o said --verify t{{0}}", ".asc", message, "")
    assert (folder / "said").read_text() == "other\n"
