"""How people want to read alerts: partners to pass them on, some in large print. Queries for audiences to join with.

Each has a partial index, which serves only a query that says the same in the same words, without parameters.
"""

from sqlalchemy import ColumnElement, Exists, Select, literal_column, select, text

from tsalert.subscribers.models import Subscriber, SubscriberEndpoint
from tsalert.subscribers.rules import LARGE_PRINT, Kind


def read_by_partners() -> Select[int]:
    """Return the query of the endpoints that anybody of a partner reads."""
    return _read_by().where(Subscriber.kind == literal_column(f"'{Kind.PARTNER}'"))


def read_in_large_print() -> Select[int]:
    """Return the query of the endpoints at which anybody asked for large print."""
    return _read_by().where(text(f"""CAST(subscriber.formats AS TEXT) LIKE '%"{LARGE_PRINT}"%'"""))


def is_read_by_partners(endpoint_id: ColumnElement[int]) -> Exists:
    """Return whether anybody of a partner reads an endpoint, as a condition looked up for each."""
    return read_by_partners().where(SubscriberEndpoint.endpoint_id == endpoint_id).exists()


def is_read_in_large_print(endpoint_id: ColumnElement[int]) -> Exists:
    """Return whether anybody asked for large print at an endpoint, as a condition looked up for each."""
    return read_in_large_print().where(SubscriberEndpoint.endpoint_id == endpoint_id).exists()


def _read_by() -> Select[int]:
    people = select(SubscriberEndpoint.endpoint_id).join(Subscriber, Subscriber.id == SubscriberEndpoint.subscriber_id)
    return people.where(Subscriber.erased_at.is_(None))
