# ruff: noqa: E501
"""
Further labelled cases: traps, options of the shell, loops that may have no round, jobs, scripts that were written.

Each was run in bash beside our verdict, with the right file and with a wrong one: what is held let no wrong one through.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"curl -fsSLo t.tgz {U}\n"  # gets it
C = f'echo "{H}  t.tgz" | sha256sum -c -'  # checks it
T = "tar xf t.tgz\n"  # uses it
LIST = f'echo "{H}  t.tgz" > t.sums\n'
HELD, LOST, NONE = ["verified"], ["unchecked:not-fatal"], ["unpinned"]
NO_ROUND = ["unchecked:no-round"]

TRAPS = [
    Case("a trap set behind the check", f"set -e\n{G}{C}\ntrap '{T}' EXIT\n", HELD, "where the check failed nothing was trapped"),
    Case("a trap set behind the check, by a function", f"set -e\nf() {{ trap '{T}' EXIT; }}\n{G}{C}\nf\n", HELD, "nothing was trapped before"),
    Case("a trap set behind a check that is not fatal", f"{G}{C}\ntrap '{T}' EXIT\n", LOST, "the script goes on to it"),
    Case("a trap that may be set", f"set -e\n{G}if [ \"$1\" ]; then trap '{T}' EXIT; fi\n{C}\n", LOST, "it may run where the check failed"),
    Case("a trap that is taken away", f"set -e\ntrap '{T}' EXIT\n{G}trap - EXIT\n{C}\n{T}", HELD, "nothing is trapped where the check fails"),
    Case("a trap that is taken away by its signal alone", f"set -e\ntrap '{T}' EXIT\n{G}trap EXIT\n{C}\n{T}", HELD, "one word is a signal"),
    Case("a trap that is taken away too late", f"set -e\ntrap '{T}' EXIT\n{G}{C}\ntrap - EXIT\n", LOST, "it is set where the check fails"),
    Case("a trap that may be taken away", f"set -e\ntrap '{T}' EXIT\n{G}[ -z \"$1\" ] || trap - EXIT\n{C}\n{T}", LOST, "on some ways it is set"),
    Case("a trap for who knows what", f"set -e\n{G}trap '{T}' $SIGNALS\n{C}\n", LOST, "EXIT may be one of them"),
    Case("a trap that makes a failure a success", f"set -e\n{G}( trap 'exit 0' EXIT; {C} )\n{T}", LOST, "the subshell succeeds"),
    Case("a trap of a failure that makes it a success", f"set -e\n{G}( trap 'exit 0' ERR; {C} )\n{T}", LOST, "the subshell succeeds"),
    Case("a trap that keeps the status", f"set -e\n{G}( trap 'code=$?; rm -f x; exit $code' EXIT; {C} )\n{T}", HELD, "the subshell fails as the check did"),
    Case("a failure ends it", f"trap 'exit 1' ERR\n{G}{C}\n{T}", HELD, "the trap ends the script"),
    Case("a failure ends it, by a function", f"fail() {{ echo \"line $1\"; exit 1; }}\ntrap 'fail $LINENO' ERR\n{G}{C}\n{T}", HELD, "the trap ends the script"),
    Case("a failure is only told", f"trap 'echo bad' ERR\n{G}{C}\n{T}", LOST, "the script goes on"),
    Case("a failure in a function", f"f() {{ {C}; true; }}\ntrap 'exit 1' ERR\n{G}f\n{T}", LOST, "functions do not run that trap"),
    Case("a failure in a function, with -E", f"set -E\nf() {{ {C}; true; }}\ntrap 'exit 1' ERR\n{G}f\n{T}", HELD, "with -E they do"),
    Case("a failure where it is asked for", f"trap 'exit 1' ERR\n{G}if {C}; then :; fi\n{T}", LOST, "a condition is no failure"),
    Case("a failure may end it", f"[ -n \"$CI\" ] && trap 'exit 1' ERR\n{G}{C}\n{T}", LOST, "on some ways nothing is trapped"),
    Case("more traps than are looked at", "set -e\n" + "".join(f"trap 'echo {n}; ls {n}' EXIT\n" for n in range(16)) + f"{G}{C}\n{T}", HELD, "the last one counts"),
]  # fmt: skip

OPTIONS = [
    Case("-e of some ways", f'if [ "$A" ]; then set -e; fi\n{G}{C}\n{T}', LOST, "on the others it goes on"),
    Case("-e behind a condition", f'[ "$A" ] && set -e\n{G}{C}\n{T}', LOST, "on some ways it goes on"),
    Case("pipefail of some ways", f'set -e\nif [ "$A" ]; then set -o pipefail; fi\n{G}{C} | cat\n{T}', LOST, "cat succeeds on the others"),
    Case("local -", f"set -e\nf() {{ local -; set +e; {C}; }}\n{G}f\n{T}", HELD, "the function's options are its own, and it fails"),
    Case("-e within local -", f"f() {{ local -; set -e; }}\nf\n{G}{C}\n{T}", LOST, "-e is gone where the function ends"),
    Case("another shell has its own options", f"set -eo pipefail\n{G}sh -c '{C} | cat'\n{T}", LOST, "pipefail is not handed on"),
    Case("another shell is given its options", f"set -e\n{G}bash -eo pipefail -c '{C} | cat'\n{T}", HELD, "pipefail is its own"),
    Case("env -S bash -e", f"#!/usr/bin/env -S bash -e\n{G}{C}\n{T}", HELD, "the first line has the option"),
    Case("env -S bash", f"#!/usr/bin/env -S bash\n{G}{C}\n{T}", LOST, "a script of bash all the same"),
]  # fmt: skip

ROUNDS = [
    Case("a pattern under nullglob", f'set -e\nshopt -s nullglob\n{G}for f in *.sums; do sha256sum -c "$f"; done\n{T}', NO_ROUND, "no file, no round"),
    Case("a pattern without nullglob", f'set -e\n{G}for f in *.sums; do sha256sum -c "$f"; done\n{T}', HELD, "the pattern itself is no file, which fails"),
    Case("a pattern in an array under nullglob", f'set -e\nshopt -s nullglob\n{G}a=(*.sums)\nfor f in "${{a[@]}}"; do sha256sum -c "$f"; done\n{T}', NO_ROUND, "no file, no round"),
    Case("a list that may be empty", f"set -e\n{G}for f in $LIST; do {C}; done\n{T}", NO_ROUND, "no word, no round"),
    Case("a list in quotes", f'set -e\n{G}for f in "$LIST"; do {C}; done\n{T}', HELD, "an empty word is one round"),
    Case("parameters that may be none", f'set -e\n{G}for f in "$@"; do {C}; done\n{T}', NO_ROUND, "no parameter, no round"),
    Case("parameters that are there", f'set -e\nf() {{ for s in "$@"; do {C}; done; }}\n{G}f "$X"\n{T}', HELD, "one round"),
    Case("parameters that are none", f'set -e\nf() {{ for s; do {C}; done; }}\n{G}f\n{T}', NONE, "no round"),
    Case("an array of nothing", f'set -e\n{G}a=()\nfor s in "${{a[@]}}"; do {C}; done\n{T}', NONE, "no round"),
    Case("an array of one", f'set -e\n{G}a=(t.tgz)\nfor s in "${{a[@]}}"; do echo "{H}  $s" | sha256sum -c -; done\n{T}', HELD, "one round"),
    Case("what a program finds", f'set -e\n{G}{LIST}for s in $(find . -name x.sums); do sha256sum -c "$s"; done\n{T}', NO_ROUND, "it may find nothing"),
    Case("lines that a program finds", f'set -e\n{G}{LIST}find . -name x.sums | while read -r s; do sha256sum -c "$s"; done\n{T}', ["unchecked:no-round"], "it may find nothing"),
    Case("lines of nothing in a pipeline", f"set -e\n{G}printf '' | while read -r s; do {C}; done\n{T}", ["unchecked:no-round"], "no line"),
    Case("counted to nothing", f"set -e\n{G}for ((i=0;i<0;i++)); do {C}; done\n{T}", NO_ROUND, "no round"),
    Case("counted", f"set -e\n{G}for ((i=0; i<2; i++)); do {C}; done\n{T}", HELD, "two rounds"),
    Case("counted to a length", f'set -e\n{G}a=(x y)\nfor ((i=0; i < ${{#a[@]}}; i++)); do {C}; done\n{T}', HELD, "two rounds"),
    Case("fetched and checked by one list", f'set -e\nfor f in $LIST; do curl -fsSLo "$f" "https://cdn.example/$f"; done\nfor f in $LIST; do echo "{H}  $f" | sha256sum -c -; done\nfor f in $LIST; do tar xf "$f"; done\n', HELD, "an empty list fetches nothing either"),
    Case("xargs -r of nothing", f"set -e\n{G}printf '' | xargs -r sh -c '{C}'\n{T}", LOST, "nothing runs"),
    Case("xargs -r of what may be nothing", f"set -e\n{G}{LIST}find . -name x.sums | xargs -r sha256sum -c\n{T}", LOST, "it may find nothing"),
    Case("xargs of nothing", f"set -e\n{G}printf '' | xargs sh -c '{C}'\n{T}", HELD, "it runs once all the same"),
    Case("xargs -r of something", f"set -e\n{G}echo x | xargs -r sh -c '{C}'\n{T}", HELD, "it runs once"),
    Case("xargs puts in", f"set -e\n{G}echo \"{H}  t.tgz\" | xargs -I{{}} sh -c 'echo \"{{}}\" | sha256sum -c -'\n{T}", HELD, "the line stands where the braces were"),
    Case("arguments behind input from nothing", f"set -e\nf() {{ while [ $# -gt 0 ]; do {C}; shift; done < /dev/null; }}\n{G}f\n{T}", NONE, "no argument, no round"),
]  # fmt: skip

JOBS = [
    Case("waited for", f"{G}{C} &\nwait $! || exit 1\n{T}", HELD, "wait fails as the job did"),
    Case("waited for by name", f"{G}{C} &\np=$!\nsleep 1 &\nwait $p || exit 1\n{T}", HELD, "wait fails as that job did"),
    Case("waited for another", f"{G}{C} &\nsleep 1 &\nwait $! || exit 1\n{T}", LOST, "that is the status of sleep"),
    Case("waited for all", f"set -e\n{G}{C} &\nwait\n{T}", LOST, "wait alone succeeds"),
    Case("a job that exits", f"set -e\n{G}{{ {C} || exit 1; }} &\n{T}", LOST, "the job ends, the script does not"),
    Case("a job of its own", f"set -e\n{G}{{ {C}; {T}}} &\nwait\n", HELD, "the job ends where its check fails"),
    Case("kill $$", f"{G}{C} || kill $$\n{T}", HELD, "the shell ends"),
    Case("kill -0 $$", f"{G}{C} || kill -0 $$\n{T}", LOST, "that only asks"),
    Case("kill $$, caught", f"trap '' TERM\n{G}{C} || kill $$\n{T}", LOST, "the signal is ignored"),
    Case("kill -9 $$", f"trap '' TERM\n{G}{C} || kill -9 $$\n{T}", HELD, "nobody can ignore that one"),
]  # fmt: skip

TOLD = [
    Case("case $?", f"{G}{C}\ncase $? in 0) ;; *) exit 1 ;; esac\n{T}", HELD, "any other status ends it"),
    Case("case $?, used in an arm", f"{G}{C}\ncase $? in 0) tar xf t.tgz ;; esac\n", HELD, "used where the check held"),
    Case("case $?, one failure", f"{G}{C}\ncase $? in 1) exit 1 ;; esac\n{T}", LOST, "not installed is 127"),
    Case("case $?, all failures", f"{G}{C}\ncase $? in [1-9]*) exit 1 ;; esac\n{T}", HELD, "each failure ends it"),
    Case("case $?, only told", f"{G}{C}\ncase $? in 0) ;; *) echo bad ;; esac\n{T}", LOST, "it goes on"),
    Case("case of a flag", f"{G}{C} && ok=1\ncase \"$ok\" in 1) ;; *) exit 1 ;; esac\n{T}", HELD, "set where the check held alone"),
    Case("case of a flag that was wrong", f"{G}{C} || bad=1\ncase \"$bad\" in 1) exit 1 ;; esac\n{T}", HELD, "set where the check failed"),
    Case("a flag that was never set", f"{G}{C} || ret=1\n[ -z \"$ret\" ] || exit 1\n{T}", HELD, "set where the check failed alone"),
    Case("a flag that is set for the check", f"set -e\n{G}if grep -q x /etc/y; then go=1; fi\nif [ \"$go\" = 1 ]; then {C}; fi\n{T}", LOST, "it may not be set"),
    Case("one failure by its number", f"{G}{C}\n[ $? -eq 1 ] && exit 1\n{T}", LOST, "gpg fails with 2, too"),
]  # fmt: skip

WRITTEN = [
    Case("a script that was written", f"set -e\n{G}cat > c.sh <<'X'\n{C}\nX\n. ./c.sh\n{T}", HELD, "it is read as it was written"),
    Case("a script that was written turns -e off", f"set -e\n{G}echo 'set +e' > lib.sh\n. ./lib.sh\n{C}\n{T}", LOST, "it runs in this shell"),
    Case("a script that was written, run", f"set -e\n{G}cat > c.sh <<'X'\n{C}\necho done\nX\nsh c.sh\n{T}", LOST, "it has no -e, and ends with echo"),
    Case("a script that was written, with its first line", f"set -e\n{G}cat > c.sh <<'X'\n#!/bin/sh -e\n{C}\necho done\nX\nchmod +x c.sh\n./c.sh\n{T}", HELD, "-e stands in the first line"),
    Case("a first line that is not heeded", f"set -e\n{G}cat > c.sh <<'X'\n#!/bin/sh -e\n{C}\necho done\nX\nsh c.sh\n{T}", LOST, "sh is given the file"),
    Case("a script that was written runs itself", f"set -e\n{G}echo './c.sh' > c.sh\nsh c.sh\n{C}\n{T}", HELD, "read once"),
]  # fmt: skip

ASKED = [
    Case("skipped by a setting, turned round", f'set -e\n{G}if ! [ "${{SKIP:-}}" = 1 ]; then {C}; fi\n{T}', HELD, "as without the !: checked unless someone asks for none"),
    Case("skipped by a setting, twice turned round", f'set -e\n{G}if ! [ "${{SKIP:-}}" != 1 ]; then {C}; fi\n{T}', ["unchecked:not-fatal"], "not checked unless someone asks for it"),
    Case("skipped by a setting, ||", f'set -e\n{G}[ "${{SKIP:-}}" = 1 ] || {C}\n{T}', HELD, "checked unless someone asks for none"),
    Case("skipped where it is set at all", f'set -e\n{G}[ -n "${{SKIP:-}}" ] || {C}\n{T}', HELD, "checked unless someone asks for none"),
    Case("skipped where it is set at all, if", f'set -e\n{G}if [ -z "${{SKIP:-}}" ]; then {C}; fi\n{T}', HELD, "checked unless someone asks for none"),
    Case("checked where it is set at all", f'set -e\n{G}if [ -n "${{SUM:-}}" ]; then {C}; fi\n{T}', ["unchecked:skipped"], "not checked unless someone gives it"),
    Case("a digest that is no digest", f'set -e\nSHA={H}\n{G}[ "$SHA" = dev-mode ] || echo "$SHA  t.tgz" | sha256sum -c -\n{T}', HELD, "it is one here"),
    Case("a test in a group tells nothing of the group", f'set -e\n{G}{{ [ 1 = 1 ]; grep -q x y; }} && {C}\n{T}', LOST, "grep decides"),
    Case("a test in a function tells nothing of the function", f'set -e\nf() {{ [ 1 = 1 ]; grep -q x y; }}\n{G}if f; then {C}; fi\n{T}', LOST, "grep decides"),
    Case("a test in a substitution tells nothing of it", f'set -e\n{G}x=$([ 1 = 1 ]; grep -q x y) && {C}\n{T}', LOST, "grep decides"),
    Case("a test at the end of a list", f'set -e\n{G}grep -q x y && [ 1 = 1 ] && {C}\n{T}', LOST, "grep decides"),
]  # fmt: skip

OF_ENDINGS = [*TRAPS, *OPTIONS, *ROUNDS, *JOBS, *TOLD, *WRITTEN, *ASKED]
