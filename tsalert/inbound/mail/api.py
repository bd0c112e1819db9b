"""The operation on mail that people wrote to the address of the alerts."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound.mail import queries
from tsalert.inbound.mail.models import InboundMail
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import Instant, PageAsked

mail = api_blueprint("mail", "mail", "Mail that people wrote to the address of the alerts, or that could not be read.")
blueprints = (mail,)


class InboundMailSchema(Schema):
    """One mail as it came."""

    id = fields.Integer()
    taken_as = fields.String()
    sender = fields.String()
    subject = fields.String()
    body = fields.String()
    received_at = Instant()
    call_id = fields.Integer(allow_none=True)


@mail.route("")
@requires(Permission.READ_CALL)
@reads("mail")
@mail.arguments(PageAsked, location="query", unknown=RAISE)
@mail.response(200, page_of(InboundMailSchema))
def list_mail(asked: dict[str, Any]) -> Page[InboundMail]:
    """List the mail that an officer has to read, newest first."""
    found = queries.mails(db.session(), **asked)
    items = queries.seen_by(db.session(), current_actor(), found.items, now=utc_now())
    name_read(each.id for each in items)
    return Page(items, found.next)
