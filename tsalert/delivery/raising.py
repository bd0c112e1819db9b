"""Raising deliveries to what was reported of them, many in one statement, past the session, which is told nothing."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Status

# Built once, since reports come by the thousand, and building it would cost more than running it.
_RAISE = (
    update(Delivery)
    .where(Delivery.id == bindparam("number"))
    .values(status=bindparam("raised_to"), settled_at=bindparam("at"))
)


def raise_to(session: Session, statuses: Mapping[int, Status], *, now: datetime) -> None:
    """Write the statuses of deliveries that the caller holds locked, by number; a step."""
    rows = [{"number": number, "raised_to": status.value, "at": now} for number, status in statuses.items()]
    if rows:
        session.connection().execute(_RAISE, rows)
