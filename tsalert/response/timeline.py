"""Everything that happened in one incident, in the order in which it happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.paging import queries as paging
from tsalert.response import rows
from tsalert.response.models import Attendance, Breach, Call, Grade, Grading, IncidentClock, Milestone
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, GradeName, StartBasis
from tsalert.staff import queries as staff

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


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, when it is said to have, and when we were told.

    ``told_by`` is who recorded it where that was somebody else. ``version`` is the one that it gave
    the incident: 0 for what no person did, and for what was recorded before versions were kept.
    """

    occurred_at: datetime
    recorded_at: datetime
    what: str
    who: str = ""
    note: str = ""
    version: int = 0
    told_by: str = ""

    @property
    def is_backfilled(self) -> bool:
        """True where we were told more than 15 minutes afterwards."""
        return self.recorded_at - self.occurred_at > BACKFILLED_AFTER


def timeline(session: Session, incident_id: int) -> list[Event]:
    """Return an incident's calls, grades, milestones, breaches and pages."""
    names = staff.officer_names(session)
    events = [
        *(_call(call, names) for call in rows.calls_of(session, incident_id)),
        *_gradings(session, incident_id, names),
        *_milestones(session, incident_id, names),
        *_breaches(session, incident_id),
        *_pages(session, incident_id, names),
    ]
    return sorted(events, key=lambda event: (event.occurred_at, event.recorded_at))


def changes_since(session: Session, incident_id: int, seen: int) -> list[Event]:
    """Return what people did in an incident after a version of it, in the order in which they told us."""
    later = [event for event in timeline(session, incident_id) if event.version > seen]
    return sorted(later, key=lambda event: event.version)


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
    found = session.execute(query.where(Milestone.incident_id == incident_id))
    return [_milestone(each, officer_id, names) for each, officer_id in found]


def _milestone(each: Milestone, officer_id: int | None, names: dict[int, str]) -> Event:
    """Return one step; ``officer_id`` is whose attendance it belongs to."""
    is_for_another = officer_id is not None and each.recorded_by != officer_id
    return Event(
        each.occurred_at,
        each.recorded_at,
        _DONE[Step.of(each.step)],
        names.get(officer_id or each.recorded_by or 0, ""),
        each.note or "",
        each.version or 0,
        names.get(each.recorded_by or 0, "") if is_for_another else "",
    )


def _pages(session: Session, incident_id: int, names: dict[int, str]) -> list[Event]:
    return [
        Event(each.at, each.at, each.what, names.get(each.officer_id or 0, ""), each.note)
        for each in paging.entries(session, incident_id)
    ]


def _breaches(session: Session, incident_id: int) -> list[Event]:
    query = select(Breach).join(IncidentClock, IncidentClock.id == Breach.clock_id)
    found = session.scalars(query.where(IncidentClock.incident_id == incident_id))
    return [Event(each.due_at, each.due_at, "Target passed with nobody there") for each in found]
