"""Operations on parties, matches, decisions and warnings."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.intelligence import service as intelligence
from tsalert.keysets import Page
from tsalert.parties import queries, service, warning_notes
from tsalert.parties.queries import Decision, PartyRecord
from tsalert.parties.rules import Sought
from tsalert.parties.vocabulary import Side
from tsalert.parties.warning_notes import Warned
from tsalert.response import call_parties, held
from tsalert.response.call_parties import PartOfCall, calls_of_parties
from tsalert.response.kept import named_for, require_decision_of
from tsalert.response.kept_facts import kept_facts
from tsalert.response.matches import look_up
from tsalert.response.party_schemas import (
    EndSchema,
    ListedPartySchema,
    MatchesSchema,
    NewDecisionSchema,
    NewWarningSchema,
    PartySchema,
    ReviewSchema,
    SoughtSchema,
)
from tsalert.tiers.parties import require_party
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import SizedPageAsked

parties = api_blueprint("parties", "parties", "People and businesses across calls.")
warnings = api_blueprint("warnings", "warnings", "What officers must know before they deal with a party.")
matches = api_blueprint("matches", "matches", "Whom and what we know of a call.")
blueprints = (parties, warnings, matches)


class Shown(NamedTuple):
    """A party with its warnings, decisions and calls."""

    record: PartyRecord
    warnings: list[Warned]
    decisions: list[Decision]
    calls: list[PartOfCall]


@matches.route("", methods=["POST"])
@requires(Permission.LOG_CALL)
@matches.arguments(SoughtSchema)
@matches.response(200, MatchesSchema)
def find_matches(sought: Sought) -> dict[str, Any]:
    """Find the people and things we know in a call; what you look for goes into the body, not into an address."""
    now, actor, is_demo = utc_now(), current_actor(), current_app.config["TSALERT_DEMO"]
    service.note_reading(None, "looked for matches", actor=actor, now=now)
    found = look_up(db.session(), sought, reader=actor, is_demo=is_demo, now=now)
    notes = held.held_for(db.session(), found, sought, is_demo=is_demo, actor=actor, now=now)
    intelligence.note_reading(notes.texts, actor=actor, now=now)
    lines = [{"line": line, "held": notes.of(line)} for line in found.lines]
    return {"lines": lines, "incidents": found.incidents, "held": notes.elsewhere}


@parties.route("")
@requires(Permission.READ_CALL)
@parties.arguments(SizedPageAsked, location="query", unknown=RAISE)
@parties.response(200, page_of(ListedPartySchema))
def list_parties(asked: dict[str, Any]) -> Page[Any]:
    """List parties, newest first."""
    service.note_reading(None, "listed", actor=current_actor(), now=utc_now())
    found = queries.list_parties(db.session(), **asked)
    return found.all_told_by(lambda rows: named_for(db.session(), current_actor(), rows, now=utc_now()))


@parties.route("/<int:party_id>")
@requires(Permission.READ_CALL)
@parties.response(200, PartySchema)
def get_party(party_id: int) -> Shown:
    """Return one party with all that is known of those held to be the same."""
    return _shown(party_id, now=utc_now())


@parties.route("/<int:party_id>/decisions", methods=["POST"])
@requires(Permission.LOG_CALL)
@parties.arguments(NewDecisionSchema)
@parties.response(200, PartySchema)
def decide(told: dict[str, Any], party_id: int) -> Shown:
    """Hold a party and another to be the same, or not."""
    now = utc_now()
    require_party(db.session(), current_actor(), told["other_id"], now=now)
    service.decide((party_id, told["other_id"]), told["verdict"], actor=current_actor(), now=now)
    return _shown(party_id, now=now)


@parties.route("/<int:party_id>/decisions/<int:decision_id>/undo", methods=["POST"])
@requires(Permission.LOG_CALL)
@parties.response(200, PartySchema)
def undo(party_id: int, decision_id: int) -> Shown:
    """Undo a decision; it stays in the history."""
    now = utc_now()
    require_decision_of(db.session(), party_id, decision_id)
    service.undo(decision_id, actor=current_actor(), now=now)
    return _shown(party_id, now=now)


@parties.route("/calls/<int:call_id>/<any(caller, trader):role>/tell-apart", methods=["POST"])
@requires(Permission.LOG_CALL)
@parties.response(200, PartySchema)
def tell_apart(call_id: int, role: str) -> Shown:
    """Say that a call was not of the party that it is linked to; returns the party of its own that it goes to."""
    now, is_demo = utc_now(), current_app.config["TSALERT_DEMO"]
    new_id = call_parties.tell_apart(call_id, Side.of(role), is_demo=is_demo, actor=current_actor(), now=now)
    return _shown(new_id, now=now)


@parties.route("/<int:party_id>/warnings", methods=["POST"])
@requires(Permission.LOG_CALL)
@parties.arguments(NewWarningSchema)
@parties.response(200, PartySchema)
def warn(told: dict[str, Any], party_id: int) -> Shown:
    """Warn of a party."""
    now = utc_now()
    warning_notes.add_warning(party_id, told["text"], told["review_on"], actor=current_actor(), now=now)
    return _shown(party_id, now=now)


@warnings.route("/<int:warning_id>/review", methods=["POST"])
@requires(Permission.LOG_CALL)
@warnings.arguments(ReviewSchema)
@warnings.response(200, PartySchema)
def review_warning(told: dict[str, Any], warning_id: int) -> Shown:
    """Keep a warning until its next review."""
    now = utc_now()
    warning_notes.review_warning(warning_id, **told, actor=current_actor(), now=now)
    return _shown(warning_notes.get_warning(db.session(), warning_id).party_id, now=now)


@warnings.route("/<int:warning_id>/end", methods=["POST"])
@requires(Permission.LOG_CALL)
@warnings.arguments(EndSchema)
@warnings.response(200, PartySchema)
def end_warning(told: dict[str, Any], warning_id: int) -> Shown:
    """End a warning; it stays in the party's history."""
    now = utc_now()
    warning_notes.end_warning(warning_id, **told, actor=current_actor(), now=now)
    return _shown(warning_notes.get_warning(db.session(), warning_id).party_id, now=now)


def _shown(party_id: int, *, now: datetime) -> Shown:
    """Return a party, once the trail says who reads of it."""
    queries.get_party(db.session(), party_id)
    service.note_reading(party_id, "read", actor=current_actor(), now=now)
    session = db.session()
    facts = kept_facts(session, current_actor(), queries.get_party(session, party_id).members, now=now)
    record = queries.get_party(session, party_id, without=facts)
    return Shown(
        record,
        warning_notes.warnings_of(session, record.members, now=now, ended=True),
        queries.decisions_of(session, record.members),
        calls_of_parties(session, record.members, reader=current_actor(), now=now),
    )
