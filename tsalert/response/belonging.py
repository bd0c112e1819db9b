"""What belongs together: calls, their incidents and the parties in them, many at a time, without what was said."""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from tsalert.bulk import one_of
from tsalert.response.models import Call, CallParty, Incident


def calls(
    session: Session, *, call_ids: Collection[int] = (), incident_ids: Collection[int] = ()
) -> Sequence[Row[int, int | None, str | None]]:
    """Return (call, its incident, its postcode) of some calls, or of the calls of some incidents."""
    wanted = or_(one_of(session, Call.id, call_ids), one_of(session, Call.incident_id, incident_ids))
    return session.execute(select(Call.id, Call.incident_id, Call.postcode).where(wanted)).all()


def postcodes(session: Session, incident_ids: Collection[int]) -> Sequence[Row[int, str | None]]:
    """Return (incident, its postcode) of some incidents."""
    query = select(Incident.id, Incident.postcode).where(one_of(session, Incident.id, incident_ids))
    return session.execute(query).all()


def parties(
    session: Session, *, call_ids: Collection[int] = (), party_ids: Collection[int] = ()
) -> Sequence[Row[int, int]]:
    """Return (call, party) of some calls, or of the calls of some parties."""
    wanted = or_(one_of(session, CallParty.call_id, call_ids), one_of(session, CallParty.party_id, party_ids))
    return session.execute(select(CallParty.call_id, CallParty.party_id).where(wanted)).all()
