# ruff: noqa: E501
"""
Labelled cases of commands as such: their options, what they do with what comes, and which file is which afterwards.

What they do was run with GNU coreutils 9.1, bash, curl 7.88 and wget 1.21, else read in their manuals.
"""

from __future__ import annotations

from tests.formats.shell.cases import C, Case, H, U

GET = f"set -e\ncurl -o t.tgz {U}\n"
COPY = f"set -e\ncurl -o a.tgz {U}\ncp a.tgz t.tgz\n"
RUN = "tar xf t.tgz\n"
SUM = f'echo "{H}  t.tgz" | sha256sum -c\n'
OTHER = f"curl -o n.tgz https://cdn.example/n\necho '{H}  n.tgz' | sha256sum -c\n"
CLONE = "set -e\ngit clone https://git.example/o/r r\ncd r\n"

OF_PIPES = [
    Case(f"through {filtering}", f"curl {U} | {filtering} | sh\n", ["piped:interpreter"], "what comes out is what was fetched")
    for filtering in (
        "pv -s 100", "pv -L 1m -n", "cat - x", "cat x -", "cat /dev/stdin", "cat /dev/fd/0", "tail +2", "tail -n +2", "envsubst '$A'", "sed s/a/b/ -", "base64 -d -w 0",
        "awk 1 -", "grep -v x -", "sort -k 2 -", "tr -d '\\r'", "strings -n 8", "uniq -f 1", "gzip -dc", "zstd -dc -", "yq e .x -", "yq .x -", "jq -r --arg a b .x -", "head -n 20 -", "tee log",
    )
] + [
    Case("bash /dev/stdin", f"curl {U} | bash /dev/stdin -v\n", ["unpinned"], "the file is what comes"),
    Case(". /dev/stdin", f"curl {U} | . /dev/stdin\n", ["piped:interpreter"], "the file is what comes"),
    Case("kubectl behind envsubst", f"curl {U} | envsubst '$A' | kubectl apply -f -\n", ["piped:interpreter"], "made as it comes"),
    Case("zstd -o from a pipe", f"set -e\ncurl {U} | zstd -d -o t.sh\nsh t.sh\n", ["unpinned"], "the file is the option's"),
    Case("zstd -o, checked", f"set -e\ncurl {U} | zstd -d -o t.tgz\n{SUM}{RUN}", ["verified"], "the file is the option's"),
]  # fmt: skip

