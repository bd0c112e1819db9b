"""What one check found, and how it reads. Pure."""

from msgspec import Struct

RIGHT, WRONG, TO_KNOW = "right", "WRONG", "note"
_WIDTH = 7


class Finding(Struct, frozen=True):
    """One line: what was tried, how it is, and what to do where something is wrong.

    :param verdict: ``right``, ``WRONG``, or ``note`` for what may be as it is meant.
    """

    verdict: str
    what: str
    words: str
    to_do: str = ""

    @property
    def line(self) -> str:
        """What is printed."""
        said = f"{self.verdict:<{_WIDTH}}{self.what}: {self.words}"
        return f"{said}\n{' ' * _WIDTH}→ {self.to_do}" if self.to_do else said


def right(what: str, words: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(RIGHT, what, words)


def wrong(what: str, words: str, to_do: str) -> Finding:
    """Return that something is wrong, and what to do."""
    return Finding(WRONG, what, words, to_do)


def note(what: str, words: str, to_do: str = "") -> Finding:
    """Return something that may be meant so."""
    return Finding(TO_KNOW, what, words, to_do)
