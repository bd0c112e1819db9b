"""Forgetting addresses that were never confirmed. A step of other capabilities' use cases."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tsalert.delivery.endpoints import erase_endpoint
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import EndpointStatus


def erase_unused(session: Session, endpoint_ids: Collection[int], *, since: datetime) -> int:
    """Forget those of some addresses that nobody confirmed and nothing went to lately; return how many."""
    written = exists().where(Delivery.endpoint_id == Endpoint.id, Delivery.due_at >= since)
    unused = (Endpoint.id.in_(endpoint_ids), Endpoint.status == EndpointStatus.UNCONFIRMED, ~written)
    found = session.scalars(select(Endpoint.id).where(*unused).order_by(Endpoint.id)).all()
    for endpoint_id in found:
        erase_endpoint(session, endpoint_id)
    return len(found)
