"""
What reading costs grows as a text does, whatever its shape.

Counted in calls of functions, those of C included, which are the same on every machine however busy it is: from ``2n``
to ``4n`` they may grow by little more than twice of what they grow by from ``n`` to ``2n``; where each line looked at
all lines before it, it would be four times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.counting import calls
from tests.formats.shell.cases import H
from tests.formats.shell.reading import facts
from verifychain.facts.broken import Broken

if TYPE_CHECKING:
    from verifychain.facts import Fact

U = "https://h.example/"
_MOST = 2.3  # times the growth; quadratic work gives 4
_BOUND = 4_000_000  # calls, for what is not followed to its end
_OTHERS = 50  # calls of what runs meanwhile: hypothesis is called when garbage is collected
Shape = Callable[[int], str]


def lines(template: str, before: str = "", after: str = "") -> Shape:
    """A text with one line, or some, for each number; ``@`` is the number, ``+`` the next one."""

    def shape(count: int) -> str:
        text = template.replace("{U}", U).replace("{H}", H)
        rows = (text.replace("@", str(at)).replace("+", str(at + 1)) for at in range(1000, 1000 + count))
        return before.replace("{U}", U) + "".join(rows) + after.replace("{U}", U)

    return shape


GET = "curl -fsSLo f@ {U}f@\n"
SCRIPTS: dict[str, Shape] = {
    "downloads": lines(GET),
    "downloads that are used": lines(GET + "tar xf f@\n"),
    "downloads in one command": lines("-o f@ {U}f@ ", "curl ", "\n"),
    "digests of their own": lines(GET + 'echo "{H}  f@" | sha256sum -c -\n', "set -e\n"),
    "digests in one list": lines("{H}  f@\n", "curl -O {U}f1000\nsha256sum -c <<E\n", "E\n"),
    "digests that are compared": lines(GET + '[ "$(sha256sum f@ | cut -d" " -f1)" = {H} ] || exit 1\n'),
    "lists of their own": lines(GET + "curl -o f@.sha256 {U}f@.sha256\nsha256sum -c f@.sha256\n"),
    "lists that nobody knows": lines(GET + "sha256sum -c sums@\n"),
    "lines of one list": lines(GET + "grep f@ sums | sha256sum -c -\n", "curl -o sums {U}sums\n"),
    "signatures": lines(GET + "curl -o f@.asc {U}f@.asc\ngpg --verify f@.asc f@\n"),
    "keys": lines("curl -o k@ {U}k@\ngpg --import k@\ngpg --verify f.asc f\n"),
    "one file appended to": lines("curl {U}f@ >> all\n", after="tar xf all\n"),
    "one file appended to and used": lines("curl {U}f@ >> all\ntar xf all\n"),
    "one file overwritten": lines("curl -o all {U}f@\ntar xf all\n"),
    "one name in many folders": lines("curl -o a/b@/x {U}f@\ntar xf c@/x\n"),
    "one name in deep folders": lines("curl -o /a/b/c@/d/e/f/g/h/@/x {U}f@\n/a/b/c@/d/e/f/g/h/@/x\nq@/x\n"),
    "moved files": lines(GET + "mv f@ d/\ntar xf d/f@\n"),
    "a file moved on and on": lines("mv f@ f+\n", "curl -o f1000 {U}f\n"),
    "removed files": lines(GET + "rm -rf f@ tmp\n"),
    "variables": lines("V@=@\ncurl -O {U}$V@\n"),
    "variables from variables": lines("V+=$V@.x\n", "curl -O {U}x\n"),
    "variables that nothing sets": lines("curl -o f$V@ {U}$V@\n"),
    "a text appended to": lines("A+=@\n", "curl -O {U}x\n", "curl -O {U}$A\n"),
    "an array appended to": lines("A+=({U}f@)\n", after='for x in "${A[@]}"; do curl -O $x; done\n'),
    "elements that are set": lines("A[@]={U}f@\n", after="curl -O ${A[1000]}\n"),
    "elements of one array": lines("curl -O ${A[@]}\n", f"A=({' '.join(map(str, range(500)))})\n"),
    "functions": lines("f@() { curl -o f@ {U}f@; }\nf@\n"),
    "functions that nobody calls": lines("f@() { curl -o f@ {U}f@; }\n"),
    "one function called": lines("get f@\n", 'get() { curl -o $1 {U}$1; echo "$2  $1" | sha256sum -c; }\n'),
    "functions that call the next": lines("f@() { f+; }\n", "curl -O {U}x\n", "f1000\n"),
    "ways out of a function": lines(GET.strip() + " || return 1\n", "f() {\n", "}\nf\n"),
    "ways out of a loop": lines(GET.strip() + " && break\n", "while true; do\n", "done\n"),
    "arms that set one name": lines("a@) V=@ F=f@;;\n", "case $X in\n", "esac\ncurl -o $F {U}$V\n"),
    "arms that each set a name": lines("a@) V@=1;;\n", "case $X in\n", "esac\ncurl -O {U}$V1000\n"),
    "arms that set names and fetch": lines(f"a@) V@=1; {GET.strip()};;\n", "case $X in\n", "esac\ncurl -O {U}$V1000\n"),
    "arms that cannot be taken": lines("a@) V=@;;\n", "X=a1003\ncase $X in\n", "esac\ncurl -O {U}$V\n"),
    "case after case": lines("case $X in a) V@=1;; b) V@=2;; esac\n", after="curl -O {U}$V1000\n"),
    "elif after elif": lines("elif [ $X = @ ]; then V@=@\n", "if a; then b\n", "fi\ncurl -O {U}$V1000\n"),
    "if after if": lines("if a; then V=@; else W@=$V; fi\n", after="curl -O {U}$W1000\n"),
    "loops": lines("for x in a b c; do curl -o $x@ {U}$x@; done\n"),
    "loops over lines": lines("while read l@; do curl -o $l@ {U}$l@; done < list\n"),
    "here-documents": lines("cat > f@ <<E@\n$X@ y\nE@\n", "curl -O {U}x\n"),
    "here-documents of one line": lambda count: f"curl -O {U}x\ncat {'<<E ' * count}\n" + "a\nE\n" * count,
    "folders": lines(f"cd d@\n{GET}cd ..\n"),
    "folders in folders": lines(f"cd d@\n{GET}"),
    "a pipeline": lambda count: f"curl {U}x {'| cat ' * count}| sh\n",
    "a list of commands": lines("&& a@ x ", "curl -o x {U}x ", "\n"),
    "alternatives": lines("|| a@ x ", "curl -o x {U}x ", "\n"),
    "traps": lines("trap 'rm f@' EXIT\n", "curl -O {U}x\n"),
    "redirects": lines("> f@ ", "curl {U}x ", "\n"),
    "subshells": lines(f"(cd d@; {GET.strip()})\n"),
    "substitutions": lines('X@=$(curl {U}f@)\neval "$X@"\n'),
    "texts that are run": lines("sh -c 'curl -o f@ {U}f@'\n"),
    "backquotes": lines("X=`curl {U}f@`\n"),
    "statuses": lines('sha256sum -c x.sum; S=$?\nif [ $S -ne 0 ]; then exit 1; fi\n', "curl -o x {U}x\n"),
    "words that are split": lines("curl $X@ -o f@ {U}f@ $Y@\n"),
    "quotes": lambda count: f"curl -O {U}x\necho " + '"a$X" ' * count + "\n",
    "comments": lines("# a comment @\n", "curl -O {U}x\n"),
    "conditions": lines("|| $A@ = b ", "curl -o x {U}x\n[[ a = b ", "]] && y\n"),
    "clones": lines("git clone {U}r@.git\ngit -C x@ checkout main\n"),
}  # fmt: skip
DOCKERFILES: dict[str, Shape] = {
    "RUN": lines(f"RUN {GET}", "FROM a\n"),
    "RUN of many lines": lines(f" && \\\n  {GET.strip()}", "FROM a\nRUN true", "\n"),
    "RUN with here-documents": lines(f"RUN <<E@\n{GET}E@\n", "FROM a\n"),
    "RUN with mounts": lines("RUN --mount=from=i@:1 curl -O {U}x@\n", "FROM a\n"),
    "ADD": lines("ADD {U}f@ f@\nRUN tar xf f@\n", "FROM a\n"),
    "ARG": lines("ARG V@=x\nADD {U}$V@ f@\n", "FROM a\n"),
    "ENV": lines("ENV V@=x\nRUN curl -O {U}$V@\n", "FROM a\n"),
    "ENV of one line": lines("V@=x ", "FROM a\nENV ", "\nRUN curl -O {U}$V1000\n"),
    "FROM": lines("FROM a:@\n"),
    "FROM the stage before": lines("FROM s@ AS s+\n", "FROM a AS s1000\n"),
    "COPY": lines("COPY --from=i@:1 a b@\n", "FROM a\n"),
    "COPY of scripts": lines("COPY d@/a.sh /opt/d@/a.sh\nRUN curl -O {U}x@ && /opt/d@/a.sh\n", "FROM a\n"),
    "WORKDIR": lines(f"WORKDIR d@\nRUN {GET}", "FROM a\n"),
    "SHELL": lines(f'SHELL ["/bin/bash", "-ec"]\nRUN {GET}', "FROM a\n"),
    "ONBUILD": lines("ONBUILD ADD {U}f@ f@\n", "FROM a AS b\n", "FROM b\n"),
    "ONBUILD in many stages": lines("FROM b AS c@\n", "FROM a AS b\nONBUILD ADD {U}f f\nONBUILD RUN curl {U}x | sh\n"),
    "PowerShell": lines("RUN iwr {U}f@ -OutFile f@\n", 'FROM mcr.microsoft.com/windows/a\nSHELL ["pwsh"]\n'),
    "cmd.exe": lines("RUN curl.exe -o f@ {U}f@\n", "FROM mcr.microsoft.com/windows/a\n"),
}  # fmt: skip
SHAPES = [*(("script.sh", *one) for one in SCRIPTS.items()), *(("Dockerfile", *one) for one in DOCKERFILES.items())]


@pytest.mark.parametrize(("path", "shape"), [shape[::2] for shape in SHAPES], ids=[shape[1] for shape in SHAPES])
def test_growth(path: str, shape: Shape) -> None:
    count = 30
    facts(shape(count), path=path)  # modules are loaded, and expressions compiled
    once, twice, four = (calls(partial(facts, shape(count * times), path=path)) for times in (1, 2, 4))
    assert four - twice <= _MOST * (twice - once) + _OTHERS, (once, twice, four)


# What looks at all that was before with each line, is followed up to a bound, and that is said.
BOUNDED: dict[str, Shape] = {
    "a file appended to and run": lines("curl {U}f@ >> all\ncat all | sh\n"),
    "a file appended to and copied": lines("curl {U}f@ >> all\ncp all b\n"),
    "one name in folders that nobody knows": lines("curl -o $D@/x {U}x\ntar xf $E@/x\n"),
}


@pytest.mark.parametrize("shape", BOUNDED.values(), ids=BOUNDED)
def test_what_grows_with_all_before_it_is_followed_as_far_as_a_bound(shape: Shape) -> None:
    found: list[Fact] = []
    assert calls(lambda: found.extend(facts(shape(3_000)))) < _BOUND
    assert [fact.message for fact in found if isinstance(fact, Broken)] == [
        "too much runs, nests or is held here to be examined to its end"
    ]
