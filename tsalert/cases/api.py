"""Operations on cases and their money lines."""

from typing import Any

from tsalert.cases import queries, sensitive, service
from tsalert.cases.incidents import incident_named
from tsalert.cases.models import CaseFile
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.schemas import (
    AmendedCaseSchema,
    CaseSchema,
    LedgerSchema,
    LinkedIncidentListSchema,
    LinkSchema,
    MadeSchema,
    NewCaseSchema,
    NewMoneyLineSchema,
    NewNoteSchema,
    ProgressSchema,
)
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("cases", "cases", "Case files and their money lines.")
of_incidents = api_blueprint("case_of_incident", "incidents/<int:incident_id>/case", "The case of an incident.")
blueprints = (blp, of_incidents)


@blp.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewCaseSchema)
@blp.response(201, CaseSchema)
def open_case(new: NewCase) -> CaseFile:
    """Open a case, from an incident where one is named."""
    return queries.get_case(db.session(), service.open_case(new, actor=current_actor(), now=utc_now()))


@blp.route("/<int:case_id>")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, CaseSchema)
def get_case(case_id: int) -> CaseFile:
    """Return one case."""
    return queries.get_case(db.session(), case_id)


@of_incidents.route("")
@requires(Permission.READ_CASE)
@reads("case")
@of_incidents.response(200, CaseSchema)
def get_case_of(incident_id: int) -> CaseFile:
    """Return the case to which an incident is attached."""
    session = db.session()
    case = queries.find_case_of_incident(session, incident_id)
    if case is None:
        raise NotFound("No case is attached to this incident.")
    name_read([case.id])
    return queries.get_visible_case(session, case.id, actor=current_actor(), now=utc_now())


@blp.route("/<int:case_id>", methods=["PUT"])
@requires(Permission.WORK_CASE)
@blp.arguments(AmendedCaseSchema)
@blp.response(200, CaseSchema)
def amend_case(amended: NewCase, case_id: int) -> CaseFile:
    """Correct a case as a whole: what you leave out is emptied, except category, opening and officer."""
    service.amend_case(case_id, amended, actor=current_actor(), now=utc_now())
    return queries.get_case(db.session(), case_id)


@blp.route("/<int:case_id>/incidents")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, LinkedIncidentListSchema)
def list_linked(case_id: int) -> dict[str, Any]:
    """List the incidents that are attached to a case."""
    return _linked(case_id)


@blp.route("/<int:case_id>/incidents", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(LinkSchema)
@blp.response(200, LinkedIncidentListSchema)
def link_incident(told: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Attach an incident to a case."""
    incident_id = incident_named(db.session(), told["incident"])
    service.link_incident(case_id, incident_id, actor=current_actor(), now=utc_now())
    return _linked(case_id)


@blp.route("/<int:case_id>/progress", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(ProgressSchema)
@blp.response(200, CaseSchema)
def record_progress(progress: Progress, case_id: int) -> CaseFile:
    """Move a case on; closing needs an outcome, reopening a reason."""
    service.record_progress(case_id, progress, actor=current_actor(), now=utc_now())
    return queries.get_case(db.session(), case_id)


@blp.route("/<int:case_id>/money")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.response(200, LedgerSchema)
def list_money(case_id: int) -> queries.Ledger:
    """Return every money line of a case, and what they add up to; notes on bank records are for those on the case."""
    queries.get_case(db.session(), case_id)
    return sensitive.ledger_for(db.session(), case_id, reader=current_actor(), now=utc_now())[0]


@blp.route("/<int:case_id>/money", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewMoneyLineSchema)
@blp.response(201, MadeSchema)
def record_money(line: NewMoneyLine, case_id: int) -> dict[str, Any]:
    """Add a money line to a case, or correct an earlier one by superseding it."""
    return {"id": service.record_money(case_id, line, actor=current_actor(), now=utc_now())}


@blp.route("/<int:case_id>/notes", methods=["POST"])
@requires(Permission.WORK_CASE)
@blp.arguments(NewNoteSchema)
@blp.response(201, MadeSchema)
def add_note(note: NewNote, case_id: int) -> dict[str, Any]:
    """Write an entry in a case's log."""
    return {"id": service.add_note(case_id, note, actor=current_actor(), now=utc_now())}


def _linked(case_id: int) -> dict[str, Any]:
    session = db.session()
    queries.get_case(session, case_id)
    return {"items": queries.incidents_of(session, case_id)}
