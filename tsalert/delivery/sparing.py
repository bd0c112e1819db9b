"""Alerts that wait to leave for somebody who wants nothing for a while, such as a text held back for the night."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from tsalert.delivery.counting import change_counts, complete_if_done
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import Lane, Status

_ALERTS = (Lane.URGENT, Lane.BULK)


def spare(session: Session, endpoint_ids: Collection[int], *, now: datetime) -> None:
    """Send some addresses nothing of the alerts that still wait for them; a step.

    What a sender has in hand at this moment goes out, and so does what their readers asked for, such as a code.
    """
    waiting = (Delivery.endpoint_id.in_(endpoint_ids), Delivery.status == literal_column("'pending'"))
    query = select(Delivery).join(Mailing, Mailing.id == Delivery.mailing_id)
    query = query.where(*waiting, Mailing.lane.in_(_ALERTS)).order_by(Delivery.id)
    for each in session.scalars(query.with_for_update(of=Delivery, skip_locked=True)).all():
        each.status, each.settled_at = Status.CANCELLED, now
        place = each.mailing_id, each.channel
        change_counts(session, {(*place, Status.PENDING): -1, (*place, Status.CANCELLED): 1})
        complete_if_done(session, each.mailing_id, now)
