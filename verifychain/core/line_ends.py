"""What decides the line ends of a file that git checks out."""

from __future__ import annotations

from verifychain.core.record import NamedTuple


class LineEnds(NamedTuple):
    """
    Attributes of gitattributes(5) as ``git check-attr`` prints them, and a setting.

    text, eol  ``set``, ``unset``, ``unspecified`` or a value (``auto``, ``lf``, ``crlf``)
    autocrlf   ``core.autocrlf`` is on here: files without attributes are stored with LF
    """

    text: str
    eol: str
    autocrlf: bool = False

    @property
    def varies(self) -> bool:
        """Whether one machine gets LF and another CRLF."""
        return self.text in ("set", "auto") and self.eol not in ("lf", "crlf")

    @property
    def stores_others(self) -> bool:
        """Whether a file that has CRLF here is stored, and got by others, with LF."""
        return self.autocrlf and self.text == "unspecified" and self.eol == "unspecified"
