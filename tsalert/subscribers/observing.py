"""Whom partners' codes brought to the list, whichever way they joined, and who of them is still there."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from tsalert.delivery import queries as delivery
from tsalert.subscribers.models import SignUp, Subscriber, SubscriberEndpoint, Subscription


def count_observed(session: Session, *, before: datetime | None = None) -> dict[str, int]:
    """Return how many people who came with each partner's code still get alerts.

    Somebody new counts for the partner with whose code they joined, on the website, by telephone, text, paper or file,
    at whatever address by now. An address of somebody who was on the list before counts for the first code that it
    confirmed.

    :param before: count only those who had come by then.
    """
    found: Counter[str] = Counter()
    for query in (_new(before), _known_before(before)):
        found.update({str(code): count for code, count in session.execute(query)})
    return dict(found)


def came_by_code(session: Session, subscriber_ids: Collection[int], endpoint_ids: Collection[int]) -> bool:
    """Tell whether any of some people, or of the readers of some addresses, count among those whom codes brought."""
    readers = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids))
    meant = {*subscriber_ids, *session.scalars(readers)}  # both in one statement would look through all of the list
    new = select(Subscriber.id).where(Subscriber.partner_code.is_not(None), Subscriber.id.in_(meant)).limit(1)
    asked = select(SignUp.id).where(SignUp.partner_code.is_not(None), SignUp.endpoint_id.in_(endpoint_ids)).limit(1)
    return session.scalar(new) is not None or session.scalar(asked) is not None


def _new(before: datetime | None) -> Select[str | None, int]:
    reachable = delivery.reachable_endpoints().subquery("reachable")
    query = (
        select(Subscriber.partner_code, func.count(Subscriber.id.distinct()))
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .join(reachable, reachable.c.id == Subscription.endpoint_id)
        .where(Subscriber.partner_code.is_not(None), Subscription.ended_at.is_(None))
        .group_by(Subscriber.partner_code)
    )
    return query if before is None else query.where(Subscriber.created_at < before)


def _known_before(before: datetime | None) -> Select[str | None, int]:
    reachable = delivery.reachable_endpoints().subquery("reachable")
    place = func.row_number().over(partition_by=SignUp.endpoint_id, order_by=(SignUp.confirmed_at, SignUp.id))
    coming = select(SignUp.endpoint_id, SignUp.partner_code, place.label("place")).where(
        SignUp.partner_code.is_not(None), SignUp.confirmed_at.is_not(None)
    )
    if before is not None:
        coming = coming.where(SignUp.confirmed_at < before)
    came = coming.subquery("came")
    is_heard = exists().where(Subscription.endpoint_id == came.c.endpoint_id, Subscription.ended_at.is_(None))
    counted_as_new = exists().where(
        SubscriberEndpoint.endpoint_id == came.c.endpoint_id,
        Subscriber.id == SubscriberEndpoint.subscriber_id,
        Subscriber.partner_code.is_not(None),
    )
    return (
        select(came.c.partner_code, func.count())
        .join(reachable, reachable.c.id == came.c.endpoint_id)
        .where(came.c.place == 1, is_heard, ~counted_as_new)
        .group_by(came.c.partner_code)
    )
