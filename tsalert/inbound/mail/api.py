"""The operation on mail that people wrote to the address of the alerts."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound.mail import queries
from tsalert.inbound.schemas import MessagesQuery
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import Instant

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


class InboundMailPageSchema(Schema):
    """A page of mail; ``next`` is what to ask for as ``after`` to go on."""

    items = fields.List(fields.Nested(InboundMailSchema))
    next = fields.Integer(allow_none=True)


@mail.route("")
@requires(Permission.READ_CALL)
@reads("mail")
@mail.arguments(MessagesQuery, location="query", unknown=RAISE)
@mail.response(200, InboundMailPageSchema)
def list_mail(asked: dict[str, Any]) -> dict[str, Any]:
    """List the mail that an officer has to read, newest first."""
    found = queries.mails(db.session(), before=asked["after"])
    items = queries.seen_by(db.session(), current_actor(), found, now=utc_now())
    name_read(each.id for each in items)
    return {"items": items, "next": found[-1].id if len(found) == queries.PAGE else None}
