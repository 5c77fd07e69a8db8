# ruff: noqa: E501
"""What is said of each kind of reference: the marked text, the grade, the place to edit, the way there."""

from __future__ import annotations

import pytest

from tests.formats.dockerfile.reading import broken, downloads, facts, images, shells, source
from verifychain.core.digest import of_bytes
from verifychain.core.pin import Grade
from verifychain.facts.image import Image

HEX = "a" * 64
PIN = f"@sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "via", "marked", "subject", "grade"),
    [
        ("FROM a\n", "from", "a", "docker.io/library/a:latest", Grade.UNPINNED),
        ("from a:1 as x\n", "from", "a:1", "docker.io/library/a:1", Grade.UNPINNED),
        (f"FROM a:1{PIN}\n", "from", f"a:1{PIN}", "docker.io/library/a:1", Grade.PINNED),
        ("FROM \\\n  # why\n\n  a:2 AS b\n", "from", "a:2", "docker.io/library/a:2", Grade.UNPINNED),
        ("FROM a:\\\n1\n", "from", "a:\\\n1", "docker.io/library/a:1", Grade.UNPINNED),
        ("# escape=`\nFROM `\n a\n", "from", "a", "docker.io/library/a:latest", Grade.UNPINNED),
        ('FROM "a:1"\n', "from", '"a:1"', "docker.io/library/a:1", Grade.UNPINNED),
        ("\ufeffFROM --platform=linux/arm64 é\r\nFROM a\r\n", "from", "a", "docker.io/library/a:latest", Grade.UNPINNED),
        ("FROM localhost:5000/a/b\n", "from", "localhost:5000/a/b", "localhost:5000/a/b:latest", Grade.UNPINNED),
        ("FROM scratch\nCOPY --from=b:2 / /\n", "copy-from", "b:2", "docker.io/library/b:2", Grade.UNPINNED),
        ('FROM scratch\nCOPY ["--from=b", "/", "/"]\nCOPY --from=c / /\n', "copy-from", "c", "docker.io/library/c:latest", Grade.UNPINNED),
        ("FROM scratch\nRUN --mount=type=bind,from=c,target=/x true\n", "mount-from", "c", "docker.io/library/c:latest", Grade.UNPINNED),
        ('FROM scratch\nRUN --mount=type=bind,"from=c:1",target=/x true\n', "mount-from", "c:1", "docker.io/library/c:1", Grade.UNPINNED),
        ("# syntax=docker/dockerfile:1\nFROM scratch\n", "syntax", "docker/dockerfile:1", "docker.io/docker/dockerfile:1", Grade.UNPINNED),
        ("// syntax=x/y:1\nFROM scratch\n", "syntax", "x/y:1", "docker.io/x/y:1", Grade.UNPINNED),
        ('{"syntax": "x/y:1"}\n', "syntax", "x/y:1", "docker.io/x/y:1", Grade.UNPINNED),
    ],
)  # fmt: skip
def test_image(text: str, via: str, marked: str, subject: str, grade: Grade) -> None:
    found = images(text)[-1]
    assert (found.via, found.subject, found.grade) == (via, subject, grade)
    assert source(text).slice(found.name_span) == marked
    assert source(text).slice(found.origin.span) == marked


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch\n",
        "ARG V=scratch\nFROM $V\n",
        f"FROM a{PIN} AS b\nFROM b\nCOPY --from=0 / /\nCOPY --from=B / /\nRUN --mount=from=b,target=/x true\n",
        f"FROM a{PIN} AS base-amd64\nFROM a{PIN} AS base-arm64\nFROM base-${{TARGETARCH}}\n",
        "FROM scratch\nRUN <<EOF\nFROM a\nCOPY --from=b / /\nEOF\n",
        "FROM scratch\n# FROM a\nRUN echo FROM a\n",
        "FROM scratch\nCOPY --from= / /\n",
    ],
)
def test_nothing_unpinned(text: str) -> None:
    assert [image.subject for image in images(text) if image.grade is not Grade.PINNED] == []
    assert broken(text) == []


def test_the_place_to_edit_is_where_the_name_comes_from() -> None:
    text = "ARG REGISTRY=reg.example\nARG BASE=${REGISTRY}/app:1\nFROM ${BASE} AS x\n"
    (found,) = images(text)
    here = source(text)
    assert found.subject == "reg.example/app:1"
    assert here.slice(found.name_span) == "${BASE}"
    assert [here.slice(one.location.span) for one in found.chain] == ["REGISTRY=reg.example", "BASE=${REGISTRY}/app:1"]


