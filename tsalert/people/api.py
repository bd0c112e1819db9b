"""Operations on the people of a case, on what somebody has to do with, and on who repeats."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import queries as cases
from tsalert.cases.people import queries, service
from tsalert.cases.people.rules import NewAssessment, NewRole, NewWishes, RoleEnd
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of
from tsalert.db import db
from tsalert.parties import queries as parties
from tsalert.people.histories import life_of
from tsalert.people.proposing import proposed_for
from tsalert.people.repeats import RepeatList, repeat_list
from tsalert.people.schemas import (
    CasePeopleSchema,
    HeldOfIncidentSchema,
    LifeSchema,
    NewAssessmentSchema,
    NewRoleSchema,
    NewWishesSchema,
    RepeatAskedSchema,
    RepeatListSchema,
    RoleEndSchema,
    SensitiveSchema,
)
from tsalert.people.sharing import also_used
from tsalert.people.showing import Sensitive, sensitive_of
from tsalert.response import held
from tsalert.response import queries as response
from tsalert.web.access import current_actor, name_read, note_shown, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("case_people", "cases", "Who is part of a case, how vulnerable they are, what they wish.")
lives = api_blueprint("lives", "parties", "One person or trader across calls, incidents, cases and years.")
incidents = api_blueprint("held", "incidents", "What is held of whom an incident tells.")
blueprints = (blp, lives, incidents)


@blp.route("/<int:case_id>/people")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, CasePeopleSchema)
def list_people(case_id: int) -> dict[str, Any]:
    """Return who is part of a case, and who may be."""
    return _people(case_id)


@blp.route("/<int:case_id>/people", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewRoleSchema)
@blp.response(201, CasePeopleSchema)
def give_role(new: NewRole, case_id: int) -> dict[str, Any]:
    """Give somebody a role in a case: a party that is known, or a name that makes a new one."""
    service.give_role(case_id, new, actor=current_actor(), now=utc_now())
    return _changed(case_id)


@blp.route("/<int:case_id>/people/victim", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.response(200, CasePeopleSchema)
def keep_victim(case_id: int) -> dict[str, Any]:
    """Make the victim whom the file names a person of the case; one that has a victim stays as it is."""
    service.keep_victim(case_id, actor=current_actor(), now=utc_now())
    return _changed(case_id)


@blp.route("/<int:case_id>/people/roles/<int:role_id>/end", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(RoleEndSchema)
@blp.response(200, CasePeopleSchema)
def end_role(end: RoleEnd, case_id: int, role_id: int) -> dict[str, Any]:
    """End a role; that somebody had it stays in the file."""
    service.end_role(case_id, role_id, end, actor=current_actor(), now=utc_now())
    return _changed(case_id)


@blp.route("/<int:case_id>/people/<int:party_id>")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, SensitiveSchema)
def get_person(case_id: int, party_id: int) -> Sensitive:
    """Return how vulnerable a person of a case is and what they wish, to officers on the case."""
    return sensitive_of(db.session(), case_id, party_id, actor=current_actor(), now=utc_now())


@blp.route("/<int:case_id>/people/<int:party_id>/assessments", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewAssessmentSchema)
@blp.response(201, SensitiveSchema)
def assess(new: NewAssessment, case_id: int, party_id: int) -> Sensitive:
    """Record how vulnerable a person of a case is, in the place of what stood."""
    service.assess(case_id, party_id, new, actor=current_actor(), now=utc_now())
    return _told(case_id, party_id)


@blp.route("/<int:case_id>/people/<int:party_id>/wishes", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewWishesSchema)
@blp.response(201, SensitiveSchema)
def record_wishes(new: NewWishes, case_id: int, party_id: int) -> Sensitive:
    """Record what a person of a case wishes, in the place of what they wished before."""
    service.record_wishes(case_id, party_id, new, actor=current_actor(), now=utc_now())
    return _told(case_id, party_id)


@lives.route("/<int:party_id>/history")
@requires(Permission.READ_CALL)
@reads("party", "party_id")
@lives.response(200, LifeSchema)
def get_history(party_id: int) -> dict[str, Any]:
    """Return what somebody has to do with: incidents, cases, sums, courts, intelligence, and what they share."""
    actor, now = current_actor(), utc_now()
    members = parties.get_party(db.session(), party_id).members
    notes = held.read_of_parties(db.session(), members, actor=actor, now=now)
    life = life_of(db.session(), members, actor=actor, now=now)
    shared = also_used(db.session(), members, actor=actor, now=now)
    named = ("victim", "trader", "incidents", "cases", "tried", "actions")
    return {name: getattr(life, name) for name in named} | {"also_used": shared, "intelligence": notes}


@lives.route("/repeats")
@requires(Permission.READ_CALL)
@reads("party")
@lives.arguments(RepeatAskedSchema, location="query", unknown=RAISE)
@lives.response(200, RepeatListSchema)
def list_repeats(asked: dict[str, Any]) -> RepeatList:
    """Return repeat victims or repeat traders of a period, by default this quarter, with their counts."""
    now = utc_now()
    period = asked["period"] or quarter_of(london_date(now))
    found = repeat_list(db.session(), asked["who"], period, actor=current_actor(), now=now, after=asked["after"])
    name_read([each.party_id for each in found.items])
    return found


@incidents.route("/<int:incident_id>/intelligence")
@requires(Permission.READ_CALL)
@reads("incident", "incident_id")
@incidents.response(200, HeldOfIncidentSchema)
def get_held(incident_id: int) -> dict[str, Any]:
    """Return the intelligence held of everybody whom an incident's calls tell of, and the warnings about them."""
    session, actor, now = db.session(), current_actor(), utc_now()
    response.get_incident(session, incident_id)
    warnings = held.warnings_of_incident(session, incident_id, actor=actor, now=now)
    return {"items": held.read_of_incident(session, incident_id, actor=actor, now=now), "warnings": warnings}


def _people(case_id: int) -> dict[str, Any]:
    session = db.session()
    actor, now = current_actor(), utc_now()
    case = cases.get_visible_case(session, case_id, actor=actor, now=now)
    people = queries.as_read(session, queries.people_of(session, case_id), reader=actor, now=now)
    return {"items": people, "proposed": proposed_for(session, case, reader=actor, now=now)}


def _changed(case_id: int) -> dict[str, Any]:
    note_shown("case", case_id)
    return _people(case_id)


def _told(case_id: int, party_id: int) -> Sensitive:
    note_shown("case", case_id)
    return sensitive_of(db.session(), case_id, party_id, actor=current_actor(), now=utc_now())
