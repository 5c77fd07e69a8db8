# ruff: noqa: E501
"""
Labelled cases from public files that check what they download, read by hand for false alarms and for false praise.

Each stands for a cause of a wrong verdict that was found there; the texts are ours.
"""

from __future__ import annotations

from tests.formats.shell.cases import C, Case, H, U

GET = f"set -e\ncurl -o t.tgz {U}\n"
SUMS = f"curl -o SUMS {U}.sums\n"
CLONE = "set -e\ngit clone --branch v1 https://git.example/o/r r\n"
OPENSSL = "S=$(openssl dgst -sha256 t.tgz)\n"
PRINTS = "sum_of() {\n  if command -v sha256sum >/dev/null; then\n    sha256sum \"$1\" | cut -d' ' -f1\n    return 0\n  fi\n  if command -v shasum >/dev/null; then\n    shasum -a 256 \"$1\" | cut -d' ' -f1\n    return 0\n  fi\n  exit 1\n}\n"
READS = 'while IFS= read -r line; do\n  case "$line" in *"$gap"*) want=${line%%"$gap"*} ;; *) continue ;; esac\ndone < SUMS\n'

OF_COMMITS = [
    Case("the commit that git tells", f'{CLONE}test "$(git -C r rev-parse HEAD)" = {C}\nmake -C r\n', ["verified"], "a full commit id is compared"),
    Case("the commit that git tells, kept", f'{CLONE}cd r\nAT=$(git rev-parse --verify HEAD)\nif [ "$AT" != {C} ]; then exit 1; fi\nmake\n', ["verified"], "another one ends the script"),
    Case("the commit that git log tells", f'{CLONE}[ "$(git -C r log -1 --format=%H)" = {C} ]\n', ["verified"], "a full commit id is compared"),
    Case("the commit that git tells, from outside", f'{CLONE}[ "$(git -C r rev-parse HEAD)" = "$COMMIT" ]\n', ["external-digest"], "the caller says which"),
    Case("the commit that git tells, not fatal", f'git clone https://git.example/o/r r\n[ "$(git -C r rev-parse HEAD)" = {C} ]\nmake -C r\n', ["unpinned"], "nothing stops at another one"),
    Case("the commit that git tells, shortened", f'{CLONE}[ "$(git -C r rev-parse --short HEAD)" = 0123456 ]\n', ["unpinned"], "a short id can come to mean another commit"),
    Case("the commit that git tells of the server's branch", f'{CLONE}[ "$(git -C r rev-parse HEAD)" = "$(git ls-remote https://git.example/o/r v1 | cut -f1)" ]\n', ["unpinned"], "the network says which"),
    Case("the commit that git tells, then another", f'{CLONE}[ "$(git -C r rev-parse HEAD)" = {C} ]\ngit -C r checkout main\n', ["unpinned"], "what was compared is not what is there"),
    Case("the commit that git tells of another clone", f'{CLONE}git init s\n[ "$(git -C s rev-parse HEAD)" = {C} ]\n', ["unpinned"], "it is not this one's"),
]  # fmt: skip

