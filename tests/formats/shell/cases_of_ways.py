# ruff: noqa: E501
"""
Further labelled cases: exit statuses and variables that remember a check, ways out of functions and loops, data.

Each stands for a cause of a wrong verdict that was found by reading public scripts; the texts are ours. Most have a
twin that looks alike and is not held.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"curl -fsSLo t.tgz {U}\n"  # gets it
C = f'echo "{H}  t.tgz" | sha256sum -c -'  # checks it
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LIST = "https://cdn.example/sums"

SHADOWED = [
    Case("exit is a function", f'set -e\nexit() {{ :; }}\n{G}{C} || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "bash calls the function"),
    Case("exit is a function that ends", f'exit() {{ echo bye; builtin exit "$@"; }}\n{G}{C} || exit 1\ntar xf t.tgz\n', ["verified"], "the shell's own is in it"),
    Case("exit is a function on some ways", f'[ -z "$1" ] || exit() {{ :; }}\n{G}{C} || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "on the others it ends"),
    Case("set is a function", f'set() {{ :; }}\nset -e\n{G}{C}\ntar xf t.tgz\n', ["unchecked:not-fatal"], "nothing is set"),
    Case("list mended in place", f'set -e\n{G}echo "{H}  t.tgz" > sums\nsed -i "s/.*/$(sha256sum t.tgz)/" sums\nsha256sum -c sums\ntar xf t.tgz\n', ["unchecked:meaningless"], "the file's own digest was put in"),
    Case("list mended in place by a word", f'set -e\n{G}echo "{H}  x.tgz" > sums\nsed -i "s/x/t/" sums\nsha256sum -c sums\ntar xf t.tgz\n', ["unpinned"], "which file it names then is not known"),
    Case("sha256sum is an alias", f'set -e\nshopt -s expand_aliases\nalias sha256sum=true\n{G}{C}\ntar xf t.tgz\n', ["unchecked:not-fatal"], "true checks nothing"),
    Case("sha256sum is an alias of what checks", f'set -e\nalias sha256sum="shasum -a 256"\n{G}{C}\ntar xf t.tgz\n', ["verified"], "the other checks too"),
    Case("sha256sum is an alias of itself", f'set -e\nalias sha256sum="sha256sum --strict"\n{G}{C}\ntar xf t.tgz\n', ["verified"], "an alias is not looked up again"),
    Case("exit is an alias", f'shopt -s expand_aliases\nalias exit=:\n{G}{C} || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "the script goes on"),
    Case("a loop over nothing", f'set -e\n{G}for f in; do {C}; done\ntar xf t.tgz\n', ["unpinned"], "no round checks"),
    Case("a list begun from nothing", f"set -e\n{G}cp /dev/null sums\nsha256sum t.tgz >> sums\nsha256sum -c sums\ntar xf t.tgz\n", ["unchecked:meaningless"], "the file's own digest"),
    Case("one list is the file's own digest", f'set -e\n{G}if [ "$A" = 1 ]; then echo "{H}  t.tgz" > sums; else sha256sum t.tgz > sums; fi\nsha256sum -c sums\ntar xf t.tgz\n', ["unchecked:not-fatal"], "on one way anything passes"),
    Case("more values than are looked at", f'set -e\n{G}case $A in\n' + "".join(f'{n}) D={n:064x} ;;\n' for n in range(34)) + '*) exit 1 ;;\nesac\necho "$D  t.tgz" | sha256sum -c -\ntar xf t.tgz\n', ["verified"], "each is a digest"),
    Case("lines of nothing", f'set -e\n{G}while read -r l; do {C}; done < /dev/null\ntar xf t.tgz\n', ["unpinned"], "no round"),
    Case("used in a trap", f"set -e\ntrap 'tar xf t.tgz' EXIT\n{G}{C}\n", ["unchecked:not-fatal"], "it runs where the check failed, too"),
    Case("used in a function of a trap", f"set -e\nfin() {{ tar xf t.tgz; }}\ntrap fin EXIT\n{G}{C}\n", ["unchecked:not-fatal"], "it runs where the check failed, too"),
    Case("used where the check fails", f"set -e\n{G}trap 'tar xf t.tgz' ERR\n{C}\n", ["unchecked:not-fatal"], "it runs there"),
    Case("used in a trap of a subshell", f"set -e\n{G}(trap 'tar xf t.tgz' EXIT; {C})\n", ["unchecked:not-fatal"], "it runs where the check failed, too"),
    Case("tidied in a trap", f"set -e\ntrap 'rm -f t.tgz; echo bye' EXIT\n{G}{C}\ntar xf t.tgz\n", ["verified"], "nothing is used there"),
    Case("tidied in a function of a trap", f"set -e\nfin() {{ code=$?; [ -d t ] && rm -rf t t.tgz; exit $code; }}\ntrap fin EXIT INT TERM\n{G}{C}\ntar xf t.tgz\n", ["verified"], "nothing is used there"),
    Case("a trap for a signal", f"set -e\ntrap 'tar xf t.tgz' HUP\n{G}{C}\ntar xf t.tgz\n", ["verified"], "nobody expects it"),
    Case("lines of a list", f'set -e\n{G}echo "{H}  t.tgz" > sums\nwhile read -r l; do echo "$l" | sha256sum -c -; done < sums\ntar xf t.tgz\n', ["verified"], "one round"),
    Case("return is a function", f'return() {{ :; }}\nf() {{ {C} || return 1; tar xf t.tgz; }}\n{G}f\n', ["unchecked:not-fatal"], "f goes on"),
]  # fmt: skip

STATUSES = [
    Case("$? behind the check", f'{G}{C}\nif [ $? -ne 0 ]; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "the status of the check decides"),
    Case("$? of something else", f'{G}{C}\necho done\nif [ $? -ne 0 ]; then exit 1; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "that is echo's status"),
    Case("$? the wrong way round", f'{G}{C}\nif [ $? -eq 0 ]; then exit 1; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "it goes on when the check fails"),
    Case("$? that only prints", f'{G}{C}\nif [ $? -ne 0 ]; then echo bad; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "nothing ends"),
    Case("$? equal, else", f'{G}{C}\nif [ "$?" == "0" ]; then tar xf t.tgz; else echo bad; fi\n', ["verified"], "used on the good way alone"),
    Case("$? in a variable", f'{G}{C}\nrc=$?\nrm -f log\n[ "$rc" -eq 0 ] || exit "$rc"\ntar xf t.tgz\n', ["verified"], "remembered across a command"),
    Case("$? in (( ))", f'{G}{C}\n(( $? != 0 )) && exit 1\ntar xf t.tgz\n', ["verified"], "arithmetic compares too"),
    Case("$? greater", f'{G}{C}\nif [ $? -gt 0 ]; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "no status is negative"),
    Case("return without status", f'ok() {{ {C}; return; }}\n{G}ok || exit 1\ntar xf t.tgz\n', ["verified"], "returns what the check returned"),
    Case("return without status, later", f'ok() {{ {C}; rm -f log; return; }}\n{G}ok || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "returns what rm returned"),
    Case("return a variable", f'ok() {{ {C}; rc=$?; rm -f log; return $rc; }}\n{G}ok || exit 1\ntar xf t.tgz\n', ["verified"], "the check's status"),
    Case("return that nobody heeds", f'ok() {{ {C}; return $?; }}\n{G}ok\ntar xf t.tgz\n', ["unchecked:not-fatal"], "the caller goes on"),
    Case("|| exit $?", f'{G}{C} || exit $?\ntar xf t.tgz\n', ["verified"], "the status of a failure is no success"),
    Case("|| rc=$?", f'{G}rc=0\n{C} || rc=$?\nif [ $rc -ne 0 ]; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "zero is the way on which the check held"),
    Case("a function that returns a flag", f'supported() {{ found=1; case "$1" in linux/*) found=0;; esac; return $found; }}\nif supported "$P"; then true; else exit 1; fi\ncurl {U} | sh\n', ["piped:interpreter"], "either may come, and what follows is reached"),
]  # fmt: skip

VARIABLES = [
    Case("a flag for success", f'{G}ok=\nif {C}; then ok=1; fi\n[ -n "$ok" ] || exit 1\ntar xf t.tgz\n', ["verified"], "set on the good way alone"),
    Case("a flag for failure", f'{G}failed=no\n{C} || failed=yes\nif [ "$failed" = yes ]; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "no is the good way"),
    Case("a flag set too early", f'{G}ok=\nif [ -f t.tgz ]; then ok=1; fi\n{C}\n[ -n "$ok" ] || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "it tells of something else"),
    Case("a flag set on both ways", f'{G}ok=\nif {C}; then ok=1; else ok=1; fi\n[ -n "$ok" ] || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "it tells nothing"),
    Case("a flag set anew", f'{G}ok=no\nif {C}; then ok=yes; fi\nok=yes\n[ "$ok" = yes ] || exit 1\ntar xf t.tgz\n', ["unchecked:not-fatal"], "the memory is gone"),
    Case("a flag used in place", f'{G}ok=no\nif {C}; then ok=yes; fi\nif [ "$ok" = yes ]; then tar xf t.tgz; fi\n', ["verified"], "used on the good way alone"),
    Case("attempts with a flag", f'ok=\nfor i in 1 2 3; do\n  curl -fsSLo t.tgz {U}\n  if {C}; then ok=1; break; fi\ndone\n[ -n "$ok" ] || exit 1\ntar xf t.tgz\n', ["verified"] * 3, "left only behind the check"),
    Case("a name without its folder", f'set -e\nsame() {{ base=${{1##*/}}; want=$(grep "$base" "$2" | cut -d" " -f1); got=$(sha256sum "$1" | cut -d" " -f1); [ "$want" = "$got" ]; }}\nd=$(mktemp -d)\ncurl -o "$d/t.tgz" {U}\ncurl -o "$d/sums" {LIST}\nsame "$d/t.tgz" "$d/sums"\ntar xf "$d/t.tgz"\n', ["same-origin"], "helpers that are given paths"),
    Case("an ending of several names", f'set -e\ncase $(uname -m) in x86_64) a=x.tgz; s={H};; *) a=y.tgz; s={H[::-1]};; esac\ncurl -o "$a" "https://cdn.example/$a"\necho "$s  $a" | sha256sum -c\nmv "${{a%.tgz}}" out\n', ["verified"], "each value is changed"),
]  # fmt: skip

EXITS = [
    Case("mirrors in a function", f'set -e\nget() {{ local f="$1"; for u in https://a.example https://b.example; do if curl -fL -o "$f" "$u/t.tgz"; then break; fi; done; }}\nget t.tgz\n{C}\ntar xf t.tgz\n', ["verified"] * 2, "whichever served it is checked"),
    Case("mirrors, unchecked", 'set -e\nfor u in https://a.example https://b.example; do curl -fLo t.tgz "$u/t.tgz" && break; done\ntar xf t.tgz\n', ["unpinned"] * 2, "whichever served it is not"),
    Case("a downloader that is chosen", f'set -e\nget() {{ if command -v curl; then curl -fsSLo "$1" "$2"; return; fi; wget -qO "$1" "$2"; }}\nget t.tgz {U}\n{C}\ntar xf t.tgz\n', ["verified"] * 2, "files fetched before a return are there behind it"),
    Case("a downloader that is chosen, a list too", f'set -e\nget() {{ if has curl; then curl -sLo "$1" "$2"; return; elif has wget; then wget -qO "$1" "$2"; return; fi; return 1; }}\nget t.tgz {U}\nget sums {LIST}\nwant=$(grep t.tgz sums | tr "\\t" " " | cut -d" " -f1)\ngot=$(sha256sum t.tgz | cut -d" " -f1)\nif [ "$want" != "$got" ]; then exit 1; fi\ntar xf t.tgz\n', ["same-origin"] * 2, "the list came the same way"),
    Case("return from the middle", f'get() {{ curl -o t.tgz {U}; [ -f t.tgz ] && return 0; wget -O t.tgz {U}; }}\nget\ntar xf t.tgz\n', ["unpinned"] * 2, "both may be what is unpacked"),
    Case("break out of while", f'while :; do curl -o t.tgz {U}; {C} && break; done\ntar xf t.tgz\n', ["verified"], "left only behind the check"),
    Case("break before the check", f'while :; do curl -o t.tgz {U} && break; {C} || exit 1; done\ntar xf t.tgz\n', ["unchecked:not-fatal"], "left before it"),
    Case("two temporary files", f'set -e\na=$(mktemp); b=$(mktemp)\ncurl -o $a {U}\ncurl -o $b {LIST}\necho "{H}  $a" | sha256sum -c\nsh $b\n', ["verified", "unpinned"], "each call makes another file"),
]  # fmt: skip

OUTPUTS = [
    Case("grep OK", f'set -e\n{G}{C} | grep -q OK\ntar xf t.tgz\n', ["verified"], "grep finds OK where the check held"),
    Case("grep OK, both streams", f'{G}{C} 2>&1 | grep ": OK$" || exit 1\ntar xf t.tgz\n', ["verified"], "and fails elsewhere"),
    Case("grep FAILED", f'{G}if {C} 2>&1 | grep -q FAILED; then exit 1; fi\ntar xf t.tgz\n', ["verified"], "the other way round"),
    Case("grep without consequence", f'{G}{C} | grep OK\ntar xf t.tgz\n', ["unchecked:not-fatal"], "nothing heeds it"),
    Case("grep for the name", f'set -e\n{G}{C} | grep t.tgz\ntar xf t.tgz\n', ["unchecked:not-fatal"], "the name is printed either way"),
    Case("awk makes the line", f'set -e\nf=/usr/local/bin/kx\ncurl -o $f https://cdn.example/kx-amd64\ncurl {LIST} | awk \'/kx-amd64/ {{ print $1 "  \'$f\'" }}\' | sha256sum -c\n', ["same-origin"], "the words of the filter name the file"),
    Case("FreeBSD's sha256", f'set -e\n{G}sha256 -c {H} t.tgz\ntar xf t.tgz\n', ["verified"], "a digest and a file"),
    Case("OpenBSD's sha256", f'set -e\n{G}echo "{H}  t.tgz" | sha256 -c\ntar xf t.tgz\n', ["verified"], "a list on standard input"),
    Case("whichever sum there is", f'set -e\nsum() {{ if has sha256sum; then echo "$1  $2" | sha256sum -c; elif has sha256; then if [ "$(uname)" = FreeBSD ]; then sha256 -c "$1" "$2"; else echo "$1  $2" | sha256 -c; fi; else echo "$1  $2" | shasum -a 256 -c; fi; }}\n{G}sum {H} t.tgz\ntar xf t.tgz\n', ["verified"], "each of them checks"),
]  # fmt: skip

DATA = [
    Case("API reply, jq", "set -e\ncurl -s https://api.example/latest > r.json\nversion=$(jq -r .tag r.json)\n", [], "looked into, and used for nothing else"),
    Case("API reply, grep", "curl -s -o /tmp/r.json https://api.example/latest\nv=$(grep tag /tmp/r.json | cut -d'\"' -f4)\nrm /tmp/r.json\n", [], "and removed"),
    Case("API reply in a temporary file", "get() { tmp=$(mktemp); curl -so \"$tmp\" \"$1\" || return 1; body=$(cat \"$tmp\"); rm -f \"$tmp\"; echo \"$body\"; }\nv=$(get https://api.example/latest | sed 's/x//')\n", [], "its text is all that is left"),
    Case("a reply that is shown", "code=$(curl -s -o /tmp/body -w '%{http_code}' https://api.example/)\nif [ \"$code\" != 200 ]; then cat /tmp/body; exit 1; fi\n", [], "printed for people"),
    Case("a reply that is applied", "curl -so m.yaml https://cdn.example/m.yaml\ngrep kind m.yaml\nkubectl apply -f m.yaml\n", ["unpinned"], "another program gets the file"),
    Case("a reply that is rewritten", "curl -so u.service https://cdn.example/u.service\nsed 's/a/b/' u.service > /etc/systemd/system/u.service\n", ["unpinned"], "what is written is made of it"),
    Case("a reply that is fed", "curl -so d.sql https://cdn.example/d.sql\nhead d.sql\nmysql < d.sql\n", ["unpinned"], "another program reads all of it"),
    Case("a reply that stays", "curl -so /etc/tool/hosts https://cdn.example/hosts\ngrep -c . /etc/tool/hosts\n", ["unpinned"], "a file of the system"),
    Case("a reply that is loaded", "curl -so env https://cdn.example/env\ngrep A env\n. ./env\n", ["unpinned"], "run by the shell itself"),
    Case("looked into, then run", f"curl -so i.sh {U}\nhead -1 i.sh\nbash i.sh\n", ["unpinned"], "looking is no check"),
    Case("a version in a name", "set -e\nv=$(curl -s https://api.example/latest | grep tag | cut -d'\"' -f4)\ncurl -fsSLo t.tgz https://cdn.example/$v/t.tgz\ntar xf t.tgz\n", ["unpinned"], "the version is data, the archive is none"),
    Case("looked into, in an image", "RUN curl -so m.json https://cdn.example/m.json && jq .v m.json\n", ["unpinned"], "it stays in the layer", docker=True),
    Case("looked into, in an image's /tmp", "RUN curl -so /tmp/m.json https://cdn.example/m.json && jq .v /tmp/m.json\n", [], "a file for this step", docker=True),
]  # fmt: skip

MORE = [
    Case("curl -o-", f"curl -o- -L {U} | bash\n", ["piped:interpreter"], "a dash is standard output"),
    Case("curl -o - and another", f"curl -o - {U} -o b https://cdn.example/b | sh\n", ["piped:interpreter", "unpinned"], "the first is run, the second written"),
    Case("python's program on standard input", "j=$(mktemp)\ncurl -so $j https://api.example/r\nv=$(python3 - \"$j\" <<'EOF'\nimport json\nEOF\n)\n", [], "the program stands here, the file is its data"),
    Case("python's program in the file", "j=$(mktemp)\ncurl -so $j https://cdn.example/r.py\npython3 $j x\n", ["unpinned"], "the file is the program"),
    Case("only hashed", f"curl -sL {U} > t.tgz\nshasum -a 256 t.tgz\nrm t.tgz\n", [], "for a formula, and gone"),
    Case("hashed and kept", f"curl -sLO {U}\nsha256sum tool.tgz\n", ["unpinned"], "somebody looks, nothing is compared"),
    Case("only compared with a file of ours", "wget -q https://cdn.example/sums -O r.txt\ndiff -u r.txt ours.txt\n", [], "data"),
    Case("case over what the caller gives", f'case "${{1:-}}" in "") exit 1;; get) curl {U} | sh;; esac\n', ["piped:interpreter"], "a parameter may be given"),
    Case("gitiles at a commit", f"wget -O - https://x.googlesource.com/p/+archive/{COMMIT}/bin.tar.gz | tar xz\n", ["pinned"], "the URL names a commit"),
    Case("a parameter that is installed", 'deb() { curl -SL "$1" -o x.deb; dpkg -i x.deb; }\n', ["unpinned"], "whoever calls it, nothing checks"),
    Case("a parameter that is printed", 'fetch() { curl -fsSL "$1"; }\n', [], "the caller knows what it is for"),
]  # fmt: skip

FURTHER = [
    Case("removed when it is wrong", f"set -e\n{G}{C} || rm -f t.tgz\nchmod +x t.tgz\n./t.tgz\n", ["verified"], "what failed is not there any more"),
    Case("something else is removed", f"set -e\n{G}{C} || rm -f log\n./t.tgz\n", ["unchecked:not-fatal"], "the file stays"),
    Case("arrays in step", f'set -e\nF=(); U=(); S=()\nadd() {{ [ "$1" = "$P" ] || return 0; F+=("$2"); U+=("$3"); S+=("$4"); }}\nadd a a.tgz {U}a {H}\nadd b b.tgz {U}b {H}\nfor i in "${{!F[@]}}"; do curl -Lo "${{F[$i]}}.part" "${{U[$i]}}"; mv "${{F[$i]}}.part" "${{F[$i]}}"; echo "${{S[$i]}}  ${{F[$i]}}" >> sums; done\nsha256sum --check sums\n', ["verified"], "each element of the list of digests is one"),
    Case("a digest that may be emptied", f'ARG SUM={H}\nADD {U} /t\nRUN if [ -n "$SUM" ]; then echo "$SUM  /t" | sha256sum --check; fi && chmod 755 /t\n', ["verified"], "it is set here", docker=True),
    Case("a digest that may be missing", f'set -e\n{G}if [ -n "$SUM" ]; then echo "$SUM  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["unchecked:skipped"], "nobody says that there is one"),
    Case("a condition that assigns", 'base=\n[ -n "$MIRROR" ] && base="$MIRROR"\nbase=${base:-https://cdn.example}\ncurl "$base/i.sh" | sh\n', ["piped:interpreter"], "both are followed"),
    Case("gh with two patterns", 'set -e\ngh release download v1 -R o/r --pattern "*-linux.tgz" --pattern SHA256SUMS\nsha256sum --check --ignore-missing SHA256SUMS\ntar xf *-linux.tgz\n', ["same-origin"], "the archive is one of the two"),
    Case("curl --get", 'set -e\ncurl --get --data-urlencode "name=t" https://api.example/object --output t.sh\nsh t.sh\n', ["unpinned"], "the data goes into the URL"),
    Case("curl --data", "curl --data name=t https://api.example/object --output t.txt\n", [], "a request that sends something"),
    Case("a function for each downloader", f'set -e\nif has curl; then get() {{ curl -fsSL "$1" -o "$2"; }}; elif has wget; then get() {{ wget -qO "$2" "$1"; }}; fi\nget {U} t.tgz\ntar xf t.tgz\n', ["unpinned"] * 2, "either may be the one that is called"),
    Case("a function for each sum", f'set -e\nif has sha256sum; then sum() {{ sha256sum "$1" | cut -d" " -f1; }}; else sum() {{ shasum -a 256 "$1" | cut -d" " -f1; }}; fi\n{G}[ "$(sum t.tgz)" = {H} ]\ntar xf t.tgz\n', ["verified"], "each computes it"),
    Case("a program that writes", f"set -e\nT=$(mktemp -d)\ncurl -so $T/x.crx {U}\nnode -e 'require(\"fs\").writeFileSync(process.argv[2], 1)' $T/x.crx $T/x.zip\nunzip $T/x.zip\n", ["unpinned"], "what it writes is made of it"),
    Case("set -e in a loop behind a pipe", f'set -e\ndie() {{ echo "$1" >&2; false; }}\ncat names | while read -r n; do\n  curl -o "d/$n" "https://cdn.example/$n"\n  [ "$(sha256sum "d/$n" | cut -d" " -f1)" = {H} ] || die bad\n  sh "d/$n"\ndone\n', ["verified"], "the loop is a shell of its own, with -e"),
    Case("one program for digests or another", f'{G}if command -v sha256sum >/dev/null; then {C} || exit; elif command -v shasum >/dev/null; then echo "{H}  t.tgz" | shasum -a 256 -c - || exit; fi\nsh t.tgz\n', ["verified"], "one of them is on every machine"),
    Case("a program for signatures or none", f'{G}curl -fsSLO {U}.asc\nif command -v gpg >/dev/null; then gpg --verify tool.tgz.asc t.tgz || exit 1; fi\nsh t.tgz\n', ["unchecked:not-fatal"], "gpg is often not there"),
    Case("a reply in a folder that is removed", 'set -e\nW="$ROOT/work"\ncurl -o "$W/reply.tsv" https://api.example/report\nlinks=$(awk "{print \\$3}" "$W/reply.tsv")\nrm -rf "$W"\n', [], "looked into, and gone with its folder"),
    Case("a file in a folder that is removed", f'set -e\nW="$ROOT/work"\ncurl -o "$W/t.tgz" {U}\ntar xf "$W/t.tgz" -C /opt\nrm -rf "$W"\n', ["unpinned"], "unpacked before"),
    Case("lines of a reply", 'set -e\nreadarray -t D < <(curl -fsS https://api.example/v1 | jq -r ".url, .sha")\nSUM=${D[1]:-}\ncurl -fsSo t.jar "${D[0]:-}"\necho "$SUM  t.jar" | sha256sum --check\njava -jar t.jar\n', ["same-origin"], "both come from the reply"),
    Case("words of a reply", 'set -e\nread -r url sum < <(curl -fsS https://api.example/v1 | jq -r "[.url, .sha] | @tsv")\ncurl -fsSo t.jar "$url"\necho "$sum  t.jar" | sha256sum --check\njava -jar t.jar\n', ["same-origin"], "both come from the reply"),
    Case("lines of a file of ours", f'set -e\nmapfile -t sums < sums.txt\n{G}echo "${{sums[0]}}  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "the file is in the repository"),
    Case("jq with arguments", f"set -e\ncurl -so m.json https://cdn.example/m.json\ncurl -so t.sh {U}\nwant=$(jq -r --arg name t.sh '.[$name]' m.json)\n[ \"$want\" = \"$(sha256sum t.sh | cut -d' ' -f1)\" ]\nsh t.sh\n", ["same-origin"], "the manifest is its only file"),
]  # fmt: skip

SEEN = [
    Case("what a check printed", f'set -e\n{G}M="$({C})"\nif [ "$M" == "t.tgz: OK" ]; then tar xf t.tgz; else exit; fi\n', ["verified"], "it prints OK where it holds"),
    Case("what a check printed is not asked", f'{G}M="$({C})"\necho "$M"\ntar xf t.tgz\n', ["unchecked:not-fatal"], "nobody looks"),
    Case("FAILED is not OK", f'{G}M="$({C})"\nif [ "$M" != "t.tgz: OK" ]; then tar xf t.tgz; fi\n', ["unchecked:not-fatal"], "the wrong way round"),
    Case("read with a separator", f"set -e\nfor e in 'a|{H}' 'b|{H}'; do IFS='|' read -r n s <<< \"$e\"; curl -fo d/$n.j https://cdn.example/$n; echo \"$s  d/$n.j\" | sha256sum --check; sh d/$n.j; done\n", ["verified"] * 2, "each entry is a name and its digest"),
    Case("read with a separator, other file", f"set -e\nfor e in 'a|{H}' 'b|{H}'; do IFS='|' read -r n s <<< \"$e\"; curl -fo d/$n.j https://cdn.example/$n; echo \"$s  d/other\" | sha256sum --check; sh d/$n.j; done\n", ["unpinned"] * 2, "the file is another one"),
    Case("moved and removed when it is wrong", f'set -e\ncurl -o d.tmp {U}\nmv d.tmp d\nif ! echo "{H}  d" | sha256sum --check; then rm -f d; fi\nsh d\n', ["verified"], "it has but one name"),
    Case("copied and removed when it is wrong", f'set -e\ncurl -o d.tmp {U}\ncp d.tmp d\nif ! echo "{H}  d" | sha256sum --check; then rm -f d; fi\nsh d.tmp\n', ["unchecked:not-fatal"], "the other one stays"),
    Case("moved, and its folder removed", f"curl -o tmp/d {U}\nmv tmp/d /usr/local/bin/d\nrm -rf tmp/d tmp\n", ["unpinned"], "it is in another place"),
    Case("find by name", f'set -e\nD=$(mktemp -d)\ngh release download v1 -R o/r --pattern "*.tgz" --dir "$D"\nT=$(find "$D" -name "*.tgz")\necho "{H}  $T" | sha256sum --check\ntar xf "$T"\n', ["verified"], "what it finds is the download"),
    Case("find something else", f'set -e\nD=$(mktemp -d)\ngh release download v1 -R o/r --pattern "*.tgz" --dir "$D"\nT=$(find "$D" -name "*.deb")\necho "{H}  $T" | sha256sum --check\ntar xf "$D"/*.tgz\n', ["unpinned"], "another file"),
    Case("a digest that is empty at first", f'S=""\nwhile getopts "s:" o; do case $o in s) S="$OPTARG";; esac; done\n{G}if ! echo "$S  t.tgz" | sha256sum --check; then exit 1; fi\nsh t.tgz\n', ["external-digest"], "an empty one lets nothing through"),
    Case("kubectl from a pipe", f"curl -s {U} | kubectl apply -n x -f -\n", ["piped:interpreter"], "it runs in the cluster"),
    Case("kubectl looks", f"curl -s {U} | kubectl apply --dry-run=client -f -\n", [], "it makes nothing"),
    Case("docker load", f"curl -sL {U} | sudo docker load\n", ["piped:unpacker"], "an image is unpacked"),
    Case("docker load of a file", f"set -e\n{G}{C}\ndocker load -i t.tgz\n", ["verified"], "checked before"),
    Case("docker load before the check", f"set -e\n{G}docker load --input t.tgz\n{C}\n", ["unchecked:late"], "loaded first"),
    Case("a commit from an answer", "V=$(curl -s https://api.example/latest | jq -r .tag)\ngit clone https://git.example/o/r\ncd r\ngit checkout \"$V\"\n", ["unpinned"], "nobody here says which"),
    Case("php copies", "php -r \"copy('https://cdn.example/installer', 'setup.php');\"\nphp setup.php\n", ["unpinned"], "a downloader"),
    Case("php checks", f"php -r \"copy('https://cdn.example/installer', 'setup.php');\"\nphp -r \"if (hash_file('sha256', 'setup.php') === '{H}') {{ echo 'ok'; }} else {{ unlink('setup.php'); }}\"\nphp setup.php\n", ["verified"], "the wrong file is removed"),
    Case("php checks and goes on", f"php -r \"copy('https://cdn.example/installer', 'setup.php');\"\nphp -r \"if (hash_file('sha256', 'setup.php') === '{H}') {{ echo 'ok'; }} else {{ echo 'bad'; }}\"\nphp setup.php\n", ["unchecked:not-fatal"], "it only says so"),
    Case("php compares with a signature", "set -e\nE=\"$(php -r 'copy(\"https://sig.example/s\", \"php://stdout\");')\"\nphp -r \"copy('https://cdn.example/installer', 'setup.php');\"\nA=\"$(php -r \"echo hash_file('sha256', 'setup.php');\")\"\nif [ \"$E\" != \"$A\" ]; then exit 1; fi\nphp setup.php\n", ["same-origin"], "both come from there"),
    Case("php compares with what it reads", "set -e\nphp -r \"copy('https://cdn.example/installer', 'setup.php'); \"\nphp -r \"if (hash_file('sha256', 'setup.php') !== trim(file_get_contents('https://cdn.example/sig'))) {{ exit(1); }}\"\nphp setup.php\n".replace("{{", "{").replace("}}", "}"), ["same-origin"], "both come from there"),
]  # fmt: skip

OF_WAYS = SHADOWED + STATUSES + VARIABLES + EXITS + OUTPUTS + DATA + MORE + FURTHER + SEEN
