"""Reading the kinds of partners that officers keep a list of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.subscribers.profiles import PartnerKind, PartnerProfile


def kind_names(session: Session) -> dict[int, str]:
    """Return the name of every kind by its number, also of one that is off the list but some partner's still."""
    in_use = select(PartnerProfile.kind_id).where(PartnerProfile.ended_at.is_(None))
    query = select(PartnerKind.id, PartnerKind.name).where(PartnerKind.ended_at.is_(None) | PartnerKind.id.in_(in_use))
    return dict(session.execute(query.order_by(PartnerKind.id)).all())
