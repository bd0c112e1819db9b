"""Which days' figures the trail's entries may have moved. Whatever is not known to move only some moves them all."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.audit.queries import changes_between
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.core.clock import london_date
from tsalert.response.models import Call
from tsalert.response.steps import Step
from tsalert.savings.models import Intervention
from tsalert.subscribers.models import SubscriberEndpoint
from tsalert.subscribers.observing import came_by_code
from tsalert.telephone.rules import EventKind

# To look so many up costs more than to read a few figures anew.
_MOST_AT_ONCE = 2000
# No figure of a period that is over reads anything of these.
_NEVER = frozenset({
    "board action", "board action status", "board report", "board timetable", "case study", "exhibit", "evidence file",
    "inbound mail", "inbound message", "leave", "letter", "officer", "party", "recording", "rota gap", "rota pattern",
    "search", "shift", "sign-up",
})  # fmt: skip
# The everyday acts after which a record counts on the days on which it counted before; a correction may move it.
_STAYING: Mapping[str, frozenset[str]] = {
    "call": frozenset({
        "logged", "received", "linked", "text added", "ended as a message", "message left", "told officers", *EventKind,
    }),
    "incident": frozenset({"opened", "breached", "paged", "passed on", "said to be safe", *Step}),
    "case": frozenset({
        "opened", "status changed", "note added", "money recorded", "incident linked", "role given", "put on the case",
    }),
    "intervention": frozenset({"recorded", "verified", "corrected", "withdrawn", "counted anew"}),
    "alert": frozenset({
        "began to write", "drafted", "edited", "sent a test", "submitted", "answered for", "reviewed", "approved",
        "scheduled", "started", "linked", "unlinked",
    }),
    "endpoint": frozenset({"left", "lost", "asked for preferences", "opened preferences"}),
    "subscriber": frozenset({"joined", "paused", "resumed", "stopped", "chose"}),
}  # fmt: skip


class Moved(Struct, frozen=True):
    """What changes may have moved: figures of some days, and of every day from ``since`` on; None where of no such."""

    days: frozenset[date] = frozenset()
    since: date | None = None

    def __or__(self, other: "Moved") -> "Moved":
        begins = [each.since for each in (self, other) if each.since]
        return Moved(self.days | other.days, min(begins, default=None))

    def reaches_back_to(self, day: date) -> bool:
        """Tell whether a figure of that day, or of one before it, may have moved."""
        return any(each <= day for each in (*self.days, self.since) if each)


NOTHING, EVERYTHING = Moved(), Moved(since=date.min)


def moved_by(session: Session, first: int, last: int) -> Moved:
    """Return what the entries with these places in the trail may have moved."""
    changes = [each for each in changes_between(session, first, last) if each.subject not in _NEVER]
    if len(changes) > _MOST_AT_ONCE or not all(_is_staying(*each) for each in changes):
        return EVERYTHING
    moved = NOTHING
    for subject, numbers in _by_subject(changes).items():
        moved |= _MOVES[subject](session, numbers)
    return moved


def _is_staying(action: str, subject: str, subject_id: int | None) -> bool:
    return subject_id is not None and action in _STAYING.get(subject, ())


def _by_subject(changes: Iterable[Row[str, str, int | None]]) -> Mapping[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for _, subject, subject_id in changes:
        if subject_id is not None:
            found[subject].add(subject_id)
    return found


def _of_calls(session: Session, numbers: Collection[int]) -> Moved:
    """Return the days of calls, and of all calls of their incidents: an incident counts on that of its first.

    By two statements, since for both at once PostgreSQL would look through every call there is.
    """
    own = _days(session, select(Call.received_at).where(Call.id.in_(numbers)))
    incidents = session.scalars(select(Call.incident_id).where(Call.id.in_(numbers)).distinct())
    return own | _of_incidents(session, [each for each in incidents if each is not None])


def _of_incidents(session: Session, numbers: Collection[int]) -> Moved:
    return _days(session, select(Call.received_at).where(Call.incident_id.in_(numbers)))


def _of_cases(session: Session, numbers: Collection[int]) -> Moved:
    """Return the days of cases, of those in which they continue and in which their money counts, and of that money.

    The later cases are looked up first, for the reason that calls of an incident are.
    """
    later = select(CaseFile.continued_in_id).where(CaseFile.id.in_(numbers), CaseFile.continued_in_id.is_not(None))
    opened = select(CaseFile.opened_at).where(CaseFile.id.in_({*numbers, *session.scalars(later)}))
    paid = select(MoneyLine.on_date).where(MoneyLine.case_id.in_(numbers), MoneyLine.on_date.is_not(None))
    return _days(session, opened) | Moved(frozenset(session.scalars(paid)))


def _of_interventions(session: Session, numbers: Collection[int]) -> Moved:
    """Return every day since the first of any version, since what lasts is worth something in later years too.

    An incident counts by its interventions on its own day.
    """
    references = select(Intervention.reference).where(Intervention.id.in_(numbers))
    of_these = Intervention.reference.in_(references)
    incidents = select(Intervention.incident_id).where(of_these, Intervention.incident_id.is_not(None))
    called = _days(session, select(Call.received_at).where(Call.incident_id.in_(incidents)))
    return called | Moved(since=session.scalar(select(func.min(Intervention.on_date)).where(of_these)))


def _of_alerts(session: Session, numbers: Collection[int]) -> Moved:
    return _days(session, select(Alert.published_at).where(Alert.id.in_(numbers), Alert.published_at.is_not(None)))


def _of_endpoints(session: Session, numbers: Collection[int]) -> Moved:
    """Return all days where an address came by a partner's code: it is counted, or no longer, in every period since."""
    return EVERYTHING if came_by_code(session, (), numbers) else NOTHING


def _of_subscribers(session: Session, numbers: Collection[int]) -> Moved:
    addresses = select(SubscriberEndpoint.endpoint_id).where(SubscriberEndpoint.subscriber_id.in_(numbers))
    return EVERYTHING if came_by_code(session, numbers, session.scalars(addresses).all()) else NOTHING


def _days(session: Session, instants: Select[datetime] | Select[datetime | None]) -> Moved:
    return Moved(frozenset(london_date(each) for each in session.scalars(instants.distinct()) if each is not None))


_MOVES: Mapping[str, Callable[[Session, Collection[int]], Moved]] = {
    "call": _of_calls,
    "incident": _of_incidents,
    "case": _of_cases,
    "intervention": _of_interventions,
    "alert": _of_alerts,
    "endpoint": _of_endpoints,
    "subscriber": _of_subscribers,
}
