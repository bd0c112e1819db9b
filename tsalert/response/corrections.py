"""Reading what was corrected of incidents and calls."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tsalert.response.correction_models import FactChange
from tsalert.response.models import Call, Milestone


def changes_of_incident(session: Session, incident_id: int) -> Sequence[FactChange]:
    """Return what was corrected of an incident and of its calls, in that order."""
    of_calls = select(Call.id).where(Call.incident_id == incident_id)
    either = or_(FactChange.incident_id == incident_id, FactChange.call_id.in_(of_calls))
    return session.scalars(select(FactChange).where(either).order_by(FactChange.id)).all()


def changes_of_call(session: Session, call_id: int, *, seen: int = 1) -> Sequence[FactChange]:
    """Return what was corrected of a call after a version of it, in that order."""
    query = select(FactChange).where(FactChange.call_id == call_id).order_by(FactChange.id)
    return session.scalars(query.offset(seen - 1)).all()


def milestones_of(session: Session, incident_id: int) -> Sequence[Milestone]:
    """Return the steps of an incident in the order in which they were told, corrected ones too."""
    query = select(Milestone).where(Milestone.incident_id == incident_id)
    return session.scalars(query.order_by(Milestone.id)).all()
