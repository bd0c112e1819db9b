"""Above which amount a record needs a second officer. A new limit changes nothing that earlier records needed."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.core.money import format_pounds
from tsalert.db import transaction
from tsalert.savings.models import VerificationLimit
from tsalert.savings.rules import LARGEST_AMOUNT, VERIFIED_ABOVE


class Limit(Struct, frozen=True):
    """A limit that a manager set, and why."""

    above: Decimal
    reason: str
    set_by: int | None
    set_at: datetime


def list_limits(session: Session) -> list[Limit]:
    """Return every limit that was set, the newest first; until one is, the method's own applies."""
    rows = session.scalars(select(VerificationLimit).order_by(VerificationLimit.id.desc()))
    return [Limit(row.above, row.reason, row.set_by, row.set_at) for row in rows]


def current_limit(session: Session) -> Decimal:
    """Return the amount above which a record that is made now needs a second officer."""
    newest = select(VerificationLimit.above).order_by(VerificationLimit.id.desc()).limit(1)
    above = session.scalar(newest)
    return VERIFIED_ABOVE if above is None else above


def set_limit(above: Decimal, *, reason: str, actor: Actor, now: datetime) -> None:
    """Set the limit for records made from now on; those made before keep what they needed.

    :raises RuleViolation: the amount is no limit, or the one that holds already.
    """
    actor.require(Permission.MANAGE_RATES)
    if not 0 <= above <= LARGEST_AMOUNT:
        raise RuleViolation(f"Enter an amount from £0 to {format_pounds(LARGEST_AMOUNT)}.", field="above")
    with transaction() as session:
        before = current_limit(session)
        if above == before:
            raise RuleViolation(f"{format_pounds(above)} is the limit already.", field="above")
        row = VerificationLimit(above=above, reason=reason, set_by=actor.officer_id, set_at=now)
        session.add(row)
        session.flush()
        audit.record(
            session, actor, "limit set", "verification limit", row.id, now=now, before=str(before), after=str(above)
        )
