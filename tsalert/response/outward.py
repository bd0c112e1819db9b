"""What other programs are told of incidents: references, grades, wards and times, and nothing of people. Steps."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.response import rows
from tsalert.response.models import Grade, Incident, IncidentClock
from tsalert.response.vocabulary import GradeName
from tsalert.webhooks.announcing import Facts, announce
from tsalert.webhooks.rules import EventKind, stamp


def tell_of_opening(session: Session, incident: Incident, grade: GradeName | None, *, now: datetime) -> None:
    """Tell that an incident was opened; one that is graded later has no grade yet."""
    clock = rows.latest_clock(session, incident.id) if grade else None
    told: Facts = {**_facts(incident, grade), "due_at": stamp(clock.due_at) if clock else None}
    announce(session, EventKind.INCIDENT_OPENED, told, now=now)


def tell_of_breach(session: Session, clock: IncidentClock, *, now: datetime) -> None:
    """Tell that a target passed with nobody there."""
    incident = session.get_one(Incident, clock.incident_id)
    grade = session.get_one(Grade, clock.grade_id)
    told = {**_facts(incident, GradeName.of(grade.name)), "due_at": stamp(clock.due_at)}
    announce(session, EventKind.INCIDENT_TARGET_MISSED, told, now=now)


def _facts(incident: Incident, grade: GradeName | None) -> Facts:
    return {
        "reference": incident.reference,
        "grade": grade and grade.value,
        "ward": incident.ward_code,
        "opened_at": stamp(incident.opened_at),
    }
