# ruff: noqa: E501
"""
Further labelled cases, from reading docker-library's and other public Dockerfiles and scripts.

Each stands for a cause of a wrong verdict that was found there; the texts are ours. Most have a twin that looks alike
and is not held.
"""

from __future__ import annotations

from tests.formats.shell.cases import C, Case, F, H, U

KEYS = "wget -O KEYS https://keys.example/KEYS\ngpg --import KEYS\n"

OF_KEYS = [
    Case("exported by fingerprint", f"set -e\n{KEYS}gpg --batch --export --armor {F} > /etc/apt/keyrings/x.asc\n", ["key:verified"], "of all keys that came, apt is given this one"),
    Case("exported by a variable", f"ENV K {F}\nRUN wget -O KEYS https://keys.example/KEYS && gpg --import KEYS && gpg --export \"${{K}}\" > /usr/share/keyrings/x.gpg\n", ["key:verified"], "the fingerprint stands in the file", docker=True),
    Case("exported by address", f"set -e\n{KEYS}gpg --export releases@keys.example > /etc/apt/keyrings/x.gpg\n", ["key:unpinned"], "anyone's key can bear an address"),
    Case("exported all", f"set -e\n{KEYS}gpg --export > /etc/apt/keyrings/x.gpg\n", ["key:unpinned"], "whatever came"),
    Case("exported, and used to verify", f"set -e\n{KEYS}gpg --export {F} > /etc/apt/keyrings/x.gpg\ncurl -o t.tgz {U}\ncurl -o t.tgz.asc {U}.asc\ngpg --verify t.tgz.asc t.tgz\ntar xf t.tgz\n", ["key:unpinned", "signed"], "each key that came is believed by --verify"),
]  # fmt: skip

