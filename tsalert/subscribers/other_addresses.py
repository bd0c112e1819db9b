"""The several addresses of one person. Conditions and queries for audiences to join with."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Exists, Select, SQLColumnExpression, and_, exists, or_, select
from sqlalchemy.orm import aliased

from tsalert.subscribers.models import SubscriberEndpoint


def somebody_lacks_it(
    endpoint_id: ColumnElement[int], is_reached: Callable[[SQLColumnExpression[int]], Exists]
) -> ColumnElement[bool]:
    """Return whether any of those who read an address was reached at no other of theirs, as a condition.

    An address that nobody has any more counts as somebody's.

    :param is_reached: the condition that an address was reached.
    """
    mine, other = aliased(SubscriberEndpoint), aliased(SubscriberEndpoint)
    elsewhere = exists().where(
        other.subscriber_id == mine.subscriber_id, other.endpoint_id != mine.endpoint_id, is_reached(other.endpoint_id)
    )
    readers = exists().where(mine.endpoint_id == endpoint_id)
    return or_(~readers, exists().where(and_(mine.endpoint_id == endpoint_id, ~elsewhere)))


def others_of(endpoint_ids: Select[int]) -> Select[int]:
    """Return the query of every other address of those who read some addresses."""
    mine, other = aliased(SubscriberEndpoint), aliased(SubscriberEndpoint)
    return (
        select(other.endpoint_id)
        .join(mine, mine.subscriber_id == other.subscriber_id)
        .where(mine.endpoint_id.in_(endpoint_ids), other.endpoint_id != mine.endpoint_id)
    )
