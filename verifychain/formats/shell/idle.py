"""
Commands that do nothing that we look at, told from the text alone: most RUN lines of most Dockerfiles.

A list of plain words between ``&&``, ``||``, ``;`` and line ends, in which no character means anything to a shell.
Each command is either of a few that leave every download alone (``apt-get install curl``), or, as long as there is no
download yet, a program that we know nothing of (``useradd app``). Whatever is not certain is run.
"""

from __future__ import annotations

from verifychain.core.expression import expression

_LONGEST = 8192  # bytes: longer texts are rare, and are run
_PROGRAM = rb"[A-Za-z][\w.+-]*"
_WORD = rb"[\w./:=,@%+*~-]+"
_GAP = rb"[ \t]*(?:&&|\|\||;|\n)[ \t\n]*"
_SEPARATOR = expression(_GAP)
_QUIETLY = rb"(?:DEBIAN_FRONTEND=noninteractive[ \t]+)?"
_FIRST = expression(rb"%s(%s)(?=[ \t]|\Z)" % (_QUIETLY, _PROGRAM))
_COMMAND = rb"%s%s(?:[ \t]+%s)*" % (_QUIETLY, _PROGRAM, _WORD)
_LIST = expression(rb"[ \t\n]*%s(?:%s%s)*[ \t]*(?:[;\n][ \t\n]*)?" % (_COMMAND, _GAP, _COMMAND))
_PATHS = rb"(?:[ \t]+[\w./][\w./-]*)+"
_NAMES = rb"[a-z0-9][\w+=~-]*"  # of packages: neither a file nor a URL
_FLAGS = (
    rb"-(?:y|q|qq|qy|yq|yqq|U|-yes|-quiet|-assume-yes|-no-install-recommends|-no-install-suggests|-no-cache|-update"
    rb"|-upgrade|-purge|-auto-remove|-setopt=install_weak_deps=False)"
)
# No command here reads, writes or names a file that was downloaded, nor has an option that switches something off.
_HARMLESS = expression(
    rb"%s(?:"
    rb"(?:apt-get|apt|apk|yum|dnf|microdnf)(?:[ \t]+(?:%s|%s))+"
    rb"|rm[ \t]+-rf[ \t]+/var/(?:lib/apt/lists|cache/apk|cache/apt|cache/yum|cache/dnf)(?:/\*)?"
    rb"|(?:mkdir(?:[ \t]+-p)?|install[ \t]+-d|cd)%s"
    rb"|set(?:[ \t]+[-+](?:[eux]+|[eux]*o[ \t]+pipefail))+|true"
    rb"|npm[ \t]+(?:ci|test|run[ \t]+[a-z][\w:-]*)"
    rb"|go[ \t]+(?:build|mod|test|vet)(?:[ \t]+(?:download|-o|-v|-race|-trimpath|[\w./]+))*"
    rb"|cargo[ \t]+(?:build|test)(?:[ \t]+--(?:release|locked|offline|frozen|all|workspace))*"
    rb"|pip3?[ \t]+install(?:[ \t]+--(?:no-cache-dir|no-deps|upgrade))*[ \t]+--require-hashes[ \t]+-r[ \t]+[\w./-]+"
    rb")[ \t]*" % (_QUIETLY, _FLAGS, _NAMES, _PATHS)
)
_SHELLS = frozenset(["/bin/sh", "/bin/bash", "/bin/ash", "/bin/dash", "/usr/bin/bash", "sh", "bash", "ash", "dash"])
_CLEANED = frozenset([b"rm", b"mkdir", b"chmod", b"chown", b"touch"])
_RESERVED = frozenset(b"if then elif else fi for while until do done case esac in function select time coproc".split())


def is_idle(text: bytes, shell: tuple[str, ...] | None, *, fetched: bool) -> bool:
    """Whether running a text changes nothing and yields no fact; ``fetched`` says that there are downloads by now."""
    if shell is None or not shell or shell[0] not in _SHELLS or len(text) > _LONGEST:
        return False
    if _LIST.fullmatch(text) is None:
        return False
    return all(
        _HARMLESS.fullmatch(command) is not None or (not fetched and _is_unknown(command))
        for command in _SEPARATOR.split(text.strip(b" \t\n;"))
    )


def _is_unknown(command: bytes) -> bool:
    """Whether a command is a program that we know nothing of, or one that only touches files which are there."""
    from verifychain.formats.shell.builtins import BUILTINS
    from verifychain.formats.shell.commands import handler
    from verifychain.formats.shell.prefixes import PREFIXES

    found = _FIRST.match(command)
    if found is None or found[1] in _RESERVED:
        return False
    name = found[1].decode("ascii")
    if found[1] in _CLEANED:
        return True
    return name not in BUILTINS and name not in PREFIXES and handler(name) is None
