"""Ending what waits of mailings; steps of other use cases."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from tsalert.delivery.counting import Place, change_counts, complete_if_done, rows_changed
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import Channel, MailingState, Status


def end_pending(session: Session, mailing_ids: Collection[int], status: Status, *, now: datetime) -> None:
    """Give every delivery of some mailings that still waits its last status.

    Their counters change last of all: a sender that holds messages of one may wait for the counter of another.
    """
    changes = Counter[Place]()
    for mailing_id in sorted(mailing_ids):
        for channel in Channel:
            waiting = (
                Delivery.mailing_id == mailing_id,
                Delivery.channel == channel,
                Delivery.status == literal_column("'pending'"),
            )
            count = rows_changed(session, update(Delivery).where(*waiting).values(status=status, settled_at=now))
            changes[mailing_id, channel, Status.PENDING] -= count
            changes[mailing_id, channel, status] += count
    change_counts(session, changes)


def call_off(session: Session, mailing_ids: Collection[int], *, now: datetime) -> None:
    """Stop some mailings for good even if all of them has gone out, lest anything of them be sent again."""
    for mailing in _hold(session, mailing_ids):
        mailing.state, mailing.completed_at = MailingState.CANCELLED, now
    end_pending(session, mailing_ids, Status.CANCELLED, now=now)


def lapse(session: Session, mailing_ids: Collection[int], *, now: datetime) -> None:
    """Let what waits of some mailings expire now; what is in a provider's hands stays there.

    What comes back from there into the queue expires like everything that is too late.
    """
    for mailing in _hold(session, mailing_ids):
        mailing.not_after = now if mailing.not_after is None else min(mailing.not_after, now)
        if mailing.state == MailingState.PAUSED:
            mailing.state, mailing.paused_because = MailingState.SENDING, None  # nothing is left to be held
    session.flush()
    end_pending(session, mailing_ids, Status.EXPIRED, now=now)
    for mailing_id in sorted(mailing_ids):
        complete_if_done(session, mailing_id, now)


def prolong(session: Session, mailing_ids: Collection[int], until: datetime) -> None:
    """Let what is repeated of some mailings that lapsed leave until then; what has expired stays so."""
    for mailing in _hold(session, mailing_ids):
        mailing.not_after = until
    session.flush()


def _hold(session: Session, mailing_ids: Collection[int]) -> Sequence[Mailing]:
    """Lock mailings before anything of them, in one order, as everybody does who changes one."""
    query = select(Mailing).where(Mailing.id.in_(mailing_ids)).order_by(Mailing.id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).all()
