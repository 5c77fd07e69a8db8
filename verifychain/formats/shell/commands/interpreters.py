"""Programs that run text: files, standard input, arguments."""

from __future__ import annotations

import re

from verifychain.facts.download import Consumer
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands import inline, php
from verifychain.formats.shell.commands.addresses import node_address, run_node, take, take_git, take_kustomization
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.urls import file_name, is_url
from verifychain.formats.shell.values import UNKNOWN, Kind

SHELLS = frozenset(["sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "fish", "su"])
_TEXT_OPTIONS = {"python": "c", "pypy": "c", "perl": "e E", "ruby": "e", "node": "e p eval print", "nodejs": "e",
                 "php": "r", "lua": "e", "Rscript": "e", "deno": "", "bun": "e", "guile": "c", "tclsh": ""}  # fmt: skip
_FETCHING = re.compile(
    r"urlopen|urlretrieve|requests\.get|Net::HTTP|open-uri|URI\.open|LWP::|file_get_contents|https?\.get|fetch\(|download\.file|WebClient|Invoke-WebRequest"
)
_DENO = frozenset(["n", "name", "root", "c", "config", "import-map", "cert", "location", "seed", "L", "log-level"])
_BUN = frozenset(["cwd", "registry", "backend", "cache-dir", "filter", "omit"])
_HELM = frozenset(["n", "namespace", "f", "values", "set", "version", "repo", "d", "destination", "timeout"])
_URL = re.compile(r"(?:https?|ftp)://[^\s'\"`)]+")


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    if call.name in SHELLS:
        return _shell(shell, call)
    if call.name in ("pwsh", "powershell"):
        return _powershell(shell, call)
    if call.name == "helm":
        return _chart(shell, call)
    if call.name in ("kubectl", "oc"):
        return _cluster(shell, call)
    return _other(shell, call)


def _shell(shell: Shell, call: Call) -> str:
    given = parse(
        call.arguments,
        frozenset(["c", "o", "O", "O", "rcfile", "init-file", "command", "s-", "u", "g"]),
        stop=call.name != "su",
    )
    text = given.value("c", "command")
    names = [field.text for field in given.operands]
    if text is not None:
        if shell.pipe(text, Consumer.INTERPRETER, call.word, call.name):
            return ""
        return shell.run_text(text, call, names[1:])
    if given.has("n", "noexec"):
        return ""  # only read
    file = names[0] if names and not given.has("s") and names[0] != "-" and call.name != "su" else None
    if file is None:
        if not shell.pipe(call.stdin or "", Consumer.INTERPRETER, call.word, call.name) and (call.stdin or "").strip():
            return shell.run_text(call.stdin or "", call, names)
        return ""
    if _streams(shell, file):
        for content in shell.contents(file):
            shell.pipe(content, Consumer.INTERPRETER, call.word, call.name)
        return ""
    fetches = shell.fetched_files([file])
    shell.use(fetches, call.word, call.name)
    if not fetches:
        shell.run_file(file, call, names[1:])
    return ""


def _streams(shell: Shell, name: str) -> bool:
    return any(unknown.kind is Kind.STREAM for unknown in shell.table.unknowns(name))


def _other(shell: Shell, call: Call) -> str:
    name = re.sub(r"[0-9.]+$", "", call.name)
    options = _TEXT_OPTIONS.get(name, "")
    given = parse(
        call.arguments, frozenset({*options.split(), "m", "cp", "jar", "W", "X"}), old=name == "java", stop=True
    )
    texts = given.values(*options.split())
    operands = list(given.operands)
    if (name == "deno" and _deno(shell, call)) or (name == "bun" and _bun(shell, call)):
        return ""
    # What follows the dash are arguments, and so is what follows `php --`.
    from_stdin = not operands or operands[0].text == "-" or (name == "php" and call.texts[:1] == ["--"])
    if texts or (call.stdin and from_stdin and not given.has("m", "jar")):
        text = texts[-1] if texts else call.stdin or ""
        if not shell.pipe(text, Consumer.INTERPRETER, call.word, call.name):
            arguments = [field.text for field in operands if field.text != "-"]
            printed = php.run(shell, call, text) if name == "php" else inline.digest(shell, call, text, arguments)
            if printed is not None:
                return printed
            _opaque(shell, call, text)
        return call.stdin or shell.table.result(f"$({call.name} …)") if texts else ""
    if name in ("python", "pypy") and given.has("m"):
        return _module(shell, call)
    files = list(given.values("jar")) or [field.text for field in operands[:1]]
    if name in ("java", "node", "php", "ruby", "perl", "python") or files:
        for file in files:
            if _streams(shell, file):
                for content in shell.contents(file):
                    shell.pipe(content, Consumer.INTERPRETER, call.word, call.name)
        shell.use_files(files, call.word, call.name)
    return call.stdin or shell.table.result(f"$({call.name} …)")


def _module(shell: Shell, call: Call) -> str:
    """``python -m pip …`` is pip; other modules read what they are given."""
    texts = call.texts
    at = texts.index("-m") if "-m" in texts else -1
    if 0 <= at < len(texts) - 1 and texts[at + 1] in ("pip", "pipx", "uv"):
        return shell.run(call.with_arguments(call.arguments[at + 1], call.arguments[at + 2 :]), program=True)
    if "-mpip" in texts:
        at = texts.index("-mpip")
        return shell.run(
            call.with_arguments(Field("pip", call.arguments[at].word), call.arguments[at + 1 :]), program=True
        )
    return call.stdin or shell.table.result(f"$({call.name} …)")


def _opaque(shell: Shell, call: Call, text: str) -> None:
    """Another language fetches: that it does can be seen, what it does with it cannot."""
    if _FETCHING.search(text) is None:
        return
    url = _URL.search(text)
    if url is not None:
        shell.fetch(call, Field(UNKNOWN.sub("", url[0]), call.word), call.name, shell.table.result("…"))


def _cluster(shell: Shell, call: Call) -> str:
    """Objects from standard input are made in the cluster as they come, and run there."""
    given = parse(
        call.arguments, frozenset(["f", "filename", "k", "kustomize", "n", "namespace", "l", "context", "kubeconfig"])
    )
    made = [field.text for field in given.operands][:1] in (["apply"], ["create"], ["replace"])
    for url in given.values("f", "filename") if made and not given.has("dry-run") else ():
        if is_url(url):
            shell.pipe(shell.fetch(call, Field(url, call.word), call.name), Consumer.INTERPRETER, call.word, call.name)
    for url in given.values("k", "kustomize") if made and not given.has("dry-run") else ():
        if is_url(url):
            take_kustomization(shell, call, Field(url, call.word))
    if made and not given.has("dry-run") and {"-", "/dev/stdin"} & set(given.values("f", "filename")):
        shell.pipe(call.stdin or "", Consumer.INTERPRETER, call.word, call.name)
    return call.stdin or shell.table.result(f"$({call.name} …)")


def _chart(shell: Shell, call: Call) -> str:
    """``helm install name https://…``: what a chart says is made in the cluster."""
    given = parse(call.arguments, _HELM)
    words = given.operands
    if [field.text for field in words[:2]] == ["plugin", "install"]:
        for url in words[2:]:
            if url.text.endswith((".tgz", ".tar.gz")) and is_url(url.text):
                take(shell, call, url, "helm")
            elif is_url(url.text):
                take_git(shell, call, url, "helm", given.value("version"))
    if [field.text for field in words][:1] in (["install"], ["upgrade"], ["pull"]):
        for url in words[1:]:
            if is_url(url.text) and not url.text.startswith("oci:"):
                shell.fetch(call, url, "helm", file_name(url.text) or shell.table.result("…"))
    shell.use_files([field.text for field in words[1:]], call.word, "helm")
    return call.stdin or shell.table.result("$(helm …)")


def _powershell(shell: Shell, call: Call) -> str:
    from verifychain.formats.shell.powershell import walk

    texts = call.texts
    if texts[-1:] == ["-"] and shell.pipe(call.stdin or "", Consumer.INTERPRETER, call.word, call.name):
        return ""
    walk(shell, " ".join(texts), call)
    return ""


def _bun(shell: Shell, call: Call) -> bool:
    """``bun add``, ``bun install`` and ``bun x`` as npm has them; whether it is one of them."""
    if call.texts[:1] == ["x"]:
        run_node(shell, call, call.arguments[1:])
    elif call.texts[:1] in (["add"], ["install"], ["i"]):
        for field in parse(call.arguments[1:], _BUN).operands:
            node_address(shell, call, field)
    else:
        return False
    return True


def _deno(shell: Shell, call: Call) -> bool:
    """``deno run https://…`` runs what it fetches, ``deno run -`` what comes; whether it is one of them."""
    words = parse(call.arguments, _DENO).operands
    words = words[1:] if words[:1] and words[0].text in ("run", "install", "serve") else words
    if not words or not (words[0].text == "-" or is_url(words[0].text)):
        return False
    url = words[0]
    content = (call.stdin or "") if url.text == "-" else shell.fetch(call, url, "deno")
    return shell.pipe(content, Consumer.INTERPRETER, call.word, "deno")
