# ruff: noqa: E501
"""Labelled cases in which one text is looked for in another, by a pattern or by grep: an empty one is in every text."""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"set -e\ncurl -fsSLo t.tgz {U}\n"
S = "s=$(sha256sum t.tgz | cut -d' ' -f1)\n"
X = "tar xf t.tgz\n"
SEEKS = f'sha256sum t.tgz | grep -q "$SUM"\n{X}'
BEGINS = f'[[ $(sha256sum t.tgz) == "$SUM"* ]]\n{X}'
SKIPPED, GIVEN = ["unchecked:skipped"], ["external-digest"]

OF_EMPTY = [
    Case("begins with what the script is given", f"{G}{BEGINS}", SKIPPED, "nothing is at the beginning of any text"),
    Case("contains what the script is given", f'{G}[[ $(sha256sum t.tgz) == *"$SUM"* ]]\n{X}', SKIPPED, "nothing is in any text"),
    Case("matches what the script is given", f"{G}{S}[[ $s =~ ^$SUM ]]\n{X}", SKIPPED, "nothing is in any text"),
    Case("matches no more than what the script is given", f"{G}{S}[[ $s =~ ^$SUM$ ]]\n{X}", GIVEN, "both ends are held"),
    Case("grep for what the script is given", f"{G}{SEEKS}", SKIPPED, "nothing is in any text"),
    Case("grep for a digest", f"{G}sha256sum t.tgz | grep -q {H}\n{X}", ["verified"], "it is written here"),
    Case("begins with a digest", f"{G}[[ $(sha256sum t.tgz) == {H}* ]]\n{X}", ["verified"], "it is written here"),
    Case("a digest that begins with what is computed", f"{G}[[ {H} == $(sha256sum t.tgz | cut -c1-0)* ]]\n{X}", SKIPPED, "all of it may have been cut off"),
    Case("a digest that begins with a part", f'{G}{S}[[ {H} == "${{s:0:0}}"* ]]\n{X}', SKIPPED, "which has no character"),
    Case("grep for a digest of some machines", f'case $(uname -m) in x86_64) SUM={H} ;; esac\n{G}{SEEKS}', SKIPPED, "on the others it is empty"),
    Case("grep for a digest of some machines, or the end", f'case $(uname -m) in x86_64) SUM={H} ;; *) exit 1 ;; esac\n{G}{SEEKS}', ["verified"], "on the others nothing runs"),
    Case("grep for a line that is not there", f'{G}SUM=$(echo "{H}  other" | grep t.tgz || :)\n{SEEKS}', SKIPPED, "it is empty"),
    Case("grep for a line that is there", f'{G}SUM=$(echo "{H}  t.tgz" | grep t.tgz | cut -d" " -f1)\n{SEEKS}', ["verified"], "it is the digest"),
    Case("grep for no character of a digest", f'{G}SUM=$(echo {H} | cut -c1-0)\n{SEEKS}', SKIPPED, "nothing is in any text"),
    Case("the first characters of both", f'{G}{S}[ "$(echo $s | cut -c1-8)" = "$(echo {H} | cut -c1-8)" ]\n{X}', ["unchecked:meaningless"], "eight digits are none"),
    Case("what is no digit of both", f"{G}[ \"$(sha256sum t.tgz | tr -d 0-9a-f)\" = \"$(echo '{H}  t.tgz' | tr -d 0-9a-f)\" ]\n{X}", ["unchecked:meaningless"], "the name alone"),
    Case("egrep for a group that the script is given", f'{G}sha256sum t.tgz | egrep "^($SUM)"\n{X}', SKIPPED, "nothing is at the beginning of any text"),
    Case("compared as numbers", f"{G}{S}if [ $s -ne {H} ]; then exit 1; fi\n{X}", ["unpinned"], "it fails, and the script goes on"),
    Case("compared as equal numbers", f"{G}{S}[[ $s -eq {H} ]]\n{X}", ["unpinned"], "names of variables are 0"),
    Case("grep for a line that the script is given", f'{G}{S}echo "$s" | grep -x "$SUM"\n{X}', GIVEN, "no line is empty"),
    Case("from a list that the repository holds", f"{G}SUM=$(grep t.tgz sums | cut -d' ' -f1)\n{SEEKS}", SKIPPED, "the list may not name it"),
]  # fmt: skip

