"""Visits of one officer at the same time, which cannot both be as they were told: warned of, never refused."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.response import rows
from tsalert.response.models import Attendance, Incident


class Overlap(Struct, frozen=True):
    """Another visit of an officer in the time of one; ``until`` is None while they have not left."""

    officer_id: int
    incident_id: int
    reference: str
    since: datetime
    until: datetime | None


def overlaps_of(session: Session, incident_id: int) -> list[Overlap]:
    """Return the other visits that an incident's officers are said to have made at the same time."""
    visits = rows.attendances_of(session, incident_id)
    found = [
        Overlap(each.officer_id, other.incident_id, reference, _began(other), other.cleared_at)
        for each in visits
        for other, reference in _others(session, each)
        if _share_a_minute(each, other)
    ]
    return list(dict.fromkeys(found))


def _others(session: Session, visit: Attendance) -> Sequence[tuple[Attendance, str]]:
    """Return an officer's other visits that may touch one; of two in one incident the later."""
    began = func.coalesce(Attendance.en_route_at, Attendance.on_scene_at)
    same = (Attendance.officer_id == visit.officer_id, Attendance.id != visit.id)
    elsewhere = or_(Attendance.incident_id != visit.incident_id, Attendance.id > visit.id)
    query = select(Attendance, Incident.reference).join(Incident, Incident.id == Attendance.incident_id)
    query = query.where(*same, elsewhere, or_(Attendance.cleared_at.is_(None), Attendance.cleared_at > _began(visit)))
    if visit.cleared_at is not None:
        query = query.where(began < visit.cleared_at)
    return [(other, reference) for other, reference in session.execute(query.order_by(Attendance.id))]


def _share_a_minute(one: Attendance, other: Attendance) -> bool:
    """Tell whether two visits overlap by more than people's whole minutes explain."""
    first, second = sorted((one, other), key=_began)
    return first.cleared_at is None or _minute(_began(second)) < _minute(first.cleared_at)


def _began(visit: Attendance) -> datetime:
    began = visit.en_route_at or visit.on_scene_at
    assert began is not None  # a visit begins with one or the other
    return began


def _minute(at: datetime) -> datetime:
    return as_utc(at).replace(second=0, microsecond=0)
