# ruff: noqa: E501
"""What each rule marks, with which severity; and what it does not."""

from __future__ import annotations

import pytest

from tests.formats.requirements.reading import FLAG, Files, report, report_of, requirements, said
from tests.timing import within
from verifychain.core.digest import Digest
from verifychain.core.packages import Places, PublishedFile, Release
from verifychain.core.settings import PipTarget
from verifychain.formats.requirements import closure, words
from verifychain.formats.requirements.closure import LARGEST
from verifychain.rules._hashes import release_of

A, B = "a" * 64, "b" * 64
HASH, OTHER = f"--hash=sha256:{A}", f"--hash=sha256:{B}"
QUIET = {"pip-no-explicit-flag", "pip-sdist-may-build"}


def marks(text: str | bytes, files: dict[str, str | bytes] | None = None) -> list[tuple[str, str, str]]:
    return [(one.rule, one.severity, one.marked) for one in said(text, files or {}) if one.rule not in QUIET]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        f"foo==1.0 {HASH}\n",
        f"foo == 1.0 --hash sha256:{A}\n",
        f"foo (==1.0) {HASH}\n",
        f"foo===1.0 {HASH}\n",
        f"foo==v1.0 {HASH}\n",
        f"\ufefffoo==1.0 {HASH}\r\n",
        f"foo[x,y]==1.0 ; python_version >= '3' {HASH} # why\n",
        f"foo==1.0 \\\n    {HASH} \\\n    {OTHER}\n    # via x\n",
        f"foo @ https://h.example/foo-1.0-py3-none-any.whl#sha256={A}\n",
        f"https://h.example/foo-1.0-py3-none-any.whl {HASH}\n",
        f"./foo-1.0-py3-none-any.whl {HASH}\n",
        f"foo==1.0 {HASH} --config-settings=a=b\n",
        f"--index-url https://index.example/simple\n--pre\nfoo==1.0 {HASH}\n",
        f"--index-url https://${{USER}}:${{TOKEN}}@index.example/simple\nfoo==1.0 {HASH}\n",
        f"--index-url http://127.0.0.1:8000/simple\nfoo==1.0 {HASH}\n",
        f"--no-index\n--find-links wheels\nfoo==1.0 {HASH}\n",
        f"foo==1.0 ; python_version>='3' {HASH}\nfoo==1.1 ; python_version<'3' {OTHER}\n",
        f"--require-hashes\n--require-hashes\nfoo==1.0 {HASH}\n",
    ],
)
def test_clean(text: str) -> None:
    assert marks(text) == []


@pytest.mark.parametrize("marker", ["python_versio > '3'", "python_version > '3' and", "extra == x"])
def test_a_marker_that_is_none_is_said(marker: str) -> None:
    assert marks(f"foo==1.0 ; {marker} {HASH}\n") == [("pip-syntax", "error", f"foo==1.0 ; {marker}")]


@pytest.mark.parametrize("text", ['"a', '"a\\', '"a\\"', "'a", "a\\", 'b "a\\\\\\"'])
def test_a_quotation_without_end(text: str) -> None:
    with pytest.raises(words.Unclosed):
        words.split(text, 0)


def test_what_a_backslash_escapes_in_double_quotes() -> None:
    text = r'"a\\" "a\"b" "a\b" a\ b'
    assert [one.value for one in words.split(text, 0)] == ["a\\", 'a"b', r"a\b", "a b"]


