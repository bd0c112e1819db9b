"""At which incidents an officer is now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.response.models import Attendance, Incident


def attended_by(session: Session, officer_id: int) -> list[tuple[int, str]]:
    """Return (id, reference) of the incidents to which an officer is on the way or at which they are."""
    joined = select(Incident.id, Incident.reference).join(Attendance, Attendance.incident_id == Incident.id)
    theirs = joined.where(Attendance.officer_id == officer_id, Attendance.cleared_at.is_(None))
    return [(number, reference) for number, reference in session.execute(theirs.order_by(Incident.id))]
