"""When a daily or weekly mail is due, and who is told of what in it. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from tsalert.core.clock import as_utc, from_london_wall, in_london
from tsalert.subscribers.rules import EVERY_TOPIC, Frequency, topics_reached

LEAVES_AT = time(8)
# Whoever changes from weekly to daily must miss nothing in between, and nobody anything of a Monday on which no worker
# ran. Both look back two weeks; what somebody has had is not told again.
LOOKS_BACK = timedelta(days=14)
# One bit for each item in a whole number of 64 bits that has a sign.
MOST_ITEMS = 60
DIGESTS = (Frequency.DAILY, Frequency.WEEKLY)
_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}


class Tells(StrEnum):
    """What a digest says of an alert."""

    NEW = "new"
    WITHDRAWN = "withdrawn"


class Period(Struct, frozen=True):
    """One morning's digest: what was published before ``ends_at`` may be in it."""

    frequency: Frequency
    day: date
    ends_at: datetime
    next_at: datetime

    @property
    def starts_at(self) -> datetime:
        """Return since when an alert must have been let out to be new to somebody, or been withdrawn to be told of."""
        return self.ends_at - LOOKS_BACK


class Told(Struct, frozen=True):
    """An alert as the rule sees it; no wards means everywhere.

    :param went_on_at: when it was last let out: when it was published, or went on after it had been held.
    """

    topic: str
    wards: Collection[str]
    published_at: datetime
    went_on_at: datetime
    expires_at: datetime


class Before(Struct, frozen=True):
    """What somebody asked for until they asked for something else, there or at an address that they have left."""

    topic: str
    frequency: Frequency
    started_at: datetime


class Wish(Struct, frozen=True):
    """What somebody asked for at one address, and what stood until then."""

    topic: str
    ward: str | None
    frequency: Frequency
    started_at: datetime
    before: Before | None = None


def due_period(frequency: Frequency, now: datetime) -> Period | None:
    """Return the latest morning of a digest, or None before eight on the day itself.

    A missed daily morning is caught up the same day, a missed Monday in the same week.
    """
    here = in_london(now).date()
    day = here - timedelta(days=here.weekday()) if frequency is Frequency.WEEKLY else here
    period = _period(frequency, day)
    return period if period.ends_at <= as_utc(now) else None


def next_period(frequency: Frequency, now: datetime) -> Period:
    """Return the morning of the digest that is still to come."""
    here = in_london(now).date()
    day = here - timedelta(days=here.weekday()) if frequency is Frequency.WEEKLY else here
    period = _period(frequency, day)
    return period if period.ends_at > as_utc(now) else _period(frequency, day + timedelta(days=_DAYS[frequency]))


def is_told(alert: Told, wish: Wish, period: Period, *, had: bool, now: datetime) -> bool:
    """Tell whether a digest tells somebody of an alert, as ``readers`` asks it of the database for everybody at once.

    Who changes something while they wait for a mail misses nothing that they still want. Who hears at once by now is
    told with the next daily mail.

    :param had: it reached the same address before, at once or in another digest.
    """
    is_out = alert.published_at < period.ends_at and alert.expires_at > as_utc(now)
    is_fresh = is_out and alert.went_on_at >= period.starts_at
    is_asked = wish.frequency is period.frequency and wish.started_at <= alert.published_at
    return is_fresh and (is_asked or _waited(alert, wish, period)) and _concerns(alert, wish) and not had


def _waited(alert: Told, wish: Wish, period: Period) -> bool:
    """Tell whether somebody waited for a mail with an alert when they changed what they asked for."""
    was = wish.before
    if was is None or was.frequency is Frequency.IMMEDIATE:
        return False
    mail = Frequency.DAILY if wish.frequency is Frequency.IMMEDIATE else wish.frequency
    is_between = was.started_at <= alert.published_at < wish.started_at
    return mail is period.frequency and is_between and _is_about(alert, was.topic)


def _concerns(alert: Told, wish: Wish) -> bool:
    wards = {ward.casefold() for ward in alert.wards}
    return _is_about(alert, wish.topic) and (not wards or wish.ward is None or wish.ward.casefold() in wards)


def _is_about(alert: Told, topic: str) -> bool:
    slugs = topics_reached(alert.topic)
    return slugs is None or topic in {*slugs, EVERY_TOPIC}


def _period(frequency: Frequency, day: date) -> Period:
    morning, following = (
        from_london_wall(datetime.combine(each, LEAVES_AT)) for each in (day, day + timedelta(days=_DAYS[frequency]))
    )
    return Period(frequency, day, morning, following)