OF_CURL = [
    Case("curl, another answer to nowhere", f"curl -o /dev/null {U} -o t.sh https://cdn.example/t.sh\nsh t.sh\n", ["unpinned"], "one of two is kept"),
    Case("curl --remote-name-all", f"set -e\ncurl --remote-name-all {U} https://cdn.example/u.tgz\nsha256sum -c sums\ntar xf tool.tgz\ntar xf u.tgz\n", ["verified", "verified"], "each has its URL's name"),
    Case("curl --remote-name-all, not checked", f"curl --remote-name-all {U}\ntar xf tool.tgz\n", ["unpinned"], "it is kept"),
    Case("curl --output-dir", f"set -e\ncurl --output-dir /opt/a -o t.tgz {U}\ncurl --output-dir /opt/b -o t.tgz {U}\necho '{H}  /opt/b/t.tgz' | sha256sum -c\ntar xf /opt/a/t.tgz\n", ["unpinned", "verified"], "two files of one name"),
    Case("wget --directory-prefix", f"set -e\nwget --directory-prefix=/opt/a {U}\nwget -P /opt/b {U}\necho '{H}  /opt/b/tool.tgz' | sha256sum -c\ntar xf /opt/a/tool.tgz\n", ["unpinned", "verified"], "two files of one name"),
    *[
        Case(f"{looking}, then the check", f"set -e\ncurl -o t.zip {U}\n{looking}\necho '{H}  t.zip' | sha256sum -c\nunzip t.zip\n", ["verified"], "it is only looked at before")
        for looking in ("unzip -l t.zip", "unzip -t t.zip", "unzip -Z t.zip", "tar -tf t.zip", "tar tvf t.zip", "tar -uf t.zip x", "tar --list -f t.zip")
    ],
    Case("pwsh with a script of its own", f"curl {U} | pwsh -File t.ps1\n", [], "what comes is the script's affair"),
    Case("sh -n", f'set -e\ncurl -o t.tgz {U}\nsh -n t.tgz\n{SUM}sh t.tgz\n', ["verified"], "it is only read before"),
    Case("curl --next", f"curl -I {U} --next -o t.sh https://cdn.example/t.sh\nsh t.sh\n", ["unpinned"], "only the first looks"),
    Case("answer, run", "curl -X POST https://api.example/install | sh\n", ["piped:interpreter"], "what comes back is run"),
    Case("answer, a file that is run", "curl -d a=b -o s.sh https://api.example/s\nsh s.sh\n", ["unpinned"], "what comes back is run"),
    Case("wget's answer, run", "wget -O s.sh --post-data=a=b https://api.example/s\nsh s.sh\n", ["unpinned"], "what comes back is run"),
    Case("answer, unpacked", "curl -F a=b -o s.tgz https://api.example/s\ntar xzf s.tgz\n", ["unpinned"], "what comes back is unpacked"),
    Case("answer, checked", f"set -e\ncurl -d a=b -o s.sh https://api.example/s\necho '{H}  s.sh' | sha256sum -c -\nsh s.sh\n", ["verified"], "as any other"),
    Case("answer, looked into", "curl -d a=b https://api.example/s > r.json\njq -r .a r.json\ncurl --json '{}' https://api.example/s | jq .\n", [], "data"),
    Case("-X HEAD", "curl -X HEAD -o f https://cdn.example/f\nwget --method=HEAD https://cdn.example/f\nsh f\n", [], "there is no body"),
    Case("curl -:", f"curl -X POST {U} -: -o t.sh https://cdn.example/t.sh\nsh t.sh\n", ["unpinned"], "only the first sends"),
    Case("curl --next, two files", f"set -e\ncurl -o t.tgz {U} --next -o u.tgz https://cdn.example/u\n{SUM}{RUN}", ["verified", "unpinned"], "options hold for their own part"),
    Case("curl, a bundle with a colon", f"curl -s: -o t.sh {U}\nsh t.sh\n", ["unpinned"], "there is nothing before it"),
    *[
        Case(f"curl {options}", f"set -e\ncurl {options} -o t.tgz {U}\n{SUM}{RUN}", ["verified"], "what follows is the option's value, or the URL")
        for options in (
            "--post301", "--proxy-cert c.pem", "--pubkey k.pub", "--curves x.example", "--tlsuser a.example", "--hsts h.txt", "--quote x.example", "--egd-file e.sock", "--haproxy-clientip h.example",
            "--libcurl c.example", "--random-file r.dat", "--trace-config ids.example", "--knownhosts h.example", "--sasl-authzid a.example", "--proxy-key k.pem", "--crlfile c.crl",
        )
    ],
]  # fmt: skip

OF_WGET = [
    Case(f"wget {options}", f"set -e\nwget {options} {U}\ntar xf tool.tgz\n", ["unpinned"], "what follows is the URL")
    for options in ("--https-only", "--background", "-b", "-S", "--no-check-certificate", "-nv", "--continue")
] + [
    Case(f"wget {options}", f"set -e\nwget {options} -O t.tgz {U}\n{SUM}{RUN}", ["verified"], "what follows is the option's value")
    for options in ("--report-speed bits", "--rejected-log x.example/log", "--pinnedpubkey x.example/k", "--compression auto", "--warc-file x.example/w", "-e robots=off", "--tries 3")
]  # fmt: skip

