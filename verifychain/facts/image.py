"""A container image that is pulled."""

from __future__ import annotations

from verifychain.core.image_name import ImageName
from verifychain.facts.reference import Reference

CLIENTS = frozenset(["docker", "podman", "nerdctl", "skopeo", "crane"])  # as ``via``: what pulls images in scripts


class Image(Reference):
    """
    An image named in a FROM line, a ``--from``, a syntax directive, a manifest, a script's ``docker run``, ….

    name       the parsed name, None where the text is no image name (a variable decides it, a malformed digest)
    variables  names of variables without a value that take part in it, in order
    """

    name: ImageName | None
    variables: tuple[str, ...] = ()

    @property
    def is_undecided(self) -> bool:
        """Whether a variable without a value decides what is pulled, also where a name is left without it."""
        return bool(self.variables) and (self.name is None or "$" in self.subject)
