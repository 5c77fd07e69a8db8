from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.output.reports import hostile, on, rendered, whole
from tests.output.runner import commands
from verifychain.core.report import Report
from verifychain.output import junit
from verifychain.output.style import Style


def suite(report: Report, style: Style | None = None) -> Element:
    """The one suite, its counts compared with what it holds."""
    out = rendered(junit, report, style or Style())
    assert out.isascii()
    root = fromstring(out.encode())
    (found,) = root
    assert (root.tag, found.tag) == ("testsuites", "testsuite")
    for element in (root, found):
        assert int(element.attrib["tests"]) == len(found)
        for outcome, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[outcome]) == len(found.findall(f"testcase/{tag}"))
    for case in found:
        # What the schemas of ant and Jenkins know.
        assert case.tag == "testcase"
        assert set(case.attrib) == {"classname", "name", "file"}
        assert len(case) <= 1
        assert all(child.tag in ("failure", "error", "skipped") for child in case)
    return found


def test_the_whole() -> None:
    assert [
        (case.attrib["classname"], case.attrib["name"], *((child.tag, child.attrib["message"]) for child in case))
        for case in suite(whole())
    ] == [
        ("c/Dockerfile", "failed", ("error", "permission denied")),
        ("b/Dockerfile", "image-unpinned", ("error", "no answer")),
        ("services/api/Dockerfile", "image-unpinned: no digest", ("failure", "no digest")),
        ("services/api/Dockerfile", "image-malformed-digest: capital letters", ("failure", "capital letters")),
        ("services/api/Dockerfile", "image-unpinned: ignored", ("skipped", "ignored by comment: built by us")),
        ("services/api/Dockerfile", "image-unpinned: known", ("skipped", "ignored by baseline")),
        ("other/Dockerfile", "no finding"),
    ]


def test_a_failure_shows_the_place() -> None:
    failure = suite(whole()).findall("testcase/failure")[1]
    assert failure.attrib["type"] == "error[image-malformed-digest]"
    assert failure.text is not None
    assert failure.text.splitlines() == [
        "error[image-malformed-digest]: capital letters",
        " --> services/api/Dockerfile:3:8",
        "  |",
        "3 | FROM b@sha256:ABC",
        "  |        ^^^^^^^^^^",
        "  = fix: write it in lower case (--fix)",
        "  = help: write it in lower case",
        "  = docs: verifychain rules image-malformed-digest",
    ]


def test_colours_never_reach_a_file() -> None:
    assert rendered(junit, whole(), Style(colour=True)) == rendered(junit, whole(), Style())


def test_nothing_checked_has_not_passed() -> None:
    (case,) = suite(Report())
    assert [child.tag for child in case] == ["skipped"]


def test_checked_and_good_has_passed() -> None:
    (case,) = suite(Report(files=(("dockerfile", 1),)))
    assert list(case) == []
    assert [case.attrib["classname"] for case in suite(Report(files=(("dockerfile", 2),), examined=("a", "b")))] == [
        "a", "b",
    ]  # fmt: skip


def test_names_differ_and_hold_no_line_number() -> None:
    one = on("x\nFROM a\n", "a", message="m")
    other = on("FROM a\n", "a", message="m (2)")
    names = [case.attrib["name"] for case in suite(Report(findings=(other, one, one, one)))]
    assert names == ["image-unpinned: m (2)", "image-unpinned: m", "image-unpinned: m (3)", "image-unpinned: m (4)"]


@pytest.mark.parametrize("path", ["x", "../y"])
def test_files_are_those_of_the_repository(path: str) -> None:
    (case,) = suite(Report(findings=(on("a", "a", path=path),)), Style(folder="sub/dir"))
    assert case.attrib["classname"] == path
    assert case.attrib["file"] == {"x": "sub/dir/x", "../y": "sub/y"}[path]


def test_hostile_content_stays_valid() -> None:
    report = hostile()
    found = suite(report)
    assert len(found.findall("testcase/failure")) == len(report.findings)
    assert len(found.findall("testcase/error")) == len(report.failures) + len(report.incomplete)
    assert len(found.findall("testcase/skipped")) == len(report.suppressed)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in found]
    assert len(set(names)) == len(names)
    assert commands(rendered(junit, report, Style())) == []
