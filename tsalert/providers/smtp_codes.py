"""What an SMTP server's answers mean, as data. Pure."""

import re

from tsalert.delivery.ports import Accepted, Answer, Rejected, RetryLater
from tsalert.delivery.rules import SuppressionReason

START_MAIL_INPUT = 354
# Enhanced codes (RFC 3463) that speak of the mailbox itself; any other refusal may be about us.
DEAD_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_LONGEST = 300


def verdict(code: int, text: str) -> Answer:
    """Read the answer to a recipient or to a finished message."""
    said = f"{code} {text}"[:_LONGEST]
    if is_taken(code):
        return Accepted(said)
    if 500 <= code < 600:
        found = _ENHANCED.match(text)
        is_dead = found is not None and found[1] in DEAD_MAILBOX
        return Rejected(said, SuppressionReason.BOUNCED if is_dead else None)
    return RetryLater(said)


def is_taken(code: int) -> bool:
    """Tell whether a sender, a recipient or a finished message was taken, in whatever words."""
    return 200 <= code < 300


def refusal(code: int, text: str) -> Answer:
    """Read the answer of a server that did not ask for the content; whatever it says, it has no message."""
    return RetryLater(f"{code} {text}"[:_LONGEST]) if is_taken(code) else verdict(code, text)


def sender_verdict(code: int, text: str) -> Answer:
    """Read a refusal of the sender: a fault between us and the server, never of the one who was to get it."""
    return RetryLater(f"{code} {text}"[:_LONGEST])
