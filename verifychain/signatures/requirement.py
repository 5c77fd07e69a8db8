"""What a user demands of a signature: by whom, and how well it must be witnessed."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.signatures.identity import Identity
from verifychain.signatures.keys import Key


class Requirement(NamedTuple):
    """
    Any of the identities or any of the keys must have signed; without either nobody can have.

    log        an entry in a transparency log must prove the signature; off only on the user's word, or with a trust
               root that has no log
    proof      the entry must be proven to be included, a promise is not enough
    timestamp  an RFC 3161 timestamp must hold
    sct        the certificate must have been shown to a CT log, unless the trust root lists none
    """

    identities: tuple[Identity, ...] = ()
    keys: tuple[Key, ...] = ()
    log: bool = True
    proof: bool = False
    timestamp: bool = False
    sct: bool = True