def test_a_file_as_large_as_may_be_and_one_byte_more() -> None:
    text = "#".ljust(LARGEST - 1, "x") + "\n"
    assert marks(text) == []
    assert marks(f"{text}#") == [("core-parse-error", "error", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"foo==1.0 {HASH}\nbar==1.0\n", [("pip-missing-hash", "error", "bar==1.0")]),
        ("--require-hashes\nbar==1.0\n", [("pip-missing-hash", "error", "bar==1.0")]),
        ("--require-hash\nbar==1.0\n", [("pip-missing-hash", "error", "bar==1.0"), ("pip-syntax", "warning", "--require-hash")]),
        (f"foo==1.0 \\\\\n    {HASH}\n", [("pip-syntax", "warning", "\\\\")]),
        (f"foo==1.0 --hash='sha256:{A}'\n", [("pip-syntax", "warning", f"--hash='sha256:{A}'")]),
        (f"-f./x\nfoo==1.0 {HASH}\n", [("pip-extra-index", "warning", "-f./x"), ("pip-syntax", "warning", "-f./x")]),
        (f"https://h.example/a-1-py3-none-any.whl#sha256={B} {HASH}\n", [("pip-bad-digest", "error", B)]),
        ("foo==1\nbar==1.0\n", [("pip-not-in-hash-mode", "warning", "foo==1")]),
        ("foo>=1 # x\n", [("pip-unpinned", "error", "foo>=1")]),
        (f"foo {HASH}\n", [("pip-unpinned", "error", "foo")]),
        (f"foo==1.* {HASH}\n", [("pip-unpinned", "error", "foo==1.*")]),
        (f"foo==1.0,!=1.1 {HASH}\n", [("pip-unpinned", "error", "foo==1.0,!=1.1")]),
        (f"foo==1.0,==1.0 {HASH}\n", [("pip-unpinned", "warning", "foo==1.0,==1.0")]),
        ("foo==1 --hash=md5:abc\n", [("pip-weak-algorithm", "error", "--hash=md5:abc")]),
        (f"foo==1 --hash=SHA256:{A}\n", [("pip-weak-algorithm", "error", f"--hash=SHA256:{A}")]),
        ("https://h.example/f.tar.gz#egg=f&md5=abc\n", [("pip-weak-algorithm", "error", "md5=abc")]),
        (f"foo==1 --hash=sha256:{A[1:]}\n", [("pip-bad-digest", "error", A[1:])]),
        (f"foo==1 --hash=sha256:{A.upper()}\n", [("pip-bad-digest", "warning", A.upper())]),
        ("foo==1 --hash=sha256:\n", [("pip-bad-digest", "error", "--hash=sha256:")]),
        ("foo==1 --hash=sha256\n", [("pip-bad-digest", "error", "--hash=sha256")]),
        ("foo==1 --hash=sha256:${HASH}\n", [("pip-bad-digest", "error", "${HASH}")]),
        (f"foo==1 {HASH}#x\n", [("pip-bad-digest", "error", f"{A}#x")]),
        (f"foo==1 {HASH},\n", [("pip-bad-digest", "error", f"{A},")]),
        ("foo @ https://h.example/f.whl.zip\n", [("pip-url-without-hash", "error", "foo @ https://h.example/f.whl.zip")]),
        ("./f.zip # x\n", [("pip-url-without-hash", "error", "./f.zip")]),
        ("-e .\n", [("pip-unhashable", "warning", "-e .")]),
        (f"-e . {HASH}\n", [("pip-unhashable", "error", "-e ."), ("pip-ignored-text", "error", HASH)]),
        ("git+https://h.example/a.git\n", [("pip-unhashable", "error", "git+https://h.example/a.git")]),
        (f"git+https://h.example/a@{'c' * 40}\n", [("pip-unhashable", "warning", f"git+https://h.example/a@{'c' * 40}")]),
        (f"./f.zip#sha256={A}\n", [("pip-syntax", "error", f"./f.zip#sha256={A}")]),
        (f"foo==1 {HASH} ; os_name=='nt'\n", [("pip-ignored-text", "error", "; os_name=='nt'")]),
        # Behind `--` pip reads no option.
        (f"foo==1 {HASH}\nbar==1 -- {HASH}\n", [("pip-missing-hash", "error", "bar==1"), ("pip-ignored-text", "error", f"-- {HASH}")]),
        (f"foo==1 {HASH} --\n", [("pip-ignored-text", "error", "--")]),
        (f"foo==1 {HASH} bar==1\n", [("pip-ignored-text", "error", "bar==1")]),
        (f"foo==1 {HASH} -i https://h.example\n", [("pip-ignored-text", "error", "-i https://h.example")]),
        ("--pre foo==1\n", [("pip-ignored-text", "error", "foo==1")]),
        (f"foo==1 \\\n\n  {HASH}\n", [("pip-not-in-hash-mode", "warning", "foo==1"), ("pip-orphan-hash", "error", HASH)]),
        (f"foo==1 # x \\\n  {HASH}\n", [("pip-not-in-hash-mode", "warning", "foo==1"), ("pip-orphan-hash", "error", f"  {HASH}")]),
        (f"foo==1\t{HASH}\n", [("pip-syntax", "error", "\t")]),
        (f"foo==1\xa0{HASH}\n", [("pip-syntax", "error", "\xa0")]),
        (f"foo==1\\\n{HASH}\n", [("pip-syntax", "error", "--")]),
        (f"foo==1 \\ \n  {HASH}\n", [("pip-syntax", "error", "\\ "), ("pip-orphan-hash", "error", HASH)]),
        ("foo=1\n", [("pip-syntax", "error", "foo=1")]),
        ("--nope\n", [("pip-syntax", "error", "--nope")]),
        ("foo==1 'x --pre\n", [("pip-syntax", "error", "foo==1 'x")]),
        (f"foo==1 {HASH} # a\u2028bar==1 {OTHER}\n", [("pip-hidden-line-break", "error", "\u2028")]),
        (f"foo==1 {HASH} # a\u202eb\n", [("pip-hidden-line-break", "error", "\u202e")]),
        (f"foo==1 {HASH}\nFoo==1 {HASH}\n", [("pip-duplicate", "warning", "Foo==1")]),
        (f"foo==1 {HASH}\nfoo==1 {OTHER}\n", [("pip-duplicate", "error", "foo==1")]),
        (f"foo==1 {HASH}\nfoo==2 {OTHER}\n", [("pip-duplicate", "error", "foo==2")]),
        (f"--extra-index-url https://i.example\nfoo==1 {HASH}\n", [("pip-extra-index", "warning", "--extra-index-url https://i.example")]),
        ("--extra-index-url https://i.example\nfoo==1\n", [("pip-extra-index", "error", "--extra-index-url https://i.example"), ("pip-not-in-hash-mode", "warning", "foo==1")]),
        (f"-f wheels\nfoo==1 {HASH}\n", [("pip-extra-index", "warning", "-f wheels")]),
        (f"-i https://i.example\n--extra-index-url https://i.example/\nfoo==1 {HASH}\n", [("pip-extra-index", "note", "--extra-index-url https://i.example/")]),
        ("-i http://i.example\n", [("pip-insecure-source", "error", "http://i.example")]),
        ("-i https://me:secret@i.example\n", [("pip-insecure-source", "error", "https://me:secret@i.example")]),
        ("-i HTTPS://token@i.example\n", [("pip-insecure-source", "error", "HTTPS://token@i.example")]),
        ("--trusted-host i.example\n", [("pip-insecure-source", "error", "--trusted-host i.example")]),
        (f"http://h.example/a.zip {HASH}\n", [("pip-insecure-source", "error", "http://h.example/a.zip")]),
        (f"--no-require-hashes\nfoo==1 {HASH}\n", [("pip-disabled", "error", "--no-require-hashes")]),
        (f"foo==1 {HASH} {HASH}\n", [("pip-repeated-hash", "note", HASH)]),
        (f"foo==1 {OTHER} {HASH}\n", [("pip-unsorted", "note", OTHER)]),
        (f"foo==1 {HASH} --hash=sha384:{'c' * 96}\n", [("pip-mixed-algorithms", "note", "foo==1")]),
        ("-r gone.txt\n", [("pip-nested-file", "error", "gone.txt")]),
        ("-r https://h.example/r.txt\n", [("pip-nested-file", "warning", "https://h.example/r.txt")]),
        (f"-r {'requirements.txt'}\n", [("pip-nested-file", "error", "requirements.txt")]),
        ("-r ${X}.txt\n", [("pip-nested-file", "warning", "${X}.txt")]),
    ],
)  # fmt: skip
def test_marked(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(marks(text)) == sorted(expected)


def test_help_for_what_stands_behind_a_hash_sign() -> None:
    (path,) = [one for one in report(f"./f.zip#sha256={A}\n").findings if one.rule == "pip-syntax"]
    assert path.problem.help == f"write ./f.zip --hash=sha256:{A}"
    (path,) = [one for one in report("./f.zip#why\n").findings if one.rule == "pip-syntax"]
    assert "a comment needs a blank" in path.problem.help
    commit = "c" * 40
    for ref, told in ((f"#{commit}", True), ("#${C}", True), (f"@main#{commit}", True), ("#egg=a", False), ("", False)):
        (one,) = report(f"git+https://h.example/a{ref}\n").findings
        assert ("behind `#`" in one.problem.help) is told, ref


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("-e ./a", "`-e` is not allowed"), (f"-e git+https://h.example/a@{'c' * 40}#egg=a", "`-e` is not allowed"),
        (f"./f.zip {HASH}", "needs a name"), ("foo[bar]==1", "extras are not allowed"), ("foo==1", ""),
        (f"foo[bar]==1 {HASH}", "extras are not allowed"), (f"foo==1 {HASH}", ""),
        (f"foo @ https://h.example/f.zip#sha256={A}", ""), (f"./foo-1-py3-none-any.whl {HASH}", ""),
    ],
)  # fmt: skip
def test_what_is_no_constraint(line: str, told: str) -> None:
    name = "constraints.txt"
    faults = [one for one in report_of(Files({name: f"{line}\n"}), name=name).findings if one.rule == "pip-syntax"]
    assert [one.problem.message.startswith(told) or told in one.problem.message for one in faults] == [True] * bool(
        told
    )
    assert not [one for one in report(f"{line}\n").findings if one.rule == "pip-syntax"]