OF_COMMANDS = [
    Case("options in a variable", f'set -e\ncurl $CURL_OPTIONS -o t.sh {U}\nsh t.sh\n', ["unpinned"], "the file is the URL's, not the options'"),
    Case("options in parameters", f'RUN set -- -s; curl "$@" -o a {U}; sh a\nRUN curl "$@" -o b {U}; sh b\n', ["unpinned"] * 2, "parameters end with their RUN", docker=True),
    Case("parameters of another RUN", f'RUN set -- t.tgz\nRUN curl -o t.tgz {U}; echo "{H}  $1" | sha256sum --check && tar xf t.tgz\n', ["unpinned"], "$1 is empty there", docker=True),
    Case("a commit that gh tells", "V=$(gh api repos/o/r/commits/main --jq .sha)\ngit clone https://git.example/o/r\ngit -C r checkout $V\n", ["unpinned"], "the network says which"),
    Case("a commit that git ls-remote tells", "V=$(git ls-remote https://git.example/o/r HEAD)\ngit clone https://git.example/o/r\ngit -C r checkout $V\n", ["unpinned"], "the network says which"),
    Case("a commit that a file tells", "V=$(cat COMMIT)\ngit clone https://git.example/o/r\ngit -C r checkout $V\n", ["external-digest"], "the repository says which"),
    Case("a function named after its program", f'curl() {{ command curl --retry 3 "$@"; }}\ncurl -o t.sh {U}\nsh t.sh\n', ["unpinned"], "`command` means the program"),
    Case("a function that some ways define", f"if dry; then curl() {{ echo no; }}; fi\ncurl -o t.sh {U}\nsh t.sh\n", ["unpinned"], "on the other way it is the program"),
    Case("a function that all ways define", f"curl() {{ echo no; }}\ncurl -o t.sh {U}\n", [], "nothing is fetched"),
    Case("addresses from a program", "curl -s https://api.example/latest | grep tgz | wget -qi -\ntar xf t.tgz\n", ["unpinned"], "whatever the list names is fetched"),
    Case("addresses in a file of the project", "set -e\nwget -i wget-list -P d\ncd d\nmd5sum -c ../md5sums\ntar xf t.tgz\n", ["weak"], "the project's list, with MD5"),
    Case("addresses in a file", f"set -e\necho {U} > urls\nwget --input-file=urls\necho '{H}  tool.tgz' | sha256sum --check\ntar xf tool.tgz\n", ["verified"], "the file says which"),
    Case("addresses in a file, unchecked", f"set -e\necho {U} > urls\nwget -i urls\ntar xf tool.tgz\n", ["unpinned"], "as if they stood in the call"),
    Case("back by popd", f"set -e\npushd d && cd e && ls; popd\ncurl -o t.tgz {U}\npushd f; echo '{H}  ../t.tgz' | sha256sum --check; popd\ntar xf t.tgz\n", ["verified"], "the folder is the first again"),
    Case("back by cd -", f"set -e\ncd d\ncurl -o t.tgz {U}\ncd -\necho '{H}  d/t.tgz' | sha256sum --check\ntar xf d/t.tgz\n", ["verified"], "the folder is the first again"),
    Case("not back", f"set -e\ncd /d\ncurl -o t.tgz {U}\ncd /e\ncd -\ncd /e\necho '{H}  t.tgz' | sha256sum --check\ntar xf /d/t.tgz\n", ["unpinned"], "another file is checked"),
    Case("a program by which", f"set -e\nsum=`which sha256sum`\ncurl -o t.tgz {U}\necho '{H}  t.tgz' | $sum --check\ntar xf t.tgz\n", ["verified"], "its path is the program's"),
    Case("a program by command -v", f"set -e\nfor c in md5 md5sum; do w=$(command -v $c); if [ $w ]; then sum=$w; fi; done\ncurl -o t.tgz {U}\n$sum -c LIST\ntar xf t.tgz\n", ["weak"], "either is MD5's"),
    Case("which says that there is none", f'if [ -z "$(which jq)" ]; then curl -o jq {U}; chmod +x jq; ./jq; fi\n', ["unpinned"], "it may not be there"),
    Case("parameters from the third on", f'set -e\nfetch() {{ curl -fsSL "$2" "${{@:3}}"; }}\nfetch tool "{U}$SUFFIX" -o t.tgz\necho "{H}  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "the file is named there"),
    Case("parameters from the third on, unchecked", f'set -e\nfetch() {{ curl -fsSL "$2" "${{@:3}}"; }}\nfetch tool "{U}$SUFFIX" -o t.tgz\ntar xf t.tgz\n', ["unpinned"], "the file is named there"),
    Case("parameters from the third on, another file", f'set -e\nfetch() {{ curl -fsSL "$2" "${{@:3}}"; }}\nfetch tool "{U}" -o t.tgz\necho "{H}  u.tgz" | sha256sum --check\ntar xf t.tgz\n', ["unpinned"], "another file is checked"),
    Case("one parameter, and the last", f'set -e\nfetch() {{ curl -fsSLo "${{@: -1}}" "${{@:1:1}}"; }}\nfetch {U} t.tgz\necho "{H}  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "its file is the last"),
    Case("part of an array", f'set -e\nset_of=(tool -fsSLo t.tgz {U})\ncurl "${{set_of[@]:1}}"\necho "{H}  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "all but the first"),
    Case("part of an array without its address", f'set -e\nset_of=({U} -fsSLo t.tgz)\ncurl "${{set_of[@]:1}}"\n', [], "the address is left out"),
    Case("a submodule added", "git submodule --quiet add -b main https://git.example/o/r\nmake -C r\n", ["unpinned"], "the branch can move"),
    Case("a submodule added, at a commit", f"set -e\ngit submodule add https://git.example/o/r sub\ncd sub\ngit checkout {C}\n", ["pinned"], "a full commit id"),
    Case("submodules of the repository", "git submodule update --init\n", [], "the repository keeps their commits"),
    Case("a submodule from beside", "git submodule add ../r\n", [], "not from another server"),
    Case("ref of a commit", f"git clone https://git.example/o/r\ngit -C r checkout {C}\n", ["pinned"], "a full commit id"),
]  # fmt: skip

OF_CHECKS = [
    Case("shasum goes by the length", f'set -e\ncurl -o t.tgz {U}\necho "{H}  t.tgz" | shasum --check\ntar xf t.tgz\n', ["verified"], "with --check, whatever -a says"),
    Case("shasum of a short digest", f'set -e\ncurl -o t.tgz {U}\necho "{C}  t.tgz" | shasum -a 256 --check\ntar xf t.tgz\n', ["weak"], "forty digits are SHA-1's"),
    Case("told, and left", f'set -e\ncurl -o t.tgz {U}\nS=$(sha256sum t.tgz)\n[ ! "${{S%% *}}" = {H} ] && echo bad && exit 1\ntar xf t.tgz\n', ["verified"], "echo does not keep it from the exit"),
    Case("told, and not left", f'set -e\ncurl -o t.tgz {U}\nS=$(sha256sum t.tgz)\n[ ! "${{S%% *}}" = {H} ] && echo bad\ntar xf t.tgz\n', ["unchecked:not-fatal"], "a message stops nobody"),
    Case("a list by $(<file)", f'set -e\ncurl -o t.tgz {U}\ncurl -o t.sha256 {U}.sha256\necho "$(<t.sha256)  t.tgz" | sha256sum --check\n', ["same-origin"], "what the file holds was fetched"),
    Case("signatures in a loop over a folder", f'set -e\nif [ "$N" -gt 1 ]; then\nmkdir p\nfor i in $(seq 1 "$N"); do curl -o "p/$i" {U}/$i; curl -o "p/$i.sig" {U}/$i.sig; done\nfi\nif [ -d p ]; then for s in p/*.sig; do gpg --verify "$s" "${{s%.sig}}"; done; fi\npatch -i p/1\n', ["signed"], "where the folder is missing, so are its files"),
    Case("signatures in another folder", f'set -e\nmkdir p\nfor i in $(seq 1 "$N"); do curl -o "p/$i" {U}/$i; curl -o "p/$i.sig" {U}/$i.sig; done\nif [ -d q ]; then for s in q/*.sig; do gpg --verify "$s" "${{s%.sig}}"; done; fi\npatch -i p/1\n', ["unpinned"], "those of p are not looked at"),
    Case("only where it is there", f'set -e\ncurl -o t.tgz {U} || true\nif [ -f t.tgz ]; then echo "{H}  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["verified"], "a missing file is not used"),
    Case("only where another is there", f'set -e\ncurl -o t.tgz {U}\nif [ -f check ]; then echo "{H}  t.tgz" | sha256sum --check; fi\ntar xf t.tgz\n', ["unchecked:not-fatal"], "it is used all the same"),
    Case("ADD to a folder that is there", f"ADD {U} /tmp\nADD {U}.sha256 /tmp\nRUN cd /tmp && sha256sum --check *.sha256 && tar xf tool.tgz\n", ["same-origin"], "the list is fetched as well", docker=True),
    Case("ADD to a folder, another list", f'ADD {U} /tmp\nRUN cd /tmp && echo "{H}  tool.tgz" | sha256sum --check && tar xf tool.tgz\n', ["verified"], "its name is the URL\'s", docker=True),
]  # fmt: skip

OF_REST = [
    Case("ADD to the folder", f"WORKDIR /opt\nADD {U} .\nADD https://cdn.example/sums.txt .\nRUN grep tool.tgz sums.txt | sha256sum --check\nRUN tar xf tool.tgz\n", ["same-origin"], "its name is the URL's", docker=True),
    Case("php hashes what it reads", f"ADD {U} /t\nADD {U}.sig /s\nRUN php -r \"if (hash('SHA384', file_get_contents('/t')) !== trim(file_get_contents('/s'))) {{ exit(1); }}\" && php /t\n", ["same-origin"], "both are fetched", docker=True),
    Case("php hashes another file", f"ADD {U} /t\nADD {U}.sig /s\nRUN php -r \"if (hash('SHA384', file_get_contents('/u')) !== trim(file_get_contents('/s'))) {{ exit(1); }}\" && php /t\n", ["unpinned"], "nothing checks it", docker=True),
    Case("a digest that nobody reads", f'set -e\ncurl -o t.tgz {U}\ncurl -o t.tgz.sha256 {U}.sha256\necho "{H}  t.tgz" | sha256sum --check\ntar xf t.tgz\n', ["verified"], "it cannot do any harm"),
    Case("a digest that is run", f"curl -o t.sha256 {U}.sha256\nsh t.sha256\n", ["unpinned"], "whatever it is called"),
    Case("a loop over no arguments", f'set -e\nmore() {{ while [ "$#" -gt 0 ]; do curl -o "$1" {U}/$1; sh "$1"; shift; done; }}\nmore $NONE\nNONE=\nmore\n', ["unpinned"], "once with what the caller sets, and not without arguments"),
    Case("a loop over arguments", f'set -e\nmore() {{ while [ "$#" -gt 0 ]; do curl -o "$1" {U}/$1; sh "$1"; shift; done; }}\nmore a\n', ["unpinned"], "its body runs"),
]  # fmt: skip

PS = 'SHELL ["powershell", "-Command"]\n'

OF_WINDOWS = [
    Case("an address by -f", f"{PS}RUN Invoke-WebRequest $('https://cdn.example/v{{0}}/t-{{0}}.exe' -f $env:V) -OutFile t.exe; ./t.exe\n", ["unpinned"], "the braces are the string's", docker=True),
    Case("an address by -f in a variable", f"{PS}ENV V 1.2\nRUN $u = ('https://cdn.example/t-{{0}}.zip' -f $env:V); Invoke-WebRequest -Uri $u -OutFile t.zip; if ((Get-FileHash t.zip).Hash -ne '{H}') {{ exit 1 }}; Expand-Archive t.zip\n", ["verified"], "as docker-library's golang", docker=True),
    Case("curl of cmd.exe", 'SHELL ["cmd", "/S", "/C"]\nRUN curl -SL --output %TEMP%\\\\t.zip https://cdn.example/t.zip && tar -zxf %TEMP%\\\\t.zip -C C:\\\\t\n', ["unpinned"], "no alias: it is curl", docker=True),
    Case("wget of PowerShell", "RUN powershell.exe -Command $X = 'Stop'; wget https://cdn.example/t.exe -OutFile c:\\\\t.exe ; Start-Process c:\\\\t.exe\n", ["unpinned"], "a file of Windows is no address", docker=True),
    Case("options of wget in a variable", f"wget $OPTIONS -O t.sh {U}\nsh t.sh\n", ["unpinned"], "one address"),
    Case("a signature that nobody reads", f"set -e\ncurl -O {U}.zip.asc\ncurl -o t.tgz {U}\necho '{H}  t.tgz' | sha256sum --check\n", ["verified"], "it cannot do any harm"),
]  # fmt: skip

OF_PUBLIC = OF_WINDOWS + OF_REST + OF_KEYS + OF_COMMANDS + OF_CHECKS
