# ruff: noqa: E501
"""
Labelled cases in pairs: a form of check as public scripts use it, and beside it one that looks alike and holds nothing.

Each form was run with bash 5.2 and the programs themselves: the good one unpacks only what has the digest, the other
one unpacks anything, or a file that nobody compares.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

GET = f"curl -o t.tgz {U}\n"
LINE = f'echo "{H}  t.tgz"'
SHORT = H[:32]
PYTHON = 'import hashlib, sys; h = hashlib.sha256(open("t.tgz", "rb").read())'


def pairs(*rows: tuple[str, str, str, str, str]) -> list[Case]:
    """Of rows of a name, what checks, what does not, the verdict of that, and why; what begins with + is without -e."""
    found: list[Case] = []
    for name, good, bad, verdict, why in rows:
        for text, title, right in ((good, name, "verified"), (bad, f"{name}: not so", verdict)):
            begin = "" if text.startswith("+") else "set -e\n"
            body = text.removeprefix("+")
            get = "" if "curl" in body else GET
            found.append(Case(title, f"{begin}{get}{body}\ntar xf t.tgz\n", [right], why))
    return found


LENGTHS = pairs(
    ("b2sum of another length", f'echo "{H}  t.tgz" | b2sum -l 256 -c -', f'echo "{SHORT}  t.tgz" | b2sum -l 128 -c -', "weak", "256 bits are enough, 128 are not"),
    ("b2sum that goes by the digest", f'echo "{H}  t.tgz" | b2sum -c -', f'echo "{H}  t.tgz" | b2sum -c - || true', "unchecked:not-fatal", "without -l the digest says how long it is"),
    ("b2sum of another length, printed", f'[ "$(b2sum --length=256 t.tgz | cut -d" " -f1)" = {H} ]', f'[ "$(b2sum -l 256 u.tgz | cut -d" " -f1)" = {H} ]', "unpinned", "the other file is not used"),
    ("cksum with an algorithm", f"{LINE} | cksum -a sha256 -c", f"{LINE} | cksum -a sha256 -c || echo bad", "unchecked:not-fatal", "as sha256sum"),
    ("b3sum", f"{LINE} | b3sum --check", f"{LINE} | b3sum --check; :", "verified", "a failure ends the script, whatever follows"),
    ("rhash", f"{LINE} > sums\nrhash --sha256 -c sums", f"{LINE} > sums\nrhash --sha256 -c sums || :", "unchecked:not-fatal", "a list in a file"),
    ("busybox", f"{LINE} | busybox sha256sum -s -c -", f"{LINE} | busybox sha256sum -c || busybox true", "unchecked:not-fatal", "another program inside one"),
    ("quiet and strict", f"{LINE} | sha256sum --quiet --strict -c", f"{LINE} | sha256sum --quiet --strict -c &", "unchecked:not-fatal", "nobody waits for what runs in the background"),
    ("only a status", f"{LINE} | shasum -a 256 --status -c", f"+{LINE} | shasum -a 256 --status -c", "unchecked:not-fatal", "without -e nobody asks"),
)  # fmt: skip

COMPARED = pairs(
    ("a list in a file, compared", f"{LINE} > sums\ncmp -s <(sha256sum t.tgz) sums", f"+{LINE} > sums\ncmp -s <(sha256sum t.tgz) sums", "unchecked:not-fatal", "cmp fails where they differ"),
    ("its own list, compared", f"{LINE} > sums\ncmp -s <(sha256sum t.tgz) sums", "sha256sum t.tgz > sums\ncmp -s <(sha256sum t.tgz) sums", "unchecked:meaningless", "its own digest says nothing of it"),
    ("diff of digests", f"diff <(sha256sum t.tgz | cut -d' ' -f1) <(echo {H})", f"diff <(sha256sum t.tgz | cut -d' ' -f1) <(echo {H}) | cat", "unchecked:not-fatal", "cat succeeds"),
    ("diff from a pipe", f"sha256sum t.tgz | diff - <({LINE})", f"sha256sum t.tgz | diff <({LINE}) - || echo differs", "unchecked:not-fatal", "said, and gone on"),
    ("standard input", f'test "$(sha256sum < t.tgz)" = "{H}  -"', f'+test "$(sha256sum < t.tgz)" = "{H}  -"', "unchecked:not-fatal", "test fails, which -e heeds"),
    ("a letter before both", f"[ x{H} = x`sha256sum t.tgz | cut -c -64` ] || exit 1", f"[ x{H} = x`sha256sum t.tgz | cut -c -64` ] || echo bad", "unchecked:not-fatal", "as before empty strings could be compared"),
    ("another letter before it", f"[ x{H} = x`sha256sum t.tgz | cut -c -64` ] || exit 1", f"[ y{H} = x`sha256sum u.tgz | cut -c -64` ] || exit 1", "unpinned", "never the same, and of another file"),
    ("the digest in a case", f'case "$(sha256sum t.tgz)" in "{H} "*) ;; *) exit 1 ;; esac', f'case "$(sha256sum t.tgz)" in "{H} "*) ;; *) echo bad ;; esac', "unchecked:not-fatal", "the other arm must end it"),
    ("one of two digests in a case", f"case $(sha256sum t.tgz | cut -d' ' -f1) in {H}|{H[::-1]}) ;; *) exit 1 ;; esac", f"case $(sha256sum t.tgz | cut -d' ' -f1) in {H}|[0-9a-f]*) ;; *) exit 1 ;; esac", "unchecked:not-fatal", "any digest begins so"),
    ("all but an empty digest in a case", f'case "$(sha256sum t.tgz)" in *{H}*) ;; *) exit 1 ;; esac', 'case "$(sha256sum t.tgz)" in "") exit 1 ;; *) ;; esac', "unpinned", "no digest is named"),
    ("what an empty variable begins", f'S={H}\ncase "$(sha256sum t.tgz)" in "$S"*) ;; *) exit 1 ;; esac', 'S=\ncase "$(sha256sum t.tgz)" in "$S"*) ;; *) exit 1 ;; esac', "unpinned", "everything begins with nothing"),
    ("between double brackets a word is one", f'S="$(sha256sum t.tgz) "\n[[ $S == "{H}  t.tgz " ]]', f'S="$(sha256sum u.tgz) "\n[[ $S == "{H}  t.tgz " ]]', "unpinned", "bash splits no words there"),
)  # fmt: skip

STREAMED = pairs(
    ("while it is written", f'set -o pipefail\ncurl {U} | tee t.tgz | sha256sum -c <(echo "{H}  -")', f'set -o pipefail\ncurl {U} | tee t.tgz | sha256sum -c <(echo "{H}  -") || true', "unchecked:not-fatal", "the dash is what comes, the list is another file"),
    ("while it is written, said only", f"curl {U} | tee t.tgz | sha256sum -c <(printf '%s  -\\n' {H})", f'curl {U} | tee t.tgz | sha256sum -c <(echo "{H}  -") | cat', "unchecked:not-fatal", "the last of a pipe tells how it ends"),
    ("while it is written, of another", f'curl {U} | tee t.tgz | sha256sum -c <(echo "{H}  -")', f'curl {U} > t.tgz\nsha256sum -c <(echo "{H}  -") < u.tgz', "unpinned", "another file comes"),
    ("a list that a loop writes", f'for f in *.tgz; do echo "{H}  $f"; done > sums\nsha256sum -c sums', f'for f in *.txt; do echo "{H}  $f"; done > sums\nsha256sum -c sums', "unpinned", "what the pattern names"),
)  # fmt: skip

INLINE = pairs(
    ("printed by Python", f"""[ "$(python3 -c '{PYTHON}; print(h.hexdigest())')" = {H} ]""", f"""+[ "$(python3 -c '{PYTHON}; print(h.hexdigest())')" = {H} ]""", "unchecked:not-fatal", "as sha256sum prints it"),
    ("printed by Python of an argument", f"""[ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' t.tgz)" = {H} ]""", f"""[ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' u.tgz)" = {H} ]""", "unpinned", "the other file is not used"),
    ("printed by Python in part", f"""[ "$(python3 -c '{PYTHON}; print(h.hexdigest())')" = {H} ]""", f"""[ "$(python3 -c '{PYTHON}; print(h.hexdigest()[:8])')" = {H[:8]} ]""", "unpinned", "eight digits are no digest"),
    ("asserted by Python", f"""python3 -c '{PYTHON}; assert h.hexdigest() == "{H}"'""", f"""python3 -c '{PYTHON}; print(h.hexdigest() == "{H}")'""", "unpinned", "said, and gone on"),
    ("asserted by Python the other way", f"""python3 -c '{PYTHON}; assert h.hexdigest() == "{H}", "bad"'""", f"""python3 -c '{PYTHON}; assert h.hexdigest() != "{H}"'""", "unpinned", "all but the right one"),
    ("Python's exit status", f"""python3 -c '{PYTHON}; sys.exit(h.hexdigest() != "{H}")'""", f"""python3 -c '{PYTHON}; sys.exit(h.hexdigest() == "{H}")'""", "unpinned", "all but the right one"),
    ("a script for Python", f'python3 - <<EOF\n{PYTHON}\nif h.hexdigest() != "{H}":\n    sys.exit("bad")\nEOF', f'python3 - <<EOF\n{PYTHON}\nif h.hexdigest() != "{H}":\n    sys.exit(0)\nEOF', "unpinned", "that is success"),
    ("a script for Python that raises", f'python3 - <<EOF\n{PYTHON}\nif h.hexdigest() != "{H}":\n    raise SystemExit(1)\nEOF', f'python3 - <<EOF\ntry:\n    {PYTHON}\n    if h.hexdigest() != "{H}":\n        raise ValueError\nexcept ValueError:\n    print("bad")\nEOF', "unpinned", "caught again"),
    ("printed by Perl", f"""[ "$(perl -MDigest::SHA -e 'print Digest::SHA->new(256)->addfile("t.tgz")->hexdigest')" = {H} ]""", f"""[ "$(perl -MDigest::SHA=sha256_hex -e 'print sha256_hex("t")')" = {H} ]""", "unpinned", "of a word, not of the file"),
    ("printed by Perl line by line", f"""test "$(perl -MDigest::SHA=sha256_hex -0777 -ne 'print sha256_hex($_)' t.tgz)" = {H}""", f"""test "$(perl -MDigest::SHA=sha256_hex -0777 -ne 'print substr(sha256_hex($_), 0, 8)' t.tgz)" = {H[:8]}""", "unpinned", "eight digits are no digest"),
    ("printed by Node", f"""[ "$(node -e 'console.log(require("crypto").createHash("sha256").update(require("fs").readFileSync("t.tgz")).digest("hex"))')" = {H} ]""", f"""[ "$(node -e 'console.log(require("crypto").createHash("md5").update(require("fs").readFileSync("t.tgz")).digest("hex"))')" = {H[:32]} ]""", "weak", "MD5"),
)  # fmt: skip

OF_SUMS = LENGTHS + COMPARED + STREAMED + INLINE
