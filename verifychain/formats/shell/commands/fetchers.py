"""Further programs that download: one row each where an option names the file."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import file_name, is_url
from verifychain.formats.shell.values import UNKNOWN


class Simple(NamedTuple):
    """A downloader: options with values, those that name the file or the folder; ``kept`` without them it keeps one."""

    values: frozenset[str]
    target: tuple[str, ...]
    folder: tuple[str, ...] = ()
    kept: bool = True


def _row(values: str, target: str, folder: str = "", *, kept: bool = True) -> Simple:
    return Simple(frozenset(values.split()), tuple(target.split()), tuple(folder.split()), kept)


_MOST_LISTED = 50  # addresses of a file
_NO_SSL = {("axel", "k"), ("axel", "insecure"), ("fetch", "no-verify-peer"), ("fetch", "no-verify-hostname")}
_SSL = {("aria2c", "check-certificate")} | {(name, "verify") for name in ("http", "https", "httpie", "xh")}
_HTTP = _row(
    "o output a auth A auth-type verify cert cert-key timeout session s style p print P", "o output", kept=False
)
_SIMPLE = {
    "aria2c": _row("i input-file o out d dir x s k j split checksum min-split-size header", "o out", "d dir"),
    "axel": _row("o output n num-connections H U s T", "o output"),
    "fetch": _row("o T", "o"),
    "http": _HTTP, "https": _HTTP, "xh": _HTTP, "httpie": _HTTP,
    "lwp-download": _row("", ""),
}  # fmt: skip


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    if call.name in _SIMPLE:
        return _simple(shell, call, _SIMPLE[call.name])
    special = _SPECIAL.get(call.name)
    printed = special(shell, call) if special is not None else None
    return printed or shell.table.result(f"$({call.name} …)")


def _simple(shell: Shell, call: Call, row: Simple) -> str:
    given = parse(call.arguments, row.values)
    _insecure(shell, call, given)
    target, folder = given.value(*row.target), given.value(*row.folder)
    out, before = "", len(shell.fetches)
    for url in (*given.operands, *_listed(shell, call, given)):
        if not (is_url(url.text) or UNKNOWN.match(url.text)):
            continue
        name = target or (file_name(url.text) if row.kept or given.has("d", "download") else None)
        out += shell.fetch(call, url, call.name, f"{folder}/{name}" if folder and name else name)
    digest = given.value("checksum")
    fetched = shell.fetches[before:]  # several are mirrors of one file
    if digest is not None and call.name == "aria2c" and fetched:
        algorithm, _, value = digest.partition("=")
        shell.check(fetched, value, algorithm.replace("-", "").lower(), call.word)
    return out


def _listed(shell: Shell, call: Call, given: Options) -> list[Field]:
    """The addresses in the file of ``aria2c -i``; one for all of them where it is not known what it holds."""
    name = given.value("i", "input-file") if call.name == "aria2c" else None
    if name is None:
        return []
    text = (call.stdin or "") if name == "-" else shell.content(name)
    urls = [word for word in text.split() if is_url(word)] or UNKNOWN.findall(text)[:1]
    return [Field(url, call.word) for url in urls[:_MOST_LISTED]]


def _insecure(shell: Shell, call: Call, given: Options) -> None:
    for option in given.options:
        if (call.name, option.name) in _NO_SSL or (
            (call.name, option.name) in _SSL and (option.value or "").lower() in ("no", "false", "0")
        ):
            shown = f"--{option.name}" if len(option.name) > 1 else f"-{option.name}"
            value = "" if option.value is None else f"={option.value}"
            off(shell, option.field, shown + value, "the server's certificate is not verified")


def _copy(shell: Shell, call: Call, schemes: tuple[str, ...], words: tuple[str, ...]) -> str | None:
    """``aws s3 cp s3://… file`` and its like."""
    operands = list(parse(call.arguments, frozenset({"region", "profile", "i"})).operands)
    texts = [field.text for field in operands]
    if len(operands) < 2 or not any(word in texts for word in words):
        return None
    source, target = operands[-2], operands[-1].text
    if not source.text.startswith(schemes) or target.startswith(schemes):
        return None
    if target in ("-", "/dev/stdout"):
        return shell.fetch(call, source, call.name)
    name = f"{target.rstrip('/')}/{basename(source.text)}" if target.endswith(("/", ".")) else target
    if not {"sync", "rsync", "--recursive", "-r", "-R"}.isdisjoint(call.texts):
        name = f"{target.rstrip('/')}/*"
    shell.fetch(call, source, call.name, name)
    return None


