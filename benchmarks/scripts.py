"""
Measures long scripts: 10,000 lines in which 200 or 2,000 files are downloaded and checked, each form of check apart.

No peer follows downloads; what is measured is whether a script of that length keeps the promise of a second, whether
its lines cost the same when there are four times as many, and what a form of check costs. The goals are judged by the
processor's time of the best round: the clock of a shared machine measures its other users too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Failed, Taken, Tool, all_met, best, machine, timed
from verifychain.core.digest import of_bytes

LINES = 10_000
SHORT = 2_500
ROUNDS = 5
_STEEPEST = 1.25  # what a line of the long script may cost, where one of the short costs 1

# A download and its check in five lines.
CHECKS = {
    "echo": """\
curl -fsSLo t{i}.tgz https://cdn.example/t{i}.tgz
echo "{digest}  t{i}.tgz" | sha256sum -c -
if [ ! -d /opt/t{i} ]; then
  tar xf t{i}.tgz -C /opt
fi
""",
    "heredoc": """\
curl -fsSLo t{i}.tgz https://cdn.example/t{i}.tgz
sha256sum -c - <<SUMS
{digest}  t{i}.tgz
SUMS
tar xf t{i}.tgz -C /opt
""",
    "list": """\
curl -fsSLo t{i}.tgz https://cdn.example/t{i}.tgz
echo "{digest}  t{i}.tgz" > t{i}.tgz.sha256
sha256sum -c t{i}.tgz.sha256
tar xf t{i}.tgz -C /opt
rm t{i}.tgz
""",
}
# What else stands in scripts that set machines up, so that every fifth line ends a statement.
OTHERS = """\
echo "step {i}"
mkdir -p /srv/app{i}/data
NAME{i}=value-{i}
export PATH="$PATH:/opt/tool{i}/bin"
# what the service {i} needs
if [ -f "/etc/default/app{i}" ]; then
  . "/etc/default/app{i}"
else
  log "no defaults for $NAME{i}"
fi
install -d -m 0755 "/etc/app/$NAME{i}"
rm -f /tmp/app{i}.lock
sed -i "s/old{i}/new/" /etc/app/app{i}.conf
grep -q key{i} /etc/app/app{i}.conf || echo "key{i}=1" >> /etc/app/app{i}.conf
systemctl enable app{i}.service
for folder in cache log run; do
  mkdir -p "/var/$folder/app{i}"
done
cp templates/app{i}.conf /etc/app/app{i}.conf
chmod 0644 /etc/app/app{i}.conf && chown root:app /etc/app/app{i}.conf
"""


class Form(NamedTuple):
    """A kind of script: how it checks, how many lines stand for each download, and whether a failure ends it."""

    check: str
    apart: int
    strict: bool

    def __str__(self) -> str:
        return f"{self.check}, a download in {self.apart} lines{', set -e' if self.strict else ''}"


FORMS = [Form(check, apart, strict) for check in CHECKS for apart in (50, 5) for strict in (True, False)]


def script(form: Form, lines: int) -> str:
    """A script of so many lines, its first one or two not counted; ``lines`` is a multiple of 50."""
    others = _others()
    found = ["#!/bin/sh\n", "set -e\n" if form.strict else ""]
    for index in range(lines // form.apart):
        digest = of_bytes(str(index).encode()).hex
        found.append(CHECKS[form.check].format(i=index, digest=digest))
        found += islice(others, form.apart // 5 - 1)
    return "".join(found)


def _others() -> Iterator[str]:
    """Five lines after five lines, without end."""
    lines = OTHERS.splitlines(keepends=True)
    for number in count():
        for at in range(0, len(lines), 5):
            yield "".join(lines[at : at + 5]).format(i=number)


def measure(tool: Tool, folder: Path, rounds: int) -> dict[Form, tuple[Taken, Taken]]:
    """For each form the best round of the long script and of the short one, taking turns."""
    taken: dict[Form, tuple[list[Taken], list[Taken]]] = {form: ([], []) for form in FORMS}
    for form in FORMS:
        for lines in (LINES, SHORT):
            (folder / f"{lines}-{FORMS.index(form)}.sh").write_text(script(form, lines), "utf-8")
    for number in range(rounds + 1):  # the first fills the caches
        for index, form in enumerate(FORMS):
            for kept, lines in zip(taken[form], (LINES, SHORT), strict=True):
                one = timed(tool, [f"{lines}-{index}.sh"], folder)
                kept += [one] if number else []
    return {form: (best(long), best(short)) for form, (long, short) in taken.items()}


def steepening(long: Taken, short: Taken, start: Taken) -> float:
    """What a line of the long script costs, in lines of the short one."""
    return (long.processor - start.processor) / LINES / ((short.processor - start.processor) / SHORT)


def main() -> int:
    """Print a table and the goals; 1 with --check where one is missed, 2 where something could not be measured."""
    parser = argparse.ArgumentParser(description="Measure verifychain on long scripts.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    options = parser.parse_args()
    tool = Tool("verifychain", "", (str(Path(sys.executable).with_name("verifychain")), "shell", "--isolated"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one.sh").write_text("#!/bin/sh\nset -e\n" + CHECKS["echo"].format(i=0, digest="0" * 64), "utf-8")
        one = partial(timed, tool, ["one.sh"], folder)
        try:
            start = best([one() for _ in range(options.rounds + 1)][1:])
            taken = measure(tool, folder, options.rounds)
        except Failed as error:
            print(error, file=sys.stderr)
            return 2
    print(
        f"{machine()}\n\none download in 7 lines: {start.wall * 1e3:.0f} ms, processor {start.processor * 1e3:.0f} ms\n"
    )
    print(f"{f'{LINES:,} lines, best of {options.rounds}':44}    time  processor  a line, against one of {SHORT:,}")
    bends = {form: steepening(long, short, start) for form, (long, short) in taken.items()}
    for form, (long, _) in taken.items():
        print(f"{form!s:44}  {long.wall:.2f} s     {long.processor:.2f} s  {bends[form]:.2f} times")
    slowest, steepest = max(long.processor for long, _ in taken.values()), max(bends.values())
    quick = (f"{LINES:,} lines under 1 s of the processor, the slowest form: {slowest:.2f} s", slowest < 1)
    linear = (f"linear, a line at most {_STEEPEST} times as dear: {steepest:.2f}", steepest <= _STEEPEST)
    return int(not all_met((quick, linear)) and options.check)


if __name__ == "__main__":
    sys.exit(main())
