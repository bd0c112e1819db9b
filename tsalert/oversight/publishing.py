"""The head of the trail, sent once a day to an address outside, against which a later trail can be held."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Head
from tsalert.config import Settings
from tsalert.core.words import counted
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.web.filters import moment


def publish_head(now: datetime) -> bool:
    """Send the head of the trail to the configured address, once on each London day; tells whether it was sent now."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    if not settings.audit_head_to:
        return False
    with transaction() as session:
        head = audit.note_publication(session, now=now)
        if head is None:
            return False
        _send(session, settings, _wording(settings.authority_name, head, now), now)
        return True


def _send(session: Session, settings: Settings, content: Content, now: datetime) -> None:
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now)
    endpoint_id = delivery.find_or_add_endpoint(
        session, Channel.EMAIL, settings.audit_head_to, status=EndpointStatus.UNCONFIRMED, now=now
    )
    delivery.enqueue_one(session, mailing_id, endpoint_id, now=now)


def _wording(authority: str, head: Head, now: datetime) -> Content:
    text = (
        f"The audit trail of {authority} on {moment(now)}:\n\n"
        f"entries: {head.length}\nlast seal: {head.seal}\n\n"
        "Keep this message outside the service. Anybody who doubts the trail later can compare it with this:\n\n"
        f"flask --app wsgi audit verify --published {head.length} {head.seal}\n"
    )
    return Content(subject=f"Audit trail, {counted(head.length, 'entry', 'entries')}", text=text)
