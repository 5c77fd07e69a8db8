"""RUN texts that are not run because they can do nothing: what is found is the same as when all of them are."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks import corpus
from tests.formats.dockerfile.test_cases import FOLDER
from tests.formats.shell.cases import DOCKER, SCRIPTS, U
from tests.formats.shell.reading import facts
from verifychain.formats.dockerfile import commands
from verifychain.formats.shell.idle import is_idle

SH = ("/bin/sh", "-c")

HARMLESS = [
    b"apt-get update && apt-get install -y --no-install-recommends curl libssl-dev git && rm -rf /var/lib/apt/lists/*",
    b"DEBIAN_FRONTEND=noninteractive apt-get -qq update; apt-get -y upgrade",
    b"apk add --no-cache curl gnupg",
    b"set -eux; mkdir -p /srv/app /srv/data",
    b"set -eu\ninstall -d /srv/app\ninstall -d /srv/data\n",
    b"npm ci && npm run build",
    b"go mod download && go build -o /srv/run ./cmd/run",
    b"cargo build --release --locked",
    b"pip install --no-cache-dir --require-hashes -r requirements.txt",
]
BEFORE_A_DOWNLOAD = [
    b"useradd -m app && chown -R app:app /srv",
    b"rm -rf /tmp/build",
    b"chmod +x /usr/local/bin/run || true",
    b"make -j4 install",
]
RUN = [
    b"",
    b"curl -O https://h.example/x",
    b"apt-get install -y ./x.deb",
    b"apt-get install -y --allow-unauthenticated curl",
    b"apt-get -o Acquire::https::Verify-Peer=false update",
    b"apk add --allow-untrusted x",
    b"npm install",
    b"npm ci --no-strict-ssl",
    b"go install h.example/x@latest",
    b"go build -insecure",
    b"pip install x",
    b"pip install --require-hashes -r https://h.example/r.txt",
    b"pip install --require-hashes -r r.txt --trusted-host h.example",
    b"GOSUMDB=off make",
    b"DEBIAN_FRONTEND=noninteractive curl -O x",
    b"DEBIAN_FRONTEND=x apt-get update",
    b"export GOSUMDB=off",
    b"./install.sh",
    b"/srv/install.sh && true",
    b"make > /tmp/log",
    b"make $X",
    b"make # curl",
    b"if make; then true; fi",
    b"make &",
    b"make | tee x",
    b"sudo make",
    b"cp /tmp/a /tmp/b",
    b"set -- a b",
    b"make && && make",
    b"make ;; make",
    b"make )",
    b"a() make",
    "make é".encode(),
    b"make " + b"x" * 9000,
]
WORDS = b"""apt-get apk yum install update add -y -qq --no-cache --allow-untrusted curl wget git libssl-dev ./x.deb
https://h.example/x rm -rf /var/lib/apt/lists/* mkdir -p /srv cd set -e -eux -o pipefail -- true false exit npm ci run
build install go mod download env cargo --locked pip --require-hashes -r r.txt --trusted-host=h.example useradd make t
t.tgz chmod +x cp mv tar xf sh python3 export GOSUMDB=off DEBIAN_FRONTEND=noninteractive if then fi do done { } ( ) ! #
echo cat sha256sum -c tee gpg --verify source . ./t x.sh""".split()
SEPARATORS = [b" && "] * 6 + [
    b" || ",
    b"; ",
    b"\n",
    b" | ",
    b" & ",
    b";;",
    b"&&",
    b" &&\n ",
    b"\n\n",
    b" > ",
    b" \\\n ",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(text: bytes) -> None:
    assert is_idle(text, SH, fetched=True)
    assert is_idle(text, ("/bin/bash", "-o", "pipefail", "-c"), fetched=True)
    assert not is_idle(text, None, fetched=False)  # the exec form has no shell
    assert not is_idle(text, (), fetched=False)
    assert not is_idle(text, ("powershell", "-Command"), fetched=False)


@pytest.mark.parametrize("text", BEFORE_A_DOWNLOAD)
def test_programs_before_anything_is_downloaded(text: bytes) -> None:
    assert is_idle(text, SH, fetched=False)
    assert not is_idle(text, SH, fetched=True)


@pytest.mark.parametrize("text", RUN, ids=lambda text: text[:40].decode("latin-1"))
def test_what_may_do_something_is_run(text: bytes) -> None:
    assert not is_idle(text, SH, fetched=False)


def _random_text(random: Random) -> bytes:
    commands = [b" ".join(random.choices(WORDS, k=random.randint(1, 5))) for _ in range(random.randint(1, 4))]
    text = commands[0]
    for command in commands[1:]:
        text += random.choice(SEPARATORS) + command
    return text


def _dockerfile(random: Random) -> bytes:
    """A Dockerfile whose RUN lines are idle ones, downloads, checks and uses, in any order."""
    steps = [b"FROM scratch", b"ENV A=curl"]
    known = [*HARMLESS, *BEFORE_A_DOWNLOAD, *RUN[1:-1]]
    for _ in range(random.randint(1, 7)):
        kind = random.randrange(8)
        if kind < 4:
            text = random.choice(known) if kind < 2 else _random_text(random)
            run = b"RUN <<EOF\n" + text + b"\nEOF" if b"\n" in text else b"RUN " + text
            steps.append(run)
        elif kind == 4:
            case = random.choice(SCRIPTS).text.encode()
            steps.append(b"RUN <<'END'\n" + case + b"END" if b"END" not in case else b"USER x")
        elif kind == 5:
            steps.append(
                random.choice([b"WORKDIR /srv", b"COPY . /srv/", b"ADD https://h.example/t /srv/t", b"USER x"])
            )
        else:
            steps.append(b"RUN " + random.choice([f"curl -o t.tgz {U}", f"wget {U}", "tar xf t.tgz", "./t"]).encode())
    return b"\n".join(steps) + b"\n"


def _all_run(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(commands, "is_idle", lambda text, shell, *, fetched: False)
        return _told(data)


def _told(data: bytes) -> list[str]:
    return [repr(fact) for fact in facts(data, {"x.sh": f"curl {U} | sh\n"}, "Dockerfile")]


def test_nothing_is_missed_in_generated_files(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(20)
    skipped = 0
    for _ in range(600):
        data = _dockerfile(random)
        assert _told(data) == _all_run(data, monkeypatch), data.decode()
        skipped += sum(is_idle(line[4:], SH, fetched=False) for line in data.split(b"\n") if line.startswith(b"RUN "))
    assert skipped > 150


def test_nothing_is_missed_in_known_files(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [path.read_bytes() for path in sorted(FOLDER.glob("*Dockerfile"))]
    known += [b"FROM scratch\n" + case.text.encode() for case in DOCKER]
    known += [text.encode() for text, _ in zip(corpus.dockerfiles(7), range(60), strict=False)]
    for data in known:
        assert _told(data) == _all_run(data, monkeypatch)