def test_a_name_that_one_variable_holds_is_edited_there() -> None:
    text = "ARG BASE='debian:12'\nARG ALIAS=$BASE\nFROM $ALIAS\n"
    (found,) = images(text)
    here = source(text)
    assert here.slice(found.origin.span) == "debian:12"
    assert found.slot is not None
    edit = found.slot.write(of_bytes(b""))
    changed = text.encode()[: edit.location.span.start] + edit.new + text.encode()[edit.location.span.end :]
    assert changed.startswith(b"ARG BASE='debian:12@sha256:e3b0c442")
    (pinned,) = images(changed)
    assert pinned.grade is Grade.PINNED_BY_DEFAULT


@pytest.mark.parametrize(
    ("text", "grade", "variables"),
    [
        (f"ARG D=sha256:{HEX}\nFROM a@${{D}}\n", Grade.PINNED_BY_DEFAULT, ()),
        (f"ARG BASE=a{PIN}\nFROM $BASE\n", Grade.PINNED_BY_DEFAULT, ()),
        (f"ARG V=12\nFROM a:${{V}}{PIN}\n", Grade.PINNED, ()),
        ("ARG D\nFROM a@${D}\n", Grade.EXTERNAL_DIGEST, ("D",)),
        (f"FROM a:$TARGETARCH{PIN}\n", Grade.PINNED, ()),
    ],
)
def test_grades_of_variables(text: str, grade: Grade, variables: tuple[str, ...]) -> None:
    (found,) = images(text)
    assert (found.grade, found.variables) == (grade, variables)


def test_platform_variables_stand_as_written_unless_given() -> None:
    text = "FROM a:$TARGETARCH\n"
    assert images(text)[0].subject == "docker.io/library/a:${TARGETARCH}"
    assert images(text, "linux/arm64")[0].subject == "docker.io/library/a:arm64"


def test_an_argument_without_a_value_decides() -> None:
    (found,) = images("ARG BASE\nFROM ${BASE}\n")
    assert (found.name, found.variables, found.subject) == (None, ("BASE",), "${BASE}")


@pytest.mark.parametrize(
    ("text", "via", "grade", "target", "marked"),
    [
        ("ADD https://h.example/a /b", "add-http", Grade.UNPINNED, "/b", "https://h.example/a"),
        (f"ADD --checksum=sha256:{HEX} https://h.example/a /b", "add-http", Grade.PINNED, "/b", "https://h.example/a"),
        ("ADD --checksum= https://h.example/a /b", "add-http", Grade.UNCHECKED, "/b", "https://h.example/a"),
        ("ADD --checksum=sha256:1 https://h.example/a /b", "add-http", Grade.UNPINNED, "/b", "https://h.example/a"),
        (f"ADD https://h.example/a.git#{'b' * 40} /b", "add-git", Grade.PINNED, "/b", f"https://h.example/a.git#{'b' * 40}"),
        ("ADD https://h.example/a.git#v1 /b", "add-git", Grade.UNPINNED, "/b", "https://h.example/a.git#v1"),
        ("ADD git@h.example:a/b.git /b", "add-git", Grade.UNPINNED, "/b", "git@h.example:a/b.git"),
        (f"ADD --checksum={'b' * 40} https://h.example/a.git#v1 /b", "add-git", Grade.PINNED, "/b", "https://h.example/a.git#v1"),
        (f"ARG S=sha256:{HEX}\nADD --checksum=$S https://h.example/a /b", "add-http", Grade.VERIFIED, "/b", "https://h.example/a"),
        ("ARG S\nADD --checksum=$S https://h.example/a /b", "add-http", Grade.EXTERNAL_DIGEST, "/b", "https://h.example/a"),
        ("ADD https://h.example/a?<<b /b", "add-http", Grade.UNPINNED, "/b", "https://h.example/a?<<b"),
        ('ADD "https://h.example/a<<b" /b', "add-http", Grade.UNPINNED, "/b", '"https://h.example/a<<b"'),
        ("ARG BASE_URL\nADD ${BASE_URL}/a /b", "add-http", Grade.UNPINNED, "/b", "${BASE_URL}/a"),
        ('ARG mirror\nADD "$mirror/a" /b/', "add-http", Grade.UNPINNED, "/b/a", '"$mirror/a"'),
        (f"ARG M\nADD --checksum=sha256:{HEX} $M/a /b", "add-http", Grade.PINNED, "/b", "$M/a"),
    ],
)  # fmt: skip
def test_download(text: str, via: str, grade: Grade, target: str, marked: str) -> None:
    text = f"FROM scratch\n{text}\n"
    (found,) = downloads(text)
    assert (found.via, found.grade, found.target) == (via, grade, target)
    assert source(text).slice(found.name_span) == marked


