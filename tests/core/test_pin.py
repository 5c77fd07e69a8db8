"""The fix of a digest in capitals: offered where the digest itself stands, and for no other fault."""

from __future__ import annotations

import pytest

from verifychain.core.digest import Notation
from verifychain.core.pin import Malformed, Slot, lower_case
from verifychain.core.source import Location, Source, Span

DIGEST = "sha256:" + "a1" * 32
SOURCE = Source("Dockerfile", f"FROM a@{DIGEST.upper()}\n".encode())
HERE = Span(7, 7 + len(DIGEST))
SLOT = Slot(Location(SOURCE, HERE), "", Notation.OCI)


def test_capitals_are_written_in_lower_case() -> None:
    fix = lower_case(Malformed(DIGEST.upper(), "capitals", HERE), SLOT)
    assert fix is not None
    assert [(edit.location.span, edit.new) for edit in fix.edits] == [(HERE, DIGEST.encode())]


@pytest.mark.parametrize("text", [DIGEST.upper()[:-1], DIGEST.upper()[:-1] + "\u212a", "MD5:" + "A" * 32, ""])
def test_another_fault_has_no_fix(text: str) -> None:
    assert lower_case(Malformed(text, "a fault", HERE), SLOT) is None


def test_no_fix_is_offered_where_the_digest_is_not_all_of_the_place() -> None:
    assert lower_case(Malformed(DIGEST.upper(), "capitals", HERE), None) is None
    wider = Slot(Location(SOURCE, Span(HERE.start - 1, HERE.end)), "@", Notation.OCI)
    assert lower_case(Malformed(DIGEST.upper(), "capitals", HERE), wider) is None
