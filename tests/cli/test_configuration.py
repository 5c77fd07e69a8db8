from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import BAD, HEX

FULL = """
select = ["image", "download"]
ignore = []
exclude = ["legacy/**"]
fail-on = "error"
require-ignore-reason = true

[severity]
image-unresolved = "error"

[image]
allow-unpinned = ["registry.internal/*"]

[[overrides]]
paths = ["tests/**"]
ignore = ["image-unpinned"]

[[ignores]]
rule = "image-unpinned"
paths = ["docs/Dockerfile"]
reason = "docs build is not shipped"
expires = 2999-03-01
"""


def test_every_key_at_work(project: Path, command: Runner) -> None:
    write(
        project,
        {
            "verifychain.toml": FULL,
            "tests/Dockerfile": BAD,
            "docs/Dockerfile": BAD,
            "Dockerfile": "FROM registry.internal/a/b:1\n",
            "legacy/Dockerfile": BAD,
            "x.Dockerfile": "ARG A\nFROM $A\n",
            "y.Dockerfile": "ARG A\n# verifychain: ignore[image-unresolved]\nFROM $A\n",
            "requirements.txt": "idna\n",
        },
    )
    result = command("check", "--format", "json")
    document = json.loads(result.out)
    assert [(one["path"], one["rule"], one["severity"]) for one in document["findings"]] == [
        ("x.Dockerfile", "image-unresolved", "error"),
        ("y.Dockerfile", "core-unused-ignore", "warning"),  # it gives no reason
        ("y.Dockerfile", "image-unresolved", "error"),
    ]
    (suppressed,) = document["suppressed"]
    assert (suppressed["by"], suppressed["reason"]) == ("configuration", "docs build is not shipped")
    assert result.code == 1
    assert command("check", "y.Dockerfile", "--config", "severity.image-unresolved = 'warning'").code == 0
    without = json.loads(command("check", "--isolated", "--format", "json").out)
    assert [(one["path"], one["rule"], one["severity"]) for one in without["findings"]] == [
        ("Dockerfile", "image-unpinned", "error"),
        ("docs/Dockerfile", "image-unpinned", "error"),
        ("legacy/Dockerfile", "image-unpinned", "error"),
        ("requirements.txt", "pip-unpinned", "error"),
        ("tests/Dockerfile", "image-unpinned", "error"),
        ("x.Dockerfile", "image-unresolved", "warning"),
    ]


def test_pyproject_is_found_from_a_subfolder_up_to_the_repository(
    project: Path, command: Runner, git: Callable[..., str]
) -> None:
    git("init", "--quiet", "inner")
    write(project, {"pyproject.toml": '[tool.verifychain]\nexclude = ["sub/skip"]\n', "sub/skip/Dockerfile": BAD})
    write(project, {"sub/Dockerfile": BAD, "inner/sub/Dockerfile": BAD})
    assert command("check", cwd=project / "sub").err.startswith("checked 1 Dockerfile, 1 reference")
    assert "pyproject.toml" not in command("config", "show", cwd=project / "inner" / "sub").out
    shown = command("config", "show", cwd=project / "sub").out
    assert 'exclude = ["sub/skip"] # ../pyproject.toml' in [" ".join(line.split()) for line in shown.splitlines()]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('slect = ["image"]', "there is no key 'slect'", "did you mean 'select'?"),
        ("[image]\nallow_unpinned = []", "there is no key 'image.allow_unpinned'", "did you mean 'allow-unpinned'?"),
        ('select = ["imagine"]', "select: no rule or group is called 'imagine'", "did you mean image?"),
        ('select = "image"', "select must be a list, not 'image'", "`verifychain config schema` has all"),
        ('fail-on = "fatal"', "fail-on: 'fatal' is not known", "note, warning, error"),
        ("require-ignore-reason = 1", "must be true or false, not 1", "`verifychain config schema` has all"),
        ('[severity]\nimage-unpinned = "off"', "severity.image-unpinned: 'off' is not known", "note, warning, error"),
        (
            '[severity]\nimage = "note"',
            "severity: no rule is called 'image'",
            "`verifychain rules image` lists its rules",
        ),
        ('[severity]\nunpinned = "note"', "severity: no rule is called 'unpinned'", "did you mean pip-unpinned?"),
        ('[severity]\nnope = "note"', "severity: no rule is called 'nope'", "`verifychain rules` lists them"),
        ("select = [", "is not TOML", "strings need quotes"),
        ("image = " + "1" * 5000, "is not TOML", "strings need quotes"),
        ('[[ignores]]\nrule = "image-unpinned"\npaths = ["a"]', "ignores[0] has no reason", "say why"),
        ('[[ignores]]\nrule = "image-unpinned"\nreason = "x"', "ignores[0] has no paths", "say where"),
        (
            '[[ignores]]\nrule = "nope"\nreason = "x"\npaths = ["a"]',
            "no rule is called 'nope'",
            "`verifychain rules`",
        ),
        ('[[ignores]]\nexpires = "soon"', "ignores[0].expires must be a date", "`verifychain config schema` has all"),
        ("[pip]\ncool-down-days = -1", "pip.cool-down-days: -1 is less than none", "0 switches it off"),
        ("[sri]\npage-url = 'shop.example'", "'shop.example' is none", "https://shop.example/"),
        ("nope = 1", "there is no key 'nope'", "known keys: baseline, cosign, "),
        ("image = 3", "image must be a table, not 3", "`verifychain config schema` has all"),
        ("overrides = [1]", "overrides[0] must be a table", "`verifychain config schema` has all"),
    ],
)
def test_mistakes(project: Path, command: Runner, text: str, message: str, hint: str) -> None:
    write(project, {"verifychain.toml": text, "Dockerfile": BAD})
    result = command("check")
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert hint in result.err


