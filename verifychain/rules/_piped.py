"""Downloads that a program takes as they come."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.pin import Grade
from verifychain.facts.download import Consumer, Download, Role


def problems(download: Download, consumer: Consumer, done: str, instead: str) -> Iterator[Problem]:
    """A download that goes into that kind of program: what is ``done`` with it, and what to do ``instead``."""
    if download.grade is not Grade.PIPED or download.consumer is not consumer or download.role is not Role.ARTIFACT:
        return
    yield Problem(
        download.name_span,
        f"{done} by `{download.consumed_by}` as it comes: nothing can check it first",
        help=f"write it to a file, check the file's digest, then {instead} it",
        related=() if download.use is None else (download.use,),
    )
