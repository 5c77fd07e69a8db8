"""What a file can say: dataclasses only, one module per kind. Formats yield them, rules judge them."""

from __future__ import annotations

from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.image import Image
from verifychain.facts.pinned_file import PinnedFile
from verifychain.facts.policy import PolicyHeader
from verifychain.facts.shell import ShellText

Fact = Broken | Download | Image | PinnedFile | PolicyHeader | ShellText