@pytest.mark.parametrize(
    ("name", "installed"),
    [
        ("constraints.txt", False),
        ("constraints-3.12.txt", False),
        ("upper_constraints.txt", False),
        ("requirements/constraints.txt", False),
        ("requirements-constraints.txt", True),
        ("constraints-requirements.txt", True),
        ("unconstraints.txt", True),
        ("a.txt", True),
    ],
)
def test_what_a_name_makes_a_file_of_constraints(name: str, installed: bool) -> None:
    """Constraints install nothing, and need no hashes: a name that only holds the word must not pass as them."""
    found = [one.rule for one in report_of(Files({name: "foo==1\n"}), name=name).findings]
    assert found == ["pip-not-in-hash-mode"] * installed


@pytest.mark.parametrize("number", [98, 140])
def test_files_behind_very_many_others_are_not_passed_over(number: int) -> None:
    """pip reads them all."""
    files = {f"{at}.txt": f"-r {at + 1}.txt\na{at}==1 {HASH}\n" for at in range(number)}
    found = said("-r 0.txt\n", {**files, f"{number}.txt": "evil==1\n"})
    told = [one for one in found if one.severity != "note"]
    if number < closure.DEEPEST:
        assert [(one.rule, one.path) for one in told] == [("pip-missing-hash", f"{number}.txt")]
    else:
        assert [(one.rule, one.severity) for one in told] == [("pip-nested-file", "warning")]
        assert told[0].marked == f"{closure.DEEPEST}.txt"


