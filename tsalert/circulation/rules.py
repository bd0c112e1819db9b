"""When a partner is to be asked again, and what counts as a believable number of readers. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import RuleViolation

STALE_AFTER = timedelta(days=457)  # fifteen months
ASK_AFTER = timedelta(days=365)
# How long after the first reminder the others follow.
REPEATED_AFTER = (timedelta(0), timedelta(days=14), timedelta(days=28))
OVERDUE_AFTER = ASK_AFTER + timedelta(days=28)
LINK_LIFE = timedelta(days=60)
CHANGEABLE_FOR = timedelta(days=30)
ABSURD_TIMES = 10
LARGEST_REACH = 10_000_000  # more than read any one newsletter in the country


class NewPartner(Struct, frozen=True):
    """An organisation as an officer describes it."""

    name: str
    kind_id: int | None = None
    ward: str | None = None
    note: str | None = None


class NewContact(Struct, frozen=True):
    """Somebody of a partner's, at one address."""

    address: str
    name: str | None = None
    role: str | None = None
    gets_alerts: bool = True
    is_asked: bool = True


class Told(Struct, frozen=True):
    """How many readers somebody told us of.

    :param again: the number typed once more, which a much larger one than the last needs.
    """

    reach: int
    basis: str | None = None
    again: int | None = None


def check_reach(told: Told, last: int | None) -> None:
    """Refuse a number of readers that nobody can have, or that is ten times the last and was typed once.

    :raises RuleViolation: it is one of these.
    """
    if not 0 <= told.reach <= LARGEST_REACH:
        raise RuleViolation(f"Enter a number from 0 to {LARGEST_REACH:,}.", field="reach")
    if last and told.reach > ABSURD_TIMES * last and told.again != told.reach:
        raise RuleViolation(
            f"That is more than ten times the last number, {last:,}. If it is right, type it again.", field="again"
        )


def declared_at(on: datetime, last: datetime | None, now: datetime) -> datetime:
    """Return the instant that a declaration of some day counts from, behind whatever was told earlier on that day.

    :raises RuleViolation: there is one of a later day; the field is ``declared_on``.
    """
    if london_date(on) == london_date(now):
        return now
    if last is None or as_utc(on) >= as_utc(last):
        return on
    if london_date(on) == london_date(last):
        return last
    raise RuleViolation("They told us a number later than that day.", field="declared_on")


def is_stale(declared_at: datetime | None, now: datetime) -> bool:
    """Tell whether a number of readers was not confirmed for fifteen months."""
    return declared_at is not None and as_utc(now) - as_utc(declared_at) > STALE_AFTER


def is_due(since: datetime, now: datetime) -> bool:
    """Tell whether a partner is to declare again, counted from when it last did or joined."""
    return as_utc(now) - as_utc(since) >= ASK_AFTER


def is_overdue(since: datetime, now: datetime) -> bool:
    """Tell whether a partner should have declared again by now, counted from when it last did or joined."""
    return as_utc(now) - as_utc(since) > OVERDUE_AFTER


def reminder_due(since: datetime, first_sent_at: datetime | None, sent: int, now: datetime) -> int | None:
    """Return the number of the reminder that is due, from 1, or None.

    :param since: when the partner last declared, or joined.
    :param sent: how many reminders there were since then, the first of them at ``first_sent_at``.
    """
    if sent >= len(REPEATED_AFTER):
        return None
    if first_sent_at is None:
        return 1 if as_utc(now) - as_utc(since) >= ASK_AFTER else None
    return sent + 1 if as_utc(now) - as_utc(first_sent_at) >= REPEATED_AFTER[sent] else None


def require_changeable(first_at: datetime | None, now: datetime) -> None:
    """Refuse to change what was said of passing on an alert, once 30 days have gone by.

    :raises RuleViolation: they have.
    """
    if first_at is not None and as_utc(now) - as_utc(first_at) > CHANGEABLE_FOR:
        raise RuleViolation("You told us more than 30 days ago, so this number stays as it is.")
