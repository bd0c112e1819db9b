"""Reading calls, incidents and clocks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.references.rules import read_reference
from tsalert.response.models import Incident
from tsalert.web.fields import LARGEST_ID


def find_incident_id(session: Session, reference: str) -> int | None:
    """Return the incident with a reference, however it was typed."""
    stored = read_reference(reference)
    return session.scalar(select(Incident.id).where(Incident.reference == stored)) if stored else None


def get_incident_row(session: Session, incident_id: int, *, lock: bool = False) -> Incident:
    """Return one incident; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    """
    query = select(Incident).where(Incident.id == incident_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query) if 0 < incident_id <= LARGEST_ID else None
    if row is None:
        raise NotFound("There is no such incident.")
    return row
