"""When a record's time is over, who may approve that, and what a list and a certificate are sealed by. Pure."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from msgspec import Struct

from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.months import months_after
from tsalert.response.vocabulary import Disposition
from tsalert.retention.vocabulary import Root, RuleKind

UNREAL = frozenset({Disposition.MISDIAL, Disposition.SPAM, Disposition.TEST})
LONGEST_MONTHS = 1200
APPROVALS = 2


class CallFacts(Struct, frozen=True):
    """What of a call that led to no incident decides how long it is kept."""

    disposition: Disposition
    received_on: date


class IncidentFacts(Struct, frozen=True):
    """What of an incident that belongs to no case decides it."""

    closed_on: date | None


class CaseFacts(Struct, frozen=True):
    """What of a case decides it.

    :param binds_until: the last day on which an action of the service binds the trader, or was taken.
    :param last_court_day: the last day of a prosecution, hearing, decision or payment of compensation.
    """

    closed_on: date | None
    binds_until: date | None = None
    last_court_day: date | None = None


class WorkFacts(Struct, frozen=True):
    """What of work that was recorded without a case or incident decides it; ``is_in_place`` while a unit still is."""

    last_day: date
    is_in_place: bool = False


class AccessFacts(Struct, frozen=True):
    """What of a request for what is held decides it."""

    answered_on: date | None


class NoteFacts(Struct, frozen=True):
    """What of an intelligence note decides it: the last day on which it stood, or that was set for its review."""

    last_day: date


class PersonFacts(Struct, frozen=True):
    """What of a person decides it whom no record names any more: the day on which the last warning about them ended."""

    warned_until: date


Facts = CallFacts | IncidentFacts | CaseFacts | WorkFacts | AccessFacts | NoteFacts | PersonFacts


class Due(Struct, frozen=True):
    """The rule that a record falls under, and the first day on which it may name nobody any more."""

    kind: RuleKind
    on: date


class Listed(Struct, frozen=True):
    """One line of the list that is approved."""

    root: Root
    id: int
    kind: RuleKind
    due_on: date

    @classmethod
    def of(cls, root: str, key: int, kind: str, due_on: date) -> "Listed":
        """Return a line as it was kept."""
        return cls(Root.of(root), key, RuleKind.of(kind), due_on)


def due(facts: Facts, months: Mapping[RuleKind, int]) -> Due | None:
    """Say when a record's time is over; None while something keeps it open, or no approved rule speaks of it."""
    if isinstance(facts, PersonFacts):  # the time of all that named them is over: only the warning kept their name
        return Due(RuleKind.CASE, facts.warned_until) if RuleKind.CASE in months else None
    kind, since = _counted(facts)
    if since is None or kind not in months:
        return None
    return Due(kind, months_after(since, months[kind]))


def _counted(
    facts: CallFacts | IncidentFacts | CaseFacts | WorkFacts | AccessFacts | NoteFacts,
) -> tuple[RuleKind, date | None]:
    """Return the rule of a record, and the day that it counts from; None while something keeps it open."""
    match facts:
        case CallFacts():
            return _counted_call(facts)
        case NoteFacts(last_day):
            return RuleKind.INTELLIGENCE, last_day
        case _:
            return _counted_closing(facts)


def _counted_closing(facts: IncidentFacts | CaseFacts | WorkFacts | AccessFacts) -> tuple[RuleKind, date | None]:
    """Count a record from the day on which it was done with."""
    match facts:
        case IncidentFacts(closed_on):
            return RuleKind.INCIDENT, closed_on
        case CaseFacts():
            return _counted_case(facts)
        case WorkFacts(last_day, is_in_place):
            return RuleKind.CASE, None if is_in_place else last_day
        case AccessFacts(answered_on):
            return RuleKind.ACCESS_REQUEST, answered_on
        case NoteFacts(last_day):
            return RuleKind.INTELLIGENCE, last_day


