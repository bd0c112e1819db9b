"""Operations on what people texted to the service's number."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound import queries
from tsalert.inbound.schemas import InboundTextPageSchema, MessagesQuery
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint

messages = api_blueprint("messages", "messages", "Text messages as they came; each is part of a call.")
blueprints = (messages,)


@messages.route("")
@requires(Permission.READ_CALL)
@reads("message")
@messages.arguments(MessagesQuery, location="query", unknown=RAISE)
@messages.response(200, InboundTextPageSchema)
def list_messages(asked: dict[str, Any]) -> dict[str, Any]:
    """List the messages that an officer has to read, newest first."""
    found = queries.messages(db.session(), before=asked["after"])
    items = queries.seen_by(db.session(), current_actor(), found, now=utc_now())
    name_read(message.id for message in items)
    return {"items": items, "next": found[-1].id if len(found) == queries.PAGE else None}
