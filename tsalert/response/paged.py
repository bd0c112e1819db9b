"""What a grade, a milestone or an end of an incident means for its pages. Steps of the caller's transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.paging import service as paging
from tsalert.paging.service import NewRun, OnScene
from tsalert.paging.vocabulary import EndReason
from tsalert.response import rows
from tsalert.response.models import Attendance, Grade, Incident
from tsalert.response.steps import WAITING, IncidentState, Step
from tsalert.response.vocabulary import GradeName


def follow_grade(session: Session, incident: Incident, *, due_at: datetime | None, now: datetime) -> None:
    """Page for an incident that has come to wait for a visit by its grade's rules, and for no other any more.

    :param due_at: when its running clock is due; None where none runs.
    """
    grade = session.get(Grade, incident.grade_id) if incident.grade_id else None
    if grade is not None and grade.pages:
        if due_at is not None and incident.state in WAITING:
            run = NewRun(incident.id, incident.reference, GradeName.of(grade.name).label, due_at)
            if paging.start(session, run, now=now):
                mark_paged(incident)
    else:
        paging.end(session, incident.id, EndReason.REGRADED, now=now)
        if incident.state == IncidentState.PAGED:
            incident.state = IncidentState.TRIAGED


def follow_milestone(
    session: Session, incident: Incident, attendance: Attendance, step: Step, *, now: datetime
) -> None:
    """End the pages when somebody sets out, and watch over whoever is on scene.

    Where the only officer turns back before being there, the pages begin anew.
    """
    officer_id = attendance.officer_id
    match step:
        case Step.EN_ROUTE:
            paging.end(session, incident.id, EndReason.EN_ROUTE, now=now)
        case Step.ON_SCENE:
            paging.end(session, incident.id, EndReason.ON_SCENE, now=now)
            paging.watch_over(session, OnScene(incident.id, officer_id, incident.reference), now=now)
        case _:
            paging.end_watch(session, incident.id, officer_id, now=now)
            if attendance.on_scene_at is None:
                _page_anew(session, incident, now=now)


def follow_end(session: Session, incident_id: int, reason: EndReason, *, now: datetime) -> None:
    """End the pages of an incident to which nobody need go."""
    paging.end(session, incident_id, reason, now=now)


def follow_close(session: Session, incident_id: int, *, now: datetime) -> None:
    """End all that paging has to do with an incident."""
    paging.end(session, incident_id, EndReason.CLOSED, now=now)
    paging.end_watches(session, incident_id, now=now)
    paging.retire_codes(session, incident_id, now=now)


def mark_paged(incident: Incident) -> None:
    """Let an incident's state say that officers are paged for it, again if whoever took it is not on the way."""
    if incident.state in WAITING:
        incident.state = IncidentState.PAGED


def wake_again(session: Session, incident: Incident, *, due_at: datetime, now: datetime) -> bool:
    """Page for an incident whose clock a correction set running again; tells whether anybody is paged for it."""
    if incident.state not in WAITING:
        incident.state = IncidentState.TRIAGED
    follow_grade(session, incident, due_at=due_at, now=now)
    return paging.is_paged_for(session, incident.id)


def _page_anew(session: Session, incident: Incident, *, now: datetime) -> None:
    clock = rows.latest_clock(session, incident.id)
    if clock is None or clock.stopped_at is not None or clock.ended_at is not None:
        return
    others = [each for each in rows.attendances_of(session, incident.id) if each.cleared_at is None]
    if not others and incident.state == IncidentState.EN_ROUTE:
        incident.state = IncidentState.TRIAGED
        follow_grade(session, incident, due_at=clock.due_at, now=now)