def test_two_configurations(project: Path, command: Runner) -> None:
    write(project, {"verifychain.toml": "", "pyproject.toml": "[tool.verifychain]\n", "Dockerfile": BAD})
    result = command("check")
    assert result.code == 2
    assert "both configure verifychain" in result.err
    write(project, {"pyproject.toml": "[tool.other]\nname = 'verifychain'\n"})
    assert command("check").code == 1


@pytest.mark.parametrize("tool", ["5 # verifychain", '"verifychain"', '[["verifychain"]]'])
def test_a_pyproject_whose_tool_is_no_table(project: Path, command: Runner, tool: str) -> None:
    write(project, {"pyproject.toml": f"tool = {tool}\n", "Dockerfile": BAD})
    assert command("check", "--select", "download").code == 0, "it does not configure us"
    result = command("check", "--config", "pyproject.toml")
    assert (result.code, "has no table [tool.verifychain]" in result.err) == (2, True)


def test_a_key_without_end(project: Path, command: Runner) -> None:
    """``tomllib`` would take memory by the square of the parts."""
    for part in ("a", '"a"', '"\\""', "'a'"):
        write(project, {"verifychain.toml": ".".join([part] * 2000) + " = 1\n", "Dockerfile": BAD})
        result = command("check")
        assert (result.code, "a key has far too many parts" in result.err) == (2, True)


def test_config_option(project: Path, command: Runner) -> None:
    write(project, {"other.toml": 'ignore = ["image"]\n', "Dockerfile": BAD, "verifychain.toml": "fail-on = 'note'\n"})
    assert command("check", "--config", "other.toml").code == 0
    assert command("check", "--config", 'ignore = ["image"]').code == 0
    assert command("check", "--config", 'image.allow-unpinned = ["docker.io/library/debian:*"]').code == 0
    assert command("check", "--config", "missing.toml").code == 2
    assert command("check", "--config", "a.toml", "--config", "b.toml").code == 2
    assert command("check", "--config", "ignore = [").code == 2
    assert command("check", "--ignore", "download", "--config", "other.toml").code == 1, "arguments win"
    shown = command("config", "show", "--config", 'ignore = ["image"]').out
    assert "# --config\n" in shown
    assert 'fail-on = "note" # verifychain.toml' in [" ".join(line.split()) for line in shown.splitlines()]


