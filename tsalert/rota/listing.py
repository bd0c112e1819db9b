"""Lists that programs ask for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.rota.models import Shift
from tsalert.rota.queries import OnDuty

_LONGEST = timedelta(days=62)


def shifts(session: Session, *, since: datetime, until: datetime, officer_id: int | None = None) -> list[Shift]:
    """Return the shifts that touch a period, the cancelled ones too, by their start.

    :raises RuleViolation: the period has no length, or is longer than two months.
    """
    if not timedelta(0) < until - since <= _LONGEST:
        raise RuleViolation("Ask for 62 days at most, the end after the start.", field="until")
    query = select(Shift).where(Shift.starts_at < until, Shift.ends_at > since)
    if officer_id is not None:
        query = query.where(Shift.officer_id == officer_id)
    return list(session.scalars(query.order_by(Shift.starts_at, Shift.id)))


def without_mobiles(people: Iterable[OnDuty]) -> list[OnDuty]:
    """Return who is on duty without the numbers, which are not for everybody."""
    return [replace(each, mobile=None) for each in people]