def test_more_files_than_are_followed_are_told() -> None:
    files = {f"{at}.txt": f"a{at}==1 {HASH}\n" for at in range(closure.MOST_FILES + 1)}
    told = [one for one in said("".join(f"-r {name}\n" for name in files), files) if one.severity != "note"]
    assert [one.rule for one in told] == ["pip-nested-file"] * 2, "itself is one of them"


def test_notes_on_a_file() -> None:
    assert [one[:2] for one in said(f"foo==1 {HASH}\n")] == [
        ("pip-no-explicit-flag", "note"),
        ("pip-sdist-may-build", "note"),
    ]
    assert said(f"--require-hashes\n--only-binary :all:\nfoo==1 {HASH}\n") == []
    built = said(f"--require-hashes\n--no-binary foo\nfoo==1 {HASH}\n")
    assert ("pip-sdist-may-build", "warning", "foo==1") in [one[:3] for one in built]


def test_the_flag_of_the_command() -> None:
    assert [one[:3] for one in said("foo==1\n", settings=FLAG)] == [("pip-missing-hash", "error", "foo==1")]


@pytest.mark.parametrize(
    ("data", "severity"),
    [
        (b"# caf\xe9\nfoo==1\n", "warning"),
        (b"# -*- coding: latin-1 -*-\n# caf\xe9\nfoo==1\n", "note"),
        ("foo==1\n".encode("utf-16"), "warning"),
        ("foo==1\n".encode("utf-32"), "warning"),
    ],
)
def test_encodings(data: bytes, severity: str) -> None:
    found = [one for one in said(data) if one.rule == "pip-encoding"]
    assert [one.severity for one in found] == [severity]