OF_GIVEN = [
    Case("grep for what must be given", f': "${{SUM:?}}"\n{G}{SEEKS}', GIVEN, "the script ends without it"),
    Case("grep for what must be set", f': "${{SUM?}}"\n{G}{SEEKS}', SKIPPED, "it may be empty"),
    Case("grep for what must be given to a subshell", f'(: "${{SUM:?}}")\n{G}{SEEKS}', SKIPPED, "the subshell ends alone"),
    Case("grep behind a test and exit", f'[ -n "$SUM" ] || exit 1\n{G}{SEEKS}', GIVEN, "the script ends without it"),
    Case("grep behind a test and a message", f'[ -n "$SUM" ] || echo "no digest"\n{G}{SEEKS}', SKIPPED, "the script goes on without it"),
    Case("grep behind a test for nothing", f'[ -z "$SUM" ] && {{ echo "no digest"; exit 1; }}\n{G}{SEEKS}', GIVEN, "the script ends without it"),
    Case("grep behind a test for nothing and a message", f'[ -z "$SUM" ] && echo "no digest"\n{G}{SEEKS}', SKIPPED, "the script goes on without it"),
    Case("grep behind an end that may fail", f'[ -z "$SUM" ] && grep -q x /etc/fstab && exit 1\n{G}{SEEKS}', SKIPPED, "where grep finds nothing it goes on"),
    Case("grep behind an end or another way", f'[ -z "$SUM" ] && echo "no digest" || exit 1\n{G}{SEEKS}', SKIPPED, "only who gives one is sent away"),
    Case("begins with what an if asks for", f'if [ "${{SUM:-}}" = "" ]; then exit 1; fi\n{G}{BEGINS}', GIVEN, "the script ends without it"),
    Case("begins with what an else asks for", f'if [ "$SUM" != "" ]; then :; else exit 1; fi\n{G}{BEGINS}', GIVEN, "the script ends without it"),
    Case("begins with what is left for an else", f'{G}if [ -z "$SUM" ]; then exit 1; else {BEGINS}fi\n', GIVEN, "the script ends without it"),
    Case("grep for a digest of some machines that is asked for", f'case $(uname -m) in x86_64) SUM={H} ;; esac\n[ -n "$SUM" ] || exit 1\n{G}{SEEKS}', ["verified"], "on the others nothing runs"),
    Case("begins with what an if knows", f'if [ -n "$SUM" ]; then echo "$SUM"; fi\n{G}{BEGINS}', SKIPPED, "behind it nobody knows"),
    Case("begins with what is asked for before", f'{G}[ ! -z "$SUM" ] && {BEGINS}', ["unchecked:not-fatal"], "without a digest the list ends there"),
    Case("grep for a parameter that is asked for", f'{G}f() {{\n  [ -n "$1" ] || return 1\n  sha256sum t.tgz | grep "$1"\n}}\nf "$SUM"\n{X}', GIVEN, "the function fails without it"),
    Case("asked for before it is set", f'[ -n "$SUM" ] || exit 1\n{G}SUM=$(cat sums || true)\n{SEEKS}', SKIPPED, "it is another value"),
    Case("a list's digest that is asked for where it is read", f'{G}if [ "${{SKIP:-}}" != 1 ]; then SUM=$(curl -fsSL {U}.sums | grep t.tgz | cut -d" " -f1); [ -n "$SUM" ] || exit 1; fi\nif [ "${{SKIP:-}}" != 1 ]; then sha256sum t.tgz | grep -q "$SUM"; fi\n{X}', ["same-origin"], "who skips neither reads nor looks"),
]  # fmt: skip

OF_SEARCHES = OF_EMPTY + OF_GIVEN
