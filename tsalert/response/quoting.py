"""Calls whose words may name something, for other capabilities to look into."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.response.models import Call


def calls_saying(session: Session, part: str, *, since: datetime) -> list[tuple[int, str]]:
    """Return (id, what was told) of the calls that came since an instant and whose words hold a part, in any case."""
    told = func.lower(Call.happening).contains(part.lower(), autoescape=True)
    query = select(Call.id, Call.happening).where(Call.received_at >= since, told).order_by(Call.id)
    return [(number, happening or "") for number, happening in session.execute(query)]
