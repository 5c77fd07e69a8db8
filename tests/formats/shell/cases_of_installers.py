# ruff: noqa: E501
"""
Labelled cases: programs that install what an address names. The last of a row is right as it stands.

Nothing is said of names without an address: an index holds these, and lock files do (`--select install`).
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H

_U = "https://files.example/a"
_G = "https://git.example/a"
_ID = "0123456789abcdef0123456789abcdef01234567"
_BAD = ["unpinned"]

_ROWS: list[tuple[str, list[str]]] = [
    (f"opkg install {_U}.ipk", _BAD), ("opkg install curl", []),
    (f"dnf5 install -y {_U}.rpm", _BAD), ("dnf5 install -y curl", []),
    (f"cpanm {_U}.tar.gz", _BAD), ("cpanm --mirror https://cpan.example Moose", []),
    (f"luarocks install {_U}.rockspec", _BAD), ("luarocks install --server=https://rocks.example lpeg", []),
    (f"pecl install {_U}.tgz", _BAD), ("pecl install redis-6.0.2", []),
    (f"vagrant box add {_U}.box", _BAD), (f"vagrant box add --checksum {H} --checksum-type sha256 {_U}.box", ["pinned"]),
    (f"vagrant box add --checksum-type sha256 {_U}.box", _BAD), (f"vagrant box add --checksum '' --checksum-type sha256 {_U}.box", _BAD),
    (f"mix archive.install {_U}.ez", _BAD), ("mix archive.install hex phx_new", []),
    (f"raco pkg install {_G}.git", _BAD), ("raco pkg install gregor", []),
    (f"ansible-galaxy collection install git+{_G}.git,v1", _BAD), (f"ansible-galaxy collection install git+{_G}.git,{_ID}", ["pinned"]),
    ("ansible-galaxy install -r requirements.yml", []),
    (f"kustomize build {_G}//b?ref=v1", _BAD), (f"kustomize build {_G}//b?ref={_ID}", ["pinned"]), ("kustomize build overlays/prod", []),
    (f"kubectl apply -k {_G}//b", _BAD), (f"kubectl apply -k {_G}//b?ref={_ID}", ["pinned"]), ("kubectl apply -k overlays/prod", []),
    (f"helm plugin install {_G} --version v1", _BAD), (f"helm plugin install {_G} --version {_ID}", ["pinned"]), ("helm plugin install ./p", []),
    (f"hg clone {_G}", _BAD), (f"hg clone -u {_ID} {_G}", ["pinned"]), ("hg clone ../a b", []),
    (f"svn export -r 12 {_G}/tool.sh", _BAD), ("svn export . /tmp/out", []),
    ("npm install acme/tool", _BAD), (f"npm install acme/tool#{_ID}", ["pinned"]), ("npm install @acme/tool", []), ("npm install --prefix web/app left-pad", []),
    ("npm install tool@github:acme/tool", _BAD), ("npm install tool@1.2.3", []), ("npm install ./packages/tool", []),
    ("npm install git@github.com:acme/tool.git", _BAD), (f"npm i https://github.com/acme/tool#{_ID}", ["pinned"]),
    ("npx github:acme/tool", _BAD), (f"npx -y {_U}.tgz --flag", _BAD), (f"npx cowsay {_U}", []), ("npx create-app web/app", []),
    (f"npm exec {_U}.tgz", _BAD), (f"npm exec -- cowsay {_U}", []), (f"pnpm dlx {_U}.tgz", _BAD), ("pnpm dlx cowsay", []),
    ("bunx github:acme/tool", _BAD), ("bun add github:acme/tool", _BAD), (f"bun install {_U}.tgz", _BAD), ("bun add --cwd web/app left-pad", []),
    (f"uvx --from git+{_G} tool", _BAD), (f"uvx --from git+{_G}@{_ID} tool", ["pinned"]), (f"uvx tool {_U}", []),
    (f"uv tool run --from git+{_G} tool", _BAD), (f"uv add git+{_G}", _BAD), (f"uv run {_U}.py", _BAD), (f"uv run tool.py {_U}", []),
    (f"pipx run --spec {_U}.whl a", _BAD), (f"pipx run {_U}.py", _BAD), ("pipx run black .", []),
    (f"pip install -r {_U}.txt", _BAD), (f"pip install -r https://raw.githubusercontent.com/o/r/{_ID}/r.txt", ["pinned"]), ("pip install -r requirements.txt", []),
    (f"pip install -c {_U}.txt a", _BAD), ("pip install -c constraints.txt a", []),
    (f"pip install http://localhost:8000/a.whl#sha256={H}", []), (f"pip install {_U}.whl#sha256={H}", ["pinned"]),
]  # fmt: skip

OF_INSTALLERS = [Case(text, f"{text}\n", right, "what an address serves is installed") for text, right in _ROWS]
