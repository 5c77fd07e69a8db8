"""Package managers of languages: what they fetch by URL, install without a pin, or are told not to verify."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.facts.install import Install, Manager
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.addresses import (
    node_address,
    pip_address,
    run_node,
    run_python,
    take,
    take_git,
)
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.urls import is_url
from verifychain.formats.shell.values import UNKNOWN


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    name = re.sub(r"[0-9.]+$", "", call.name)
    handler = _MANAGERS.get(name)
    if handler is not None:
        handler(shell, call)
    return shell.table.result(f"$({call.name} …)")


def _installed(shell: Shell, call: Call, manager: Manager, command: str, lacks: str) -> None:
    location = shell.at(call.word)
    source = None if location.source is shell.examined else location.source
    shell.facts.append(Install(location.span, manager, command, lacks, source))


_NOT_ON = ("", "0", "no", "n", "f", "false", "off")
_PIP_VALUES = frozenset(
    [
        "r",
        "c",
        "i",
        "e",
        "t",
        "b",
        "d",
        "f",
        "requirement",
        "constraint",
        "index-url",
        "extra-index-url",
        "editable",
        "target",
        "prefix",
        "root",
        "find-links",
        "trusted-host",
        "proxy",
        "timeout",
        "retries",
        "src",
        "python-version",
        "platform",
        "abi",
        "implementation",
        "no-binary",
        "only-binary",
        "progress-bar",
        "cache-dir",
        "log",
        "hash",
        "upgrade-strategy",
        "python",
        # optparse takes what an option begins with for it.
        "index",
        "extra-index",
        "find",
        "trusted",
    ]
)


_PYTHON_RUNS = {"uv": (["tool", "run"], ["run"], ["add"]), "pipx": (["run"],)}


def _pip(shell: Shell, call: Call) -> None:
    _trusted(shell, call)
    at = next((len(words) for words in _PYTHON_RUNS.get(call.name, ()) if call.texts[: len(words)] == words), 0)
    if at:
        run_python(shell, call, call.arguments[at:])
        return
    arguments = _behind_install(call)
    if arguments is None:
        return
    given = parse(arguments, _PIP_VALUES)
    for field in [*given.operands, *(Field(value, call.word) for value in given.values("e", "editable"))]:
        pip_address(shell, call, field)
    for value in given.values("r", "requirement", "c", "constraint"):
        if is_url(value):
            take(shell, call, Field(value, call.word), "pip")
    packages = [field for field in given.operands if not _is_path(field.text)]
    hashed = given.has("require-hashes", "no-index") or _is_on(shell.variable("PIP_REQUIRE_HASHES"))
    if not hashed and (packages or given.has("r", "requirement")):
        command = f"{call.name} pip install" if call.texts[:1] == ["pip"] else f"{call.name} install"
        _installed(shell, call, Manager.PIP, command, "--require-hashes")


def _is_on(values: tuple[str, ...] | None) -> bool:
    """Whether none of the values that a variable can have turns its option off."""
    return values is not None and not any(value.strip().lower() in _NOT_ON for value in values)


def _behind_install(call: Call) -> tuple[Field, ...] | None:
    """The arguments without the subcommand; None where nothing is installed."""
    texts = call.texts
    if call.name == "uv":
        return call.arguments[2:] if texts[:2] in (["pip", "install"], ["tool", "install"]) else None
    at = next((index for index, text in enumerate(texts) if not text.startswith("-")), 0)
    if texts[at : at + 1] not in (["install"], ["download"], ["wheel"]):
        return None
    return call.arguments[:at] + call.arguments[at + 1 :]


def _is_path(text: str) -> bool:
    return (
        text.startswith((".", "/", "~")) or text.endswith((".whl", ".tar.gz", ".zip")) or is_url(text) or "git+" in text
    )


def _trusted(shell: Shell, call: Call) -> None:
    for field in call.arguments:
        option = field.text.split("=")[0]
        if option in ("--trusted-host", "--allow-insecure-host"):  # the second one is uv's
            off(
                shell,
                field,
                option,
                "the index's certificate is not verified",
                "give pip the authority with --cert",
            )


_NO_SSL = re.compile(r"(?:strict-ssl|enableStrictSsl)[= ](?:false|0)")  # the second one is that of yarn 2


def _npm(shell: Shell, call: Call) -> None:
    texts = call.texts
    for field in call.arguments:
        if field.text in ("--no-strict-ssl", "--strict-ssl=false"):
            off(
                shell, field, field.text, "the registry's certificate is not verified", "give the authority with cafile"
            )
    words = [text for text in texts if not text.startswith("-")]
    if words[:1] in (["exec"], ["x"], ["dlx"]):
        run_node(shell, call, call.arguments[texts.index(words[0]) + 1 :])
    elif words[:1] in (["config"], ["set"]):
        if _NO_SSL.search(" ".join(words)):
            effect = "the registry's certificate is not verified"
            off(shell, call.arguments[0], "strict-ssl false", effect, "give the authority with cafile")
    elif words[:1] in (["install"], ["i"], ["add"], ["global"], ["install-test"], ["it"]) or (
        call.name == "yarn" and not words and not {"-v", "-V", "--version", "-h", "--help"}.intersection(texts)
    ):
        _node_packages(shell, call, words)


_NODE_VALUES = """C F arch cache cache-folder cpu cwd dir filter global-folder include libc loglevel modules-folder
    mutex network-timeout omit only os prefix registry save-prefix script-shell tag userconfig w workspace"""


def _node_packages(shell: Shell, call: Call, words: list[str]) -> None:
    packages = [
        field
        for field in parse(call.arguments, frozenset(_NODE_VALUES.split())).operands
        if field.text not in (*words[:1], "add")
    ]
    for field in packages:
        if node_address(shell, call, field):
            continue
        if field.text.endswith((".tgz", ".tar.gz")):
            shell.use_files([field.text], call.word, call.name)
    frozen = {"--frozen-lockfile", "--immutable", "--prefer-frozen-lockfile"}.intersection(call.texts)
    command = f"{call.name} {(words or ['install'])[0]}"
    if packages:
        if not any(is_url(field.text) for field in packages):
            _installed(shell, call, Manager.NPM, command, "a lock file with integrity values")
    elif call.name == "npm":
        _installed(shell, call, Manager.NPM, command, "`npm ci`, which installs what package-lock.json says")
    elif not frozen:
        _installed(shell, call, Manager.NPM, command, "--frozen-lockfile (yarn 2 and later: --immutable)")


def _go(shell: Shell, call: Call) -> None:
    words = [field for field in call.arguments if not field.text.startswith("-")]
    for field in call.arguments:
        if field.text in ("-insecure", "--insecure"):
            off(shell, field, field.text, "modules are fetched over unverified connections")
    if call.texts[:2] == ["env", "-w"]:
        from verifychain.formats.shell.switches import variable

        for text in call.texts[2:]:
            name, _, value = text.partition("=")
            variable(shell, call.word, name, value)
    if not words or words[0].text not in ("install", "get", "run"):
        return
    for field in words[1:]:
        module, at, version = field.text.partition("@")
        if at and (version in ("latest", "main", "master", "HEAD", "upgrade", "patch") or not version):
            _installed(
                shell, call, Manager.GO, f"go {words[0].text} {module}@{version}", "a version, or a full commit id"
            )
        elif not at and "." in module.split("/")[0] and words[0].text == "get" and not module.startswith("."):
            _installed(shell, call, Manager.GO, f"go get {module}", "a version, or a full commit id")


def _cargo(shell: Shell, call: Call) -> None:
    texts = call.texts
    if "install" not in texts[:2]:
        return
    values = frozenset(
        [
            "git",
            "branch",
            "tag",
            "rev",
            "path",
            "root",
            "version",
            "features",
            "target",
            "registry",
            "index",
            "bin",
            "example",
            "profile",
            "j",
            "jobs",
        ]
    )
    given = parse(call.arguments, values)
    url = given.value("git")
    if url is not None:
        revision = given.value("rev")
        ref = revision or given.value("tag") or given.value("branch")
        take_git(shell, call, Field(url, call.word), "cargo", ref)
    if not given.has("locked") and not given.has("path"):
        _installed(shell, call, Manager.CARGO, "cargo install", "--locked, which takes the versions of its Cargo.lock")


def _gem(shell: Shell, call: Call) -> None:
    given = parse(
        call.arguments,
        frozenset(["v", "version", "s", "source", "i", "install-dir", "n", "bindir", "P", "trust-policy"]),
    )
    words = [field.text for field in given.operands]
    if words[:1] not in (["install"], ["i"]):
        return
    for field in given.operands[1:]:
        if is_url(field.text):
            take(shell, call, field, "gem")
        elif field.text.endswith(".gem"):
            shell.use_files([field.text], call.word, "gem")
    if any(not is_url(word) and not word.endswith(".gem") for word in words[1:]):
        _installed(shell, call, Manager.GEM, "gem install", "a Gemfile.lock with checksums (`bundle install --frozen`)")


def _choco(shell: Shell, call: Call) -> None:
    for field in call.arguments:
        if field.text in ("--ignore-checksums", "--ignorechecksums", "--allow-empty-checksums", "--ignore-checksum"):
            off(shell, field, field.text, "the packages' digests are not verified")
    if call.texts[:1] in (["install"], ["upgrade"]):
        _installed(shell, call, Manager.CHOCO, "choco install", "a version and a digest of the package")


def _nuget(shell: Shell, call: Call) -> None:
    texts = call.texts
    locked = any(text in ("--locked-mode", "-LockedMode") for text in texts)
    if call.name == "nuget" and texts[:1] == ["install"] and not locked:
        _installed(shell, call, Manager.NUGET, "nuget install", "a packages.lock.json and -LockedMode")
    elif call.name == "dotnet" and texts[:2] in (["tool", "install"], ["add", "package"]):
        _installed(shell, call, Manager.NUGET, f"dotnet {' '.join(texts[:2])}", "a lock file (packages.lock.json)")


def _composer(shell: Shell, call: Call) -> None:
    for field in call.arguments:
        if UNKNOWN.search(field.text) is None and field.text == "--disable-tls":
            off(shell, field, field.text, "the server's certificate is not verified")


_MANAGERS: dict[str, Callable[[Shell, Call], None]] = {
    "pip": _pip, "uv": _pip, "pipx": _pip, "npm": _npm, "pnpm": _npm, "yarn": _npm, "go": _go, "cargo": _cargo,
    "gem": _gem, "choco": _choco, "nuget": _nuget, "dotnet": _nuget, "composer": _composer,
}  # fmt: skip