OF_COMPARISONS = [
    Case("comm", f"{GET}comm -3 <(sha256sum t.tgz) sums\n{RUN}", ["unpinned"], "it succeeds whatever differs"),
    Case("php that only says so", f"set -e\ncurl -o t.php {U}\nphp -r \"if (hash_file('sha256', 't.php') === '{H}') {{ echo 'good'; }} else {{ echo 'bad'; }}\"\nphp t.php\n", ["unchecked:not-fatal"], "it goes on"),
    Case("php that ends", f"set -e\ncurl -o t.php {U}\nphp -r \"if (hash_file('sha256', 't.php') !== '{H}') {{ exit(1); }}\"\nphp t.php\n", ["verified"], "it goes no further"),
    Case("cmp of a part", f"{GET}sha256sum t.tgz > s\ncmp -n 4 s sums\n{RUN}", ["unpinned"], "four bytes"),
    Case("cmp behind a part", f"{GET}sha256sum t.tgz > s\ncmp -i 60 s sums\n{RUN}", ["unpinned"], "the rest"),
    Case("cmp", f"{GET}sha256sum t.tgz > s\ncmp s sums\n{RUN}", ["verified"], "a list of ours"),
    Case("cmp, quietly", f"{GET}sha256sum t.tgz > s\ncmp -s s sums\n{RUN}", ["verified"], "a list of ours"),
    Case("diff", f"{GET}sha256sum t.tgz | diff -U 1 - sums\n{RUN}", ["verified"], "its option takes a value"),
    Case("grep for others", f"{GET}sha256sum t.tgz | grep --invert-match {H}\n{RUN}", ["unpinned"], "it succeeds for any other digest"),
    Case("grep -v", f"{GET}sha256sum t.tgz | grep -v {H}\n{RUN}", ["unpinned"], "it succeeds for any other digest"),
    Case("grep -L", f"{GET}sha256sum t.tgz | grep -L {H}\n{RUN}", ["unpinned"], "it tells of those without"),
    Case("grep for one of two", f"{GET}sha256sum t.tgz | grep -e {H} -e t.tgz\n{RUN}", ["unpinned"], "the name is enough"),
    Case("grep -e", f"{GET}sha256sum t.tgz | grep -q -e {H}\n{RUN}", ["verified"], "the digest alone"),
    Case("what grep does not find in a check", f"{GET}sha256sum -c sums | grep --invert-match OK\n{RUN}", ["unchecked:not-fatal"], "it succeeds where the check does not"),
    Case("printf, octal and hexadecimal", f"{GET}printf '{H}  t.\\164gz\\x0a' | sha256sum -c\n{RUN}", ["verified"], "t.tgz and an end of line"),
    Case("printf, two backslashes", f"{GET}printf '%s  %s\\\\t.tgz\\n' {H} x | sha256sum -c\n{RUN}", ["unpinned"], "another name, with one backslash"),
]  # fmt: skip

OF_FILES = [
    *[
        Case(f"{moving} onto a file", f"{GET}{OTHER}{moving} n.tgz t.tgz\n{SUM}tar xf n.tgz\n", ["verified", "verified"], "the second check is of the first file")
        for moving in ("cp -n", "mv -n", "cp --no-clobber", "cp -i", "cp -fn", "cp --update=none", "ln -s", "ln")
    ],
    *[
        Case(f"{moving}, then what was there", f"{GET}curl -o n.tgz https://cdn.example/n\n{moving} n.tgz t.tgz\n{SUM}{RUN}", ["verified", "unpinned"], "n.tgz was never looked at")
        for moving in ("cp -n", "mv -n", "mv --no-clobber", "mv -fi", "cp --update=none", "ln -s", "ln")
    ],
    *[
        Case(f"{moving}, then what came", f"{GET}curl -o n.tgz https://cdn.example/n\n{moving} n.tgz t.tgz\n{SUM}{RUN}", ["unpinned", "verified"], "t.tgz is n.tgz now")
        for moving in ("cp", "mv", "mv -nf", "cp -f", "ln -sf", "install -C", "ln -snf", "cp --update=all")
    ],
    Case("cp -n to a new name", f"{GET}cp -n t.tgz u.tgz\necho '{H}  u.tgz' | sha256sum -c\n{RUN}", ["verified"], "nothing was there"),
    *[
        Case(f"dd {how}", f"{COPY}curl {U}.more | dd of=t.tgz {how}\n{SUM}{RUN}", ["verified", "verified"], "both are in the file that is checked")
        for how in ("conv=notrunc", "seek=1", "oflag=append conv=notrunc", "oseek=4 bs=1")
    ],
    Case("dd onto a file", f"{COPY}curl {U}.more | dd of=t.tgz bs=4k\n{SUM}{RUN}", ["unpinned", "verified"], "the first is gone"),
    Case("dd conv=fsync", f"{COPY}curl {U}.more | dd of=t.tgz conv=fsync\n{SUM}{RUN}", ["unpinned", "verified"], "the first is gone"),
    Case("dd into a checked file", f"{GET}{SUM}curl {U}.more | dd of=t.tgz conv=notrunc\n{RUN}", ["verified", "unpinned"], "what came later is not checked"),
]  # fmt: skip

