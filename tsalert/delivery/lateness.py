"""Mail that should have left and has not."""

from datetime import datetime

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import Session

from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import PERSONAL_LANES, Channel


def mail_due_since(session: Session, *, now: datetime) -> datetime | None:
    """Return since when the mail to one person that waits longest has been due; None where none waits.

    What a server puts off is due again later; so this is mail that nobody has tried to hand over.
    """
    query = (
        select(func.min(Delivery.due_at))
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(
            Delivery.channel == Channel.EMAIL,
            Delivery.status == literal_column("'pending'"),
            Delivery.due_at <= now,
            Mailing.state == literal_column("'sending'"),
            Mailing.lane.in_([lane.value for lane in sorted(PERSONAL_LANES)]),
            or_(Mailing.not_after.is_(None), Mailing.not_after > now),
        )
    )
    return session.scalar(query)
