"""What may stand in the rota, how codes prove a mobile, and when a gap is told. Pure."""

import hmac
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.rota.coverage import Gap, Span
from tsalert.rota.occurrences import DAY, Occurrence, WeeklyPattern, occurrences
from tsalert.rota.vocabulary import NEEDED, Duty

# What any duty asks for; the manager's asks for more.
STANDING = NEEDED[Duty.PRIMARY]
PLANNED_AHEAD = timedelta(weeks=8)
WATCHED_AHEAD = timedelta(days=7)
LONGEST_SHIFT = timedelta(days=7)
MOST_WEEKS = 8
FARTHEST = timedelta(days=2 * 366)
LONGEST_LEAVE = timedelta(days=366)
# A manager who is still moving shifts about is not written to; a gap that is about to begin cannot wait.
_SETTLES = timedelta(minutes=10)
_PRESSING = timedelta(hours=1)

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
WATCHED_HOUR = timedelta(hours=1)
CODES_PER_OFFICER = 5
CODES_PER_BLOCK = 20
# Networks hold British mobiles in blocks of 100,000, which share their first five digits: +44 77009.
_BLOCK_LENGTH = len("+4477009")


class Part(Struct, frozen=True):
    """A shift cut in three: what stays before, what is given away, and what stays after."""

    before: Span | None
    given: Span
    after: Span | None


def check_shift(span: Span, *, now: datetime) -> None:
    """Refuse times that no shift can have.

    :raises RuleViolation: the end is not after the start, lies more than a week from it, or the start is past.
    """
    if span.ends_at <= span.starts_at:
        raise RuleViolation("A shift must end after it starts.", field="ends_at")
    if span.ends_at - span.starts_at > LONGEST_SHIFT:
        raise RuleViolation("A shift lasts a week at most.", field="ends_at")
    if span.starts_at - as_utc(now) > FARTHEST:
        raise RuleViolation("Plan two years ahead at most.", field="starts_at")
    if span.starts_at < as_utc(now):
        raise RuleViolation("What was cannot be changed. Leave the start empty to begin now.", field="starts_at")


def check_pattern(pattern: WeeklyPattern, *, today: date) -> None:
    """Refuse a pattern that can never come about, or that would change the past.

    :raises RuleViolation: naming the field at fault.
    """
    if not pattern.weekdays or not set(pattern.weekdays) <= set(range(7)):
        raise RuleViolation("Choose at least one day.", field="weekdays")
    if not 1 <= pattern.every_weeks <= MOST_WEEKS:
        raise RuleViolation(f"Choose every 1 to {MOST_WEEKS} weeks.", field="every_weeks")
    if pattern.effective_from < today:
        raise RuleViolation("What was cannot be changed: begin today or later.", field="effective_from")
    if pattern.effective_from - today > FARTHEST:
        raise RuleViolation("Plan two years ahead at most.", field="effective_from")
    if pattern.effective_until is not None and pattern.effective_until < pattern.effective_from:
        raise RuleViolation("The last day must not lie before the first.", field="effective_until")


def find_clash(new: WeeklyPattern, other: WeeklyPattern, *, today: date) -> Occurrence | None:
    """Return the first shift of a pattern that another one stands in the way of."""
    if not exclude(new.duty, new.officer_id, other.duty, other.officer_id):
        return None
    first = max(new.effective_from, other.effective_from, today) - DAY
    # The longest cycle of two patterns is the product of their weeks.
    last = first + timedelta(weeks=new.every_weeks * other.every_weeks + 1)
    others = [Span(each.starts_at, each.ends_at) for each in occurrences(other, first, last)]
    for each in occurrences(new, first, last):
        if any(Span(each.starts_at, each.ends_at).meets(there) for there in others):
            return each
    return None


def cut(shift: Span, starts_at: datetime | None, ends_at: datetime | None, *, now: datetime) -> Part:
    """Cut the part that is given away out of a shift; all that is left of it where nothing else is said.

    :raises RuleViolation: the part lies in the past, or not within the shift.
    """
    moment = as_utc(now)
    given = Span(starts_at or max(shift.starts_at, moment), ends_at or shift.ends_at)
    if given.starts_at < moment:
        raise RuleViolation("What was cannot be changed. Leave the start empty to give it from now.", field="starts_at")
    if given.starts_at < shift.starts_at or given.starts_at >= shift.ends_at:
        raise RuleViolation("Choose a start within the shift.", field="starts_at")
    if given.ends_at > shift.ends_at or given.ends_at <= given.starts_at:
        raise RuleViolation("Choose an end within the shift, after the start.", field="ends_at")
    before = Span(shift.starts_at, given.starts_at) if shift.starts_at < given.starts_at else None
    after = Span(given.ends_at, shift.ends_at) if given.ends_at < shift.ends_at else None
    return Part(before, given, after)


def check_leave(first_day: date, last_day: date, *, today: date) -> None:
    """Refuse leave that lies in the past or has no end.

    :raises RuleViolation: naming the field at fault.
    """
    if first_day < today:
        raise RuleViolation("Leave begins today or later: what was cannot be changed.", field="first_day")
    if first_day - today > FARTHEST:
        raise RuleViolation("Plan two years ahead at most.", field="first_day")
    if last_day < first_day:
        raise RuleViolation("The last day must not lie before the first.", field="last_day")
    if last_day - first_day > LONGEST_LEAVE:
        raise RuleViolation("Enter a year of leave at most.", field="last_day")


def stand_together(one: Duty, other: Duty) -> bool:
    """Tell whether one officer may stand two duties at once: a backup of oneself is none."""
    return {one, other} != {Duty.PRIMARY, Duty.BACKUP}


def exclude(duty: Duty, officer_id: int, other: Duty, other_officer_id: int) -> bool:
    """Tell whether two shifts cannot be at one time: they are of one duty, or one officer may not stand both."""
    return duty is other or (officer_id == other_officer_id and not stand_together(duty, other))


def match_gap(gap: Gap, known: Iterable[tuple[int, Gap]]) -> int | None:
    """Return the id of the known gap that this one is, though it has shrunk, grown or begun since; None for a new one.

    A gap is known by where it begins: one that begins within a known one was told with it.
    """
    for known_id, each in known:
        if each.duty is gap.duty and each.span.starts_at <= gap.span.starts_at <= each.span.ends_at:
            return known_id
    return None


def is_time_to_tell(*, found_at: datetime, starts_at: datetime, now: datetime) -> bool:
    """Tell whether managers are to hear of a gap now."""
    return now - found_at >= _SETTLES or starts_at - now <= _PRESSING


def block_of(e164: str) -> str:
    """Return the block of numbers that a mobile belongs to."""
    return e164[:_BLOCK_LENGTH]


def code_digest(code: str, *, officer_id: int, e164: str, secret: str) -> str:
    """Return what is kept of a code: six digits alone would be guessed from a plain digest."""
    return hmac.new(secret.encode(), f"mobile code {officer_id} {e164} {code}".encode(), "sha256").hexdigest()
