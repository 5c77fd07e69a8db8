"""What a policy demands of images and does not get: the answers of the port ``Signatures``."""

from __future__ import annotations

from enum import Enum

from verifychain.core.record import NamedTuple


class Lack(Enum):
    """What is wrong; the values are the ids of the rules that report it."""

    MISSING = "signature-missing"
    INVALID = "signature-invalid"
    IDENTITY = "signature-identity-mismatch"
    ATTESTATION = "signature-attestation-missing"
    NO_POLICY = "signature-no-policy"


class Unmet(NamedTuple):
    """One demand of the policy that an image does not meet."""

    lack: Lack
    message: str
    help: str = ""