def _counted_call(facts: CallFacts) -> tuple[RuleKind, date | None]:
    kind = RuleKind.UNREAL_CALL if facts.disposition in UNREAL else RuleKind.ADVICE_CALL
    return kind, None if facts.disposition is Disposition.WAITING else facts.received_on


def _counted_case(facts: CaseFacts) -> tuple[RuleKind, date | None]:
    """Count a case from its last day of any weight; an open one is never due, however long ago its court sat.

    What binds a trader for good is written down as 31 December 9999.
    """
    kind = RuleKind.CASE if facts.last_court_day is None else RuleKind.PROSECUTION
    if facts.closed_on is None:
        return kind, None
    last = facts.last_court_day or facts.closed_on
    return kind, max(last, facts.binds_until or last)


def months_before(day: date, months: int) -> date:
    """Return the last day of which ``months_after`` is not later than a day, give or take the ends of months."""
    return months_after(day, -months)


def require_reason(reason: str) -> None:
    """Refuse an act of weight without a reason.

    :raises RuleViolation: there is none.
    """
    if not reason.strip():
        raise RuleViolation("Say why.", field="reason")


def require_review(review_on: date, today: date) -> None:
    """Refuse a hold that nobody would look at again.

    :raises RuleViolation: the day of review has passed, or lies more than two years ahead.
    """
    if not today < review_on <= months_after(today, 24):
        raise RuleViolation("Choose a day of review after today and within two years.", field="review_on")


def require_months(months: int) -> None:
    """Refuse a time of keeping that is none.

    :raises RuleViolation: it is not from 1 month to 100 years.
    """
    if not 0 < months <= LONGEST_MONTHS:
        raise RuleViolation("Give a number of months from 1 to 1,200.", field="months")


def require_approver(approved_by: Mapping[int, bool], officer: int | None, *, is_protection_officer: bool) -> None:
    """Refuse an approval that adds nothing: by nobody, twice by one person, or a second without the right office.

    :param approved_by: who approved so far, and whether as the data protection officer.
    :raises NotAllowed: no officer approves.
    :raises Conflict: they approved already, or two did.
    :raises RuleViolation: two people would have approved, and neither is the data protection officer.
    """
    if officer is None:
        raise NotAllowed("Only an officer can approve a list.")
    if officer in approved_by:
        raise Conflict("You approved this list already. Another person approves it too.")
    if len(approved_by) >= APPROVALS:
        raise Conflict("Two people approved this list already.")
    if approved_by and not is_protection_officer and not any(approved_by.values()):
        raise RuleViolation("The second approval must be the data protection officer's.")


def require_approved(approvals: Sequence[tuple[str, bool]], digest: str) -> None:
    """Refuse to erase what two people, one of them the data protection officer, did not approve.

    :param approvals: the digest that each approved, and whether as the data protection officer.
    :raises Conflict: they did not.
    """
    fitting = [is_protection_officer for approved, is_protection_officer in approvals if approved == digest]
    if len(fitting) < APPROVALS or not any(fitting):
        raise Conflict("Two people must approve this list first, one of them the data protection officer.")


def digest_of_list(lines: Iterable[Listed]) -> str:
    """Return the seal of a list, in whatever order its lines come."""
    told = sorted((line.root.value, line.id, line.kind.value, line.due_on.isoformat()) for line in lines)
    return digest_of(told)


def digest_of(told: Any) -> str:
    """Return SHA-256 of something as canonical JSON."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def add_up(tally: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Return both tallies in one."""
    return {name: tally.get(name, 0) + more.get(name, 0) for name in sorted({*tally, *more})}


def certificate(
    run: Mapping[str, Any], items: Collection[tuple[str, str, int]], tally: Mapping[str, int]
) -> dict[str, Any]:
    """Say what a run did, in counts and digests, naming nobody whose record it was.

    :param items: (rule, what became of it, how many).
    """
    counted: dict[str, dict[str, int]] = {}
    for rule, state, count in items:
        counted.setdefault(rule, {})[state] = count
    return {**run, "records": counted, "removed": dict(tally)}
