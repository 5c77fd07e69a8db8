"""Whether a text can fetch anything at all: a few searches decide for nearly every file."""

from __future__ import annotations

# Plain substrings, because a regular expression of so many words takes seconds for a file of megabytes.
_WORDS = tuple(
    word.encode()
    for word in (
        "://", "curl", "wget", "aria2c", "axel", "gsutil", "gcloud", "skopeo", "oras ", "crane ", "git ", "gh ", "aws ",
        "fetch ", "invoke-", "iwr", "irm ", "bitstransfer", "download", "pip", "uv ", "npm", "yarn", "go install",
        "go get", "go env", "go run", "cargo", "gem ", "choco", "nuget", "dotnet", "unauthenticated", "untrusted",
        "gpg", "nosignature", "verify", "strict-ssl", "content-trust", "content_trust", "insecure", "gosumdb",
        "gonosum", "goflags", "reject_unauthorized", "recv-key", "apt-key", "sha256", "sha512", "sha1", "md5", "cosign",
        "docker", "podman", "nerdctl", "force-yes", "trusted-host", "trusted_host", "no-check", "ssl", "nodigest",
        "npx", "bun ", "bunx",
    )
)  # fmt: skip


def is_relevant(data: bytes) -> bool:
    """Whether anything in the text is worth reading it."""
    lower = data.lower()
    for word in _WORDS:  # noqa: SIM110 - a generator costs more than most of these searches
        if word in lower:
            return True
    return False
