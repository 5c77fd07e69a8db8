# ruff: noqa: E501
"""
Labelled cases of loops that may have no round, and of ``return`` outside of functions.

Each is run in bash as well (``test_running``), with the right file and with a wrong one.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"curl -fsSLo t.tgz {U}\n"
L = 'curl -fsSLo t.tgz "$u"\n'  # gets what a loop is at
C = f'echo "{H}  t.tgz" | sha256sum -c -'
E = f"{C} || exit 1"
T = "tar xf t.tgz\n"
HELD, LOST, NO_ROUND = ["verified"], ["unchecked:not-fatal"], ["unchecked:no-round"]

OF_LOOPS = [
    Case("while, a value that nobody knows", f'set -e\n{G}while [ "$check" = yes ]; do {E}; check=no; done\n{T}', NO_ROUND, "without it there is no round"),
    Case("while, a value that is known", f'set -e\n{G}check=yes\nwhile [ "$check" = yes ]; do {E}; check=no; done\n{T}', HELD, "there is a first round"),
    Case("while, another value", f'set -e\n{G}check=no\nwhile [ "$check" = yes ]; do {E}; done\n{T}', NO_ROUND, "there is none"),
    Case("while, a known value and more", f'set -e\n{G}check=yes\nwhile [ "$check" = yes ] && [ "$more" = yes ]; do {E}; check=no; done\n{T}', NO_ROUND, "the second decides"),
    Case("while, in bash's brackets", f"set -e\n{G}check=yes\nwhile [[ $check == yes ]]; do {E}; check=no; done\n{T}", HELD, "there is a first round"),
    Case("until, a value that nobody knows", f'set -e\n{G}until [ "$over" = yes ]; do {E}; over=yes; done\n{T}', NO_ROUND, "with it there is no round"),
    Case("until, a value that is known", f'set -e\n{G}over=no\nuntil [ "$over" = yes ]; do {E}; over=yes; done\n{T}', HELD, "there is a first round"),
    Case("until, over at once", f'set -e\n{G}over=yes\nuntil [ "$over" = yes ]; do {E}; over=yes; done\n{T}', NO_ROUND, "there is none"),
    Case("while, a count", f'set -e\n{G}n=0\nwhile [ "$n" -lt 1 ]; do {E}; n=$((n+1)); done\n{T}', HELD, "0 is less than 1"),
    Case("while, a count that is over", f'set -e\n{G}n=5\nwhile [ "$n" -lt 1 ]; do {E}; n=$((n+1)); done\n{T}', NO_ROUND, "5 is not"),
    Case("while, arithmetic", f"set -e\n{G}n=0\nwhile (( n < 1 )); do {E}; n=$((n+1)); done\n{T}", HELD, "0 is less than 1"),
    Case("while, arithmetic of what nobody knows", f"set -e\n{G}while (( n < 1 )); do {E}; n=$((n+1)); done\n{T}", NO_ROUND, "it may be 1"),
    Case("while, arithmetic by a limit", f"set -e\n{G}n=0 most=3\nwhile (( n < most )); do {E}; n=3; done\n{T}", HELD, "0 is less than 3"),
    Case("while, a word that is no variable", f"{G}n=0\nwhile [ n -lt 1 ]; do {E}; n=1; done\n{T}", NO_ROUND, "that is an error, and no round"),
    Case("while, arguments of the script", f"set -e\n{G}while [ $# -gt 0 ]; do {E}; shift; done\n{T}", NO_ROUND, "there may be none"),
    Case("while, the caller's lines", f"set -e\n{G}while read -r s; do {E}; done\n{T}", NO_ROUND, "there may be none"),
    Case("while, a process", f'set -e\n{G}while kill -0 "$other"; do {E}; done\n{T}', NO_ROUND, "it may not run"),
    Case("while, a file that is missing", f"set -e\n{G}while [ ! -d / ]; do {E}; done\n{T}", NO_ROUND, "it may be there"),
    Case("while, true in a variable", f"set -e\n{G}check=true\nwhile $check; do {E}; check=false; done\n{T}", HELD, "there is a first round"),
    Case("until, fetched in the round", f"set -e\nuntil [ -f t.tgz ] && {C}; do {G}done\n{T}", HELD, "the condition is asked behind each round"),
    Case("until, fetched again in the round", f"set -e\n{G}until {C}; do {G}done\n{T}", ["verified", "verified"], "the condition is asked behind each round"),
    Case("until, fetched in a round by who fetches", f'set -e\nuntil curl -fsSLo a {U}; do {G}done\nif [ "$check" = yes ]; then {E}; fi\n[ ! -f t.tgz ] || {T}', ["unpinned", *LOST], "what the round fetches may be there"),
    Case("until, a memory that the round sets", f'{G}ok=no\n{C} && ok=yes\nuntil [ "$ok" = yes ]; do ok=yes; done\n{T}', LOST, "it ends without the check, too"),
    Case("until, the status that the round leaves", f"{G}{C}\nuntil [ $? -eq 0 ]; do true; done\n{T}", LOST, "true leaves 0"),
    Case("a flag of the first round", f'set -e\nfirst=yes\nfor u in $LIST; do\n{L}if [ $first = yes ]; then {E}; fi\nfirst=no\n{T}done\n', LOST, "the second round has no check"),
    Case("a flag of each round", f'set -e\nfor u in $LIST; do\nfirst=yes\n{L}if [ $first = yes ]; then {E}; fi\nfirst=no\n{T}done\n', HELD, "each round sets it again"),
    Case("a flag that was not set", f'set -e\nfor u in $LIST; do\n{L}[ "${{seen:-}}" = 1 ] || {E}\nseen=1\n{T}done\n', LOST, "the second round has no check"),
    Case("a flag of lines that are read", f'set -e\nfirst=yes\nwhile read -r u; do\n{L}if [ $first = yes ]; then {E}; fi\nfirst=no\n{T}done <<< "$LIST"\n', LOST, "the second round has no check"),
    Case("a flag that counts", f"set -e\nn=0\nfor u in $LIST; do\n{L}[ $n != 0 ] || {E}\nn=1\n{T}done\n", LOST, "the second round has no check"),
    Case("a flag of the mirror that was good", f'set -e\ngood=\nfor u in $LIST; do\n{L}if {C}; then good=1; break; fi\ndone\n[ -n "$good" ] || exit 1\n{T}', HELD, "without it nothing goes on"),
    Case("-e is off behind the first round", f"set -e\nfor u in $LIST; do\n{L}{C}\n{T}set +e\ndone\n", LOST, "the second round goes on"),
    Case("-e is off for a command", f"set -e\nfor u in $LIST; do\n{L}{C}\n{T}set +e\nfalse\nset -e\ndone\n", HELD, "it is on again"),
    Case("continue, in a process of its own", f"set -e\nfor u in $LIST; do\n{L}( {C} || continue )\n{T}done\n", LOST, "it leaves that process alone"),
    Case("continue, and what follows in the process", f"set -e\nfor u in $LIST; do\n{L}( {C} || continue; {T} )\ndone\n", LOST, "there is no loop in that process"),
    Case("continue, in braces", f"set -e\nfor u in $LIST; do\n{L}{{ {C} || continue; }}\n{T}done\n", HELD, "it leaves the round"),
    Case("break, in a pipeline", f"set -e\nfor u in $LIST; do\n{L}{C} || break | true\n{T}done\n", LOST, "a part of a pipeline is a process"),
    Case("return, in a process of its own", f"f() {{ {G}( {C} || return 1 ); {T} }}\nf\n", LOST, "it leaves that process alone"),
    Case("return, in a process of its own, heeded", f"f() {{ {G}( {C} || return 1 ) || return 1; {T} }}\nf\n", HELD, "the process has failed"),
    Case("return, in a loop of a pipeline", f"f() {{ {G}echo x | while read -r s; do {C} || return 1; done\n{T} }}\nf\n", LOST, "the loop is a process"),
    Case("return, in a program", f"#!/bin/bash\n{G}{C} || return 1\n{T}", LOST, "bash refuses it, and goes on"),
    Case("return, in a program with -e", f"#!/bin/bash\nset -e\n{G}{C} || return 1\n{T}", HELD, "that it fails ends it"),
    Case("exit, in a program", f"#!/bin/bash\n{G}{C} || exit 1\n{T}", HELD, "that ends it"),
    Case("return or exit", f"#!/bin/bash\n{G}{C} || return 1 2> /dev/null || exit 1\n{T}", HELD, "one of them ends it"),
]  # fmt: skip
