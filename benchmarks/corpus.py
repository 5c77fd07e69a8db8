"""
Dockerfiles to measure with: the same for the same seed, of 10 to 120 lines, as web services and workers have them.

Only what every peer can read is written. hadolint 2.15 reads here-documents of RUN and none of COPY, nor any with a
command before the `<<`; so there are none of those, and an empty line follows each, which it needs too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

IMAGES = (
    "alpine:3.20", "debian:12-slim", "ubuntu:24.04", "python:3.12-slim", "python:3.11", "node:22-bookworm",
    "golang:1.23", "rust:1.82-slim", "nginx:1.27", "redis:7", "registry.example/base/web:stable",
    "registry.example:5000/team/tools:2.4", "quay.example/build/jdk:21",
)  # fmt: skip
PACKAGES = (
    "build-essential", "ca-certificates", "curl", "git", "gnupg", "jq", "libffi-dev", "libpq-dev", "libssl-dev",
    "make", "openssh-client", "pkg-config", "tini", "unzip", "xz-utils", "zlib1g-dev",
)  # fmt: skip
WORDS = ("api", "billing", "cache", "cart", "geo", "mail", "media", "orders", "queue", "search", "shop", "users")

SMALL = """\
FROM python:3.12-slim
WORKDIR /srv
COPY app/ /srv/app/
RUN python -m compileall /srv/app
USER 1000
EXPOSE 8080
CMD ["python", "-m", "app"]
"""


def dockerfiles(seed: int) -> Iterator[str]:
    """Dockerfiles without end."""
    random = Random(seed)
    while True:
        yield _dockerfile(random, int(random.triangular(10, 120, 30)))


def _dockerfile(random: Random, length: int) -> str:
    lines = ["# syntax=docker/dockerfile:1"] if random.random() < 0.3 else []
    lines += [f"ARG VERSION={random.randint(1, 9)}.{random.randint(0, 30)}"] if random.random() < 0.5 else []
    stages: list[str] = []
    wanted = random.choice((1, 1, 2, 2, 3, 4)) if length > 20 else 1
    for number in range(wanted):
        name = f"{random.choice(WORDS)}{number}"
        lines += ["", *_from(random, name, stages)]
        lines += [f"WORKDIR /srv/{name}"]
        stages.append(name)
        end = 10 + (length - 10) * (number + 1) // wanted
        while len(lines) < end - 1:
            lines += random.choice(STEPS)(random, stages[:-1])
    lines += [random.choice(('CMD ["/srv/run"]', 'ENTRYPOINT ["python", "-m", "app"]', "CMD exec /srv/run --listen"))]
    return "\n".join(lines).lstrip("\n") + "\n"


def _from(random: Random, name: str, stages: list[str]) -> list[str]:
    image = random.choice(stages) if stages and random.random() < 0.2 else random.choice(IMAGES)
    if image not in stages and random.random() < 0.4:
        image += "@sha256:" + _hexadecimal(random, 64)
    elif image not in stages and random.random() < 0.2:
        image = "registry.example/base/app:${VERSION}"
    platform = "--platform=$BUILDPLATFORM " if random.random() < 0.2 else ""
    return [f"FROM {platform}{image} AS {name}"]


def _packages(random: Random, stages: list[str]) -> list[str]:
    names = sorted(random.sample(PACKAGES, random.randint(2, 10)))
    lines = ["RUN apt-get update \\", "    && apt-get install -y --no-install-recommends \\"]
    if random.random() < 0.3:
        lines.append("    # what the build needs")
    lines += [f"        {name} \\" for name in names]
    return [*lines, "    && rm -rf /var/lib/apt/lists/*"]


def _script(random: Random, stages: list[str]) -> list[str]:
    words = random.choices(WORDS, k=random.randint(2, 12))
    mark = random.choice(("EOF", "'EOF'", "EOF"))
    return [f"RUN <<{mark}", "set -eu", *(f"install -d /srv/{word}" for word in words), "EOF", ""]


def _environment(random: Random, stages: list[str]) -> list[str]:
    words = random.sample(WORDS, random.randint(1, 5))
    lines = [f'{word.upper()}_URL="https://{word}.example/v{random.randint(1, 9)}" \\' for word in words]
    return ["ENV LANG=C.UTF-8 \\", *(f"    {line}" for line in lines[:-1]), "    " + lines[-1].removesuffix(" \\")]


def _labels(random: Random, stages: list[str]) -> list[str]:
    word = random.choice(WORDS)
    return [
        f'LABEL org.opencontainers.image.title="{word}" \\',
        f'      org.opencontainers.image.source="https://git.example/{word}" \\',
        '      org.opencontainers.image.licenses="Apache-2.0"',
    ]


def _copy(random: Random, stages: list[str]) -> list[str]:
    word = random.choice(WORDS)
    if stages and random.random() < 0.6:
        return [f"COPY --from={random.choice(stages)} /srv/{word} /srv/{word}"]
    if random.random() < 0.3:
        return [f"COPY --from={random.choice(IMAGES)} /usr/bin/{word} /usr/local/bin/{word}"]
    return [f"COPY --chown=1000:1000 {word}/ /srv/{word}/"]


def _download(random: Random, stages: list[str]) -> list[str]:
    word, version = random.choice(WORDS), f"{random.randint(1, 9)}.{random.randint(0, 20)}"
    url = f"https://downloads.example/{word}/{version}/{word}-linux-amd64.tar.gz"
    kind = random.randrange(4)
    if kind == 0:
        return [f"ADD {url} /tmp/"]
    if kind == 1:
        return [f"ADD --checksum=sha256:{_hexadecimal(random, 64)} {url} /tmp/"]
    if kind == 2:
        return [f"RUN curl -fsSL {url} | tar -xz -C /usr/local"]
    return [
        f"RUN curl -fsSLo /tmp/{word}.tgz {url} \\",
        f'    && echo "{_hexadecimal(random, 64)}  /tmp/{word}.tgz" | sha256sum -c - \\',
        f"    && tar -xzf /tmp/{word}.tgz -C /usr/local && rm /tmp/{word}.tgz",
    ]


def _build(random: Random, stages: list[str]) -> list[str]:
    return random.choice(
        (
            ["COPY go.mod go.sum ./", "RUN --mount=type=cache,target=/go/pkg/mod go build -o /srv/run ./cmd/run"],
            ["COPY package.json package-lock.json ./", "RUN npm ci && npm run build"],
            ["COPY requirements.txt .", "RUN pip install --no-cache-dir --require-hashes -r requirements.txt"],
            ["COPY Cargo.toml Cargo.lock ./", "COPY src/ src/", "RUN cargo build --release --locked"],
        )
    )


def _small(random: Random, stages: list[str]) -> list[str]:
    return random.choice(
        (
            ["", f"# the {random.choice(WORDS)} part"],
            [f"EXPOSE {random.randint(1024, 9999)}"],
            ["VOLUME /data"],
            ["USER 1000:1000"],
            ["STOPSIGNAL SIGTERM"],
            [f"ARG {random.choice(WORDS).upper()}_VERSION=1.{random.randint(0, 9)}"],
            ["HEALTHCHECK --interval=30s --timeout=3s \\", "    CMD curl -f http://localhost:8080/ || exit 1"],
            ['SHELL ["/bin/bash", "-o", "pipefail", "-c"]'],
        )
    )


STEPS: tuple[Callable[[Random, list[str]], list[str]], ...] = (
    _packages, _script, _environment, _labels, _copy, _copy, _copy, _download, _build, _small, _small, _small,
)  # fmt: skip


def _hexadecimal(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}"
