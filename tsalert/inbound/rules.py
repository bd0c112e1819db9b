"""What a text message asks for."""

import re
import unicodedata
from enum import StrEnum

MESSAGE = "message"


class Keyword(StrEnum):
    """A message of one word that we act on by ourselves."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), Keyword.STOP),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_NOT_LETTERS = re.compile(r"[^A-Z]+")


def read_keyword(body: str) -> Keyword | None:
    """Return what a message asks for, if it is one of our words alone, in any case, with or without punctuation.

    A word within a sentence ("stop him") is a message that a person must read. "STOP ALL" is one word to us.
    """
    return _WORDS.get(_NOT_LETTERS.sub("", body.upper())) if len(body) <= 30 else None


def is_number(sender: str) -> bool:
    """Tell whether a sender is a number to which something can be sent, not a word or a short code."""
    return _NUMBER.fullmatch(sender) is not None


def readable(text: str) -> str:
    """Return a text with a mark for each character that cannot be shown or stored."""
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\r\n\t" else c for c in text)
