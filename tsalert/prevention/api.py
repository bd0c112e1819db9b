"""Operations on units and the checks on them; those that change what counts are with savings."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.prevention import kept, queries, service
from tsalert.prevention.queries import UnitFilter
from tsalert.prevention.rules import LANDLINE_SWITCH_OFF, NewCheck
from tsalert.prevention.schemas import NewUsageCheckSchema, UnitFilterSchema, UnitPageSchema, UnitWithChecksSchema
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("units", "units", "Units fitted in homes, and the checks on them.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_FIGURES)
@blp.arguments(UnitFilterSchema, location="query", unknown=RAISE)
@blp.response(200, UnitPageSchema)
def list_units(wanted: UnitFilter) -> dict[str, Any]:
    """List units: those in place, due for a check, at risk of the landlines' switch-off, ended, or all."""
    page = queries.list_units(db.session(), wanted, today=london_date(utc_now()))
    items = kept.for_reader(db.session(), page.items, reader=current_actor(), now=utc_now())
    return {"items": items, "next": page.next, "switch_off": LANDLINE_SWITCH_OFF}


@blp.route("/<int:unit_id>")
@requires(Permission.READ_FIGURES)
@reads("unit", "unit_id")
@blp.response(200, UnitWithChecksSchema)
def get_unit(unit_id: int) -> dict[str, Any]:
    """Return one unit with every check on it."""
    return _whole(unit_id)


@blp.route("/<int:unit_id>/checks", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(NewUsageCheckSchema)
@blp.response(201, UnitWithChecksSchema)
def record_check(check: NewCheck, unit_id: int) -> dict[str, Any]:
    """Write down what somebody found who looked whether a unit is in use."""
    service.record_check(unit_id, check, actor=current_actor(), now=utc_now())
    return _whole(unit_id)


def _whole(unit_id: int) -> dict[str, Any]:
    unit = queries.get_unit(db.session(), unit_id)
    return asdict(unit) | {
        "check_due_on": unit.check_due_on,
        "is_at_risk": unit.is_at_risk,
        "checks": queries.list_checks(db.session(), unit_id),
    }
