"""What is wrong with an ignore; yielded by ``suppress``, judged by the ``core-`` rules."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span


class UnusedIgnore(NamedTuple):
    """An ignore that sets nothing aside; ``why`` says how that comes."""

    span: Span
    rule: str
    why: str


class UnknownRule(NamedTuple):
    """An ignore that names no rule of ours; ``rule`` is empty where it names none at all."""

    span: Span
    rule: str
    hint: str


class ExpiredIgnore(NamedTuple):
    """An ignore of the configuration whose day has come (ISO date) while its finding is still there."""

    span: Span
    rule: str
    expires: str
    reason: str
