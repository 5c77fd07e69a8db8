# ruff: noqa: E501
"""Labelled cases of what comes from outside by other ways than a plain ``curl``, and of checks of only a part of it."""

from __future__ import annotations

from tests.formats.shell.cases import C, Case, H, U
from tests.formats.shell.cases_of_sums import pairs

USE = "tar xf t.tgz\n"

LISTS = [
    Case("curl's options in a file", f"printf 'url = \"%s\"\\noutput = \"t.tgz\"\\n' {U} > c\ncurl -K c\n{USE}", ["unpinned"], "the script has written what they are"),
    Case("curl's options in a here-document", f'curl --config - <<EOF\n# what and where\nurl = "{U}"\noutput = t.tgz\nEOF\n{USE}', ["unpinned"], "they come from standard input"),
    Case("curl's options in a file, checked", f"set -e\nprintf 'url = \"%s\"\\noutput = \"t.tgz\"\\n' {U} > c\ncurl -K c\necho '{H}  t.tgz' | sha256sum -c\n{USE}", ["verified"], "as if they stood there"),
    Case("curl's options in a file, insecure", f"echo insecure > c\ncurl -K c -o t.tgz {U}\n{USE}", ["unpinned"], "an option without a value"),
    Case("aria2c's list", f"echo {U} > list\naria2c -i list\ntar xf tool.tgz\n", ["unpinned"], "as wget -i"),
    Case("aria2c's list that nobody knows", "aria2c -i list\n", ["unpinned"], "something is fetched"),
    Case("aria2c's list, checked", f"set -e\necho {U} | aria2c -i -\necho '{H}  tool.tgz' | sha256sum -c\ntar xf tool.tgz\n", ["verified"], "the name is the URL's"),
]  # fmt: skip

CLUSTERS = [
    Case("kubectl apply", "kubectl apply -n x -f https://cdn.example/m.yaml\n", ["piped:interpreter"], "made in the cluster as it comes"),
    Case("kubectl apply of a commit", f"kubectl apply -f https://raw.githubusercontent.com/o/r/{C}/m.yaml\n", ["pinned"], "the address names the content"),
    Case("kubectl apply, only tried", "kubectl apply --dry-run=client -f https://cdn.example/m.yaml\n", [], "nothing is made"),
    Case("kubectl delete", "kubectl delete -f https://cdn.example/m.yaml\n", [], "nothing of it runs"),
    Case("helm install", "helm upgrade --install x https://cdn.example/x.tgz\n", ["unpinned"], "a chart"),
    Case("helm install of a repository", "helm repo add r https://charts.example\nhelm install x r/x\n", [], "the client looks that up in an index"),
    Case("helm install of a file, checked", f"set -e\ncurl -o x.tgz {U}\necho '{H}  x.tgz' | sha256sum -c\nhelm install x x.tgz\n", ["verified"], "before it is used"),
    Case("helm install of a file, checked late", f"set -e\ncurl -o x.tgz {U}\nhelm install x x.tgz\necho '{H}  x.tgz' | sha256sum -c\n", ["unchecked:late"], "it runs by then"),
]  # fmt: skip

STORES = [
    Case("a bucket, unpacked as it comes", "aws s3 cp s3://bucket/t.tgz - | tar xzf -\n", ["piped:unpacker"], "the dash is standard output"),
    Case("another bucket, run as it comes", "gsutil cp gs://bucket/t.sh - | sh\n", ["piped:interpreter"], "the dash is standard output"),
    Case("gh repo clone", "gh repo clone o/r\nmake -C r\n", ["unpinned"], "git clone by another name"),
    Case("gh repo clone into a folder", f"set -e\ngh repo clone o/r there -- --depth 1\ngit -C there checkout {C}\nmake -C there\n", ["pinned"], "what is used is a commit"),
    Case("gh api of an archive", f"gh api repos/o/r/tarball/main > t.tgz\n{USE}", ["unpinned"], "a branch's files"),
    Case("gh api of data", "gh api repos/o/r/releases > r.json\njq . r.json\n", [], "no software"),
    Case("oras pull", "oras pull registry.example/o/r:v1\n", ["unpinned"], "a tag"),
    Case("oras pull of a digest", f"oras pull registry.example/o/r@sha256:{H}\n", ["pinned"], "the client verifies it"),
    Case("wget --directory-prefix, apart", f"set -e\nwget --directory-prefix /opt/a {U}\nwget -P /opt/b {U}\necho '{H}  /opt/b/tool.tgz' | sha256sum -c\ntar xf /opt/a/tool.tgz\n", ["unpinned", "verified"], "the folder is a word of its own"),
]  # fmt: skip

HERE = [
    Case("a here-document that fetches", f"bash <<EOF\n$(curl {U})\nEOF\n", ["piped:interpreter"], "the shell runs what stands in it"),
    Case("a here-document that fetches, sourced", f"source /dev/stdin <<EOF\necho a\n$(curl {U})\nEOF\n", ["piped:interpreter"], "among other lines"),
    Case("a quoted here-document", f"cat <<'EOF'\n$(curl {U} | sh)\nEOF\n", [], "only text"),
    Case("a here-document with a check in it", f"set -e\ncurl -o t.tgz {U}\ncat <<EOF\n$(echo '{H}  t.tgz' | sha256sum -c)\nEOF\n{USE}", ["unchecked:not-fatal"], "cat succeeds whatever it prints"),
    Case("a here-document with parentheses", f"cat <<EOF > t.sh\n$(echo \"a)\" ')' \\) ; curl {U})\nEOF\nsh t.sh\n", ["unpinned"], "those in quotes close nothing"),
    Case("a here-document that is not closed", f"cat <<EOF\n$(curl {U}\nEOF\n", [], "no command"),
]  # fmt: skip

