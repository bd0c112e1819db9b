"""Operations on what people texted to the service's number."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound import queries
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.schemas import InboundTextSchema
from tsalert.keysets import Page
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

messages = api_blueprint("messages", "messages", "Text messages as they came; each is part of a call.")
blueprints = (messages,)


@messages.route("")
@requires(Permission.READ_CALL)
@reads("message")
@messages.arguments(PageAsked, location="query", unknown=RAISE)
@messages.response(200, page_of(InboundTextSchema))
def list_messages(asked: dict[str, Any]) -> Page[InboundMessage]:
    """List the messages that an officer has to read, newest first."""
    found = queries.messages(db.session(), **asked)
    items = queries.seen_by(db.session(), current_actor(), found.items, now=utc_now())
    name_read(message.id for message in items)
    return Page(items, found.next)
