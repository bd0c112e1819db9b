"""Mails to the managers; steps of other use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Permission
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.staff import queries as staff


def write_to_managers(session: Session, content: Content, *, now: datetime) -> int:
    """Send one mail to everybody who manages rapid response; returns to how many."""
    people = staff.officers_who_may(session, {Permission.MANAGE_RESPONSE})
    if not people:
        return 0
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now)
    for person in people:
        endpoint_id = delivery.find_or_add_endpoint(
            session, Channel.EMAIL, person.email, status=EndpointStatus.UNCONFIRMED, now=now
        )
        delivery.enqueue_one(session, mailing_id, endpoint_id, now=now)
    return len(people)
