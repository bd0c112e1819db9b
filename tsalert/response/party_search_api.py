"""The operation that looks for people and traders by whatever an officer has."""

from typing import Any

from flask import current_app

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties import service
from tsalert.response.party_api import blueprints, parties
from tsalert.response.party_schemas import PartiesFoundSchema, PartySoughtSchema
from tsalert.response.party_search import search
from tsalert.web.access import current_actor, requires

__all__ = ["blueprints"]


@parties.route("/found", methods=["POST"])
@requires(Permission.READ_CALL)
@parties.arguments(PartySoughtSchema)
@parties.response(200, PartiesFoundSchema)
def find_parties(told: dict[str, str]) -> dict[str, Any]:
    """List the parties that a name, number, registration, address or reference may mean, the likeliest first."""
    actor, now = current_actor(), utc_now()
    service.note_reading(None, "searched", actor=actor, now=now)
    return {"items": search(db.session(), told["q"], reader=actor, is_demo=current_app.config["TSALERT_DEMO"], now=now)}
