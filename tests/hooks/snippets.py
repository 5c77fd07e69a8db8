"""The blocks of a language in the README and the guides, each as a user would copy it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.hooks.conftest import ROOT

REPOSITORY = "https://git.example/verifychain"
REVISION = "0123456789abcdef0123456789abcdef01234567"
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Snippet(NamedTuple):
    """One block: its page, and its place among the blocks of that language there."""

    page: str
    place: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.page} {self.place}"

    @property
    def is_hook_list(self) -> bool:
        """Hooks to put below the `repo:` and `rev:` that the other snippets show."""
        return self.text.startswith("      - id: ")

    @property
    def is_pre_commit(self) -> bool:
        return self.is_hook_list or self.text.startswith("repos:\n")


def snippets(language: str) -> Iterator[Snippet]:
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]):
        blocks = [text for kind, text in _BLOCK.findall(page.read_text("utf-8")) if kind == language]
        yield from (Snippet(page.name, place, text) for place, text in enumerate(blocks))


def the_one(language: str, beginning: str) -> Snippet:
    """The snippet that begins like this."""
    (found,) = (snippet for snippet in snippets(language) if snippet.text.startswith(beginning))
    return found
