"""Operations on offences, actions, cancellations and deadlines."""

from typing import Any

from tsalert.cases import queries as cases
from tsalert.cases.schemas import MadeSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.enforcement import court_queries, queries, service
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.models import Cancellation, CaseOffence, EnforcementAction
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence, TakingBack
from tsalert.enforcement.schemas import (
    AheadAsked,
    NewActionSchema,
    NewCancellationSchema,
    NewOffenceSchema,
    TakingBackSchema,
)
from tsalert.enforcement.showing import AheadSchema, EnforcementSchema, LawListSchema
from tsalert.enforcement.views import ahead_of
from tsalert.enforcement.vocabulary import Record
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint

of_cases = api_blueprint("enforcement", "cases", "Offences, actions, cancellations and courts of a case.")
ahead = api_blueprint("deadlines", "deadlines", "Last days to prosecute, and hearings, that are near.")
blueprints = (of_cases, ahead)


@of_cases.route("/<int:case_id>/enforcement")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@of_cases.response(200, EnforcementSchema)
def get_enforcement(case_id: int) -> dict[str, Any]:
    """Return everything of a case's enforcement."""
    session = db.session()
    cases.get_case(session, case_id)
    found = queries.recorded(session, case_id)
    return {
        "offences": [_offence(row, found) for row in found.offences],
        "actions": [_with_reason(row, Record.ACTION, found) for row in found.actions],
        "cancellations": [_cancellation(row, found) for row in found.cancellations],
        "prosecutions": court_queries.read_prosecutions(session, case_id, reader=current_actor(), now=utc_now()),
    }


@of_cases.route("/<int:case_id>/offences", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewOffenceSchema)
@of_cases.response(201, MadeSchema)
def record_offence(new: NewOffence, case_id: int) -> dict[str, Any]:
    """Record an offence by the law of the days of the conduct."""
    return {"id": service.record_offence(case_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route("/<int:case_id>/actions", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewActionSchema)
@of_cases.response(201, MadeSchema)
def record_action(new: NewAction, case_id: int) -> dict[str, Any]:
    """Record a warning, undertaking, caution, injunction, seizure or the like."""
    return {"id": service.record_action(case_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route("/<int:case_id>/cancellations", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(NewCancellationSchema)
@of_cases.response(201, MadeSchema)
def record_cancellation(new: NewCancellation, case_id: int) -> dict[str, Any]:
    """Record a contract made at home or at a distance; its last day to cancel is worked out."""
    return {"id": service.record_cancellation(case_id, new, actor=current_actor(), now=utc_now())}


@of_cases.route("/<int:case_id>/enforcement/taken-back", methods=["POST"])
@requires(Permission.WORK_CASE)
@of_cases.arguments(TakingBackSchema)
@of_cases.response(204)
def take_back(back: TakingBack, case_id: int) -> None:
    """Take back a record that was wrong; it stays with the reason."""
    service.take_back(case_id, back, actor=current_actor(), now=utc_now())


@ahead.route("")
@requires(Permission.WORK_CASE)
@ahead.arguments(AheadAsked, location="query")
@ahead.response(200, AheadSchema)
def list_ahead(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the deadlines and hearings of one's own cases, or of everybody's."""
    found = ahead_of(asked, now=utc_now())
    deadlines, hearings = found["deadlines"], found["hearings"]
    following = {"next_deadlines": deadlines.next, "next_hearings": hearings.next}
    return found | {"deadlines": deadlines.items, "hearings": hearings.items} | following


@ahead.route("/offences")
@requires(Permission.READ_CASE)
@ahead.response(200, LawListSchema)
def list_law() -> dict[str, Any]:
    """Return every offence of the list, with the days of conduct that it reaches."""
    return {"items": list(OFFENCES.values())}


def _with_reason(
    row: EnforcementAction | Cancellation | CaseOffence, record: Record, found: queries.Recorded
) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118 - no mapping
    return columns | {"taken_back": found.why_taken_back(record, row.id)}


def _offence(row: CaseOffence, found: queries.Recorded) -> dict[str, Any]:
    law = OFFENCES[row.offence]
    said = {"title": law.title, "law": law.law, "time_limit": law.limit.value}
    return _with_reason(row, Record.OFFENCE, found) | said | {"is_charged": row.id in found.charged}


def _cancellation(row: Cancellation, found: queries.Recorded) -> dict[str, Any]:
    period = queries.period_of(row)
    worked_out = {"has_right": period.has_right, "last_day": period.last_day, "last_day_reason": period.reason}
    return _with_reason(row, Record.CANCELLATION, found) | worked_out
