"""The search as an operation; what is looked for travels in the body, since addresses are kept in logs."""

from typing import Any

from flask import current_app

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.finding import service
from tsalert.finding.leading import find_reference
from tsalert.finding.schemas import SearchAnswerSchema, SearchedSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

found = api_blueprint("search", "search", "Search over calls, incidents, cases, people and traders.")
blueprints = (found,)
_KINDS = {
    "calls.show_call": "call",
    "response.show_incident": "incident",
    "cases.show_case": "case",
    "savings.show_intervention": "intervention",
}


@found.route("", methods=["POST"])
@requires(Permission.READ_CALL)
@found.arguments(SearchedSchema)
@found.response(200, SearchAnswerSchema)
def search(asked: dict[str, Any]) -> dict[str, Any]:
    """Find records by words, names, numbers, places or a reference."""
    actor = current_actor()
    leads = find_reference(db.session(), asked["q"], actor=actor)
    if leads is not None:
        endpoint, key = leads
        return {"leads_to": {"kind": _KINDS[endpoint], "id": next(iter(key.values()))}, "perhaps": None, "groups": []}
    is_demo = current_app.config["TSALERT_DEMO"]
    answer = service.look_for(asked["q"], only=asked["kind"], is_demo=is_demo, actor=actor, now=utc_now())
    told = ("perhaps", "groups", "people", "traders")
    return {"leads_to": None} | {name: getattr(answer, name) for name in told}
