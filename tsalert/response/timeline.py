"""Everything that happened in one incident, in the order in which it happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.paging import queries as paging
from tsalert.places import queries as places
from tsalert.response import corrections, rows
from tsalert.response.clock import BREACHED, ClockState, read_clock
from tsalert.response.correction_models import FactChange
from tsalert.response.facts import Fact, in_words
from tsalert.response.models import Attendance, Breach, Call, Grade, Grading, IncidentClock, Milestone
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, GradeName, StartBasis
from tsalert.staff import queries as staff
from tsalert.web.filters import moment

BACKFILLED_AFTER = timedelta(minutes=15)
_DONE = {
    Step.ACKNOWLEDGED: "Taken",
    Step.EN_ROUTE: "On the way",
    Step.ON_SCENE: "On scene",
    Step.CLEARED: "Left",
    Step.RESOLVED_REMOTELY: "Resolved without a visit",
    Step.STOOD_DOWN: "Stood down",
    Step.HANDOVER_OFFERED: "Offered to another body",
    Step.HANDED_OVER: "Handed over",
    Step.HANDOVER_REFUSED: "Not taken over",
    Step.OUTCOME_RECORDED: "Outcome recorded",
    Step.CLOSED: "Closed",
    Step.REOPENED: "Reopened",
}


class Event(Struct, frozen=True):
    """One thing that happened, when it is said to have, and when we were told.

    ``told_by`` is who recorded it where that was somebody else. ``version`` is the one that it gave
    the incident: 0 for what no person did, and for what was recorded before versions were kept.
    ``milestone_id`` is the milestone that it tells, 0 where it tells none.
    """

    occurred_at: datetime
    recorded_at: datetime
    what: str
    who: str = ""
    note: str = ""
    version: int = 0
    told_by: str = ""
    milestone_id: int = 0

    @property
    def is_backfilled(self) -> bool:
        """True where we were told more than 15 minutes afterwards."""
        return self.recorded_at - self.occurred_at > BACKFILLED_AFTER


def timeline(session: Session, incident_id: int, *, now: datetime) -> list[Event]:
    """Return an incident's calls, grades, milestones, corrections, breaches and pages, as they are known now."""
    names = staff.officer_names(session)
    events = [
        *(_call(call, names) for call in rows.calls_of(session, incident_id)),
        *_gradings(session, incident_id, names),
        *_milestones(session, incident_id, names),
        *_corrections(session, corrections.changes_of_incident(session, incident_id), names),
        *_breaches(session, incident_id, now=now),
        *_pages(session, incident_id, names, now=now),
    ]
    return sorted(events, key=lambda event: (event.occurred_at, event.recorded_at))


def changes_since(session: Session, incident_id: int, seen: int, *, now: datetime) -> list[Event]:
    """Return what people did in an incident after a version of it, in the order in which they told us."""
    later = [event for event in timeline(session, incident_id, now=now) if event.version > seen]
    return sorted(later, key=lambda event: event.version)


def corrections_of_call(session: Session, call_id: int, *, seen: int = 1) -> list[Event]:
    """Return what was corrected of a call after a version of it."""
    changes = corrections.changes_of_call(session, call_id, seen=seen)
    return _corrections(session, changes, staff.officer_names(session))


def _call(call: Call, names: dict[int, str]) -> Event:
    source = CallSource.of(call.source).label if call.source else ""
    return Event(
        call.received_at,
        call.recorded_at,
        f"Call {call.reference}",
        names.get(call.logged_by or 0, ""),
        source,
        call.incident_version or 0,
    )


def _gradings(session: Session, incident_id: int, names: dict[int, str]) -> list[Event]:
    query = select(Grading, Grade.name).join(Grade, Grade.id == Grading.grade_id)
    found = session.execute(query.where(Grading.incident_id == incident_id))
    return [
        Event(
            each.graded_at,
            each.graded_at,
            f"Graded {GradeName.of(name).label.lower()}",
            names.get(each.graded_by or 0, ""),
            _why(each),
            each.version or 0,
        )
        for each, name in found
    ]


