"""Text as a document may hold it: nothing that no file can carry, nothing that turns words round unseen."""

import unicodedata

from tsalert.core.directions import TURNING

_UNWRITABLE = frozenset({"Cc", "Cs", "Cn", "Co"})
_KEPT = "\n\t"


def clean(text: str) -> str:
    """Return text without control characters, halves of pairs and unassigned codes; line ends are one kind."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", "".join(character for character in lines if _stays(character)))


def _stays(character: str) -> bool:
    if character in _KEPT:
        return True
    return unicodedata.category(character) not in _UNWRITABLE and character not in TURNING
