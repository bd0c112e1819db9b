"""Ending what waits of a mailing; steps of other use cases."""

from datetime import datetime

from sqlalchemy import literal_column, update
from sqlalchemy.orm import Session

from tsalert.delivery.counting import change_counts, complete_held, rows_changed
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import Channel, MailingState, Status


def end_pending(session: Session, mailing_id: int, status: Status, *, now: datetime) -> int:
    """Give every delivery of a mailing that still waits its last status; return how many there were."""
    ended = 0
    for channel in Channel:
        waiting = (
            Delivery.mailing_id == mailing_id,
            Delivery.channel == channel,
            Delivery.status == literal_column("'pending'"),
        )
        change = update(Delivery).where(*waiting).values(status=status, settled_at=now)
        count = rows_changed(session, change)
        change_counts(session, {(mailing_id, channel, Status.PENDING): -count, (mailing_id, channel, status): count})
        ended += count
    return ended


def lapse(session: Session, mailing_id: int, *, now: datetime) -> None:
    """Let what waits of a mailing expire now, as if its time were over; what is in a provider's hands stays there.

    What comes back from there into the queue expires like everything that is too late.
    """
    mailing = session.get_one(Mailing, mailing_id, with_for_update={"key_share": True}, populate_existing=True)
    mailing.not_after = now if mailing.not_after is None else min(mailing.not_after, now)
    end_pending(session, mailing_id, Status.EXPIRED, now=now)
    if mailing.state == MailingState.PAUSED:
        mailing.state, mailing.paused_because = MailingState.SENDING, None  # nothing is left to be held
        session.flush()
    complete_held(session, mailing_id, now)
