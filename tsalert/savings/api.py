"""Operations on interventions, and the explanation of a figure; rate_api.py has those on rates."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict

from tsalert.activities.queries import behind_savings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.savings import kept, queries, service
from tsalert.savings.counting import not_counted
from tsalert.savings.counting.api import blueprints as counting
from tsalert.savings.counting.equipment_api import blp as units
from tsalert.savings.figures import explaining
from tsalert.savings.figures.api import tables
from tsalert.savings.figures.explaining import Explanation
from tsalert.savings.figures.schemas import ExplanationSchema, FigureSchema
from tsalert.savings.queries import Filter, Version
from tsalert.savings.rates.api import rates
from tsalert.savings.recording import limits, linking
from tsalert.savings.recording.quoting import alerts_quoted
from tsalert.savings.recording.record_schemas import (
    CorrectionSchema,
    LimitSchema,
    LimitsSchema,
    NewInterventionSchema,
    TypeSchema,
)
from tsalert.savings.recording.session_api import blp as activity_changes
from tsalert.savings.rules import InterventionType, NewIntervention
from tsalert.savings.schemas import (
    FilterSchema,
    InterventionSchema,
    SeenVersionSchema,
    ValuedInterventionSchema,
    WithdrawalSchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

interventions = api_blueprint("interventions", "interventions", "What was done that changed what somebody pays.")
savings = api_blueprint("savings", "savings", "Rates, and how a figure was worked out.")
blueprints: tuple[Any, ...] = (interventions, savings, tables, rates, units, activity_changes, *counting)


@interventions.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@interventions.arguments(FilterSchema, location="query", unknown=RAISE)
@interventions.response(200, page_of(InterventionSchema, ListPlace))
def list_interventions(wanted: Filter) -> Page[Version]:
    """List the interventions that count, newest date first."""
    page = queries.list_interventions(db.session(), wanted)
    return page.all_told_by(
        lambda versions: kept.for_reader(db.session(), versions, reader=current_actor(), now=utc_now())
    )


@interventions.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@interventions.arguments(NewInterventionSchema)
@interventions.response(201, ValuedInterventionSchema)
def record_intervention(new: NewIntervention) -> dict[str, Any]:
    """Record an intervention. Its money is in one class: prevented, recovered or future_financial."""
    return _valued(service.record_intervention(new, actor=current_actor(), now=utc_now()))


@interventions.route("/types", methods=["GET"])
@requires(Permission.READ_FIGURES)
@interventions.response(200, TypeSchema(many=True))
def list_types() -> list[InterventionType]:
    """List the types of intervention, and what a record of each may hold."""
    return list(InterventionType)


@interventions.route("/<reference>", methods=["GET"])
@requires(Permission.READ_FIGURES)
@reads("intervention")
@interventions.response(200, ValuedInterventionSchema)
def get_intervention(reference: str) -> dict[str, Any]:
    """Give the version of an intervention that stands, and what it is worth."""
    given = _valued(reference)
    name_read([given["id"]])
    return given


@interventions.route("/<reference>/corrections", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@interventions.arguments(CorrectionSchema)
@interventions.response(201, ValuedInterventionSchema)
def correct_intervention(correction: dict[str, Any], reference: str) -> dict[str, Any]:
    """Put a new version in the place of the one that stands."""
    service.correct_intervention(reference, **correction, actor=current_actor(), now=utc_now())
    return _valued(reference)


@interventions.route("/<reference>/withdrawal", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@interventions.arguments(WithdrawalSchema)
@interventions.response(201, ValuedInterventionSchema)
def withdraw_intervention(withdrawal: dict[str, Any], reference: str) -> dict[str, Any]:
    """Take an intervention out of every figure."""
    service.withdraw_intervention(reference, **withdrawal, actor=current_actor(), now=utc_now())
    return _valued(reference)


@interventions.route("/<reference>/verification", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@interventions.arguments(SeenVersionSchema)
@interventions.response(201, ValuedInterventionSchema)
def verify_intervention(seen: dict[str, Any], reference: str) -> dict[str, Any]:
    """Confirm a large amount as a second officer."""
    service.verify_intervention(reference, **seen, actor=current_actor(), now=utc_now())
    return _valued(reference)


@savings.route("/verification-limit", methods=["GET"])
@requires(Permission.READ_FIGURES)
@savings.response(200, LimitsSchema)
def get_limit() -> dict[str, Any]:
    """Give the amount above which a record made now needs a second officer, and every limit that was set."""
    return {"above": limits.current_limit(db.session()), "limits": limits.list_limits(db.session())}


@savings.route("/verification-limit", methods=["POST"])
@requires(Permission.MANAGE_RATES)
@savings.arguments(LimitSchema)
@savings.response(201, LimitsSchema)
def set_limit(wanted: dict[str, Any]) -> dict[str, Any]:
    """Set the limit for records made from now on; those made before keep what they needed."""
    limits.set_limit(**wanted, actor=current_actor(), now=utc_now())
    return {"above": limits.current_limit(db.session()), "limits": limits.list_limits(db.session())}


@savings.route("/explanation", methods=["GET"])
@requires(Permission.READ_FIGURES)
@savings.arguments(FigureSchema, location="query", unknown=RAISE)
@savings.response(200, ExplanationSchema)
def explain(figure: dict[str, Any]) -> Explanation:
    """Say how one figure of a period's table was worked out, by default the grand total."""
    return explaining.explain(db.session(), figure["figure"], after=figure["after"])


def _valued(reference: str) -> dict[str, Any]:
    version = queries.get_current(db.session(), reference)
    valuation = explaining.value_intervention(db.session(), version)
    chosen = valuation.rate_set.slug if valuation.rate_set else None
    return asdict(version) | {
        "awaits_verifying": version.awaits_verifying,
        "alerts_quoted": alerts_quoted(db.session(), version.content.incident_id),
        "activity": _activity_behind(version.reference),
        "is_money_line_corrected": _is_line_corrected(version),
        "rate_set": chosen,
        "contributions": valuation.contributions,
        "not_counted": not_counted.reasons_of(db.session(), version),
    }


def _activity_behind(reference: str) -> str | None:
    source = behind_savings(db.session(), [reference]).get(reference)
    return source.reference if source else None


def _is_line_corrected(version: Version) -> bool:
    line_id = version.content.money_line_id
    return line_id is not None and linking.find_line(db.session(), line_id).is_superseded
