"""Mails to the managers; steps of other use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Permission
from tsalert.delivery.rules import Content
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to


def write_to_managers(session: Session, content: Content, *, now: datetime) -> int:
    """Send one mail to everybody who manages rapid response; returns to how many."""
    return write_to(session, staff.officers_who_may(session, {Permission.MANAGE_RESPONSE}), content, now=now)
