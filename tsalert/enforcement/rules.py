"""What may be recorded of offences, actions, cancellations and courts. Pure."""

from datetime import date, datetime

from msgspec import Struct

from tsalert.cases.rules import require_possible_day
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.enforcement.vocabulary import (
    BINDING,
    ActionKind,
    ContractKind,
    Exclusion,
    Place,
    Record,
)

REMINDED_DAYS_AHEAD = (60, 30, 7)


class NewOffence(Struct, frozen=True):
    """An offence that may have been committed; ``discovered_on`` is when we learnt of it."""

    offence: str
    conduct_from: date
    conduct_to: date
    discovered_on: date | None = None
    note: str | None = None


class NewAction(Struct, frozen=True):
    """A step against a trader; ``binds_until`` is for what binds them only for a time."""

    kind: ActionKind
    on_date: date
    what: str
    trader: str | None = None
    binds_until: date | None = None


class NewCancellation(Struct, frozen=True):
    """A contract and what became of the right to cancel it; ``cancelled_on`` is when the consumer said so.

    What is learnt later, such as the delivery or the cancellation, is a record that ``supersedes`` the earlier one.
    """

    what: str
    kind: ContractKind
    place: Place
    made_on: date
    delivered_on: date | None = None
    notice_on: date | None = None
    exclusion: Exclusion | None = None
    cancelled_on: date | None = None
    supersedes: int | None = None


class TakingBack(Struct, frozen=True):
    """Which record was wrong, and why."""

    record: Record
    record_id: int
    reason: str


def require_conduct(new: NewOffence, now: datetime) -> None:
    """Refuse conduct that ends before it begins, lies ahead, or was discovered before it began.

    :raises RuleViolation: naming the field at fault.
    """
    require_possible_day(new.conduct_from, now, field="conduct_from")
    require_possible_day(new.conduct_to, now, field="conduct_to")
    require_possible_day(new.discovered_on, now, field="discovered_on")
    if new.conduct_to < new.conduct_from:
        raise RuleViolation("The conduct cannot end before it begins.", field="conduct_to")
    if new.discovered_on is not None and new.discovered_on < new.conduct_from:
        raise RuleViolation("Nobody can learn of an offence before it begins.", field="discovered_on")


def require_action(new: NewAction, now: datetime) -> None:
    """Refuse an action that lies ahead, or an end of one that does not bind or ends before it began.

    :raises RuleViolation: naming the field at fault.
    """
    require_possible_day(new.on_date, now, field="on_date")
    if new.binds_until is None:
        return
    if new.kind not in BINDING:
        raise RuleViolation("Only undertakings and injunctions bind for a time. Leave this empty.", field="binds_until")
    if new.binds_until < new.on_date:
        raise RuleViolation("It cannot end before it began.", field="binds_until")


def require_cancellation(new: NewCancellation, now: datetime) -> None:
    """Refuse days of a contract that lie ahead, or a cancellation of what was not made yet.

    :raises RuleViolation: naming the field at fault.
    """
    for field in ("made_on", "delivered_on", "notice_on", "cancelled_on"):
        require_possible_day(getattr(new, field), now, field=field)
    if new.cancelled_on is not None and new.cancelled_on < new.made_on:
        raise RuleViolation("A contract cannot be cancelled before it was made.", field="cancelled_on")


def require_still_standing(taken_back: bool, record: Record) -> None:  # noqa: FBT001 - read once, where it is asked
    """Refuse to work on a record that was taken back.

    :raises Conflict: it was.
    """
    if taken_back:
        raise Conflict(f"This {record.label.lower()} was taken back already.")


def reminder_due(last_day: date, today: date) -> int | None:
    """Return which reminder is due, as its days ahead: the nearest that has been reached, None before and after.

    A deadline that is recorded late is told once, by the nearest, and not three times.
    """
    left = (last_day - today).days
    if left < 0:
        return None
    reached = [days for days in REMINDED_DAYS_AHEAD if left <= days]
    return min(reached) if reached else None
