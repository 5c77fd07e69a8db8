"""Running the commands on images in this process."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from tests.signatures.authorities import IDENTITY, ISSUER
from verifychain.cli.main import main

WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER)
ROOT = ("--trusted-root", "root.json")


class Answer(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> Answer:
    """Run ``verifychain cosign …``."""
    capsys.readouterr()
    code = main(["cosign", *argv])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return Answer(code, out, err)


def reasons(answer: Answer) -> set[str]:
    """The reason codes of all evidence in a JSON result."""
    return {one["reason"] for result in answer.document["results"] for one in result["evidence"] if one["reason"]}
