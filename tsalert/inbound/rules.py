"""What a text message asks for."""

import re
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
_NOT_LETTERS = re.compile(r"[^A-Z]+")


def read_keyword(body: str) -> Keyword | None:
    """Return what a message asks for, if it is one of our words alone, in any case, with or without punctuation.

    A word within a sentence ("stop him") is a message that a person must read. "STOP ALL" is one word to us.
    """
    return _WORDS.get(_NOT_LETTERS.sub("", body.upper())) if len(body) <= 30 else None
