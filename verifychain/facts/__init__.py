"""What a file can say: values only, one module per kind. Formats yield them, rules judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a run loads the kinds that its files yield
    from verifychain.facts.broken import Broken
    from verifychain.facts.bypass import Bypass
    from verifychain.facts.download import Download
    from verifychain.facts.image import Image
    from verifychain.facts.install import Install
    from verifychain.facts.pinned_file import PinnedFile
    from verifychain.facts.policy import PolicyHeader
    from verifychain.facts.requirement import Include, Requirement
    from verifychain.facts.requirements_file import (
        HashesDisabled,
        HiddenBreak,
        IgnoredText,
        IndexOption,
        OrphanHash,
        RequirementsFile,
        SyntaxFault,
        UnusualEncoding,
    )
    from verifychain.facts.shell import ShellText
    from verifychain.facts.subresource import Import, ImportMap, Page, Subresource, Unenforced

    Fact = (
        Broken
        | Bypass
        | Download
        | HashesDisabled
        | HiddenBreak
        | IgnoredText
        | Image
        | Import
        | ImportMap
        | Include
        | IndexOption
        | Install
        | OrphanHash
        | Page
        | PinnedFile
        | PolicyHeader
        | Requirement
        | RequirementsFile
        | ShellText
        | Subresource
        | SyntaxFault
        | Unenforced
        | UnusualEncoding
    )