def test_schema_fits_the_examples(project: Path, command: Runner) -> None:
    schema = json.loads(command("config", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    document = tomllib.loads(FULL)
    document["ignores"][0]["expires"] = str(document["ignores"][0]["expires"])
    validator.validate(document)
    wrong: list[dict[str, object]]
    wrong = [{"slect": []}, {"fail-on": "fatal"}, {"image": {"allow-unpinned": "x"}}, {"severity": {"a": "off"}}]
    for bad in wrong:
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(bad)


def test_excluded_and_named(project: Path, command: Runner) -> None:
    write(project, {"verifychain.toml": 'exclude = ["old"]\n', "old/Dockerfile": BAD})
    assert command("check").code == 3
    assert command("check", "old/Dockerfile").code == 1, "a named file is meant"
    result = command("check", "--force-exclude", "old/Dockerfile")
    assert result.code == 0
    assert "old/Dockerfile: left out by the configuration" in result.err


def test_an_expired_ignore_is_back_and_said(project: Path, command: Runner) -> None:
    write(
        project,
        {
            "Dockerfile": BAD,
            "pyproject.toml": "[tool.verifychain]\n\n[[tool.verifychain.ignores]]\nrule = 'image-unpinned'\n"
            "paths = ['*']\nreason = 'for a while'\nexpires = 2020-01-01\n",
        },
    )
    lines = command("check", "--format", "concise").out.splitlines()
    assert lines[0].startswith("Dockerfile:1:6: error[image-unpinned]")
    assert lines[1] == (
        "pyproject.toml:3:1: warning[core-expired-ignore]: the ignore of image-unpinned expired on 2020-01-01"
        ": for a while"
    )


def test_an_unused_configured_ignore_is_said_when_all_was_checked(project: Path, command: Runner) -> None:
    entry = "[[ignores]]\nrule = 'image-unpinned'\npaths = ['*']\nreason = 'x'\n"
    write(project, {"Dockerfile": f"FROM debian@sha256:{HEX}\n", "verifychain.toml": entry})
    assert "verifychain.toml:1:1: warning[core-unused-ignore]" in command("check", "--format", "concise").out
    assert command("check", "Dockerfile").out == "", "a hook that names one file has not seen the others"
    assert command("check", "--select", "download").out == "", "the rule did not run"


def test_baseline(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "FROM debian:12\nFROM debian:12\nFROM alpine\n"})
    written = command("check", "--write-baseline", "known.json")
    assert (written.code, written.out) == (0, "")
    assert "3 findings are written to known.json" in written.err
    assert command("check", "--baseline", "known.json").code == 0
    write(project, {"Dockerfile": "# above\nFROM   debian:12\nFROM debian:12\nFROM debian:12\nFROM alpine\n"})
    again = command("check", "--baseline", "known.json", "--format", "concise")
    assert again.out.splitlines() == [
        "Dockerfile:4:6: error[image-unpinned]: no digest: the tag can be moved to other content"
    ], "a third one is new"
    write(project, {"Dockerfile": "FROM debian:12\n", "verifychain.toml": "baseline = 'known.json'\n"})
    mended = command("check")
    assert mended.code == 0
    assert "known.json: 2 known findings are mended" in mended.err
    assert command("check", "--no-ignores").code == 1
    (project / "sub").mkdir()
    assert command("check", "..", cwd=project / "sub").code == 0, "paths hold from any folder"


@pytest.mark.parametrize("name", ["verifychain.toml", "pyproject.toml"])
@pytest.mark.parametrize(
    ("put", "reason"),
    [
        (lambda path: path.symlink_to("missing"), "no such file or directory"),
        (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (os.mkfifo, "not a regular file"),
        (os.mkdir, "is a directory"),
    ],
)
def test_a_configuration_that_is_there_and_cannot_be_read(
    project: Path, command: Runner, name: str, put: Callable[[Path], None], reason: str
) -> None:
    """Were it passed over, what it demands would not be asked for."""
    write(project, {"Dockerfile": "FROM scratch\n"})
    put(project / name)
    result = command("check")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: cannot read {name}: {reason}\n")
    assert command("check", "--isolated").code == 0


def test_secrets_of_a_configuration_are_not_shown(project: Path, command: Runner) -> None:
    write(project, {"verifychain.toml": "pip = { index-url = 'https://me:HIDDEN@index.example/simple' }\n"})
    shown = command("config", "show").out
    assert 'pip.index-url            = "https://**:******@index.example/simple"' in shown


def test_a_lock_that_cannot_be_read_is_named(project: Path, command: Runner) -> None:
    write(project, {"p.html": "<script src=https://a.example/a.js></script>"})
    os.mkfifo(project / "verifychain.lock")
    result = command("sri", "p.html")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: cannot read verifychain.lock: not a regular file\n")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"version": 2}',
        '{"version": 1}',
        '{"version": 1, "findings": 5}',
        '{"version": 1, "findings": null}',
        '{"version": 1, "findings": [{"rule": 1}]}',
        "[" * 100000,
    ],
)
def test_bad_baselines(project: Path, command: Runner, content: str) -> None:
    write(project, {"Dockerfile": BAD, "known.json": content})
    result = command("check", "--baseline", "known.json")
    assert result.code == 2
    assert result.err.startswith("error: known.json"), result.err


