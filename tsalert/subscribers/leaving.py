"""Leaving: by link, by text, by telephone. It works at once, and again changes nothing."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import endpoints_by_id
from tsalert.delivery.rules import EndpointStatus, SuppressionReason
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.joining import PUBLIC
from tsalert.subscribers.models import SubscriberEndpoint, Subscription
from tsalert.subscribers.rules import Act, EndedReason, Source


def unsubscribe(endpoint_id: int, *, now: datetime) -> None:
    """Stop every message to an address, because somebody used its link; again changes nothing.

    :raises NotFound: there is no such address.
    """
    with transaction() as session:
        leave(session, endpoint_id, EndedReason.UNSUBSCRIBED, method=Source.WEB, now=now)


def leave(session: Session, endpoint_id: int, reason: EndedReason, *, method: Source, now: datetime) -> None:
    """Stop every message to an address; a step. The suppression outlives the people's erasure."""
    end = endpoints_by_id(session, [endpoint_id], lock=True).get(endpoint_id)
    if end is None:
        raise NotFound("There is no such address.")
    if end.is_forgotten:
        return
    is_new = _end(session, Subscription.endpoint_id == endpoint_id, reason=reason, now=now)
    if end.is_suppressed and not is_new and end.status is not EndpointStatus.BOUNCED:
        return  # at an address that was only thought dead, the wish is news: it may not be restored any more
    delivery.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, now)
    readers = session.scalars(
        select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == endpoint_id)
    )
    for subscriber_id in readers:
        record_consent(session, (subscriber_id, endpoint_id), Act.WITHDRAWN, method=method, now=now)
    audit.record(session, PUBLIC, "left", "endpoint", endpoint_id, now=now, channel=end.channel, reason=reason)


def end_subscription(subscription_id: int, *, actor: Actor, now: datetime) -> int:
    """End one subscription at its owner's wish and return the subscriber's id.

    Where nothing else goes to that address, it is never written to again until they ask.

    :raises NotAllowed: the actor may not manage subscribers.
    :raises NotFound: there is no such subscription.
    :raises Conflict: it has ended already.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        found = _hold(session, subscription_id)
        if found.ended_at is not None:
            raise Conflict("This subscription has ended already.")
        found.ended_at, found.ended_reason = now, EndedReason.BY_OFFICER
        session.flush()
        audit.record(session, actor, "ended", "subscription", subscription_id, now=now)
        if not _is_wanted(session, found.endpoint_id):
            delivery.suppress(session, found.endpoint_id, SuppressionReason.OPTED_OUT, now)
            whose, by = (found.subscriber_id, found.endpoint_id), actor.officer_id
            record_consent(session, whose, Act.WITHDRAWN, method=Source.PHONE, now=now, recorded_by=by)
        return found.subscriber_id


def _hold(session: Session, subscription_id: int) -> Subscription:
    """Return a subscription that nobody else changes, its address locked first, as whoever leaves locks them.

    :raises NotFound: there is none.
    """
    mine = select(Subscription).where(Subscription.id == subscription_id)
    where = mine.with_only_columns(Subscription.endpoint_id)
    endpoint_id = session.scalar(where) if is_id(subscription_id) else None
    if endpoint_id is None:
        raise NotFound("There is no such subscription.")
    endpoints_by_id(session, [endpoint_id], lock=True)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one()


def _is_wanted(session: Session, endpoint_id: int) -> bool:
    still = exists().where(Subscription.endpoint_id == endpoint_id, Subscription.ended_at.is_(None))
    return bool(session.scalar(select(still)))


def _end(session: Session, whose: ColumnElement[bool], *, reason: EndedReason, now: datetime) -> bool:
    ending = update(Subscription).where(whose, Subscription.ended_at.is_(None))
    ended = session.execute(ending.values(ended_at=now, ended_reason=reason).returning(Subscription.id))
    return bool(ended.all())
