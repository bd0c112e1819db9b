"""The ward that an address is counted under: of several readers, the one that comes first by its code."""

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from tsalert.subscribers.models import Subscriber, SubscriberEndpoint


def ward_of(endpoint_id: ColumnElement[int]) -> ScalarSelect[str]:
    """Return the ward of an address, looked up for each; nothing where no reader's is known."""
    readers = select(func.min(Subscriber.ward)).join(
        SubscriberEndpoint, SubscriberEndpoint.subscriber_id == Subscriber.id
    )
    return readers.where(SubscriberEndpoint.endpoint_id == endpoint_id).scalar_subquery()
