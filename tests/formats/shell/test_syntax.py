# ruff: noqa: E501
"""The parser beside a real shell: what bash takes, it takes, and a few trees by hand."""

from __future__ import annotations

import subprocess
from random import Random

import pytest

from tests.formats.shell.cases import SCRIPTS
from tests.formats.shell.test_hostile import PIECES
from verifychain.formats.shell import nodes
from verifychain.formats.shell.syntax import parse

VALID = [
    "a", "a;", "a &", "a && b || c", "! a | b", "a |& b", "(a; b)", "{ a; b; }", "a > f 2>&1 < g", "a >| f >> g <> h",
    "if a; then b; elif c; then d; else e; fi", "while a; do b; done", "until a; do b; done < f", "for i in a b; do c; done",
    "for i; do a; done", "for ((i=0; i<3; i++)); do a; done", "for i in a\ndo\nb\ndone", "case x in a|b) c;; (d) e;; *) ;; esac",
    "case x in\na) b\n;;\nc)\n;;\nesac", "f() { a; }", "f () ( a )", "function f { a; }", "function f() { a; }", "f() if a; then b; fi",
    "a=(1 2 3)", "a=(1\n2 # c\n3\n)", "a+=(4)", "a[1]=2", "declare -A m=([a]=b [c]=d)", "A=1 B=2 c", "export A=1 B",
    "echo $(a $(b) `c`)", 'echo "$(a "$(b)")"', 'echo "${a:-"b c"}"', "echo ${a:-$(b)}", "echo $((1 + (2 * 3)))", "((a++))",
    "[[ a == b && ! c =~ ^(d|e)$ ]]", "[[ -f a ||\n-d b ]]", "cat <<EOF\na $b\nEOF", "cat <<-'EOF'\n\ta\n\tEOF", "cat <<A <<B\na\nA\nb\nB",
    "cat <<EOF | b && c\na\nEOF\nd", "x=$(cat <<EOF\na)\nEOF\n)", "x=$(case a in b) c;; esac)", "diff <(a) <(b)", "a > >(b)", "cat <<<\"$a\"",
    "echo a#b # c", "echo \\\n a", "echo 'it'\\''s'", "echo $'a\\'b'", 'echo $"a"', "time a | b", "time -p a", "coproc a", "select i in a b; do c; done",
    "echo ?(a|b) @(c)", "echo {a,b}{1..3}", "a() { b; } > f", "{ a; } | { b; }", "if ! a; then b; fi", "if (a); then b; fi", "echo done if then",
    "echo }", "a & b & wait", "echo \"a `b \\`c\\`` d\"", "echo ${#a} ${a#b} ${a##*/} ${a%.*} ${a/b/c} ${a^^} ${!a} ${a[@]} ${a[0]}",
    "echo \"it's ${a:-'its'}\"", "echo \"$\"", "echo $", "grep \" f$\" g", "while read -r a; do b; done <<< \"$c\"", "a || { b; exit 1; }", "a;\n\n\nb",
    "esac=1; echo $esac", "x=1 if=2", "echo a >&2", "exec 3>&1", "a 2>/dev/null", "a &> f", "a <&-", "f() {\na\n}\n\nf",
]  # fmt: skip
INVALID = [
    "a )", "if a; then b", "fi", "do a", "case x in a) b", "{ a", "( a", "a | | b", "a && && b", "&& a", "| a", "echo \"a", "echo 'a",
    "echo $(a", "echo ${a", "echo `a", "for i in a; b; done", "while a; b; done", "esac", ";; a", "f() {", "[[ a", "a ;; b",
]  # fmt: skip


def takes(program: str, text: str, *options: str) -> bool:
    done = subprocess.run(
        [program, "-n", *options], input=text.encode("utf-8"), capture_output=True, check=False, timeout=20
    )
    return done.returncode == 0 and done.stderr == b""


@pytest.mark.parametrize("text", VALID)
def test_valid(text: str) -> None:
    assert parse(text).faults == ()


def test_a_byte_of_a_letter_is_no_blank() -> None:
    """The two bytes of an "à" in UTF-8 are a letter and a blank in Latin-1."""
    (node, _), *rest = parse("echo voilà x".encode().decode("latin-1")).body.items
    assert isinstance(node, nodes.Simple)
    assert (len(node.words), rest) == (3, [])


@pytest.mark.parametrize("text", INVALID)
def test_invalid(text: str) -> None:
    assert parse(text).faults != ()


def test_bash_agrees_on_the_tables() -> None:
    assert [text for text in VALID if not takes("bash", text + "\n", "-O", "extglob")] == []
    assert [text for text in INVALID if takes("bash", text + "\n")] == []
    assert [case.name for case in SCRIPTS if not takes("bash", case.text)] == []


def test_what_bash_takes_is_read_whole() -> None:
    """Random text: nothing that bash accepts is a fault here, so that nothing is left unjudged in silence or noise."""
    random = Random(5)
    pieces = [piece.decode() for piece in PIECES if piece.isascii() and b"\0" not in piece and b"\r" not in piece]
    differing = []
    for _ in range(400):
        text = "".join(random.choices(pieces, k=random.randint(1, 8))) + "\n"
        if parse(text).faults and takes("bash", text):
            differing.append(text)
    assert differing == []


def test_redirections_belong_to_the_last_command() -> None:
    ((pipeline, _),) = parse("a | b > f").body.items
    assert isinstance(pipeline, nodes.Pipeline)
    first, last = pipeline.parts
    assert isinstance(first, nodes.Simple)
    assert isinstance(last, nodes.Simple)
    assert (first.redirects, len(last.redirects)) == ((), 1)


def test_a_negation_is_one_of_the_whole_pipeline() -> None:
    ((pipeline, _),) = parse("! a | b").body.items
    assert isinstance(pipeline, nodes.Pipeline)
    assert pipeline.negated
    assert len(pipeline.parts) == 2


def test_touching_pieces_are_one_word() -> None:
    ((simple, _),) = parse('curl a-$B-$C "x${A} ${B}"').body.items
    assert isinstance(simple, nodes.Simple)
    assert len(simple.words) == 3
