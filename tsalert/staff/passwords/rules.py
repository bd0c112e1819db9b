"""Which passwords are taken: long ones that are hard to guess, whatever they are made of.

There are no rules on capitals, digits or signs, and no password grows too old: both make people choose worse ones.

Source: National Cyber Security Centre, "Password policy: updating your approach" and "Three random words".
"""

import re
from collections.abc import Collection
from datetime import timedelta

from tsalert.core.errors import RuleViolation

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000
LINK_LIFE = timedelta(hours=24)

# zxcvbn's third of four: a hundred million guesses and more, of which the lock lets through some hundred a day.
_STRONG = 3
_LOOKED_AT = 72  # characters, all that the estimate takes
_SHORTEST_WORD = 3
_SERVICE_WORDS = ("tsalert", "trading", "standards", "alert")
_ADVICE = "Choose three random words, such as those for three things in different rooms."
_REASONS = {
    "repeat": "This repeats the same characters.",
    "spatial": "This follows the keys of a keyboard.",
    "sequence": "This follows the alphabet or counts up.",
    "date": "This is a date.",
}
_COMMON = "This is among the passwords that are tried first."
_OWN = "This is based on your name, your address or the name of the service."


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of some texts, by which somebody who knows them would begin to guess."""
    found = re.findall(r"[^\W\d_]+", " ".join(texts).casefold())
    return frozenset(word for word in (*found, *_SERVICE_WORDS) if len(word) >= _SHORTEST_WORD)


def check_password(password: str, own_words: Collection[str] = ()) -> None:
    """Refuse a password that is easily guessed or that nobody could type, and say why.

    :param own_words: those that stand for nothing, since they tell whose password it is.
    :raises RuleViolation: it is too short, too long, easily guessed, or holds what is no character.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise RuleViolation(f"A password needs at least {SHORTEST_PASSWORD} characters.", field="password")
    if len(password) > LONGEST_PASSWORD or not password.isprintable():
        raise RuleViolation(f"A password is up to {LONGEST_PASSWORD} letters, digits and signs.", field="password")
    reason = _weakness(password, own_words)
    if reason:
        raise RuleViolation(f"{reason} {_ADVICE}", field="password")


def _weakness(password: str, own_words: Collection[str]) -> str | None:
    """Return why a password is easily guessed; None where it is not."""
    rest = _without(password, own_words)
    return _reason(password) or (_OWN if rest != password and _reason(rest) else None)


def _without(password: str, own_words: Collection[str]) -> str:
    longest_first = sorted(own_words, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first))
    return re.sub(pattern, "", password, flags=re.IGNORECASE) if pattern else password


def _reason(password: str) -> str | None:
    # Its lists of words are large; only who sets a password pays for them in memory.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    if not password:
        return _OWN
    guessed = zxcvbn(password[:_LOOKED_AT])
    if guessed["score"] >= _STRONG:
        return None
    longest = max(guessed["sequence"], key=lambda part: len(part["token"]))
    return _REASONS.get(longest["pattern"], _COMMON)
