# ruff: noqa: E501
"""
Further labelled cases, from reading Dockerfiles and scripts of Python, Node, PHP, Ruby, Java and data-science projects.

Each stands for a cause of a wrong verdict that was found there; the texts are ours. Most have a twin that looks alike
and is judged otherwise.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

G = f"curl -o t.tgz {U}\n"
GET = "curl -fsSLO https://cdn.example/$1\n"
SUM = 'sum() { echo "$2  $1" > $1.sum; sha256sum -c $1.sum; rm $1.sum; }\n'
LIB = ". ./lib.sh\n"
COMPARED = f'[ "$(sha256sum t.tgz | cut -d" " -f1)" = {H} ]'
PHP = "php -r \"copy('https://cdn.example/installer', 'setup.php');\"\n"
POWERSHELL = 'SHELL ["powershell", "-Command"]\n'

OF_PROGRAMS = [
    Case("php -- arguments", f"curl -sS {U} | php -- --install-dir=/usr/local/bin\n", ["piped:interpreter"], "behind -- are the installer's arguments"),
    Case("php file arguments", f"echo '<?php ?>' | php f.php -- {U}\n", [], "the program is the file"),
    Case("php prints what it reads", f"php -r \"readfile('{U}');\" | php\n", ["piped:interpreter"], "readfile downloads"),
    Case("php reads a file", "php -r \"readfile('setup.php');\" | php\n", [], "a file of the project"),
    Case("php prints a signature", f"set -e\nE=\"$(php -r \"echo file_get_contents('https://sig.example/s');\")\"\n{PHP}A=\"$(php -r \"echo hash_file('sha384', 'setup.php');\")\"\n[ \"$E\" = \"$A\" ]\nphp setup.php\n", ["same-origin"], "both come from there"),
    Case("tar, f within its letters", f"curl -L {U} | tar xvfz -\n", ["piped:unpacker"], "f takes the dash, as letters without a dash do in turn"),
    Case("tar, two letters with values", f"set -e\n{G}echo '{H}  t.tgz' | sha256sum --check\ntar xfC t.tgz /opt\n", ["verified"], "f takes the file, C the folder"),
    Case("tar, f within its letters, a file", f"{G}tar xfz t.tgz\n", ["unpinned"], "the file is the next word"),
    Case("travis_retry", f"travis_retry wget {U} -O i.sh\nbash i.sh\n", ["unpinned"], "Travis defines it"),
    Case("pip's index, abbreviated", "pip install --extra-index https://index.example/simple numpy\n", [], "optparse takes it for --extra-index-url"),
    Case("pip's URL behind an index", f"pip install --extra-index https://index.example/simple {U}\n", ["unpinned"], "this one is installed"),
    Case("an option in a variable with values", f'Q=\n[ "$V" = true ] && Q="" || Q=--quiet\nB={U}\n[ -z "$M" ] || B="$M/t.jar"\nwget $Q "$B" -O t.jar\njava -jar t.jar\n', ["unpinned"], "one file is fetched"),
    Case("a URL in a variable with values", f'B={U}\n[ -z "$M" ] || B="$M/t.jar"\nwget "$B" -O t.jar\njava -jar t.jar\n', ["unpinned"], "either is the URL"),
    Case("each parameter is changed", f'set -e\nfetch() {{ for f in "${{@%.gz}}"; do curl -fsSLo "$f" "https://cdn.example/$f"; done; }}\nfetch a.gz b.gz\necho "{H}  a" | sha256sum --check\necho "{H}  b" | sha256sum --check\nsh a; sh b\n', ["verified"] * 2, "the operator acts on each of them"),
    Case("each element is changed", f'set -e\nset_of=(a.gz b.gz)\nfor f in "${{set_of[@]%.gz}}"; do curl -fsSLo "$f" "https://cdn.example/$f"; done\necho "{H}  a" | sha256sum --check\nsh a; sh b\n', ["verified", "unpinned"], "b is checked by nobody"),
    Case("a key from ADD", "ADD https://cdn.example/pubkey.gpg /tmp/k\nRUN apt-key add /tmp/k\n", ["key:unpinned"], "what the file is used for tells what it is", docker=True),
    Case("PowerShell, switches before the URL", f"{POWERSHELL}RUN Invoke-WebRequest -OutFile t.zip -UseBasicParsing \"https://cdn.example/v$($env:V)/t.zip\"; Expand-Archive t.zip\n", ["unpinned"], "the first value that no option takes", docker=True),
    Case("PowerShell, the URL behind an option's value", f"{POWERSHELL}RUN iwr -UseBasicParsing -TimeoutSec 60 {U} -OutFile t.zip; Expand-Archive t.zip\n", ["unpinned"], "60 is the option's", docker=True),
]  # fmt: skip

OF_DEFAULTS = [
    Case("a default that another branch excludes", f'set -e\nSUM="${{SUM:-automatic}}"\n{G}if [ "$SUM" = automatic ]; then curl -o sums {U}.sha256; else echo "$SUM  t.tgz" > sums; fi\nsha256sum -c sums\ntar xf t.tgz\n', ["same-origin"], "nobody checks against the word `automatic`; the list is downloaded unless a digest is given"),
    Case("one of two lists", f'set -e\n{G}if [ "$1" = x ]; then echo "{H}  t.tgz" > sums; else echo "$SUM  t.tgz" > sums; fi\nsha256sum -c sums\ntar xf t.tgz\n', ["external-digest"], "as good as the worse one"),
    Case("a list for each of two", f'set -e\nif [ "$1" = x ]; then curl -Lo a.tgz {U}; echo "{H}  a.tgz" > sums; else curl -Lo b.tgz {U}; echo "{H}  b.tgz" > sums; fi\nsha256sum -c sums\ntar xf *.tgz\n', ["verified"] * 2, "each list is for what was fetched with it"),
    Case("a digest that is a word", f'set -e\nSUM=automatic\n{G}echo "$SUM  t.tgz" | sha256sum -c\ntar xf t.tgz\n', ["unchecked:meaningless"], "it is no digest"),
    Case("a check where a digest is given", f'set -e\n{G}if [ -n "${{SUM-}}" ]; then echo "$SUM  t.tgz" | sha256sum -c; fi\ntar xf t.tgz\n', ["unchecked:skipped"], "nothing is checked where none is"),
    Case("a check where a digest is asked for", f'set -e\nSUM="${{SUM:-none}}"\n{G}if [ "$SUM" != none ]; then echo "$SUM  t.tgz" | sha256sum -c; fi\ntar xf t.tgz\n', ["unchecked:skipped"], "by default there is none"),
    Case("an end where no digest is given", f'set -e\n{G}if [ -n "${{SUM-}}" ]; then echo "$SUM  t.tgz" | sha256sum -c; else exit 1; fi\ntar xf t.tgz\n', ["external-digest"], "without one it ends"),
    Case("a list that does not check its signers' key", f"set -e\n{G}curl -o key {U}.key\ngpg --import key\ncurl -o checksums.txt https://cdn.example/checksums.txt\ncurl -o checksums.txt.sig https://cdn.example/checksums.txt.sig\ngpg --verify checksums.txt.sig checksums.txt\nsha256sum --ignore-missing -c checksums.txt\ntar xf t.tgz\n", ["signed", "key:unpinned"], "the list is believed because of the key"),
]  # fmt: skip

OF_LINES = [
    Case("a version in a line", f"V=$(curl -s {U} | cut -d. -f1)\necho 'deb [signed-by=/k.gpg] https://apt.example/'$V'/ /' | sudo tee /etc/apt/sources.list.d/x.list\n", [], "a word of the line is data"),
    Case("a version in a here-document", f"V=$(curl -s {U})\ncat > x.env <<EOF\nVERSION=$V\nEOF\n", [], "a word of the line is data"),
    Case("a reply that is written", f"V=$(curl -s {U})\necho \"$V\" > run.sh\nsh run.sh\n", ["unpinned"], "all of the file is the download"),
    Case("a reply behind a line", f"V=$(curl -s {U})\nprintf '#!/bin/sh\\n%s\\n' \"$V\" > run.sh\nsh run.sh\n", ["unpinned"], "the line before is another one"),
    Case("a download behind a line", f"{{ echo '#!/bin/sh'; curl -s {U}; }} > run.sh\nsh run.sh\n", ["unpinned"], "all of its lines"),
]  # fmt: skip

OF_LIBRARIES = [
    Case("a library", f"{SUM}get() {{ {GET}sum $1 $2; tar xf $1; }}\n", ["external-digest"], "who sources it has set -e or not"),
    Case("a library that passes it over", f"{SUM}get() {{ {GET}sum $1 $2 || :; tar xf $1; }}\n", ["unchecked:not-fatal"], "whatever is set"),
    Case("no library", f"{SUM}get() {{ {GET}sum $1 {H}; tar xf $1; }}\nget x.tgz\n", ["unchecked:not-fatal"], "it runs, without -e"),
    Case("a library with a guard of its own", f"set +e\n{SUM}get() {{ {GET}sum $1 $2; tar xf $1; }}\n", ["unchecked:not-fatal"], "it says what is set"),
    Case("a function that tells its caller", 'get() { wget https://cdn.example/x -O f; [ "$(sha256sum f | cut -d" " -f1)" = "$SUM" ] || return -1; }\n', ["external-digest"], "it fails where the check does"),
    Case("a function that tells nobody", 'get() { wget https://cdn.example/x -O f; [ "$(sha256sum f | cut -d" " -f1)" = "$SUM" ]; echo done; }\nmain\n', ["unchecked:not-fatal"], "it ends well all the same"),
]  # fmt: skip

OF_UNSEEN = [
    Case("a check by its name", f"set -e\n{LIB}{G}verify_sha256 t.tgz {H}\ntar xf t.tgz\n", ["verified"], "the file and its digest are given"),
    Case("a check by its name, other order", f"set -e\n{LIB}{G}check_sum {H} t.tgz\ntar xf t.tgz\n", ["verified"], "whichever comes first"),
    Case("a check by its name, from a variable", f'set -e\n{LIB}{G}want=$(get_checksum x)\nuse_checksum_comparison t.tgz "$want"\ntar xf t.tgz\n', ["external-digest"], "what that prints is not seen"),
    Case("a check by its name, downloaded digest", f'set -e\n{LIB}{G}want=$(curl {U}.sha256)\ncheck_sha t.tgz "$want"\ntar xf t.tgz\n', ["same-origin"], "it is worth what the digest is"),
    Case("a check by its name, nowhere", f"set -e\n{G}verify_sha256 t.tgz {H}\ntar xf t.tgz\n", ["unpinned"], "no file can hold it"),
    Case("a check by its name that nobody heeds", f"{LIB}{G}verify_sha256 t.tgz {H}\ntar xf t.tgz\n", ["unchecked:not-fatal"], "without -e"),
    Case("a check by its name, late", f"set -e\n{LIB}{G}tar xf t.tgz\nverify_sha256 t.tgz {H}\n", ["unchecked:late"], "unpacked before"),
    Case("no check by its name", f"set -e\n{LIB}{G}install t.tgz {H}\nregister t.tgz {H}\ntar xf t.tgz\n", ["unpinned"], "nothing says that it checks"),
    Case("a check without a digest", f"set -e\n{LIB}{G}verify_checksum t.tgz\ntar xf t.tgz\n", ["unpinned"], "against what, nobody knows"),
    Case("a check of another file", f"set -e\n{LIB}{G}verify_sha256 u.tgz {H}\ntar xf t.tgz\n", ["unpinned"], "another file"),
    Case("an end by its name", f'{LIB}{G}{COMPARED} || lib_die "bad"\ntar xf t.tgz\n', ["verified"], "it stands in the library"),
    Case("an end by its name, nowhere", f'{G}{COMPARED} || lib_die "bad"\ntar xf t.tgz\n', ["unchecked:not-fatal"], "no file can hold it"),
    Case("a warning by its name", f'{LIB}{G}{COMPARED} || lib_warn "bad"\ntar xf t.tgz\n', ["unchecked:not-fatal"], "it goes on"),
]  # fmt: skip

LISTS = f"set -e\ncurl -o d/tool.tgz {U}\ncurl -o %s/SUMS {U}.sums\n"
UNPACK = "tar xf d/tool.tgz\n"

OF_LISTS = [
    Case("a downloaded list, in another folder", f"{LISTS % 'e'}(cd e; sha256sum -c SUMS)\n{UNPACK}", ["unpinned"], "it names files of its own folder"),
    Case("a downloaded list, from outside", f"{LISTS % 'd'}sha256sum -c d/SUMS\n{UNPACK}", ["unpinned"], "names are seen from where it is checked"),
    Case("a downloaded list, in the same folder", f"{LISTS % 'e'}(cd d; sha256sum -c ../e/SUMS)\n{UNPACK}", ["same-origin"], "wherever the list is"),
    Case("a downloaded list, with a path before each name", f"{LISTS % 'd'}sed 's#  #  d/#' d/SUMS | sha256sum -c\n{UNPACK}", ["same-origin"], "the filter writes the folder"),
    Case("a downloaded list, and a copy", f"{LISTS % 'e'}cp d/tool.tgz e\n(cd e; sha256sum -c SUMS)\n{UNPACK}", ["same-origin"], "the copy is checked"),
    Case("a list of the project", f"set -e\ncurl -o d/tool.tgz {U}\nsha256sum -c SUMS\n{UNPACK}", ["verified"], "it may say d/tool.tgz"),
]  # fmt: skip

OF_PROJECTS = OF_LISTS + OF_PROGRAMS + OF_DEFAULTS + OF_LINES + OF_LIBRARIES + OF_UNSEEN
