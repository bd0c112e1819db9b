"""Operations on prosecutions."""

from typing import Any

from tsalert.cases.schemas import MadeSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.enforcement import court, court_queries
from tsalert.enforcement.api import blueprints as of_enforcement
from tsalert.enforcement.api import of_cases
from tsalert.enforcement.court_queries import ProsecutionView
from tsalert.enforcement.court_rules import (
    HearingOutcome,
    NewDecision,
    NewDefendant,
    NewHearing,
    NewPayment,
    NewProsecution,
)
from tsalert.enforcement.schemas import (
    HearingOutcomeSchema,
    NewCourtDecisionSchema,
    NewDefendantSchema,
    NewHearingSchema,
    NewPaymentSchema,
    NewProsecutionSchema,
)
from tsalert.enforcement.showing import ProsecutionSchema
from tsalert.web.access import current_actor, reads, requires

blueprints = of_enforcement
_ONE = "/<int:case_id>/prosecutions/<int:prosecution_id>"


@of_cases.route("/<int:case_id>/prosecutions", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewProsecutionSchema)
@of_cases.response(201, MadeSchema)
def begin_prosecution(new: NewProsecution, case_id: int) -> dict[str, Any]:
    """Record that proceedings were begun."""
    return {"id": court.begin_prosecution(case_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route(_ONE)
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@of_cases.response(200, ProsecutionSchema)
def get_prosecution(case_id: int, prosecution_id: int) -> ProsecutionView:
    """Return one prosecution as it stands."""
    return _read(case_id, prosecution_id)


@of_cases.route(f"{_ONE}/defendants", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewDefendantSchema)
@of_cases.response(201, MadeSchema)
def add_defendant(new: NewDefendant, case_id: int, prosecution_id: int) -> dict[str, Any]:
    """Charge somebody with offences of the case."""
    return {"id": court.add_defendant(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route(f"{_ONE}/hearings", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewHearingSchema)
@of_cases.response(201, MadeSchema)
def list_hearing(new: NewHearing, case_id: int, prosecution_id: int) -> dict[str, Any]:
    """Record a day in court."""
    return {"id": court.list_hearing(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route(f"{_ONE}/hearings/<int:hearing_id>/outcome", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(HearingOutcomeSchema)
@of_cases.response(200, ProsecutionSchema)
def record_outcome(outcome: HearingOutcome, case_id: int, prosecution_id: int, hearing_id: int) -> ProsecutionView:
    """Record how a hearing ended."""
    court.record_outcome(case_id, prosecution_id, hearing_id, outcome, actor=current_actor(), now=utc_now())
    return _read(case_id, prosecution_id)


@of_cases.route(f"{_ONE}/decisions", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewCourtDecisionSchema)
@of_cases.response(201, MadeSchema)
def record_decision(new: NewDecision, case_id: int, prosecution_id: int) -> dict[str, Any]:
    """Record a plea, verdict, sentence or order; compensation becomes a money line of the case."""
    return {"id": court.record_decision(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route(f"{_ONE}/payments", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewPaymentSchema)
@of_cases.response(201, MadeSchema)
def record_payment(new: NewPayment, case_id: int, prosecution_id: int) -> dict[str, Any]:
    """Record that compensation reached the victim; returns the number of its money line."""
    return {"id": court.record_payment(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())}


def _read(case_id: int, prosecution_id: int) -> ProsecutionView:
    """Return a prosecution as whoever asks may see it."""
    found = court_queries.get_prosecution(db.session(), case_id, prosecution_id)
    return court_queries.as_read(db.session(), [found], reader=current_actor(), now=utc_now())[0]
