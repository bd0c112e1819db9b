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
    .where(Delivery.id.in_(bindparam("numbers", expanding=True)))
    .values(status=bindparam("raised_to"), settled_at=bindparam("at"))
)


def raise_to(session: Session, statuses: Mapping[int, Status], *, now: datetime) -> None:
    """Write the statuses of deliveries that the caller holds locked, by number; a step."""
    for status in sorted(set(statuses.values())):
        numbers = [number for number, raised_to in statuses.items() if raised_to is status]
        session.connection().execute(_RAISE, {"numbers": numbers, "raised_to": status.value, "at": now})
