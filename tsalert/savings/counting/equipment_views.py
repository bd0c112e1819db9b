"""Pages that write units down with their intervention, and their ends: what changes how much counts."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.prevention import queries as units
from tsalert.prevention.queries import UnitView
from tsalert.prevention.rules import Ending
from tsalert.savings import queries
from tsalert.savings.counting import equipment
from tsalert.savings.counting.schemas import SerialsSchema, UnitEndingSchema
from tsalert.savings.recording.households import household_at
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("equipment", __name__)


@bp.app_context_processor
def offer_units() -> dict[str, object]:
    """Let the page of a case say what is fitted in the home that it is about."""
    return {"units_at": _units_at}


@bp.get("/interventions/<reference>/units")
@requires(Permission.RECORD_INTERVENTION)
def new_units(reference: str) -> ResponseReturnValue:
    """Ask for the serial numbers of what an intervention installed."""
    version = queries.get_current(db.session(), reference)
    known = units.units_of(db.session(), [version.reference])
    return render_template("savings/add_units.html", version=version, known=known)


@bp.post("/interventions/<reference>/units")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_units)
def add_units(reference: str) -> ResponseReturnValue:
    """Write down what an intervention installed, one by one."""
    serials = load_form(SerialsSchema())["serials"]
    equipment.add_units(reference, serials, actor=current_actor(), now=utc_now())
    return redirect(url_for("savings.show_intervention", reference=reference), 303)


@bp.get("/units/<int:unit_id>/end")
@requires(Permission.RECORD_INTERVENTION)
def end_page(unit_id: int) -> ResponseReturnValue:
    """Ask how a unit's time ended."""
    return render_template(
        "savings/end_unit.html",
        unit=units.get_unit(db.session(), unit_id),
        endings=Ending.options(),
        today=london_date(utc_now()),
    )


@bp.post("/units/<int:unit_id>/end")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(end_page)
def end_unit(unit_id: int) -> ResponseReturnValue:
    """Write down how a unit's time ended."""
    equipment.end_unit(unit_id, load_form(UnitEndingSchema()), actor=current_actor(), now=utc_now())
    flash("Its time is written down as ended. The household has room for another from that day.", "success")
    return redirect(url_for("prevention.show_unit", unit_id=unit_id), 303)


def _units_at(address: str | None, postcode: str | None) -> list[tuple[UnitView, bool]]:
    """Return the units of a home, each with whether a usage check of it is due."""
    key, today = household_at(address, postcode), london_date(utc_now())
    found = units.units_in(db.session(), key) if key else []
    return [(unit, unit.check_due_on is not None and unit.check_due_on <= today) for unit in found]
