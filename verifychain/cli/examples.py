"""What ``--help`` shows of each command at work. A table of its own, which no run reads that does not ask for help."""

from __future__ import annotations

# The command -> its lines without the first word, and what each does.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "check": (
        ("check", "everything below this folder"),
        ("check --fix --diff", "the patch of what has one right answer; without --diff: apply it"),
        ("check --staged", "what is about to be committed"),
        ("check --online", "are the pins true?"),
        ("check --format sarif -o verifychain.sarif", "for code scanning"),
    ),
    "dockerfile": (
        ("dockerfile build/app.image", "any file, whatever its name"),
        ("dockerfile --fix --online --trust", "pin images and ADDs to what they are today"),
        ("dockerfile - --stdin-filename Dockerfile < generated", "standard input"),
    ),
    "shell": (
        ("shell scripts/install.sh", "one script"),
        ("shell --select install", "package managers that no lock holds"),
    ),
    "pip": (
        ("pip --fix requirements.txt", "mend what has one right answer"),
        ("pip --fix --online --trust requirements.txt", "write hashes, without a change of version"),
        ("pip --online --targets 3.12:linux_x86_64", "is there a file for that machine?"),
    ),
    "inventory": (("inventory", "as a table"), ("inventory --format json -o references.json", "for programs")),
    "sri": (
        ("sri --root public", "public/ is served as /"),
        ("sri --fix --diff", "the patch of what has one right answer"),
        ("sri --add --online --trust public/", "integrity for what other origins serve"),
    ),
    "sri hash": (
        ("sri hash app.js", "sha384-…"),
        ("sri hash --tag script --url https://cdn.example/app-1.2.3.js app.js", "the whole tag"),
    ),
    "sri policy": (
        ("sri policy public/ --server nginx", "write the headers"),
        ("sri policy --check public/_headers public/", "judge those there are"),
    ),
    "download fetch": (
        ("download fetch", "everything that is pinned for this platform"),
        ("download fetch https://files.example/tool -o bin/tool --sha256 HEX", "without a lock"),
    ),
    "download verify": (
        ("download verify", "every pinned file; none may be missing"),
        ("download verify --manifest dist/SHA256SUMS", "a checksum list, and the files beside it"),
    ),
    "download add": (
        (
            "download add https://files.example/tool --from-sums SHA256SUMS",
            "the digest that its makers publish",
        ),
    ),
    "download update": (
        ("download update", "all pins: what do their URLs serve today?"),
        ("download update bin/tool --url https://files.example/tool-1.3", "a new release"),
    ),
    "download export": (("download export -o SHA256SUMS", "for sha256sum -c"),),
    "download check": (("download check", "as many of the files as are there"),),
    "digest": (
        ("digest python:3.12", "what the tag points to today"),
        ("digest --notation sri app.js", "this notation alone"),
        ("digest https://files.example/tool.tar.gz", "of what is served today"),
    ),
    "rules": (
        ("rules image", "those of one group"),
        ("rules image-unpinned", "why, with a bad and a good example"),
    ),
    "config show": (("config show", "what applies here, and from where"),),
    "config schema": (("config schema > verifychain.schema.json", "for an editor"),),
    "completion": (
        ('eval "$(verifychain completion bash)"', "in ~/.bashrc; for zsh the same in ~/.zshrc"),
        ("completion fish > ~/.config/fish/completions/verifychain.fish", ""),
    ),
    "cosign verify": (
        ("cosign verify --key cosign.pub ghcr.io/acme/app:1.2", "signed by this key?"),
        ("cosign verify ghcr.io/acme/app:1.2", "by the policy of the configuration"),
    ),
    "cosign verify-attestation": (("cosign verify-attestation --type spdx --key cosign.pub acme/app", ""),),
    "cosign dockerfile": (
        ("cosign dockerfile", "every image of every Dockerfile, by the policy"),
        ("cosign dockerfile --key cosign.pub Dockerfile", "all images by one key"),
    ),
    "cosign manifest": (("cosign manifest deploy/", "every image of the manifests below it, by the policy"),),
    "cosign verify-blob": (
        ("cosign verify-blob --key cosign.pub tool.tar.gz", "with tool.tar.gz.sigstore.json beside it"),
        ("cosign verify-blob --key cosign.pub --insecure-ignore-tlog tool", "a key without a log"),
    ),
    "cosign verify-blob-attestation": (("cosign verify-blob-attestation --type spdx --key cosign.pub tool", ""),),
    "cosign verify-bundle": (("cosign verify-bundle --key cosign.pub --bundle tool.json tool", ""),),
    "cosign tree": (("cosign tree ghcr.io/acme/app:1.2", "what is attached, unverified"),),
    "cosign inspect": (("cosign inspect tool.sigstore.json", "who says to have signed it"),),
    "cosign trust show": (("cosign trust show", "whose word is taken, and since when"),),
    "cosign trust update": (("cosign trust update trusted_root.json", "then: --trusted-root trusted_root.json"),),
    "cosign trust export": (("cosign trust export trusted_root.json", "to carry it elsewhere"),),
}


def lines(command: str) -> list[tuple[str, str]]:
    """The examples of a command, each as it is typed, and what it does."""
    return [
        (line if "verifychain " in line else f"verifychain {line}", what) for line, what in EXAMPLES.get(command, ())
    ]
