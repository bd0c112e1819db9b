"""How much one visitor, one address or one block of numbers may ask for. Counted in the database, for every process."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.db import insert_into, transaction
from tsalert.visitors.models import VisitorAllowance, VisitorCode
from tsalert.visitors.rules import KEPT_FOR
from tsalert.visitors.tokens import digest


def spend(session: Session, purpose: str, whose: str, *, most: int, within: timedelta, now: datetime) -> bool:
    """Take one of what may be asked for within a span; False where it is used up. A step.

    Who asks at the same time waits until the caller's transaction ends, so call it as late as can be.

    :param whose: an address, a network or a block of numbers; only its keyed digest is kept.
    """
    table = VisitorAllowance
    first = {"purpose": purpose, "whose": digest(purpose, whose), "started_at": now, "used": 1}
    is_over = table.started_at <= as_utc(now) - within
    counting = insert_into(session, table).values(first)
    counting = counting.on_conflict_do_update(
        index_elements=[table.purpose, table.whose],
        set_={
            "started_at": case((is_over, counting.excluded.started_at), else_=table.started_at),
            "used": case((is_over, 1), else_=table.used + 1),
        },
    )
    used = session.scalars(counting.returning(table.used)).one()
    return used <= most


def forget_visits(now: datetime) -> None:
    """Delete what is too old to be counted or used; again changes nothing."""
    before = as_utc(now) - KEPT_FOR
    with transaction() as session:
        session.execute(delete(VisitorAllowance).where(VisitorAllowance.started_at < before))
        session.execute(delete(VisitorCode).where(VisitorCode.made_at < before))