def test_no_baseline(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": BAD})
    result = command("check", "--baseline", "missing.json")
    assert (result.code, "missing.json" in result.err) == (2, True)


def test_a_baseline_that_is_no_file_and_one_that_is_too_large(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": BAD})
    os.mkfifo(project / "known.json")
    result = command("check", "--baseline", "known.json")
    assert result.code == 2
    assert result.err.startswith("error: cannot read the baseline known.json: not a regular file\n")
    with (project / "large.json").open("wb") as file:
        file.truncate(257 << 20)
    result = command("check", "--baseline", "large.json")
    assert result.err.startswith("error: cannot read the baseline large.json: larger than 256 MiB\n")


def test_a_baseline_of_names_that_are_no_utf_8(project: Path, command: Runner) -> None:
    (project / os.fsdecode(b"Dockerfile.\xff")).write_text(BAD)
    assert command("check", "--write-baseline", "known.json").code == 0
    assert command("check", "--baseline", "known.json").code == 0
    (project / "known.json").write_bytes(b"\xef\xbb\xbf" + (project / "known.json").read_bytes())
    assert command("check", "--baseline", "known.json").code == 0, "an editor put a byte order mark in front"


def test_a_parse_error_is_not_for_the_baseline(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "FROM a b\n"})
    assert command("check", "--write-baseline", "known.json").code == 1


def test_an_override_cannot_switch_off_a_parse_error(project: Path, command: Runner) -> None:
    given = ("--config", 'overrides = [{ paths = ["**"], ignore = ["core-parse-error"] }]')
    result = command("check", *given)
    assert result.code == 2
    assert "overrides[0].ignore: core-parse-error cannot be switched off" in result.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('severity = { core-parse-error = "note" }', "--config: severity: core-parse-error"),
        ('severity = { core-parse-error = "warning" }', "--config: severity: core-parse-error"),
        (
            'overrides = [{ paths = ["**"], severity = { core-parse-error = "note" } }]',
            "--config: overrides[0].severity: core-parse-error",
        ),
    ],
)
def test_a_parse_error_is_an_error_everywhere(project: Path, command: Runner, given: str, told: str) -> None:
    """As a note it would let a file pass that nobody could read."""
    write(project, {"Dockerfile": "FROM a b\n"})
    result = command("check", "--config", given)
    assert (result.code, f"{told} cannot be less than an error" in result.err) == (2, True)
    assert command("check", "--config", given.replace('"note"', '"error"').replace('"warning"', '"error"')).code == 1


def test_a_pattern_for_the_short_name_of_an_image(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "FROM python:3.12\nFROM a/b:1\n"})

    def helped(pattern: str) -> list[str]:
        found = command("check", "--config", f'image.allow-unpinned = ["{pattern}"]').out
        return [line.partition(": write ")[2] for line in found.splitlines() if "matched on the whole name" in line]

    assert helped("python:*") == ["docker.io/library/… in front of the pattern"]
    assert helped("a/*") == ["docker.io/… in front of the pattern"]
    assert helped("c:*") == []
    assert command("check", "--config", 'image.allow-unpinned = ["docker.io/*"]').code == 0


def test_a_root_that_is_not_there_is_told(project: Path, command: Runner) -> None:
    write(project, {"p.html": '<script src="/a.js"></script>', "public/a.js": ""})
    assert "sri.root: publik is no directory" in command("check", "--config", 'sri.root = "publik"').err
    assert "is no directory" not in command("check", "--config", 'sri.root = "public"').err


@pytest.mark.parametrize("given", [("--index-url", "nonsense"), ("--extra-index-url", "//i.example/simple")])
def test_an_index_that_is_no_url(project: Path, command: Runner, given: tuple[str, str]) -> None:
    result = command("pip", *given, "--online")
    assert (result.code, "is no URL of a package index" in result.err) == (2, True)
    assert command("pip", "--config", f'pip.index-url = "{given[1]}"').code == 2
