# ruff: noqa: E501
"""Labelled cases of folders: a check counts where it reads the file that was fetched, not another one of that name."""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

GET = f"curl -o t.tgz {U}"
CHECK = f"echo '{H}  t.tgz' | sha256sum -c"
NAMED = f"echo '{H}  %s/t.tgz' | sha256sum -c"
ANOTHER = "another file of that name is checked"
YES, NO = ["verified"], ["unpinned"]
NEW = "set -e\nT=$(mktemp -d)\n"

OF_KNOWN = [
    Case("folder: cd, cd ..", f"set -e\ncd d; {GET}; cd ..; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: cd, cd .. || exit", f"set -e\ncd d || exit 1; {GET}; cd .. || exit 1; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: there again", f"set -e\ncd d; {GET}; cd ..; cd d; {CHECK}\ntar xf t.tgz\n", YES, "the same folder"),
    Case("folder: by name", f"set -e\ncd d; {GET}; cd ..; {NAMED % 'd'}\ntar xf d/t.tgz\n", YES, "seen from outside"),
    Case("folder: compared by hand", f'set -e\ncd d; {GET}; cd ..\n[ "$(sha256sum t.tgz | cut -d" " -f1)" = {H} ]\ntar xf d/t.tgz\n', NO, ANOTHER),
    Case("folder: siblings", f"set -e\ncd a; {GET}; cd ../b; {CHECK}\ntar xf ../a/t.tgz\n", NO, ANOTHER),
    Case("folder: siblings, by name", f"set -e\ncd a; {GET}; cd ../b; {NAMED % '../a'}\ntar xf ../a/t.tgz\n", YES, "seen from the other"),
    Case("folder: above", f"set -e\n{GET}; cd ..; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: above and back", f"set -e\n{GET}; cd ../d; {CHECK}\ntar xf t.tgz\n", YES, "the script may start in d"),
    Case("folder: above, too deep", f"set -e\n{GET}; cd ../d/e; {CHECK}\ntar xf ../t.tgz\n", NO, "neither d nor e is where it starts"),
    Case("folder: subshell", f"set -e\n(cd d && {GET})\n{CHECK}\ntar xf d/t.tgz\n", NO, "only the subshell was in d"),
    Case("folder: subshells", f"set -e\n(cd d; {GET})\n(cd d; {CHECK})\ntar xf d/t.tgz\n", YES, "both were in d"),
    Case("folder: sh -c", f'set -e\nsh -c "cd d; {GET}"\n{CHECK}\ntar xf d/t.tgz\n', NO, "only the other shell was in d"),
    Case("folder: pushd, popd", f"set -e\npushd d; {GET}; popd; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: pushd twice", f"set -e\npushd d; {GET}; popd; pushd d; {CHECK}; popd\ntar xf d/t.tgz\n", YES, "the same folder"),
    Case("folder: pushd changes places", f"set -e\npushd d; {GET}; pushd; {CHECK}\ntar xf d/t.tgz\n", NO, "back where it started"),
    Case("folder: pushd, there and back", f"set -e\npushd d; {GET}; pushd; pushd; {CHECK}\ntar xf t.tgz\n", YES, "the same folder"),
    Case("folder: of the stack", f"set -e\npushd a; pushd b; {GET}; pushd +1; {CHECK}\ntar xf t.tgz\n", YES, "not followed"),
    Case("folder: absolute and back", f"set -e\ncd /x; {GET}; cd -; {CHECK}\ntar xf /x/t.tgz\n", NO, ANOTHER),
    Case("folder: absolute from elsewhere", f"set -e\n{GET}; cd /x; {CHECK}\ntar xf /x/t.tgz\n", NO, ANOTHER),
    Case("folder: absolute again", f"set -e\nmkdir -p /x && cd /x && {GET} && cd -\n(cd /x && {CHECK})\ntar xf /x/t.tgz\n", YES, "the same folder"),
    Case("folder: absolute, then below it", f"set -e\nmkdir -p /o/x; cd /o/x; {GET}; cd /o; cd x; {CHECK}\ntar xf t.tgz\n", YES, "the same folder"),
    Case("folder: given, not entered", f"set -e\ncurl -o /x/t.tgz {U}\n{CHECK}\ntar xf /x/t.tgz\n", YES, "the script may start in /x"),
    Case("folder: given, below", f"set -e\ncurl -o /x/t.tgz {U}\ncd d; {CHECK}\ntar xf /x/t.tgz\n", NO, "d is not /x"),
    Case("folder: home", f"set -e\ncd; {GET}; cd ~/x; {CHECK}\ntar xf ~/t.tgz\n", NO, ANOTHER),
    Case("folder: home again", f"set -e\ncd; {GET}; cd ~/x; cd ~; {CHECK}\ntar xf ~/t.tgz\n", YES, "the same folder"),
    Case("folder: given, relative", f"set -e\nwget -O d/t.tgz {U}; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: given, relative, entered", f"set -e\nwget -O d/t.tgz {U}; cd d; {CHECK}\ntar xf t.tgz\n", YES, "the same folder"),
    Case("folder: variable with a value", f"set -e\nD=d\ncurl -o $D/t.tgz {U}; {CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
]  # fmt: skip

OF_UNKNOWN = [
    Case("folder: unknown again", f'set -e\ncd "$D"; {GET}; cd -; cd "$D"; {CHECK}\ntar xf t.tgz\n', YES, "the same folder"),
    Case("folder: unknown and back", f'set -e\ncd "$D"; {GET}; cd -; {CHECK}\ntar xf "$D/t.tgz"\n', YES, "it may be where the script starts"),
    Case("folder: above the unknown", f'set -e\ncd "$D"; {GET}; cd ..; {CHECK}\ntar xf "$D/t.tgz"\n', NO, "no folder is above itself"),
    Case("folder: below the unknown", f'set -e\ncd "$D"; {GET}; cd sub; {CHECK}\ntar xf "$D/t.tgz"\n', NO, "no folder is below itself"),
    Case("folder: siblings in the unknown", f'set -e\ncd "$D/a"; {GET}; cd "$D/b"; {CHECK}\ntar xf "$D/a/t.tgz"\n', NO, ANOTHER),
    Case("folder: two unknown", f'set -e\ncd "$D"; {GET}; cd "$E"; {CHECK}\ntar xf "$D/t.tgz"\n', YES, "they may be one"),
    Case("folder: pwd", f"set -e\nR=$(pwd)\n{GET}; mkdir d; cd d; make; cd $R; {CHECK}\ntar xf t.tgz\n", YES, "back where it started"),
    Case("folder: new, and back", f'{NEW}cd "$T"; {GET}; cd -; {CHECK}\ntar xf "$T/t.tgz"\n', NO, "nothing starts in a new folder"),
    Case("folder: new, again", f'{NEW}(cd "$T"; {GET})\n(cd "$T"; {CHECK})\ntar xf "$T/t.tgz"\n', YES, "the same folder"),
    Case("folder: new, by name", f'{NEW}pushd "$T"; {GET}; popd\necho "{H}  $T/t.tgz" | sha256sum -c\ntar xf "$T/t.tgz"\n', YES, "seen from outside"),
]  # fmt: skip

OF_BRANCHES = [
    Case("folder: perhaps", f"set -e\nif [ -d d ]; then cd d; fi\n{GET}; {CHECK}\ntar xf t.tgz\n", YES, "the same folder, whichever"),
    Case("folder: perhaps, left", f"set -e\n{GET}\nif [ -d d ]; then cd d; fi\n{CHECK}\ntar xf t.tgz\n", YES, "without d it is the same"),
    Case("folder: perhaps, and back", f"set -e\nif [ ! -d d ]; then mkdir d; cd d; {GET}; cd ..; fi\n{CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: or else", f"set -e\ncd d || {{ mkdir d; cd d; }}\n{GET}; {CHECK}\ntar xf t.tgz\n", YES, "in d on both ways"),
    Case("folder: one way ends", f"set -e\nif [ -d d ]; then cd d; else exit 1; fi\n{GET}; cd ..; {CHECK}\ntar xf d/t.tgz\n", NO, "it is in d on the only way"),
    Case("folder: one way ends, by name", f"set -e\nif [ -d d ]; then cd d; else exit 1; fi\n{GET}; cd ..; {NAMED % 'd'}\ntar xf d/t.tgz\n", YES, "it is in d on the only way"),
    Case("folder: loop", f"set -e\nfor d in a b; do cd $d; {GET}; {CHECK}; cd ..; done\n", YES * 2, "each in its own"),
    Case("folder: loop that is left", f"set -e\nfor d in a b; do cd $d; {GET} && break; cd ..; done\n{CHECK}\ntar xf t.tgz\n", YES * 2, "in either of them"),
    Case("folder: loop of unknown length", f"set -e\nfor d in $D; do cd x; done\n{GET}; cd x; {CHECK}\ntar xf t.tgz\n", YES, "not followed"),
    Case("folder: function", f"set -e\nget() {{ cd d; {GET}; cd ..; }}\nget\n{CHECK}\ntar xf d/t.tgz\n", NO, ANOTHER),
    Case("folder: function stays", f"set -e\nget() {{ cd d; {GET}; }}\nget\n{CHECK}\ntar xf t.tgz\n", YES, "the same folder"),
    Case("folder: functions of a library", f"set -e\nget() {{ cd d; {GET}; }}\nuse() {{ {CHECK}; tar xf t.tgz; }}\n", YES, "others call them one after the other"),
    Case("folder: function of a library", f"set -e\nget() {{ cd d; {GET}; cd ..; {CHECK}; tar xf d/t.tgz; }}\n", NO, ANOTHER),
]  # fmt: skip

OF_IMAGES = [
    Case("folder: WORKDIR below", f"WORKDIR /a\nRUN {GET}\nWORKDIR b\nRUN {CHECK} && tar xf ../t.tgz\n", NO, ANOTHER, docker=True),
    Case("folder: WORKDIR below, cd ..", f"WORKDIR /a\nRUN {GET}\nWORKDIR b\nRUN cd .. && {CHECK} && tar xf t.tgz\n", YES, "the same folder", docker=True),
    Case("folder: the first WORKDIR", f"RUN {GET}\nWORKDIR /a\nRUN {CHECK} && tar xf /t.tgz\n", NO, ANOTHER, docker=True),
    Case("folder: the first WORKDIR, below it", f"WORKDIR a\nRUN {GET}\nWORKDIR b\nRUN {CHECK} && tar xf ../t.tgz\n", NO, ANOTHER, docker=True),
    Case("folder: a RUN ends", f"RUN cd /tmp && {GET}\nRUN {CHECK} && tar xf /tmp/t.tgz\n", NO, "the next one starts where this one did", docker=True),
    Case("folder: a RUN ends, again", f"RUN cd /tmp && {GET}\nRUN cd /tmp && {CHECK} && tar xf t.tgz\n", YES, "the same folder", docker=True),
    Case("folder: the root", f"RUN cd / && {GET}\nRUN {CHECK} && tar xf t.tgz\n", YES, "where images start", docker=True),
    Case("folder: PowerShell goes there", f"SHELL [\"powershell\", \"-Command\"]\nRUN Invoke-WebRequest {U} -OutFile d/t.zip; cd d; if ((Get-FileHash t.zip).Hash -ne '{H}') {{ exit 1 }}; Expand-Archive t.zip\n", YES, "not followed", docker=True),
    Case("folder: drives", f"SHELL [\"powershell\", \"-Command\"]\nWORKDIR C:\\\\d\nRUN Invoke-WebRequest {U} -OutFile C:\\d\\t.zip; if ((Get-FileHash t.zip).Hash -ne '{H}') {{ exit 1 }}; Expand-Archive t.zip\n", YES, "not taken apart", docker=True),
]  # fmt: skip

OF_FOLDERS = OF_KNOWN + OF_UNKNOWN + OF_BRANCHES + OF_IMAGES
