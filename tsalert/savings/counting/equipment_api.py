"""Operations that write units down and end them: what changes how much counts."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.prevention import queries as units
from tsalert.prevention.queries import UnitView
from tsalert.prevention.rules import NewEnding
from tsalert.prevention.schemas import UnitListSchema, UnitSchema
from tsalert.savings.counting import equipment
from tsalert.savings.counting.schemas import NewUnitsSchema, UnitEndingSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("unit_changes", "units", "Units fitted in homes, and how their time ended.")


@blp.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(NewUnitsSchema)
@blp.response(201, UnitListSchema)
def add_units(new: dict[str, Any]) -> dict[str, Any]:
    """Write down, by serial number, units that an intervention installed; without one no unit can be counted."""
    made = equipment.add_units(new["intervention"], new["serials"], actor=current_actor(), now=utc_now())
    return {"items": [units.get_unit(db.session(), unit_id) for unit_id in made]}


@blp.route("/<int:unit_id>/end", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(UnitEndingSchema)
@blp.response(200, UnitSchema)
def end_unit(ending: NewEnding, unit_id: int) -> UnitView:
    """Write down how a unit's time ended; from that day its household has room for another."""
    equipment.end_unit(unit_id, ending, actor=current_actor(), now=utc_now())
    return units.get_unit(db.session(), unit_id)