LOCAL = [
    "./a",
    "a.git",
    "github.com/a/b",
    "ftp://h.example/a",
    "../x",
    "<<EOF\nx\nEOF",
    "3<<https://h.example\nhttps://h.example",
]
LOCAL += ["$JAR_FILE", "$URL", "${B_URL:-a}", "a$B_URL", "${C_URL}/a"]


@pytest.mark.parametrize("word", LOCAL)
def test_local_sources_are_no_downloads(word: str) -> None:
    first, _, rest = word.partition("\n")
    assert downloads(f"FROM scratch\nARG JAR_FILE B_URL C_URL=.\nADD {first} /x\n{rest}\n") == []


def test_triggers_fetch_where_a_stage_is_based_on_them() -> None:
    triggers = f"FROM a{PIN} AS b\nONBUILD ADD https://h.example/a /b\nONBUILD COPY --from=c / /\n"
    found = facts(triggers + "FROM b\n")
    assert [(type(fact).__name__, getattr(fact, "via", "")) for fact in found] == [
        ("Image", "from"),
        ("Image", "copy-from"),
        ("Download", "add-http"),  # at the end of the stage, because a later RUN may check it
    ]


def test_triggers_that_no_stage_runs_fetch_in_other_builds() -> None:
    """But a plain name, or a number, may be that of a stage there."""
    text = f"FROM a{PIN} AS b\nONBUILD ADD https://h.example/a /b\nONBUILD ADD a b /c\nONBUILD COPY --from=c / /\n"
    text += "ONBUILD COPY --from=7 / /\nONBUILD COPY --from=d:1 / /\nONBUILD COPY --from=$E:1 / /\nFROM scratch\n"
    text += "ONBUILD RUN --mount=from=f/g,target=/x --mount=target=/y true\nONBUILD LABEL a=b\n"
    found = [(fact.via, source(text).slice(fact.name_span)) for fact in (*images(text), *downloads(text))]
    expected = [("copy-from", "d:1"), ("mount-from", "f/g"), ("add-http", "https://h.example/a")]
    assert found == [("from", f"a{PIN}"), *expected]
    assert broken(text) == []


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ("RUN --mount=from=$A$B,target=/x true", "'from' doesn't support variable expansion"),
        ("RUN --mount='\"from=a' true", "failed to parse csv mounts"),
        ("COPY --form=a / /", "unknown flag: --form"),
        ("ADD https://h.example/a", "ADD requires at least two arguments"),
        ("FETCH https://h.example/a", "unknown instruction: FETCH"),
    ],
)
@pytest.mark.parametrize("below", ["", "FROM b\n"], ids=["run elsewhere", "run here"])
def test_a_trigger_that_no_build_can_run_is_told_once(trigger: str, message: str, below: str) -> None:
    """BuildKit keeps it as text, and every build on the image stops at it: it must not end the reading of the file."""
    text = f"FROM a{PIN} AS b\nONBUILD {trigger}\nCOPY --from=c / /\n{below}"
    (fault,) = broken(text)
    assert fault.message.startswith(message)
    assert source(text).slice(fault.span) == f"ONBUILD {trigger}"
    assert [image.via for image in images(text)] == ["from", "copy-from"]
    assert broken(text.replace(trigger, "RUN --mount=from=a,target=/x true")) == []


def test_a_trigger_may_check_what_one_before_it_added() -> None:
    add = f"FROM a{PIN}\nONBUILD WORKDIR /w\nONBUILD ADD https://h.example/t.tgz t.tgz\n"
    check = f"ONBUILD RUN echo '{HEX}  t.tgz' | sha256sum -c - && curl https://h.example/u -o u\n"
    assert [(one.url, one.grade) for one in downloads(add + check)] == [
        ("https://h.example/u", Grade.UNPINNED),  # once, where it stands
        ("https://h.example/t.tgz", Grade.VERIFIED),
    ]
    assert downloads(add + check.replace("t.tgz", "v.tgz"))[1].grade is Grade.UNPINNED
    assert downloads(add.replace("/t.tgz t", "/t.tgz /x/t") + check)[1].grade is Grade.UNPINNED


def test_a_ref_that_an_argument_without_a_value_decides() -> None:
    text = "FROM scratch\nARG C\nARG D=\nADD https://h.example/a.git#$C /a\nADD https://h.example/b.git#$D /b\n"
    assert [one.git and one.git.ref for one in downloads(text)] == ["${C}", None]


