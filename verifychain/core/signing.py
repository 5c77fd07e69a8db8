"""What a policy demands of images and does not get: the port by which rules ask, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from verifychain.core.image_name import ImageName


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


class Signatures(Protocol):
    """Verifies images against the policy. Raises ``Unavailable`` when the registry cannot be asked."""

    def unmet(self, name: ImageName) -> Sequence[Unmet]:
        """What is demanded of the image and does not hold; nothing when it is verified. Each image is judged once."""
        ...