PARTS = pairs(
    ("all of a file", f'[ "$(cat t.tgz | sha256sum | cut -d" " -f1)" = {H} ]', f'[ "$(head -c 100 t.tgz | sha256sum | cut -d" " -f1)" = {H} ]', "unpinned", "what is behind can be anything"),
    ("all of a file, by dd", f'[ "$(dd if=t.tgz bs=1M | sha256sum | cut -d" " -f1)" = {H} ]', f'[ "$(dd if=t.tgz bs=1M count=1 | sha256sum | cut -d" " -f1)" = {H} ]', "unpinned", "what is behind can be anything"),
    ("a copy of all of a file", f"cat t.tgz > u\necho '{H}  u' | sha256sum -c", f"head -c 100 t.tgz > u\necho '{H}  u' | sha256sum -c", "unpinned", "what is behind can be anything"),
    ("all of a file, by standard input", f'cat t.tgz | sha256sum -c <(echo "{H}  -")', f'head -c 100 t.tgz | sha256sum -c <(echo "{H}  -")', "unpinned", "what is behind can be anything"),
    ("all of a file by dd, by standard input", f'dd if=t.tgz bs=1M | sha256sum -c <(echo "{H}  -")', f'dd if=t.tgz bs=1M count=1 | sha256sum -c <(echo "{H}  -")', "unpinned", "what is behind can be anything"),
    ("a field of a line", f"S=$(echo 'a {H}' | cut -s -d' ' -f2)\n[ \"$(sha256sum t.tgz | cut -d' ' -f1)\" = \"$S\" ]", f"S=$(echo '{H}' | cut -s -d' ' -f1)\necho \"$S  u.tgz\" | sha256sum -c || :", "unpinned", "cut -s prints no line without a delimiter"),
)  # fmt: skip

PLACED = [
    Case("installed from a pipe", f"curl {U} | sudo install -m755 /dev/stdin /usr/local/bin/t\n", ["unpinned"], "the pipe is the file"),
    Case("installed from a pipe, checked", f"set -e\ncurl {U} | install -m755 /dev/stdin t\necho '{H}  t' | sha256sum -c\n./t\n", ["verified"], "the pipe is the file"),
    Case("copied from a process", f"cp <(curl {U}) /usr/local/bin/t\n", ["unpinned"], "what it prints is the file"),
    Case("copied from a process, checked", f"set -e\ncp <(curl {U}) t\necho '{H}  t' | sha256sum -c\n./t\n", ["verified"], "what it prints is the file"),
    Case("written to a disk", f"curl {U} | xz -dc | dd of=/dev/mmcblk0 bs=4M\n", ["unpinned"], "a machine starts from it"),
    Case("written to a disk by a redirection", f"curl {U} > /dev/sda\n", ["unpinned"], "a machine starts from it"),
    Case("written to a disk behind a check", f"set -e\ncurl -o t {U}\necho '{H}  t' | sha256sum -c\ndd if=t of=/dev/sda\n", ["verified"], "the file is right"),
    Case("written to a terminal", f"curl {U} > /dev/tty\ncurl {U} | tee /dev/stderr | jq .\n", [], "only shown"),
]  # fmt: skip

_TWO = "https://cdn.example/a.tgz https://cdn.example/b.tgz"

BASES = [
    Case("basename in a loop", f"set -e\nfor u in {_TWO}; do curl -O $u; echo \"{H}  $(basename $u)\" | sha256sum -c; done\nsh a.tgz; sh b.tgz\n", ["verified"] * 2, "each by its name"),
    Case("basename of another", f'set -e\nA=https://cdn.example/a.tgz B=https://cdn.example/b.tgz\ncurl -o "$(basename $A)" $A\ncurl -o "$(basename $B)" $B\necho "{H}  $(basename $A)" | sha256sum -c\nsh b.tgz\n', ["verified", "unpinned"], "they are two files"),
    Case("basename of lines that are read", f'set -e\nwhile read -r u s; do curl -O "$u"; echo "$s  $(basename "$u")" | sha256sum -c; done <<E\nhttps://cdn.example/a.tgz {H}\nE\nsh a.tgz\n', ["verified"], "each by its name"),
    Case("basename of what is unknown", f'set -e\ncurl -O "$URL"\necho "{H}  $(basename "$URL")" | sha256sum -c\n', ["verified"], "curl keeps it by that name"),
    Case("basename of something else unknown", f'set -e\ncurl -O "$URL"\necho "{H}  $(basename "$OTHER")" | sha256sum -c\nsh "$(basename "$URL")"\n', ["unpinned"], "another file"),
    Case("basename without an ending", f"set -e\ncurl -o x {U}\necho '{H}  x' | sha256sum -c\nsh $(basename x.sh .sh)\n", ["verified"], "x"),
    Case("basename without another ending", f"set -e\ncurl -o x {U}\ncurl -o x.tgz {U}\necho '{H}  x' | sha256sum -c\nsh $(basename -s .sh x.tgz)\n", ["verified", "unpinned"], "x.tgz"),
]  # fmt: skip

OF_OUTSIDE = BASES + PLACED + LISTS + CLUSTERS + STORES + HERE + PARTS
