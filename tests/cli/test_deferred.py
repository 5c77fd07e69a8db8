"""click with stand-ins for what it hardly uses: it does and says all that it does and says without them."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from verifychain.cli.main import COMMANDS

STOOD_FOR = ("inspect", "uuid", "datetime", "gettext", "threading")
ORDINARY = f"import {', '.join(STOOD_FOR)}\n"  # what is loaded already has no stand-in


def run(code: str, folder: Path, **environment: str) -> str:
    """What a program prints, and that it ended well; what measures coverage would load those modules first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False,
        cwd=folder, env=kept | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def same_as_ordinary(code: str, folder: Path) -> str:
    """What a program prints, with stand-ins and without them."""
    deferred = "import sys, verifychain.cli\n" + LOADED + code
    printed = run(deferred, folder)
    assert printed == run(ORDINARY + code, folder)
    return printed


# Before the first use none of them is there: otherwise the comparison would compare click with itself.
LOADED = f"assert not {set(STOOD_FOR)} & sys.modules.keys(), sys.modules.keys()\n"


def test_every_help_text_is_the_same(tmp_path: Path) -> None:
    names = [name.split() for name in COMMANDS]
    code = (
        "from verifychain.cli.main import main\n"
        f"for name in [[], *{names!r}]:\n"
        "    assert main([*name, '--help']) == 0\n"
    )
    assert "Is every byte that a repository fetches" in same_as_ordinary(code, tmp_path)


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        ("click.UUID", "12345678123456781234567812345678", "UUID('12345678-1234-5678-1234-567812345678')"),
        ("click.UUID", "x", "'x' is not a valid UUID."),
        ("click.DateTime()", "2026-11-26", "datetime.datetime(2026, 11, 26, 0, 0)"),
        ("click.DateTime()", "today", "'today' does not match the formats"),
        ("click.Choice(['a', 'b'])", "c", "'c' is not one of 'a', 'b'."),
        ("click.Path(exists=True)", "missing", "Path 'missing' does not exist."),
        ("click.File()", "missing", "'missing': No such file or directory"),
        ("click.FloatRange(min=0, min_open=True)", "0", "0.0 is not in the range x>0."),
        ("click.IntRange(1, 3)", "2", "2"),
        ("int", "two", "'two' is not a valid integer."),
        ("bool", "maybe", "'maybe' is not a valid boolean"),
    ],
)
def test_every_type_converts_and_complains_the_same(tmp_path: Path, kind: str, text: str, printed: str) -> None:
    code = (
        "import click\n"
        "@click.command()\n"
        f"@click.argument('value', type={kind})\n"
        "def command(value): print(repr(value))\n"
        "try:\n"
        f"    command.main([{text!r}], standalone_mode=False)\n"
        "except click.ClickException as error:\n"
        "    print(error.format_message())\n"
    )
    assert printed in same_as_ordinary(code, tmp_path)


def test_values_of_the_classes_are_known_as_such(tmp_path: Path) -> None:
    code = (
        "import click\n"
        "from datetime import datetime\n"
        "from uuid import UUID\n"
        "for kind, value in [(click.DateTime(), datetime(2026, 1, 2)), (click.UUID, UUID(int=7))]:\n"
        "    assert kind.convert(value, None, None) is value\n"
        "print('known')\n"
    )
    assert same_as_ordinary(code, tmp_path) == "known\n"


def test_what_runs_commands_in_tests_and_asks_users(tmp_path: Path) -> None:
    code = (
        "import click\n"
        "from click.testing import CliRunner\n"
        "@click.command()\n"
        "@click.option('--name', prompt=True, default=lambda: 'x', show_default=True, help='A\\n    name.')\n"
        "def command(name):\n"
        "    '''One\n\n    two\n    '''\n"
        "    click.echo(click.get_current_context().info_name + name)\n"
        "for argv in [['--help'], [], ['--name'], ['--wrong']]:\n"
        "    result = CliRunner().invoke(command, argv, input='who\\n')\n"
        "    print(result.exit_code, result.output)\n"
        "def pages(): yield 'paged'\n"
        "click.echo_via_pager(pages)\n"
    )
    printed = same_as_ordinary(code, tmp_path)
    assert "commandwho" in printed
    assert "No such option" in printed
    assert "paged" in printed


def test_completion_is_the_same(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from verifychain.cli.main import main\n"
        "assert main(['completion', 'bash']) == 0\n"
        "os.environ |= {'_VERIFYCHAIN_COMPLETE': 'bash_complete', 'COMP_WORDS': 'verifychain che', 'COMP_CWORD': '1'}\n"
        "print(main([]))\n"
    )
    assert "plain,check\n" in same_as_ordinary(code, tmp_path)