def test_an_encoding_nobody_knows_is_no_pass() -> None:
    (finding,) = report(b"# coding: nonsense\nfoo==1\n").findings
    assert finding.rule == "core-parse-error"


class Asked:
    """An index that knows nothing, and remembers what it is asked for. Implements ``core.ports.PackageIndex``."""

    def __init__(self) -> None:
        self.releases: list[tuple[str, str]] = []

    def release(self, name: str, version: str, places: Places) -> Release:
        self.releases.append((name, version))
        return Release((), ())

    def owner(self, digest: Digest, places: Places) -> PublishedFile | None:
        return None

    def fits(self, file: PublishedFile, target: PipTarget) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Foo==1.0", [("foo", "1.0")]),
        ("foo==1.0,==1.0", []),
        ("foo>=1.0", []),
        ("foo==1.*", []),
        ("foo", []),
        ("foo @ https://h.example/foo-1.0-py3-none-any.whl", []),
        ("./foo-1.0-py3-none-any.whl", []),
        ("-e .", []),
    ],
)
def test_an_index_is_asked_for_one_version_of_what_it_lists(text: str, asked: list[tuple[str, str]]) -> None:
    index = Asked()
    (requirement,) = requirements(f"{text}\n")
    assert (release_of(requirement, index) is not None, index.releases) == (bool(asked), asked)


NESTED = {"sub/n.txt": "-r m.txt\n", "sub/m.txt": f"foo==1 {HASH}\n", "plain.txt": "bar==1\n"}


def test_nested_files_are_judged_in_the_light_of_the_file_that_reads_them() -> None:
    found = said("-r sub/n.txt\n-r plain.txt\n", NESTED)
    assert [one for one in found if one.rule not in QUIET] == [("pip-missing-hash", "error", "bar==1", "plain.txt")]


def test_a_constraint_installs_nothing() -> None:
    files = {"c.txt": "bar>=1\nbaz==1\n"}
    assert marks(f"-c c.txt\nfoo==1 {HASH}\n", dict(files)) == []


def test_constraints_with_other_hashes() -> None:
    found = said(f"-c c.txt\nfoo==1 {HASH}\n", {"c.txt": f"foo==1 {OTHER}\n"})
    assert ("pip-conflicting-constraint", "error", "foo==1", "requirements.txt") in found
    found = said("-c c.txt\nfoo==1\n", {"c.txt": f"foo==1 {OTHER}\n"})
    assert ("pip-missing-hash", "note", "foo==1", "requirements.txt") in found


def test_duplicates_in_nested_files() -> None:
    found = said("-r a.txt\n-r b.txt\n", {"a.txt": "foo==1\n", "b.txt": f"foo==1 {HASH}\n"})
    assert ("pip-missing-hash", "error", "foo==1", "a.txt") in found
    assert ("pip-duplicate", "error", "foo==1", "b.txt") in found


def test_a_repetition_behind_many_lines_for_other_machines() -> None:
    lines = [f"foo==1.{minor} ; python_version == '3.{minor}' {HASH}" for minor in range(5, 17)]
    assert "pip-duplicate" not in {one.rule for one in said("\n".join(lines))}
    twice = "foo==1.16 ; python_version == '3.16' and python_version != '2.7' " + OTHER
    found = [one for one in said("\n".join([*lines, twice])) if one.rule == "pip-duplicate"]
    assert [(one.severity, one.marked) for one in found] == [("error", twice.partition(" --hash")[0])]


def test_many_lines_of_one_project_take_bounded_time() -> None:
    lines = [f"foo==1.{number} ; python_version == '2.{number + 10}' {HASH}" for number in range(3000)]
    found = within(20, lambda: said("\n".join(lines)))  # it was minutes
    assert "pip-duplicate" in {one.rule for one in found}, "markers that are not evaluated hold everywhere"


def test_files_that_include_each_other() -> None:
    found = said("-r a.txt\n", {"a.txt": "-r requirements.txt\n"})
    assert {(one.rule, one.path) for one in found} == {
        ("pip-nested-file", "a.txt"),
        ("pip-nested-file", "requirements.txt"),
    }


def test_inline_ignores() -> None:
    text = f"foo==1 {HASH}\nbar==1 \\\n  --config-settings=a=b # verifychain: ignore[pip-missing-hash] ours\n"
    assert marks(text) == []