def _why(grading: Grading) -> str:
    parts = [StartBasis.of(grading.basis).label] if grading.basis != StartBasis.FIRST_CALL else []
    if grading.reason:
        parts.append(grading.reason)
    return ": ".join(parts)


def _milestones(session: Session, incident_id: int, names: dict[int, str]) -> list[Event]:
    query = select(Milestone, Attendance.officer_id).outerjoin(Attendance, Attendance.id == Milestone.attendance_id)
    found = session.execute(query.where(Milestone.incident_id == incident_id).order_by(Milestone.id)).all()
    earlier = {each.id: each for each, _ in found}
    corrected = {each.corrects_id: each for each, _ in found if each.corrects_id}
    return [
        _milestone(each, officer_id, names, was=earlier.get(each.corrects_id or 0), later=corrected.get(each.id))
        for each, officer_id in found
    ]


def _milestone(
    each: Milestone, officer_id: int | None, names: dict[int, str], *, was: Milestone | None, later: Milestone | None
) -> Event:
    """Return one step of ``officer_id``'s attendance; ``was`` is what it corrects, ``later`` what corrects it."""
    is_for_another = officer_id is not None and each.recorded_by != officer_id
    said = [f"Corrected from {moment(was.occurred_at)}."] if was else []
    said += [each.note] if each.note else []
    said += [f"Corrected later: it was {moment(later.occurred_at)}."] if later else []
    return Event(
        each.occurred_at,
        each.recorded_at,
        _DONE[Step.of(each.step)],
        names.get(officer_id or each.recorded_by or 0, ""),
        " ".join(said),
        each.version or 0,
        names.get(each.recorded_by or 0, "") if is_for_another else "",
        each.id,
    )


def _corrections(session: Session, changes: Sequence[FactChange], names: dict[int, str]) -> list[Event]:
    wards = places.ward_names(session) if changes else {}
    return [_correction(each, names, wards) for each in changes]


def _correction(each: FactChange, names: dict[int, str], wards: dict[str, str]) -> Event:
    fact = Fact.of(each.fact)
    was, became = (in_words(fact, text, wards=wards) for text in (each.was, each.became))
    what = f"Corrected {'in a call' if each.call_id else 'here'}: {fact.label.lower()}"
    who = names.get(each.recorded_by or 0, "")
    note = f"It was “{was}” and is now “{became}”. {each.reason}"
    return Event(each.recorded_at, each.recorded_at, what, who, note, each.version or 0)


def _pages(session: Session, incident_id: int, names: dict[int, str], *, now: datetime) -> list[Event]:
    return [
        Event(each.at, each.at, each.what, names.get(each.officer_id or 0, ""), each.note)
        for each in paging.entries(session, incident_id, now=now)
    ]


def _breaches(session: Session, incident_id: int, *, now: datetime) -> list[Event]:
    query = select(Breach, IncidentClock).join(IncidentClock, IncidentClock.id == Breach.clock_id)
    found = session.execute(query.where(IncidentClock.incident_id == incident_id))
    return [_breach(breach, clock, now=now) for breach, clock in found]


def _breach(breach: Breach, clock: IncidentClock, *, now: datetime) -> Event:
    """Return a missed target, and what stands now where that is something else; the breach itself stays."""
    reading = read_clock(rows.clock_of(clock), max(now, clock.started_at))
    said = ["The call's time was corrected since, and with it the target."] if breach.due_at != clock.due_at else []
    if reading.state is ClockState.MET and clock.stopped_at is not None:
        said.append(f"As it is now: met at {moment(clock.stopped_at)}, as we were told afterwards.")
    elif reading.state not in BREACHED:
        said.append(f"As it is now: {reading.state}, due {moment(clock.due_at)}.")
    return Event(breach.due_at, breach.due_at, "Target passed with nobody there", note=" ".join(said))
