"""Commands of Windows images: cmd.exe, and what it hands to PowerShell."""

from __future__ import annotations

from random import Random

import pytest

from tests.formats.shell.cases import H
from tests.formats.shell.reading import downloads, facts, verdicts
from verifychain.core.source import Source
from verifychain.facts.broken import Broken
from verifychain.facts.install import Install
from verifychain.facts.shell import ShellText
from verifychain.formats.shell import cmd
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.machine import Text

CMD = 'SHELL ["cmd", "/S", "/C"]\n'
WINDOWS = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\n"
GIT = "https://git.example/o/r"
ZIP = "https://cdn.example/t.zip"
CHECK = f"if ((Get-FileHash t.zip).Hash -ne '{H}') {{ exit 1 }}"


def installs(text: str) -> list[str]:
    return [fact.manager.value for fact in facts(text, path="Dockerfile") if isinstance(fact, Install)]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("python -m pip install flask", ["pip"]), (r"C:\Python\python.exe -m pip install flask", ["pip"]),
        (r'"C:\Program Files\Python\Scripts\pip.exe" install flask', ["pip"]), ("py -3 -m pip install flask", ["pip"]),
        ("PIP install flask", ["pip"]), ("call npm.cmd install -g yarn", ["npm"]), ("pip list & npm i x", ["npm"]),
        ("cd x && pip install flask && choco install -y git", ["pip", "choco"]), ("@pip install flask", ["pip"]),
        (r"if not exist C:\x (pip install flask)", ["pip"]), ("if %A%==b pip install flask", ["pip"]),
        (r'if exist "C:\a b" pip install flask', ["pip"]), ("start /wait pip install flask", ["pip"]),
        ("pip install --require-hashes -r r.txt", []), ("echo pip install flask", []), ("rem pip install flask", []),
        ('echo "a && pip install flask"', []), ("echo a ^&^& pip install flask", []), ("npm ci", []),
    ],
)  # fmt: skip
def test_installs_of_cmd(line: str, right: list[str]) -> None:
    escape = "# escape=`\nFROM scratch\n"
    assert installs(f"{escape}{CMD}RUN {line}\n") == right


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"git clone {GIT}", ["unpinned"]), (f"git clone {GIT} && cd r && git checkout {H[:40]}", ["pinned"]),
        (f"git clone {GIT} & cd r & git checkout %COMMIT%", ["external-digest"]),
        (f"git clone {GIT} && cd r && git checkout v1", ["unpinned"]),
        (f"pip install {ZIP}", ["unpinned"]), ("git --version", []),
    ],
)  # fmt: skip
def test_git_of_cmd(line: str, right: list[str]) -> None:
    assert verdicts(f"FROM scratch\n{CMD}RUN {line}\n", path="Dockerfile") == right


@pytest.mark.parametrize("shell", ["", CMD], ids=["without SHELL", "with SHELL"])
@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"curl -fSLo t.zip {ZIP}", ["unpinned"]),
        (f'powershell -Command "Invoke-WebRequest {ZIP} -OutFile t.zip"', ["unpinned"]),
        (f"powershell -Command $a = 1; Invoke-WebRequest {ZIP} -OutFile t.zip; Expand-Archive t.zip", ["unpinned"]),
        (f"powershell.exe -Command if ($x) {{ Invoke-WebRequest {ZIP} -OutFile t.zip }}", ["unpinned"]),
        (f"powershell -c Invoke-WebRequest {ZIP} -OutFile t.zip; {CHECK}", ["verified"]),
        (f"curl -o t.zip {ZIP} && powershell -c \"{CHECK}\" && tar xf t.zip", ["verified"]),
        (f"powershell -c $a = 1; iex ((New-Object Net.WebClient).DownloadString('{ZIP}'))", ["piped:interpreter"]),
    ],
)  # fmt: skip
def test_an_image_of_windows_gives_the_same_without_shell(shell: str, line: str, right: list[str]) -> None:
    assert verdicts(f"{WINDOWS}{shell}RUN {line}\n", path="Dockerfile") == right


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("FROM golang:1.24-windowsservercore-ltsc2022\n", 1), ("FROM python:3.13-nanoserver@sha256:" + H + "\n", 1),
        ("FROM mcr.microsoft.com/windows:ltsc2019 AS a\nFROM a\n", 1), ("# escape=`\nFROM base\n", 1),
        ("FROM alpine\n", 0),
        ("FROM windowsservercore\n", 0),
    ],
)  # fmt: skip
def test_which_images_are_of_windows(start: str, found: int) -> None:
    """On others sh cuts the line at the semicolon, and runs no such program."""
    text = f"{start}RUN powershell -Command $a = 1; Invoke-WebRequest {ZIP} -OutFile t.zip\n"
    assert len([one for one in downloads(text, path="Dockerfile") if one.via == "invoke-webrequest"]) == found


def test_any_line_of_cmd_is_read_to_its_end() -> None:
    random = Random(11)
    pieces = ["pip", " install", ' "', "^", "&", "|", "\n", "if ", "not ", "exist ", "start /wait ", "(", "%A%", "=="]
    for _ in range(300):
        text = "".join(random.choices(pieces, k=random.randint(0, 60)))
        for call in cmd.calls(Shell(Text(Source("Dockerfile", b""))), text):
            assert 0 <= call.word.start < call.word.end <= len(text)
    for piece in pieces:
        list(cmd.calls(Shell(Text(Source("Dockerfile", b""))), piece * 100_000))


@pytest.mark.parametrize(
    "image",
    ["microsoft/windowsservercore", "mcr.microsoft.com/windows/servercore:ltsc2022", "mcr.microsoft.com/windows:1809",
     "mcr.microsoft.com/dotnet/framework/sdk:4.8", "python:3.12-windowsservercore-ltsc2022", "microsoft/iis"],
)  # fmt: skip
def test_lines_of_windows_images_are_for_cmd(image: str) -> None:
    """With no SHELL it is cmd.exe that runs them, and `powershell -Command` takes all that follows."""
    line = (
        f"RUN powershell -Command \\  \n    wget -Uri {ZIP} -OutFile t.zip ; \\\n    {CHECK} ; Expand-Archive t.zip\n"
    )
    text = f"FROM {image}\n{line}FROM alpine\nRUN curl -fsS {ZIP} | sh\n"
    assert verdicts(text, path="Dockerfile") == ["verified", "piped:interpreter"]
    assert not [fact for fact in facts(text, path="Dockerfile") if isinstance(fact, Broken)]


def test_stages_keep_the_shell_of_those_they_begin_with() -> None:
    text = f"FROM mcr.microsoft.com/windows/nanoserver:1809 AS a\nFROM a\nRUN powershell -Command $a = 1; {CHECK}\n"
    assert [fact.shell for fact in facts(text, path="Dockerfile") if isinstance(fact, ShellText)] == [
        ("cmd", "/S", "/C")
    ]
