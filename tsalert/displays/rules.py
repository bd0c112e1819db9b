"""When a screen's link is good, and for how long a browser keeps it."""

from datetime import datetime, timedelta

from tsalert.core.clock import as_utc
from tsalert.core.errors import NotAllowed
from tsalert.core.words import Word

SEEN_EVERY = timedelta(minutes=1)
# Browsers keep no cookie longer; it is given anew each time a screen is noted as seen.
LONGEST_KEPT = timedelta(days=400)


class Standing(Word):
    """What a link is worth."""

    GOOD = "good", "In use"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"


_REFUSALS = {
    Standing.EXPIRED: "The time of this screen's link is over. A manager can make a new link.",
    Standing.REVOKED: "The link of this screen was revoked. A manager can make a new link.",
}


def standing(*, expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> Standing:
    """Return what a link is worth now; at the very instant of its expiry it is over."""
    if revoked_at is not None:
        return Standing.REVOKED
    return Standing.EXPIRED if expires_at is not None and as_utc(now) >= expires_at else Standing.GOOD


def require_good(found: Standing) -> None:
    """Refuse a link that is no longer good.

    :raises NotAllowed: saying plainly what became of it.
    """
    if found in _REFUSALS:
        raise NotAllowed(_REFUSALS[found])


def is_news(last_seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is time to note again that a screen was seen."""
    return last_seen_at is None or as_utc(now) - last_seen_at >= SEEN_EVERY
