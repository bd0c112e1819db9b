"""Addresses without people by the million, straight into either database, and mailings to them."""

from collections.abc import Callable

from sqlalchemy import func, select

from tests.benchmarks.bulk import bulk
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import service
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane, address_key

_COLUMNS = {"endpoint": ("id", "channel", "address", "address_key", "status", "created_at", "confirmed_at")}
_AT = "2026-06-10 12:00:00.000000"


def add_endpoints(channel: Channel, address: Callable[[int], str], count: int, *, secret: str) -> range:
    """Add so many active addresses of one channel; returns their ids.

    :param address: returns each by its number, from 0 on.
    :param secret: the key under which addresses are found.
    """
    first = (db.session.scalar(select(func.max(Endpoint.id))) or 0) + 1
    db.session.remove()
    with bulk(db.engine, _COLUMNS) as rows:
        for number in range(count):
            known_by = address_key(channel, address(number), secret)
            row = (first + number, channel, address(number), known_by, EndpointStatus.ACTIVE, _AT, _AT)
            rows.add("endpoint", row)
    return range(first, first + count)


def send_to(ids: range, content: Content, *, lane: Lane) -> int:
    """Queue a mailing to those addresses that have these ids; returns its id."""
    now = utc_now()
    with transaction() as session:
        mailing_id = service.create_mailing(session, content, lane=lane, now=now)
        audience = select(Endpoint.id).where(Endpoint.id.between(ids[0], ids[-1]))
        assert service.enqueue(session, mailing_id, audience, now=now) == len(ids)
    return mailing_id
