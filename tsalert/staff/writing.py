"""Mails to officers; a step of other use cases."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.staff.queries import Person


def write_to(session: Session, people: Collection[Person], content: Content, *, now: datetime) -> int:
    """Send one mail to each of some officers; returns to how many."""
    if not people:
        return 0
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now)
    for person in people:
        endpoint_id = delivery.find_or_add_endpoint(
            session, Channel.EMAIL, person.email, status=EndpointStatus.UNCONFIRMED, now=now
        )
        delivery.enqueue_one(session, mailing_id, endpoint_id, now=now)
    return len(people)