OF_GIT = [
    *[
        Case(f"git {what}", f"{CLONE}git {what}\nmake\n", right, why)
        for what, right, why in (
            (f"checkout {C}", ["pinned"], "all files are of that commit"),
            (f"checkout {C} -- README", ["unpinned"], "one file is of that commit"),
            (f"checkout {C} README", ["unpinned"], "one file is of that commit"),
            (f"switch --detach {C}", ["pinned"], "all files are of that commit"),
            (f"reset --hard {C}", ["pinned"], "all files are of that commit"),
            (f"reset --keep {C}", ["pinned"], "all files are of that commit"),
            (f"reset {C}", ["unpinned"], "the files stay what they are"),
            (f"reset --soft {C}", ["unpinned"], "the files stay what they are"),
            (f"fetch origin {C}", ["unpinned"], "the files stay what they are"),
            (f"pull origin {C}", ["unpinned"], "it is merged with what is there"),
            (f"checkout {C}\ngit checkout main", ["unpinned"], "a branch again"),
            (f"checkout {C}\ngit checkout -- README", ["pinned"], "a file of that commit"),
            (f"checkout -b x {C}", ["pinned"], "a branch that begins there"),
            (f"checkout -b x {C}\ngit pull origin main", ["unpinned"], "and goes on"),
            (f"checkout {C}\ngit submodule update --init", ["pinned"], "the commits that it keeps"),
            (f"checkout {C}\ngit submodule update --init --remote", ["unpinned"], "whatever their branches are at"),
            (f"fetch origin {C}\ngit checkout FETCH_HEAD", ["pinned"], "what was fetched"),
            (f"fetch origin {C}\ngit reset --hard FETCH_HEAD", ["pinned"], "what was fetched"),
            ("fetch origin main\ngit checkout FETCH_HEAD", ["unpinned"], "what was fetched"),
            (f"checkout {C}\ngit fetch origin main\ngit checkout FETCH_HEAD", ["unpinned"], "what was fetched"),
            (f"fetch origin {C}\ngit fetch origin main\ngit checkout FETCH_HEAD", ["unpinned"], "what was fetched last"),
        )
    ],
    Case("git archive", "git archive --remote=https://git.example/o/r v1 | tar x\n", ["piped:unpacker"], "unpacked as it comes"),
    Case("git archive, checked", f"set -e\ngit archive --remote https://git.example/o/r -o t.tgz v1\n{SUM}{RUN}", ["verified"], "the file is the option's"),
    Case("git archive of what is here", "git archive v1 | tar x\n", [], "nothing is fetched"),
]  # fmt: skip

OF_FETCHERS = [
    Case("aria2c of another file", f"{GET}aria2c --checksum=sha-256={H} x.torrent\n{RUN}", ["unpinned"], "that digest is of what it fetches"),
    Case("aria2c of mirrors", f"aria2c --checksum=sha-256={H} {U} https://mirror.example/tool.tgz\n", ["verified", "verified"], "whichever serves it"),
    Case("aria2c, weak", f"aria2c --checksum=md5={H[:32]} {U}\n", ["weak"], "MD5"),
    Case("http -d", f"http -d {U}\ntar xf tool.tgz\n", ["unpinned"], "the name is the URL's"),
    Case("http --download", f"http --download {U}\ntar xf tool.tgz\n", ["unpinned"], "the name is the URL's"),
    Case("http", f"http {U} | tar x\n", ["piped:unpacker"], "to standard output"),
    *[Case(text, f"{text}\n", ["piped:interpreter"], "it is run as it comes") for text in (
        f"curl {U} | pwsh -Command -", f"curl {U} | pwsh -NoProfile -File -", f"curl {U} | deno run -", f"curl {U} | deno run -A -", "deno run https://cdn.example/t.ts",
        "deno run --allow-net -r -c d.json https://cdn.example/t.ts", "deno https://cdn.example/t.ts", "deno install -n t https://cdn.example/t.ts",
    )],
    *[Case(text, f"{text}\n", [], "it fetches nothing") for text in ("deno run t.ts https://cdn.example/x", "deno run t.ts -", "pwsh -Command -", "deno fmt -")],
]  # fmt: skip

OF_COMMANDS = OF_FETCHERS + OF_GIT + OF_PIPES + OF_CURL + OF_WGET + OF_COMPARISONS + OF_FILES