def _aws(shell: Shell, call: Call) -> str | None:
    texts = call.texts
    if "--no-verify-ssl" in texts:
        off(
            shell,
            call.arguments[texts.index("--no-verify-ssl")],
            "--no-verify-ssl",
            "the server's certificate is not verified",
        )
    if texts[:2] == ["s3api", "get-object"]:
        given = parse(call.arguments[2:], frozenset({"bucket", "key", "region", "version-id"}))
        if given.operands:
            url = f"s3://{given.value('bucket')}/{given.value('key')}"
            shell.fetch(call, Field(url, call.word), "aws", given.operands[-1].text)
        return None
    return _copy(shell, call, ("s3://",), ("cp", "sync"))


def _google(shell: Shell, call: Call) -> str | None:
    return _copy(shell, call, ("gs://",), ("cp", "rsync"))


def _rclone(shell: Shell, call: Call) -> None:
    if "--no-check-certificate" in call.texts:
        at = call.texts.index("--no-check-certificate")
        off(shell, call.arguments[at], "--no-check-certificate", "the server's certificate is not verified")


def _gh(shell: Shell, call: Call) -> str | None:
    if call.texts[:2] in (["attestation", "verify"], ["at", "verify"]):
        from verifychain.formats.shell.commands.attested import of_github

        of_github(shell, call, call.arguments[2:])
        return None
    if call.texts[:2] == ["repo", "clone"]:
        return _cloned(shell, call)
    archive = next(filter(_is_archive, call.arguments), None)
    if call.texts[:1] == ["api"] and archive is not None:
        return shell.fetch(call, archive._replace(text=f"https://api.github.com/{archive.text.lstrip('/')}"), "gh")
    if call.texts[:2] != ["release", "download"]:
        return None
    given = parse(
        call.arguments[2:], frozenset(["R", "repo", "p", "pattern", "D", "dir", "O", "output", "A", "archive"])
    )
    tag = given.operands[0].text if given.operands else "latest"
    folder = given.value("D", "dir")
    for pattern in given.values("p", "pattern") or ["*"]:
        url = f"https://github.com/{given.value('R', 'repo') or '…'}/releases/download/{tag}/{pattern}"
        target = given.value("O", "output") or (f"{folder}/{pattern}" if folder else pattern)
        shell.fetch(call, Field(url, call.word), "gh", None if target == "-" else target)
    return None


def _is_archive(field: Field) -> bool:
    """Whether an address of GitHub's interface is that of a repository's files."""
    return re.match(r"/?repos/[^/]+/[^/]+/(?:tarball|zipball)\b", field.text) is not None


def _cloned(shell: Shell, call: Call) -> str:
    """``gh repo clone owner/name [folder] [-- options of git]``."""
    words = parse(call.arguments[2:], frozenset(["u", "upstream-remote-name"])).operands
    names = [field for field in words if not field.text.startswith("-")]
    if not names:
        return ""
    url = names[0] if ":" in names[0].text else names[0]._replace(text=f"https://github.com/{names[0].text}")
    at = call.texts.index("--") if "--" in call.texts else len(call.arguments)
    options = call.arguments[at + 1 :]
    folder = tuple(field for field in call.arguments[3:at] if field in names[1:])
    git = Field("git", call.word)
    return shell.run(call.with_arguments(git, (Field("clone", call.word), *options, url, *folder)), program=True)


def _oras(shell: Shell, call: Call) -> None:
    from verifychain.formats.shell.commands.containers import switches

    switches(shell, call)
    if call.texts[:1] != ["pull"]:
        return
    given = parse(
        call.arguments[1:], frozenset(["o", "output", "platform", "config", "u", "username", "p", "password"])
    )
    for reference in given.operands:
        folder = given.value("o", "output") or "."
        shell.fetch(
            call, Field(f"oci://{reference.text}", reference.word), "oras", f"{folder}/{shell.table.result('…')}"
        )
        shell.fetches[-1].pinned = "@sha256:" in reference.text


_SPECIAL: dict[str, Callable[[Shell, Call], str | None]] = {
    "aws": _aws, "gsutil": _google, "gcloud": _google, "gh": _gh, "oras": _oras, "rclone": _rclone,
}  # fmt: skip
