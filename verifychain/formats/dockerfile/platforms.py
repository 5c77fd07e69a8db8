"""The variables that BuildKit predefines from the platform (dockerfile2llb/platform.go)."""

from __future__ import annotations

from collections.abc import Iterator

DEFAULT = "linux/amd64"
_KNOWN = [
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/arm/v6",
    "linux/386",
    "linux/ppc64le",
    "linux/s390x",
    "linux/riscv64",
    "linux/loong64",
    "windows/amd64",
    "windows/arm64",
]


def variables(platform: str) -> dict[str, str]:
    """BUILD… and TARGET… for a build on and for ``os/arch[/variant]``."""
    system, _, rest = platform.partition("/")
    arch, _, variant = rest.partition("/")
    values = {"TARGETSTAGE": "default"}
    for side in ("BUILD", "TARGET"):
        parts = {"PLATFORM": platform, "OS": system, "OSVERSION": "", "ARCH": arch, "VARIANT": variant}
        values |= {side + name: value for name, value in parts.items()}
    return values


NAMES = frozenset(variables(DEFAULT))


def known() -> Iterator[dict[str, str]]:
    """The variables of every platform that images are commonly built for."""
    for platform in _KNOWN:
        yield variables(platform)
