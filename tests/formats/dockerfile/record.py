"""
Writes ``recorded.jsonl``: requests and what BuildKit answers, for machines without a Go toolchain.

    make .cache/buildkit-answers.files && .venv/bin/python -m tests.formats.dockerfile.record
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

from tests.formats.dockerfile import mutations
from tests.formats.dockerfile.answers import encoded, theirs
from tests.peers.test_buildkit import ROOT, SEEDS, BuildKit
from tests.test_repository import HOME_OF_ROOT

NAME = Path(__file__).with_name("recorded.jsonl")


def main() -> None:
    peer = BuildKit(ROOT / ".cache" / "buildkit-answers")
    requests = chain(
        ({"op": "parse", "data": encoded(data)} for data in SEEDS),
        mutations.files(SEEDS, 300, 1),
        mutations.words(1200, 2),
        mutations.images(300, 3),
        mutations.git_sources(500, 4),
    )
    seen = set()
    with NAME.open("w", encoding="utf-8") as out:
        for request in requests:
            text = json.dumps(request, sort_keys=True)
            if text not in seen:
                seen.add(text)
                answer = theirs(request, peer.ask(request))
                line = json.dumps([request, answer], sort_keys=True, separators=(",", ":"))
                if HOME_OF_ROOT not in line:  # a fixture may name it, this file may not: test_repository.py
                    out.write(line + "\n")
    peer.close()


if __name__ == "__main__":
    main()
