"""
Commands by family, one module each, imported when a command of it is met.

A further downloader or checker is a row in ``_FAMILIES`` and a function in its module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from verifychain.formats.shell.values import UNKNOWN, Kind

if TYPE_CHECKING:
    from verifychain.formats.shell.calls import Shell
    from verifychain.formats.shell.machine import Call

    Handler = Callable[[Shell, Call], str]

_FAMILIES = {
    "curl": "curl curl.exe",
    "wget": "wget wget2",
    "fetchers": "aria2c axel fetch http https xh httpie lwp-download aws gsutil gcloud gh azcopy mc s3cmd rclone"
    " oras ftp lftp scp rsync",
    "containers": "docker podman nerdctl crane skopeo",
    "git": "git",
    "checksums": "sha256sum sha512sum sha384sum sha224sum sha1sum md5sum b2sum b3sum shasum cksum sha256 sha512 md5"
    " rhash gsha256sum gsha512sum digest",
    "openssl": "openssl",
    "signatures": "gpg gpg2 gpgv gpgv2 sqv apt-key rpm rpmkeys",
    "keyed": "minisign signify signify-openbsd ssh-keygen",
    "attested": "cosign slsa-verifier",
    "texts": "echo printf cat zcat tee dd gzip gunzip zstd xz unxz bzip2 bunzip2 unzstd grep egrep fgrep rg awk gawk"
    " mawk sed cut head tail tr sort uniq jq yq xmllint column rev base64 dos2unix fromdos envsubst nl strings pv"
    " sponge",
    "files": "mv cp ln install rm chmod chown rename mkdir touch mktemp basename",
    "unpack": "tar bsdtar gtar unzip 7z 7za 7zz 7zr unrar cpio jar ar star unar pax dpkg dpkg-deb rpm2cpio apt apt-get"
    " yum dnf dnf5 microdnf zypper apk tdnf pacman installer msiexec alien brew snap flatpak",
    "interpreters": "sh bash dash ash ksh zsh mksh fish su python python2 python3 perl ruby node nodejs php lua Rscript"
    " java deno bun pwsh powershell pypy pypy3 guile tclsh osascript kubectl oc helm",
    "tests": "[ test [[ diff cmp comm case",
    "which": "which",
    "installers": "ansible-galaxy bunx cpan cpanm hg kustomize luarocks mix npx opkg pear pecl raco svn uvx vagrant",
    "packages": "pip pip2 pip3 pipx uv npm pnpm yarn go cargo gem choco nuget dotnet composer",
}  # fmt: skip
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names.split()}
# Commands that do nothing with a file that they are given but to look at it or to move it.
_DECIDING = frozenset({"checksums", "openssl", "signatures", "keyed", "attested", "tests"})
_LOOKING = frozenset(
    {"curl", "wget", "fetchers", "containers", "texts", "tests", "checksums", "openssl", "files", "which"}
)
LOOKING = frozenset(
    ["stat", "file", "ls", "wc", "du", "read", "mapfile", "readarray", "basename", "dirname", "realpath"]
) | {name for name, family in _BY_NAME.items() if family in _LOOKING}


@cache
def handler(name: str) -> Handler | None:
    """What runs a command of that name, None for one that is of no family."""
    family = _BY_NAME.get(name) or _versioned(name)
    if family is None:
        return None
    module = importlib.import_module(f"{__name__}.{family}")
    found: Handler = module.run
    return found


def decides(name: str) -> bool:
    """Whether a command of that name checks or compares."""
    return _BY_NAME.get(name) in _DECIDING


def _versioned(name: str) -> str | None:
    """``python3.12`` and ``pip3.12`` are what they are called after."""
    for start in ("python3.", "pip3.", "python2.", "php8", "php7"):
        if name.startswith(start) and name[len(start) :].replace(".", "").isdigit():
            return _BY_NAME.get(start.rstrip(".0123456789"))
    return None


def _found(call: Call) -> str:
    """The file that ``find folder -name pattern`` is to find, where that is all that it does."""
    texts = call.texts
    if "-name" not in texts[1:-1] or any(
        text in ("-exec", "-execdir", "-ok", "-delete", "-not", "!") for text in texts
    ):
        return ""
    return f"{texts[0]}/{texts[texts.index('-name') + 1]}"


def passed_on(shell: Shell, call: Call) -> str:
    """What an unknown command prints: still made of what it read, or else anything."""
    if call.name == "find" and shell.fetches:
        name = _found(call)
        if name and shell.fetched_files([name]):
            return name
    carried = UNKNOWN.findall(call.stdin) if call.stdin else ()
    known = [char for char in dict.fromkeys(carried) if shell.table.of(char).kind is not Kind.RESULT]
    return "".join(known) or shell.table.result(f"$({call.name} …)")
