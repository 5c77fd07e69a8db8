# ruff: noqa: E501
"""Labelled cases in which what is printed, counted or listed in ``PIPESTATUS`` remembers how a check came out."""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"curl -fsSLo t.tgz {U}\n"
C = f'echo "{H}  t.tgz" | sha256sum -c - >/dev/null'
X = "tar xf t.tgz\n"
YES = f'[ "$ok" = yes ] || exit 1\n{X}'
GOOD, LOST = ["verified"], ["unchecked:not-fatal"]

OF_PRINTED = [
    Case("prints yes", f"{G}ok=$({C} && echo yes)\n{YES}", GOOD, "only behind the check"),
    Case("prints yes or no", f"{G}ok=$({C} && echo yes || echo no)\n{YES}", GOOD, "no is not yes"),
    Case("prints yes or no, in an if", f"{G}ok=$(if {C}; then echo yes; else echo no; fi)\n{YES}", GOOD, "no is not yes"),
    Case("prints yes or no, in a function", f"f() {{ {C} && echo yes || echo no; }}\n{G}ok=$(f)\n{YES}", GOOD, "no is not yes"),
    Case("prints yes or no, compared there", f'{G}[ "$({C} && echo yes)" = yes ] || exit 1\n{X}', GOOD, "only behind the check"),
    Case("prints where it fails", f'{G}ok=$({C} || echo no)\n[ -z "$ok" ] || exit 1\n{X}', GOOD, "nothing behind the check"),
    Case("prints yes or no, asked for no", f'{G}ok=$({C} && echo yes || echo no)\nif [ "$ok" = no ]; then exit 1; fi\n{X}', GOOD, "no ends the script"),
    Case("prints yes or no, asked for another word", f'{G}ok=$({C} && echo yes || echo no)\nif [ "$ok" = bad ]; then exit 1; fi\n{X}', LOST, "nothing says that"),
    Case("prints yes twice", f"{G}ok=$({C} && echo yes; echo yes)\n{YES}", LOST, "where the check fails, too"),
    Case("prints yes either way", f"{G}ok=$(if {C}; then echo yes; else echo yes; fi)\n{YES}", LOST, "where the check fails, too"),
    Case("prints yes behind true", f"{G}ok=$({C} || true; echo yes)\n{YES}", LOST, "where the check fails, too"),
    Case("prints yes and leaves otherwise", f'{G}ok=$(if {C}; then echo yes; elif [ "$1" ]; then echo no; else exit 0; fi)\n[ "$ok" != no ] || exit 1\n{X}', LOST, "who left has not said no"),
    Case("prints yes and returns otherwise", f'f() {{ if {C}; then echo yes; elif [ "$1" ]; then echo no; else return 0; fi; }}\n{G}ok=$(f)\n[ "$ok" != no ] || exit 1\n{X}', LOST, "who returned has not said no"),
    Case("prints yes in a subshell that others leave", f'{G}ok=$( (if {C}; then echo yes; elif [ "$1" ]; then echo no; else exit 0; fi) )\n[ "$ok" != no ] || exit 1\n{X}', LOST, "who left has not said no"),
    Case("prints yes in several rounds", f'{G}ok=$(for i in 1 2; do {C} && echo yes || echo no; done)\n[ "$ok" = no ] && exit 1\n{X}', LOST, "no is not all that is said"),
    Case("prints yes elsewhere", f'{G}ok=$({{ {C} && echo yes || echo no; }} >&2)\n[ "$ok" = no ] && exit 1\n{X}', LOST, "nothing comes back"),
    Case("prints yes into a pipe", f"{G}ok=$({{ {C} && echo yes || echo no; }} | sed s/no/yes/)\n{YES}", LOST, "another program has changed it"),
    Case("prints yes and more", f'f() {{ {C} && echo yes || echo no; }}\n{G}ok=$(f; echo done)\n[ "$ok" = no ] && exit 1\n{X}', LOST, "no is not all that is said"),
]  # fmt: skip

