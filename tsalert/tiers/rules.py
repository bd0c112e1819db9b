"""The tiers of sight, whom they limit, and what a grant needs."""

from datetime import datetime, timedelta
from enum import IntEnum

from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation

OPENING_LASTS = timedelta(minutes=60)
BREAK_GLASS_LASTS = timedelta(hours=4)
LONGEST_GRANT = timedelta(days=90)

# A text or a keypress says what an officer did and is told nothing in return; commands and the timetable act for all.
_SHOWN_SOMETHING = frozenset({Via.PAGE, Via.API, Via.SCREEN})


class Tier(IntEnum):
    """How closely something is kept; T0, what is published, needs no leave of anybody.

    T1 is what all of the staff may see of every record: reference, category, grade, ward, clock, officer. T2 is the
    ordinary content of a record. T3 is what makes a victim vulnerable: health, bank, safeguarding, wishes. T4 is a
    restricted record, whatever stands in it.
    """

    T1 = 1
    T2 = 2
    T3 = 3
    T4 = 4


def is_limited(actor: Actor) -> bool:
    """Tell whether tiers limit what is shown: to officers on pages and the API, and to screens on walls."""
    return actor.via in _SHOWN_SOMETHING and (actor.is_officer or actor.via is Via.SCREEN)


def sees_all_that_is_sensitive(actor: Actor) -> bool:
    """Tell whether somebody may see T3 of every record that they may see at all, without a grant."""
    return not is_limited(actor) or actor.may(Permission.READ_SENSITIVE)


def require_expiry(expires_at: datetime, now: datetime) -> None:
    """Refuse a grant that ends before it begins, or that nobody would look at again for too long.

    :raises RuleViolation: the end is past, or more than 90 days ahead.
    """
    if as_utc(expires_at) <= as_utc(now):
        raise RuleViolation("Access must end later than now.", field="expires_at")
    if as_utc(expires_at) - as_utc(now) > LONGEST_GRANT:
        raise RuleViolation(f"Access ends after at most {LONGEST_GRANT.days} days.", field="expires_at")


def require_another(actor: Actor, officer_id: int) -> None:
    """Refuse a grant to oneself; whoever cannot wait for another breaks the glass.

    :raises RuleViolation: the officer is the one who gives it.
    """
    if actor.officer_id == officer_id:
        raise RuleViolation("Nobody can give access to themselves. Ask another manager.", field="officer_id")
