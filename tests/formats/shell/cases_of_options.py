# ruff: noqa: E501
"""
Labelled cases in pairs, as in ``cases_of_sums``: a check that only those skip who ask for it by an option, and beside
it one that only those get who ask, or that others skip, too.
"""

from __future__ import annotations

from tests.formats.shell.cases_of_sums import LINE, pairs

CHECK = f"{LINE} | sha256sum -c -"
IF = f'if [ "$c" = 1 ]; then {CHECK}; fi'
SKIP = 'for a in "$@"; do case $a in --skip) c=0 ;; esac; done\n'
ASK = 'for a in "$@"; do case $a in --check) c=1 ;; esac; done\n'

READ = pairs(
    ("read by getopts", f"c=1\nwhile getopts s o; do case $o in s) c=0 ;; *) exit 2 ;; esac; done\n{IF}", f"c=0\nwhile getopts c o; do case $o in c) c=1 ;; *) exit 2 ;; esac; done\n{IF}", "unchecked:skipped", "unless somebody asks for none"),
    ("read while there are any", f"c=1\nwhile [ $# -gt 0 ]; do\n  case $1 in\n    --no-check) c=0; shift ;;\n    --to) D=$2; shift 2 ;;\n    *) exit 1 ;;\n  esac\ndone\n{IF}", f"c=1\nwhile [ $# -eq 0 ]; do\n  case $1 in\n    --no-check) c=0; shift ;;\n    *) break ;;\n  esac\ndone\n{IF}", "unchecked:not-fatal", "that loop is for those who give none"),
    ("read by a list of tests", f'c=1\nwhile getopts s o; do [ "$o" = s ] && c=0; done\n[ "$c" = 0 ] || {CHECK}', f'c=0\nwhile getopts s o; do [ "$o" = s ] && c=1; done\n[ "$c" = 0 ] || {CHECK}', "unchecked:skipped", "only where somebody asks for it"),
    ("read in a function", f'c=1\nread_all() {{ while [ $# -gt 0 ]; do case "$1" in --skip) c=0 ;; esac; shift; done; }}\nread_all "$@"\n{IF}', f'c=1\nread_all() {{ while [ $# -gt 0 ]; do case "$1" in --skip) c=0 ;; esac; shift; done; }}\nread_all --skip\n{IF}', "unchecked:not-fatal", "the script itself asks for none"),
    ("read from all arguments", f"c=1\n{SKIP}{IF}", f"c=1\nfor a in x y; do case $a in y) c=0 ;; esac; done\n{IF}", "unchecked:skipped", "those are no arguments"),
    ("set by any argument", f"c=1\n{SKIP}{IF}", f'c=1\nfor a in "$@"; do echo "$a"; c=0; done\n{IF}', "unchecked:not-fatal", "that is no option"),
    ("set by something else, too", f"c=1\n{SKIP}{IF}", f"c=1\n{SKIP}if ! command -v x; then c=0; fi\n{IF}", "unchecked:not-fatal", "who lacks x has not asked"),
)  # fmt: skip

ASKED = pairs(
    ("asked by case", f"c=1\n{SKIP}case $c in 1) {CHECK} ;; esac", f"c=0\n{ASK}case $c in 1) {CHECK} ;; esac", "unchecked:skipped", "unless somebody asks for none"),
    ("asked by case, the other first", f"c=1\n{SKIP}case $c in 0) ;; *) {CHECK} ;; esac", f"c=0\n{ASK}case $c in 0) ;; *) {CHECK} ;; esac", "unchecked:skipped", "unless somebody asks for none"),
    ("asked by arithmetic", f"c=1\n{SKIP}if (( c )); then {CHECK}; fi", f"c=0\n{ASK}if (( c )); then {CHECK}; fi", "unchecked:skipped", "unless somebody asks for none"),
    ("asked whether it is empty", f'c=1\nfor a in "$@"; do case $a in --skip) c= ;; esac; done\nif [ -n "$c" ]; then {CHECK}; fi', f'c=\n{ASK}if [ -n "$c" ]; then {CHECK}; fi', "unchecked:skipped", "unless somebody asks for none"),
    ("asked as a number", f's=0\nfor a in "$@"; do case $a in --skip) s=1 ;; esac; done\n[ "$s" -eq 1 ] || {CHECK}', f's=1\nfor a in "$@"; do case $a in --check) s=0 ;; esac; done\n[ "$s" -eq 1 ] || {CHECK}', "unchecked:skipped", "only where somebody asks for it"),
    ("asked as a command", f'skip=false\nfor a in "$@"; do case $a in --skip) skip=true ;; esac; done\nif ! $skip; then {CHECK}; fi', f'check=false\nfor a in "$@"; do case $a in --check) check=true ;; esac; done\nif $check; then {CHECK}; fi', "unchecked:skipped", "unless somebody asks for none"),
    ("asked in a function", f'c=1\n{SKIP}verify() {{ [ "$c" = 1 ] || return 0; {CHECK}; }}\nverify', f'c=0\n{ASK}verify() {{ [ "$c" = 1 ] || return 0; {CHECK}; }}\nverify', "unchecked:not-fatal", "unless somebody asks for none"),
    ("asked in a function that says something else", f'c=1\n{SKIP}{IF}', f'c=1\n{SKIP}no() {{ [ "$c" = 1 ]; return 1; }}\nif no; then {CHECK}; fi', "unpinned", "its last word counts"),
)  # fmt: skip

OF_OPTIONS = READ + ASKED