OF_COUNTED = [
    Case("counts failures", f'n=0\n{G}{C} || n=$((n+1))\n[ "$n" -eq 0 ] || exit 1\n{X}', GOOD, "one failure is not none"),
    Case("counts failures by ++", f"n=0\n{G}{C} || ((n++))\n((n==0)) || exit 1\n{X}", GOOD, "one failure is not none"),
    Case("counts failures by +=", f"n=0\n{G}{C} || ((n+=1))\n[ $n -gt 0 ] && exit 1\n{X}", GOOD, "one failure is more than none"),
    Case("counts failures of several", f'n=0\nfor f in t u; do\n  curl -fsSLo $f.tgz {U}\n  echo "{H}  $f.tgz" | sha256sum -c - || n=$((n + 1))\ndone\nif [ "$n" -gt 0 ]; then exit 1; fi\ntar xf t.tgz\ntar xf u.tgz\n', GOOD * 2, "none has failed"),
    Case("counts failures and forgives one", f"n=0\n{G}{C} || n=$((n+1))\n[ $n -gt 1 ] && exit 1\n{X}", LOST, "one failure is not more than one"),
    Case("counts failures and forgives some", f"n=0\n{G}{C} || n=$((n+1))\n[ $n -lt 2 ] || exit 1\n{X}", LOST, "one failure is less than two"),
    Case("counts failures and begins anew", f"n=0\n{G}{C} || n=$((n+1))\nn=0\n[ $n -eq 0 ] || exit 1\n{X}", LOST, "the failure is forgotten"),
    Case("counts by nothing", f"n=0\n{G}{C} || n=$((n+0))\n[ $n -eq 0 ] || exit 1\n{X}", LOST, "it stays none"),
    Case("counts rounds", f"n=0\nwhile :; do\n  {G}  {C} && break\n  n=$((n+1))\n  [ $n -eq 3 ] && break\ndone\n{X}", LOST, "the third round is the last one"),
    Case("counts rounds to the end", f"n=0\nuntil {G.strip()} && {C}; do\n  n=$((n+1))\n  [ $n -eq 3 ] && exit 1\ndone\n{X}", GOOD, "the third round ends the script"),
    Case("true or false, run", f"ok=true\n{G}{C} || ok=false\n$ok || exit 1\n{X}", GOOD, "false ends the script"),
    Case("true or false, run in an if", f"ok=false\n{G}{C} && ok=true\nif ! $ok; then exit 1; fi\n{X}", GOOD, "false ends the script"),
    Case("true or false, of which true goes on", f"ok=false\n{G}{C} && ok=true\n$ok && exit 1\n{X}", LOST, "false goes on"),
    Case("true or false, which are functions", f"true() {{ :; }}\nfalse() {{ :; }}\nok=false\n{G}{C} && ok=true\n$ok || exit 1\n{X}", LOST, "both go on"),
    Case("the status of a part", f"{G}{C}\n[ ${{PIPESTATUS[1]}} -eq 0 ] || exit 1\n{X}", GOOD, "the part that checks"),
    Case("the status of another part", f"{G}{C}\n[ ${{PIPESTATUS[0]}} -eq 0 ] || exit 1\n{X}", LOST, "echo does not fail"),
    Case("the status of a part of a later pipeline", f"{G}{C}\necho done | cat\n[ ${{PIPESTATUS[1]}} -eq 0 ] || exit 1\n{X}", LOST, "cat does not fail"),
    Case("the status of a part behind another command", f"{G}{C}\necho done\n[ ${{PIPESTATUS[1]:-0}} -eq 0 ] || exit 1\n{X}", LOST, "there is no such part"),
    Case("the status of a part, kept", f"{G}{C}\ncode=${{PIPESTATUS[1]}}\n[ $code = 0 ] || exit 1\n{X}", GOOD, "the part that checks"),
    Case("skips others", f"set -e\nfor n in t; do\n  curl -fsSLo $n.tgz {U}\n  [ $n = other ] && continue\n  {C}\ndone\n{X}", GOOD, "this is no other"),
    Case("skips what others are", f"set -e\nfor n in t; do\n  curl -fsSLo $n.tgz {U}\n  [ $n = t ] && continue\n  {C}\ndone\n{X}", LOST, "this is skipped"),
]  # fmt: skip

OF_MEMORY = OF_PRINTED + OF_COUNTED
