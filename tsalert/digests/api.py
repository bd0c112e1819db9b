"""The operation on daily and weekly mails."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.digests import queries
from tsalert.digests.schemas import DigestListSchema, DigestsAskedSchema
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("digest_list", "digests", "Daily and weekly mails: what the next hold, and which went out.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_ALERT)
@blp.arguments(DigestsAskedSchema, location="query", unknown=RAISE)
@blp.response(200, DigestListSchema)
def list_digests(asked: dict[str, Any]) -> dict[str, Any]:
    """List the next daily and weekly mails and those that were made, newest first."""
    session = db.session()
    items = queries.list_sent(session, before=asked["before"])
    older = items[-1].id if len(items) == queries.PAGE else None
    return {"coming": queries.coming(session, now=utc_now()), "items": items, "next": older}