def test_texts_are_translated_where_somebody_has_translations(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "ours.mo").write_bytes(catalogue({"Show the version and exit.": "Zeigt die Version."}))
    code = (
        "import verifychain.cli, sys\n" + LOADED + "import gettext\n"
        f"gettext.bindtextdomain('ours', {str(tmp_path)!r})\n"
        "gettext.textdomain('ours')\n"
        "from verifychain.cli.main import main\n"
        "main(['--help'])\n"
    )
    assert "Zeigt die Version." in run(code, tmp_path, LANGUAGE="de")


def catalogue(texts: dict[str, str]) -> bytes:
    """A compiled catalogue: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    keys, values = list[int](), list[int]()
    body = b""
    begin = 28 + 16 * len(pairs)
    for table, side in ((keys, 0), (values, 1)):
        for pair in pairs:
            text = pair[side].encode()
            table += [len(text), begin + len(body)]
            body += text + b"\0"
    count = len(pairs)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + struct.pack(f"<{4 * count}I", *keys, *values) + body


def test_a_click_that_asks_at_once_has_the_real_thing(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text(
        "import datetime, inspect, threading, uuid\n"
        "from datetime import date, datetime as moment\n"
        "from gettext import gettext, ngettext, translation\n"
        "from inspect import signature\n"
        "class Later(moment): pass\n"
        "class Own(uuid.UUID): pass\n"
        "either = moment | None\n"
        "assert inspect.cleandoc('  a\\n    b\\n') == 'a\\nb' and inspect.cleandoc('\\t a ') == 'a '\n"
        "assert isinstance(moment(2026, 1, 2), moment) and not isinstance(2, moment)\n"
        "assert issubclass(Later, moment) and not issubclass(int, moment)\n"
        "assert Later(2026, 1, 2) == datetime.datetime(2026, 1, 2) and Own(int=1) == uuid.UUID(int=1)\n"
        "assert moment.min.year == date.min.year == 1\n"
        "assert [ngettext('one', 'many', n) for n in (1, 2)] == ['one', 'many'] and gettext('a') == 'a'\n"
        "assert threading.current_thread() is threading.main_thread()\n"
    )
    code = (
        "import sys\n"
        "sys.path.insert(0, '.')\n"
        "from verifychain.cli import deferred\n"
        "import click, datetime, gettext, inspect, threading, uuid\n"
        f"assert click.__file__.startswith({str(tmp_path)!r}) or click.__file__ == 'click.py', click.__file__\n"
        "assert click.signature is inspect.signature and click.Later.__mro__[1] is datetime.datetime\n"
        "assert click.threading.Thread is threading.Thread and type(uuid) is type(sys)\n"
    )
    assert run(code, tmp_path) == ""


def test_a_click_that_cannot_be_imported_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import inspect\n1 / 0\n")
    code = (
        "import sys\n"
        "sys.path.insert(0, '.')\n"
        "try:\n"
        "    import verifychain.cli\n"
        "except ZeroDivisionError:\n"
        "    import inspect\n"
        "    print(type(inspect) is type(sys))\n"
    )
    assert run(code, tmp_path) == "True\n"


def test_annotations_of_click_are_compiled_when_asked_for_and_mean_the_same(tmp_path: Path) -> None:
    code = (
        "import typing, click, click.types\n"
        "print(typing.get_type_hints(click.types.PathInfoDict), typing.get_type_hints(click.types.FileInfoDict))\n"
        "print(click.types.PathInfoDict.__total__, sorted(click.types.OptionHelpExtra.__optional_keys__))\n"
        "print('compile' in vars(typing), eval(typing.ForwardRef('1 + 1').__forward_code__))\n"
    )
    printed = same_as_ordinary(code, tmp_path)
    assert "'readable': <class 'bool'>" in printed
    assert "False 2" in printed


def test_nothing_is_compiled_when_click_is_loaded(tmp_path: Path) -> None:
    code = (
        "import builtins, re, typing\n"
        "real, compiled = builtins.compile, []\n"
        "builtins.compile = lambda *given, **named: (compiled.append(given), real(*given, **named))[1]\n"
        "import {}\n"
        "print(sum(name == '<string>' for _, name, *_ in compiled))\n"  # others are modules, not kept compiled
    )
    assert run(code.format("verifychain.cli.main, verifychain.cli.check"), tmp_path) == "0\n"
    assert int(run(code.format("click"), tmp_path)) > 0  # or there is nothing to keep from it any more
