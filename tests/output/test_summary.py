from __future__ import annotations

from tests.output.reports import hostile, whole
from verifychain.core.pin import Grade
from verifychain.core.report import Listed, Report
from verifychain.core.source import Source
from verifychain.output import inventory, summary
from verifychain.output.json import inventory as inventory_json
from verifychain.output.style import Style


def listed(subject: str, grade: Grade = Grade.UNPINNED, path: str = "Dockerfile") -> Listed:
    source = Source(path, b"FROM a\nFROM b\n")
    return Listed("image", subject, grade, "from", (), source, 0, 6, source, 0)


def test_everything_is_said() -> None:
    assert summary.render(whole(), Style()) == (
        "failed: c/Dockerfile: permission denied\n"
        "  hint: make it readable\n"
        "not checked: b/Dockerfile: image-unpinned: no answer\n"
        "  hint: try again\n"
        "note: ignored files are checked too\n"
        "checked 2 Dockerfiles, 0 references; offline\n"
        "2 errors, 0 warnings, 0 notes, 2 ignored, 1 failed, 1 not checked; 1 fixable\n"
    )


def test_what_was_checked() -> None:
    report = Report(
        files=(("dockerfile", 1),),
        listed=(listed("a"), listed("b"), listed("c", Grade.PINNED)),
        skipped=(("node_modules/", 1), ("vendor/", 2)),
        online=True,
    )
    assert summary.checked(report) == (
        "checked 1 Dockerfile, 3 references (2 unpinned, 1 pinned); skipped 3 files (node_modules/, vendor/); online"
    )
    assert summary.checked(Report()) == "checked no file; offline"


def test_hostile_content_adds_no_line() -> None:
    report = hostile()
    lines = summary.render(report, Style()).splitlines()
    hints = sum(bool(one.hint) for one in report.failures) + sum(bool(one.hint) for one in report.incomplete)
    assert len(lines) == len(report.failures) + len(report.incomplete) + hints + len(report.notes) + 2
    assert all(line.startswith(("failed: ", "not checked: ", "  hint: ", "note: ")) for line in lines[:-2])


def test_colours_mark_what_is_there() -> None:
    assert "\x1b[1;31m2 errors\x1b[0m, 0 warnings" in summary.render(whole(), Style(colour=True))


def test_the_inventory_is_aligned() -> None:
    report = Report(listed=(listed("docker.io/library/漢字:1"), listed("a", Grade.PINNED, "x\ny")))
    assert inventory.render(report, Style()).splitlines() == [
        "GRADE     KIND   VIA   SUBJECT                   WHERE",
        "unpinned  image  from  docker.io/library/漢字:1  Dockerfile:1:1",
        "pinned    image  from  a                         x\ufffdy:1:1",
    ]
    assert inventory.render(Report(), Style()) == ""


def test_one_long_name_does_not_widen_every_row() -> None:
    report = Report(listed=(listed("a" * 100_000), *(listed(f"b{number}") for number in range(1000))))
    assert len(inventory.render(report, Style())) < 300_000


def test_the_inventory_in_colour() -> None:
    report = Report(listed=(listed("a"), listed("b", Grade.PINNED), listed("c", Grade.EXTERNAL_DIGEST)))
    assert [line[:8] for line in inventory.render(report, Style(colour=True)).splitlines()[1:]] == [
        "\x1b[1;31mu", "pinned  ", "\x1b[1;33me",
    ]  # fmt: skip


def test_the_inventory_as_json_counts() -> None:
    import json

    report = Report(listed=(listed("a"), listed("b\udcff")._replace(target="t"), listed("c", Grade.PINNED)))
    document = json.loads("".join(inventory_json(report)))
    assert document["summary"] == {"image": {"unpinned": 2, "pinned": 1}}
    assert document["references"][1] == {
        "kind": "image", "subject": "b\ufffd", "grade": "unpinned", "via": "from", "pins": [], "path": "Dockerfile",
        "start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 7},
        "origin": {"path": "Dockerfile", "line": 1, "column": 1}, "target": "t",
    }  # fmt: skip