OF_FORMS = [
    Case("as openssl prints it", f'{GET}{OPENSSL}if [ "$S" != "SHA256(t.tgz)= {H}" ]; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "the file's name and its digest"),
    Case("as openssl 3 prints it", f'{GET}{OPENSSL}[ "$S" = "SHA2-256(t.tgz)= {H}" ]\ntar xf t.tgz\n', ["verified"], "the file's name and its digest"),
    Case("as openssl prints it, of nothing", f'{GET}{OPENSSL}[ "$S" = "SHA256(t.tgz)= none" ]\ntar xf t.tgz\n', ["unchecked:meaningless"], "no digest"),
    Case("printed by a function that returns", f'{GET}{PRINTS}[ "$(sum_of t.tgz)" = {H} ] || exit 1\ntar xf t.tgz\n', ["verified"], "whichever program is there"),
    Case("printed by a function that returns, of another file", f'{GET}{PRINTS}[ "$(sum_of u.tgz)" = {H} ] || exit 1\ntar xf t.tgz\n', ["unpinned"], "the file that is unpacked is not looked at"),
    Case("a digest by a function that returns", f'{GET}want() {{\n  case $1 in a) echo {H}; return ;; esac\n  exit 1\n}}\necho "$(want "$A")  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "or it ends"),
    Case("lines of a downloaded list", f'{GET}{SUMS}gap="  "\n{READS}[ "$(sha256sum t.tgz | cut -c1-64)" = "$want" ]\ntar xf t.tgz\n', ["same-origin"], "cut, it is still what was fetched"),
    Case("lines of a list from one of two programs", f'{GET}if has curl; then {SUMS}else wget -O SUMS {U}.sums; fi\ngap="  "\n{READS}[ "$(sha256sum t.tgz | cut -c1-64)" = "$want" ]\ntar xf t.tgz\n', ["same-origin"], "either fetched it"),
    Case("braces for curl", "set -e\ncurl -OO https://files.example/t.tgz{,.asc}\ngpgv --keyring keys.gpg t.tgz.asc t.tgz\ntar xf t.tgz\n", ["signed"], "two files"),
    Case("braces for bash", "set -e\nwget https://files.example/t.tgz{,.sha256}\nsha256sum -c t.tgz.sha256\ntar xf t.tgz\n", ["same-origin"], "a file and its list"),
    Case("braces, and one file alone is checked", f'set -e\ncurl -OO https://files.example/{{t,u}}.tgz\necho "{H}  t.tgz" | sha256sum --check\ntar xf t.tgz\ntar xf u.tgz\n', ["verified", "unpinned"], "two files"),
]  # fmt: skip

OF_LISTS = [
    Case("a list that is signed, checked first", f"set -e\n{GET}{SUMS}curl -o SUMS.asc {U}.sums.asc\nsha256sum --check --ignore-missing SUMS\ngpgv SUMS.asc SUMS\ntar xf t.tgz\n", ["signed"], "all before the file is used"),
    Case("a list that is signed, in RUNs", f"RUN curl -O https://files.example/SHA256SUMS.asc && curl -O https://files.example/t.tgz\nRUN sha256sum --check --ignore-missing SHA256SUMS.asc\nRUN gpg --recv-keys {C}\nRUN gpg --verify SHA256SUMS.asc\nRUN tar xf t.tgz\n", ["evidence:signed:around", "signed"], "each RUN ends the build where it fails; lines around what is signed are in the list, too", docker=True),
    Case("a list that is signed after the use", f"set -e\n{GET}{SUMS}curl -o SUMS.asc {U}.sums.asc\nsha256sum --check --ignore-missing SUMS\ntar xf t.tgz\ngpgv SUMS.asc SUMS\n", ["same-origin"], "nobody had vouched for it by then"),
    Case("a list that is signed, not fatal", f"{GET}{SUMS}curl -o SUMS.asc {U}.sums.asc\nsha256sum --check --ignore-missing SUMS\ngpgv SUMS.asc SUMS || echo bad\ntar xf t.tgz\n", ["same-origin"], "it goes on without"),
    Case("two lists, one of them signed", f"{GET}{SUMS}curl -o MORE {U}.more\ncurl -o SUMS.asc {U}.sums.asc\nif x; then sha256sum --check --ignore-missing SUMS; else sha256sum --check --ignore-missing MORE; fi\ngpgv SUMS.asc SUMS\ntar xf t.tgz\n", ["same-origin"], "it may have been the other"),
]  # fmt: skip

OF_WORDS = [
    Case("a default, then a case", 'set -e\nV=${V:-}\ncase "$V" in v[0-9]*) ;; *) exit 1 ;; esac\ncurl -o t.sh "https://files.example/$V/t.sh"\nsh t.sh\n', ["unpinned"], "whoever sets it comes there"),
    Case("a default, then a case with the check", f'{GET}V=${{V:-1}}\ncase "$V" in 0) ;; *) echo "{H}  t.tgz" | sha256sum --check ;; esac\ntar xf t.tgz\n', ["verified"], "as with `if`: unless someone asks for none"),
    Case("a default without the check", f'{GET}V=${{V:-0}}\ncase "$V" in 0) ;; *) echo "{H}  t.tgz" | sha256sum --check ;; esac\ntar xf t.tgz\n', ["unchecked:skipped"], "only where someone asks for it"),
    Case("skipped on some machines, or for those who ask", f'{GET}if [ "$(uname)" = Darwin ] || [ "${{SKIP:-}}" = 1 ]; then :; else echo "{H}  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "nobody asked, there"),
    Case("checked on some machines, unless asked", f'{GET}if [ "$(uname)" = Darwin ] && [ "${{SKIP:-}}" = "" ]; then echo "{H}  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "not on the others"),
    Case("skipped unless asked, turned round", f'{GET}if ! [ "${{CHECK:-}}" = 1 ]; then :; else echo "{H}  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "only where someone asks for it"),
    Case("a return for those who ask", f'{GET}check() {{\n  if [ "${{SKIP:-}}" = 1 ]; then return 0; fi\n  echo "{H}  t.tgz" | sha256sum --check\n}}\ncheck\ntar xf t.tgz\n', ["verified"], "as with `if`: unless someone asks for none"),
    Case("a return unless asked", f'{GET}check() {{\n  if [ "${{CHECK:-0}}" = 0 ]; then return 0; fi\n  echo "{H}  t.tgz" | sha256sum --check\n}}\ncheck\ntar xf t.tgz\n', ["unchecked:not-fatal"], "only where someone asks for it"),
    Case("a return for those who ask, in a function of theirs", f'{GET}check() {{\n  if [ "${{SKIP:-}}" = 1 ]; then other; fi\n  echo "{H}  t.tgz" | sha256sum --check\n}}\nother() {{ return 0; }}\ncheck\ntar xf t.tgz\n', ["verified"], "it comes back to the check"),
    Case("a return with what it fetches", f'set -e\nget() {{\n  if [ "${{BARE:-}}" = 1 ]; then curl -o t.tgz {U}; return 0; fi\n  curl -o t.tgz {U}\n  echo "{H}  t.tgz" | sha256sum --check\n}}\nget\ntar xf t.tgz\n', ["unpinned", "verified"], "what is fetched there needs a check of its own"),
    Case("an answer in a log", 'note() { echo "$(date) $*" >> "$LOG"; }\nV=$(curl -s https://api.example/latest)\nnote "no release $V"\n', [], "words about it"),
    Case("an answer in a file that is run", 'V=$(curl -s https://api.example/latest)\necho "tool --at $V" > t.sh\nsh t.sh\n', ["unpinned"], "what runs is in part what was fetched"),
    Case("an answer under a line of one's own", f'T=$(curl -s {U})\nprintf "#!/bin/sh\\n%s" "$T" > t.sh\n', ["unpinned"], "all of it"),
]  # fmt: skip

OF_CHECKED = OF_COMMITS + OF_FORMS + OF_LISTS + OF_WORDS
