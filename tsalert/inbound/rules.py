"""What a text message asks for."""

import re
import unicodedata
from enum import StrEnum

from tsalert.core.directions import TURNING

MESSAGE = "message"
# What Twilio says of a text to a number that has replied STOP. Source: Twilio's list of error codes.
HAS_STOPPED = "21610"


class Keyword(StrEnum):
    """A message that we act on by ourselves: of one word, or JOIN with what it is for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    JOIN = "join"


_WORDS = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), Keyword.STOP),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}
_JOINING = re.compile(r"\W*JOIN\b(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST_JOINING = 160  # one text
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9]{10,15}")
_NOT_LETTERS = re.compile(r"[^A-Z]+")


def read_keyword(body: str) -> Keyword | None:
    """Return what a message asks for, if it is one of our words alone, in any case, with or without punctuation.

    A word within a sentence ("stop him") is a message that a person must read. "STOP ALL" is one word to us.
    """
    return _WORDS.get(_NOT_LETTERS.sub("", body.upper())) if len(body) <= 30 else None


def read_joining(body: str) -> str | None:
    """Return what stands behind JOIN, often a postcode or nothing; None for a message that does not begin with it.

    Whether it is a wish to join or a story ("join us at the door...") is for the list to say, which knows its words.
    """
    found = _JOINING.fullmatch(body) if len(body) <= _LONGEST_JOINING else None
    return found[1].strip() if found else None


def is_number(sender: str) -> bool:
    """Tell whether a sender is a number to which something can be sent, not a word or a short code."""
    return _NUMBER.fullmatch(sender) is not None


def readable(text: str) -> str:
    """Return a text with a mark for each character that cannot be shown or stored, and read in the order it is kept."""
    kept = (c for c in text if c not in TURNING)
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\r\n\t" else c for c in kept)


def read_source(number: str) -> str:
    """Return a sender's number in the form of E.164, which Notify gives without its plus; a word stays as it is."""
    digits = number.strip().removeprefix("+")
    if not _DIGITS.fullmatch(digits):
        return number
    return f"+44{digits[1:]}" if digits.startswith("0") else f"+{digits}"
