"""Wishes to join that nobody confirmed: counted, and forgotten when they are too old to be."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import transaction
from tsalert.delivery.erasing import erase_unused
from tsalert.delivery.queries import endpoints_by_id
from tsalert.subscribers.models import SignUp, SubscriberEndpoint

_AT_ONCE = 500


class Unconfirmed(Struct, frozen=True):
    """How many wait longer than they should, and when the oldest asked."""

    number: int
    since: datetime | None


def count_unconfirmed(session: Session, *, before: datetime) -> Unconfirmed:
    """Count the wishes to join that were made before an instant and never confirmed."""
    old = (SignUp.confirmed_at.is_(None), SignUp.asked_at < before)
    return Unconfirmed(*session.execute(select(func.count(), func.min(SignUp.asked_at)).where(*old)).one())


def clear_unconfirmed(now: datetime, *, after: timedelta) -> int:
    """Forget wishes older than ``after`` that nobody confirmed, and addresses of which nothing else is known.

    At most 500 at once; returns how many there were.
    """
    cutoff = now - after
    with transaction() as session:
        old = select(SignUp.id, SignUp.endpoint_id).where(SignUp.confirmed_at.is_(None), SignUp.asked_at < cutoff)
        found = session.execute(old.order_by(SignUp.asked_at).limit(_AT_ONCE)).all()
        if not found:
            return 0
        # An address before its sign-ups, as whoever confirms locks them.
        endpoints_by_id(session, {endpoint_id for _, endpoint_id in found}, lock=True)
        session.execute(delete(SignUp).where(SignUp.id.in_([sign_up_id for sign_up_id, _ in found])))
        alone = _of_nobody(session, {endpoint_id for _, endpoint_id in found})
        erased = erase_unused(session, alone, since=cutoff)
        audit.record(session, SERVICE, "cleared", "sign-up", None, now=now, number=len(found), erased=erased)
        return len(found)


def _of_nobody(session: Session, endpoint_ids: set[int]) -> set[int]:
    still = set(session.scalars(select(SignUp.endpoint_id).where(SignUp.endpoint_id.in_(endpoint_ids))))
    read = select(SubscriberEndpoint.endpoint_id).where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids))
    return endpoint_ids - still - set(session.scalars(read))
