"""Alerts that wait to leave for somebody who wants nothing for a while, such as a text held back for the night."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from tsalert.delivery.counting import Place, count_moves
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import PERSONAL_LANES, Status


def spare(session: Session, endpoint_ids: Collection[int], *, now: datetime) -> None:
    """Send some addresses nothing of the alerts that still wait for them; a step.

    What a sender has in hand at this moment goes out, and so does what their readers asked for, such as a code.
    """
    waiting = (Delivery.endpoint_id.in_(endpoint_ids), Delivery.status == literal_column("'pending'"))
    query = select(Delivery).join(Mailing, Mailing.id == Delivery.mailing_id)
    query = query.where(*waiting, Mailing.lane.not_in(PERSONAL_LANES)).order_by(Delivery.id)
    changes: Counter[Place] = Counter()
    for each in session.scalars(query.with_for_update(of=Delivery, skip_locked=True)):
        each.status, each.settled_at = Status.CANCELLED, now
        changes[each.mailing_id, each.channel, Status.PENDING] -= 1
        changes[each.mailing_id, each.channel, Status.CANCELLED] += 1
    count_moves(session, changes, now)
