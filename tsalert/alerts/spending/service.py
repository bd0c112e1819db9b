"""Keeping count of what alerts cost, and refusing what would pass the limits of the hour and the month.

The count is kept as it is spent, in the transaction that sends: of two approvals at once the second counts on top of
the first. A total is added to, never worked out anew.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts import proof, queries, rules
from tsalert.alerts.costing import costs
from tsalert.alerts.models import Alert
from tsalert.alerts.proof import Proof
from tsalert.alerts.spending.models import AlertSpending, SpendingLeave, SpendingTotal
from tsalert.alerts.spending.rules import Purse, Span, begins, to_units, why_too_dear
from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import insert_into, transaction
from tsalert.delivery import queries as delivery


def charge(
    session: Session, alert: Alert, pulled: Proof, mailings: Collection[int], *, now: datetime, is_again: bool = False
) -> int:
    """Count what the texts and calls cost that were just queued for an alert; return it in units. A step.

    :param mailings: those that were just made.
    :param is_again: they send it once more.
    :raises RuleViolation: it is more than is left, and nobody gave leave.
    """
    queued: Counter[str] = Counter()
    for each in delivery.progress_of_all(session, mailings).values():
        queued.update({channel: sum(counts.values()) for channel, counts in each.by_channel.items()})
    cost = cost_of(pulled, queued)
    if not cost:
        return 0
    purses = [Purse(span, _limit(span), _add(session, span, cost, now) - cost) for span in Span]
    refused = why_too_dear(cost, purses, is_again=is_again)
    if refused and find_leave(session, alert.id, pulled.digest) is None:
        raise RuleViolation(refused)
    session.add(AlertSpending(alert_id=alert.id, at=now, cost=cost))
    return cost


def cost_of(pulled: Proof, reach: Mapping[str, int]) -> int:
    """Return what an alert costs if it reaches so many by channel, in units."""
    return sum(to_units(each.pence) for each in costs(pulled, reach))


def purses(session: Session, *, now: datetime) -> list[Purse]:
    """Return what was spent in this hour and this month, and what may be."""
    found = {
        span: session.scalar(select(SpendingTotal.cost).filter_by(span=span, starts_at=begins(span, now)))
        for span in Span
    }
    return [Purse(span, _limit(span), spent or 0) for span, spent in found.items()]


def give_leave(alert_id: int, shown: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let one alert, as it reads now, cost more than is left, when it is sent and when it is sent again.

    :raises Conflict: it has gone out and is not sent again, or reads otherwise by now, or has leave.
    :raises RuleViolation: the reason says nothing.
    """
    actor.require(Permission.RAISE_SPENDING)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can let an alert cost more.")
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        if alert.published_at is not None and not (queries.is_out(session, alert) and alert.expires_at > now):
            raise Conflict("This alert has gone out, and is not sent again.", legal=["read it again"])
        rules.require_same(shown, proof.pull_proof(alert).digest)
        if find_leave(session, alert_id, shown) is not None:
            raise Conflict("This alert may cost more already.", legal=["read it again"])
        given = {"given_by": actor.officer_id, "given_at": now, "reason": rules.check_reason(reason)}
        session.add(SpendingLeave(alert_id=alert_id, digest=shown, **given))
        audit.record(session, actor, "let cost more", "alert", alert_id, now=now, reference=alert.reference)


def find_leave(session: Session, alert_id: int, digest: str) -> SpendingLeave | None:
    """Return the leave of an alert, as it reads, to cost more than is left."""
    return session.get(SpendingLeave, (alert_id, digest))


def set_aside_for(session: Session, alert_id: int) -> int:
    """Return what an alert was counted with as it was queued, in units: all its texts and calls, taken or not."""
    found: Sequence[int] = session.scalars(select(AlertSpending.cost).filter_by(alert_id=alert_id)).all()
    return sum(found)


def _add(session: Session, span: Span, cost: int, now: datetime) -> int:
    """Add to the total of a span and return it; whoever adds at the same time waits here."""
    added = insert_into(session, SpendingTotal).values(span=span, starts_at=begins(span, now), cost=cost)
    total = added.on_conflict_do_update(
        index_elements=["span", "starts_at"], set_={"cost": SpendingTotal.cost + added.excluded.cost}
    )
    return session.scalars(total.returning(SpendingTotal.cost)).one()


def _limit(span: Span) -> Decimal | None:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.spending.per_hour if span is Span.HOUR else settings.spending.per_month
