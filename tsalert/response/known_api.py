"""Operations on what a party is known by."""

from typing import Any

from flask import current_app

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties import known_by, queries, service
from tsalert.parties.known_by import NewKnown
from tsalert.parties.vocabulary import KnownBy
from tsalert.response.kept_facts import kept_facts
from tsalert.response.known_schemas import KnownBySchema, NewKnownSchema, TakeBackSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

known = api_blueprint("known_by", "parties", "What parties are known by: names, numbers, vehicles, addresses.")
blueprints = (known,)
_KINDS = ", ".join(f"'{kind}'" for kind in KnownBy)


@known.route("/<int:party_id>/known-by")
@requires(Permission.READ_CALL)
@known.response(200, KnownBySchema)
def list_known(party_id: int) -> dict[str, Any]:
    """List what a party and those held to be the same are known by."""
    return _shown(party_id)


@known.route("/<int:party_id>/known-by", methods=["POST"])
@requires(Permission.LOG_CALL)
@known.arguments(NewKnownSchema)
@known.response(201, KnownBySchema)
def add_known(new: NewKnown, party_id: int) -> dict[str, Any]:
    """Add a name, number, vehicle or address; it is matched while calls are typed."""
    is_demo = current_app.config["TSALERT_DEMO"]
    facts = kept_facts(db.session(), current_actor(), [party_id], now=utc_now())
    known_by.add_known(party_id, new, is_demo=is_demo, actor=current_actor(), now=utc_now(), without=facts)
    return _shown(party_id)


@known.route(f"/<int:party_id>/known-by/<any({_KINDS}):kind>/<int:known_id>/take-back", methods=["POST"])
@requires(Permission.LOG_CALL)
@known.arguments(TakeBackSchema)
@known.response(200, KnownBySchema)
def take_back(told: dict[str, Any], party_id: int, kind: str, known_id: int) -> dict[str, Any]:
    """Take something back: nobody is found by it any more, and the record that it was there stays."""
    facts = kept_facts(db.session(), current_actor(), [party_id], now=utc_now())
    known_by.find_standing(db.session(), [party_id], KnownBy.of(kind), known_id, without=facts)
    known_by.take_back(party_id, KnownBy.of(kind), known_id, told["reason"], actor=current_actor(), now=utc_now())
    return _shown(party_id)


def _shown(party_id: int) -> dict[str, Any]:
    """Return what a party is known by, once the trail says who reads of it."""
    queries.get_party(db.session(), party_id)
    service.note_reading(party_id, "read", actor=current_actor(), now=utc_now())
    session = db.session()
    members = queries.get_party(session, party_id).members
    facts = kept_facts(session, current_actor(), members, now=utc_now())
    return {
        "items": known_by.standing_of(session, members, without=facts),
        "history": known_by.history_of(session, members, without=facts),
    }