def test_a_binary_file_is_no_template() -> None:
    for data in (b"\x7fELF\x02{{ a }}\n", b"\x00<% a %>\n", b"FROM {{ a }}\n\x01\n"):
        found = broken(data)
        assert found
        assert not any(one.template for one in found)
    assert broken("FROM {{ a }}\n\t# \x1b \f\n")[0].template, "an escape and a form feed stand in texts"


@pytest.mark.parametrize(
    ("text", "shell", "expected"),
    [
        ("RUN a \\\n  b\n", ("/bin/sh", "-c"), b"a   b"),
        ("RUN a \\\n# no\n\n  && b\n", ("/bin/sh", "-c"), b"a   && b"),
        ("RUN <<EOF\na\nb\nEOF\n", ("/bin/sh", "-c"), b"a\nb\n"),
        ("RUN <<-EOF\n\ta\n\t\tb\n\tEOF\n", ("/bin/sh", "-c"), b"a\nb\n"),
        ("RUN cat <<A <<B\n1\nA\n2\nB\n", ("/bin/sh", "-c"), b"cat <<A <<B\n1\nA\n2\nB"),
        ('SHELL ["pwsh", "-c"]\nRUN a\n', ("pwsh", "-c"), b"a"),
        ('RUN ["a", "b c"]\n', None, b'["a", "b c"]'),
        ("RUN --mount=type=cache,target=/x --network=none a\n", ("/bin/sh", "-c"), b"a"),
        ("ONBUILD RUN a\n", ("/bin/sh", "-c"), b"a"),
    ],
)
def test_shell_text(text: str, shell: tuple[str, ...] | None, expected: bytes) -> None:
    text = f"FROM scratch\n{text}"
    (found,) = shells(text)
    assert (found.shell, found.text) == (shell, expected)
    data = text.encode()
    for offset, byte in enumerate(found.text):
        if byte not in b"\n":
            start, place = max(segment for segment in found.segments if segment[0] <= offset)
            assert data[place + offset - start] == byte, "every byte is found where it came from"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "file with no instructions"),
        ("ARG A\n", "dockerfile contains no stages to build"),
        ("RUN a\n", "no build stage in current context"),
        ("FROM a b\n", "FROM requires either one or three arguments"),
        ("FROM scratch\nCOPY --from=$A / /\n", "variable expansion is not supported for --from"),
        ("FROM scratch\nRUN <<EOF\na\n", "unterminated heredoc"),
        ("FROM scratch\nADD --checksum=sha256:1 a b /c\n", "checksum can't be specified for multiple sources"),
        ("FROM scratch\nCOPY --from=7 / /\n", "invalid stage index 7"),
        ("ARG A=1\nFROM a:${A:?}\nFROM ${B:?none}\n", "B: none"),
    ],
)
def test_broken(text: str, message: str) -> None:
    assert message in broken(text)[-1].message


def test_templates_are_noted_and_their_plain_lines_judged() -> None:
    text = "FROM a:1 AS x\n{{ if .y }}\nFROM {{ .base }}\nFROM x\nFROM b:$V\n{{ end }}\n"
    found = facts(text, path="Dockerfile.template")
    assert [(type(fact).__name__, getattr(fact, "template", None)) for fact in found] == [
        ("Broken", True),
        ("Image", None),
    ]
    assert isinstance(found[1], Image)
    assert found[1].subject == "docker.io/library/a:1"
    (one,) = broken("FROM {{ .base }}\n", path="Dockerfile")
    assert one.template


def test_spans_cover_the_instruction() -> None:
    text = "FROM scratch\n  RUN <<E cat\nx\nE\nCOPY --from=a \\\n / /\n"
    (shell,), (image,) = shells(text), images(text)
    assert source(text).slice(shell.span) == "RUN <<E cat\nx\nE"
    assert source(text).slice(image.span) == "COPY --from=a \\\n / /"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"syntax": "a"}', ["docker.io/library/a:latest"]),
        (" " * 100 + '{"syntax": "a"}', ["docker.io/library/a:latest"]),
        ('{"syntax": "a", "b": NaN}', []),
        ('{"syntax": "a", "b": -Infinity}', []),
    ],
)
def test_a_document_of_json_names_its_frontend(text: str, names: list[str]) -> None:
    """BuildKit skips any number of blanks, and what Go takes for no JSON is a Dockerfile, and a broken one."""
    assert [image.subject for image in images(text)] == names
    assert bool(broken(text)) is not bool(names)
