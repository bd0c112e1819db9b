"""Addresses that are lost: nobody is there any more, or their mail provider says that they do not want us."""

from datetime import datetime

from sqlalchemy import exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import endpoints_by_id
from tsalert.delivery.rules import EndpointStatus, SuppressionReason
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.models import SignUp, SubscriberEndpoint, Subscription
from tsalert.subscribers.rules import Act, EndedReason, Source

_REASONS = {
    SuppressionReason.BOUNCED: EndedReason.BOUNCED,
    SuppressionReason.COMPLAINED: EndedReason.COMPLAINED,
}


def is_listed(session: Session, endpoint_id: int) -> bool:
    """Tell whether an address is a subscriber's, or somebody asked to join with it; those of staff are neither."""
    reads = exists().where(SubscriberEndpoint.endpoint_id == endpoint_id)
    asked = exists().where(SignUp.endpoint_id == endpoint_id)
    return bool(session.scalar(select(or_(reads, asked))))


def lose(session: Session, endpoint_id: int, reason: SuppressionReason, *, now: datetime) -> bool:
    """End everything that goes to an address and never write to it again; a step. Tells whether that was news.

    A complaint takes consent back; an address that is dead says nothing about its reader's wish.
    """
    end = endpoints_by_id(session, [endpoint_id], lock=True)[endpoint_id]
    is_new = _end(session, endpoint_id, _REASONS[reason], now)
    is_wish = reason is SuppressionReason.COMPLAINED and end.status is EndpointStatus.BOUNCED
    if end.is_suppressed and not is_new and not is_wish:
        return False
    delivery.suppress(session, endpoint_id, reason, now)
    if reason is SuppressionReason.COMPLAINED:
        for subscriber_id in _readers(session, endpoint_id):
            record_consent(session, (subscriber_id, endpoint_id), Act.WITHDRAWN, method=Source.COMPLAINT, now=now)
    said = {"channel": end.channel, "reason": _REASONS[reason]}
    audit.record(session, SERVICE, "lost", "endpoint", endpoint_id, now=now, **said)
    return True


def restore(session: Session, endpoint_id: int, *, actor: Actor, now: datetime) -> bool:
    """Write again to an address that was wrongly held to be dead; a step. False where it is not held to be so."""
    end = endpoints_by_id(session, [endpoint_id], lock=True)[endpoint_id]
    if end.status is not EndpointStatus.BOUNCED:
        return False
    delivery.lift_suppression(session, endpoint_id, status=EndpointStatus.ACTIVE, now=now)
    _begin_again(session, endpoint_id, now)
    audit.record(session, actor, "restored", "endpoint", endpoint_id, now=now, channel=end.channel)
    return True


def _begin_again(session: Session, endpoint_id: int, now: datetime) -> None:
    """Start anew what a dead address ended, as it was; what has ended stays in the history.

    That is for those who read the address still, and each topic once: two of them may have been made one since.
    """
    was, link = Subscription, SubscriberEndpoint
    mine = (was.endpoint_id == endpoint_id, was.ended_reason == EndedReason.BOUNCED)
    latest = select(was.ended_at).where(*mine).order_by(was.ended_at.desc()).limit(1).scalar_subquery()
    still_read = exists().where(link.subscriber_id == was.subscriber_id, link.endpoint_id == was.endpoint_id)
    once = select(func.min(was.id)).where(*mine, was.ended_at == latest, still_read)
    kept = (was.subscriber_id, was.endpoint_id, was.topic_id, was.frequency, was.source)
    again = select(*kept, literal(now, was.started_at.type))
    again = again.where(was.id.in_(once.group_by(was.subscriber_id, was.topic_id)))
    columns = ["subscriber_id", "endpoint_id", "topic_id", "frequency", "source", "started_at"]
    session.execute(insert(Subscription).from_select(columns, again))


def _end(session: Session, endpoint_id: int, reason: EndedReason, now: datetime) -> bool:
    mine = (Subscription.endpoint_id == endpoint_id, Subscription.ended_at.is_(None))
    ending = update(Subscription).where(*mine).values(ended_at=now, ended_reason=reason)
    return bool(session.execute(ending.returning(Subscription.id)).all())


def _readers(session: Session, endpoint_id: int) -> list[int]:
    query = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == endpoint_id)
    return list(session.scalars(query.order_by(SubscriberEndpoint.subscriber_id)))
