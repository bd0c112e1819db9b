"""Mail to those who manage the list when a limit of joining is reached. It names nobody."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.staff import queries as staff
from tsalert.visitors.limiting import spend

_HOUR = timedelta(hours=1)


def tell_of_limit(session: Session, what: str, happens: str, *, now: datetime) -> bool:
    """Write that a limit is reached, once an hour for each; False where it was told of. A step.

    :param what: the limit, such as ``confirmation texts``.
    :param happens: what becomes of the people who meet it, a sentence.
    """
    if not spend(session, "told of limit", what, most=1, within=_HOUR, now=now):
        return False
    settings: Settings = current_app.extensions["tsalert_settings"]
    text = (
        f"The limit on {what} was reached. {happens}\n\n"
        "A program may be filling in the form, or a campaign has worked. Look at who has asked:\n\n"
        f"{settings.public_url}/subscribers\n\n"
        "The people who run tsalert can raise the limit in its settings. You get this mail at most once an hour.\n"
    )
    content = Content(subject=f"The limit on {what} was reached", text=text)
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=now + 24 * _HOUR)
    for person in staff.officers_who_may(session, {Permission.MANAGE_SUBSCRIBERS}):
        status = EndpointStatus.UNCONFIRMED
        end = delivery.find_or_add_endpoint(session, Channel.EMAIL, person.email, status=status, now=now)
        delivery.enqueue_one(session, mailing_id, end, now=now)
    audit.record(session, SERVICE, "limit reached", "sign-up", None, now=now, limit=what)
    return True
