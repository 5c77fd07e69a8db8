"""
Measures `verifychain sri` beside sri-check, sri-tool and sri-checker on the same pages, and its finder beside parsers.

`make bench` installs the peers and runs this. All take turns in every round. They do different work: sri-check looks
for tags without integrity, one page a process; sri-checker and sri-tool compare hashes; verifychain does both and
reads values as browsers do. None uses the network.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Failed, Tool, all_met, locked, machine, timed
from verifychain.core.digest import Algorithm, Notation, of_bytes

PAGES, ROUNDS = 300, 5
WORDS = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "&amp;", "sed"]
ASSETS = {f"{name}.{kind}": f"/* {name} */\n" * 200 for name in ("app", "menu", "chart") for kind in ("js", "css")}


def write(folder: Path, number: int, seed: int) -> list[str]:
    """Pages of about 11 kB, each with six assets of its folder, all with the right hash; their names."""
    source = random.Random(seed)
    for name, text in ASSETS.items():
        (folder / name).write_text(text, "utf-8")
    names = [f"page-{index:03}.html" for index in range(number)]
    for name in names:
        (folder / name).write_text(_page(source), "utf-8")
    return names


def _page(source: random.Random) -> str:
    links = "".join(f'<li><a href="/{index}?a=1&amp;b=2">{index}</a>' for index in range(30))
    body = [f"<nav><ul>{links}</ul></nav>"]
    for index in range(40):
        text = " ".join(source.choices(WORDS, k=25))
        body.append(f'<div class="card c{index}" data-x="{index}">\n  <p>{text}</p>\n</div><!-- {index} -->')
    body.append("<script>\n" + "if (a < b && c > d) { document.write('<p>'); }\n" * 20 + "</script>")
    head = "\n".join(map(_tag, ASSETS))
    return f"<!doctype html>\n<html><head><title>x</title>\n{head}\n</head>\n<body>{''.join(body)}</body></html>\n"


def _tag(name: str) -> str:
    value = of_bytes(ASSETS[name].encode(), Algorithm.SHA384).format(Notation.SRI)
    if name.endswith(".css"):
        return f'<link rel="stylesheet" href="{name}" integrity="{value}">'
    return f'<script src="{name}" integrity="{value}"></script>'


def tools(peers: Path) -> list[Tool]:
    """verifychain, and those peers that are installed."""
    ours = Path(sys.executable).with_name("verifychain")
    found = [Tool("verifychain", "", (str(ours), "sri", "--isolated"))]
    if (peers / "sri-checker").exists():
        found.append(Tool("sri-checker", locked("sri-checker"), (str(peers / "sri-checker"),)))
    if (peers / "sri-tool").exists():
        found.append(Tool("sri-tool", locked("sri-tool"), ("sh", "-c", f"exec '{peers}/sri-tool' validate .")))
    if (peers / "sri-check").exists():  # one page a process, on standard input
        loop = f"for page do '{peers}/sri-check' -z - <\"$page\" || exit 9; done"
        found.append(Tool("sri-check", locked("sri-check"), ("sh", "-c", loop, "sh")))
    return found


class Starts(HTMLParser):
    """Collects start tags as the finder is asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link"):
            self.found += 1


def _finder(data: bytes) -> int:
    from verifychain.formats.html.tags import read

    return len(read(data.decode("latin-1"), {"script": (), "link": ()}).tags)


def _html_parser(data: bytes) -> int:
    parser = Starts()
    parser.feed(data.decode())
    parser.close()
    return parser.found


def _soup(data: bytes) -> int:
    from bs4 import BeautifulSoup

    return len(BeautifulSoup(data, "html.parser").find_all(["script", "link"]))


WAYS: dict[str, Callable[[bytes], int]] = {"finder": _finder, "html.parser": _html_parser, "BeautifulSoup": _soup}


class Found(NamedTuple):
    """What one way found in all pages, and the best of its times in seconds of the processor."""

    tags: int
    seconds: float


def parsers(pages: list[bytes], rounds: int) -> dict[str, Found]:
    """All ways over all pages, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    tags = {}
    for _ in range(rounds):
        for name, way in WAYS.items():
            begin = time.process_time()
            tags[name] = sum(map(way, pages))
            taken[name].append(time.process_time() - begin)
    return {name: Found(tags[name], min(times)) for name, times in taken.items()}


def processes(measured: list[Tool], names: list[str], folder: Path, rounds: int) -> dict[str, float]:
    """Median seconds of whole processes. The one that starts a process a page takes one round: it is far off."""
    taken: dict[str, list[float]] = {tool.name: [] for tool in measured}
    for turn in range(rounds):
        for tool in measured:
            if turn == 0 or tool.name != "sri-check":
                taken[tool.name].append(timed(tool, names, folder).wall)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> int:
    """Print both tables; 1 with --check where a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure verifychain sri beside its peers.")
    parser.add_argument("--peers", type=Path, required=True, help="folder of the peers' commands")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(machine())
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        names = write(folder, options.pages, options.seed)
        pages = [(folder / name).read_bytes() for name in names]
        found = parsers(pages, options.rounds)
        try:
            whole = processes(tools(options.peers.absolute()), names, folder, options.rounds)
        except Failed as error:
            print(error, file=sys.stderr)
            return 1
    size = sum(map(len, pages))
    print(f"\n{len(pages)} pages, {size / 1e6:.1f} MB, seed {options.seed}")
    for name, one in found.items():
        print(f"  {name:14} {size / one.seconds / 1e6:7.1f} MB/s  {one.tags} tags")
    print("\nwhole process, all pages")
    for name, seconds in whole.items():
        print(f"  {name:14} {seconds:7.2f} s  {seconds / whole['verifychain']:6.1f} times ours")
    finder, ours = found.pop("finder").seconds, whole.pop("verifychain")
    goals = [(f"finder faster than {name}", finder < one.seconds) for name, one in found.items()]
    goals += [(f"process faster than {name}", ours < seconds) for name, seconds in whole.items()]
    return int(not all_met(goals) and options.check)


if __name__ == "__main__":
    sys.exit(main())
