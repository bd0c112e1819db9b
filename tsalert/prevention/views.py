"""Pages about units: which are in place, which should be looked at, which are at risk, and each one's days."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.prevention import kept, queries, service
from tsalert.prevention.queries import UnitFilter, UnitView
from tsalert.prevention.rules import LANDLINE_SWITCH_OFF, MONTHS_BETWEEN_CHECKS, UnitKind
from tsalert.prevention.schemas import NewUsageCheckSchema, UnitFilterSchema
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.exports import Cell, csv_response
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("prevention", __name__)
_HEAD = (
    "Unit", "Kind", "Serial number", "Household", "Intervention", "Fitted on", "Term ends on", "Last check on",
    "Check due on", "Found in use", "At risk", "Ended on", "How", "Why",
)  # fmt: skip


@bp.get("/units")
@requires(Permission.READ_FIGURES)
def list_units() -> ResponseReturnValue:
    """List the units asked for; by default those in place."""
    wanted: UnitFilter = read_form(UnitFilterSchema(), request.args)
    today = london_date(utc_now())
    page = queries.list_units(db.session(), wanted, today=today)
    return render_template(
        "prevention/list.html",
        page=page,
        wanted=wanted,
        counts=queries.count_units(db.session(), today=today, kind=wanted.kind),
        kinds=list(UnitKind),
        today=today,
        switch_off=LANDLINE_SWITCH_OFF,
        months=MONTHS_BETWEEN_CHECKS,
        older=url_for(".list_units", show=wanted.showing, kind=wanted.kind, after=page.next) if page.next else None,
    )


@bp.get("/units.csv")
@requires(Permission.EXPORT)
def export_units() -> ResponseReturnValue:
    """Answer with every unit of a list as CSV."""
    wanted: UnitFilter = read_form(UnitFilterSchema(), request.args)
    page = queries.list_units(db.session(), wanted, today=london_date(utc_now()), size=None)
    units = kept.for_reader(db.session(), page.items, reader=current_actor(), now=utc_now())
    return csv_response(f"units-{wanted.showing}.csv", _HEAD, [_cells(unit) for unit in units])


@bp.get("/units/<int:unit_id>")
@requires(Permission.READ_FIGURES)
@reads("unit", "unit_id")
def show_unit(unit_id: int) -> ResponseReturnValue:
    """Show one unit: its term, what threatens it, the checks on it and its end."""
    return render_template(
        "prevention/unit.html",
        unit=queries.get_unit(db.session(), unit_id),
        checks=queries.list_checks(db.session(), unit_id),
        officers=officer_names(db.session()),
        today=london_date(utc_now()),
        switch_off=LANDLINE_SWITCH_OFF,
    )


@bp.get("/units/<int:unit_id>/check")
@requires(Permission.RECORD_INTERVENTION)
def check_page(unit_id: int) -> ResponseReturnValue:
    """Ask what somebody found who looked at a unit."""
    unit = queries.get_unit(db.session(), unit_id)
    return render_template("prevention/check.html", unit=unit, today=london_date(utc_now()))


@bp.post("/units/<int:unit_id>/check")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(check_page)
def record_check(unit_id: int) -> ResponseReturnValue:
    """Write down what somebody found; a unit that is not in use leads on to its end."""
    check = load_form(NewUsageCheckSchema())
    service.record_check(unit_id, check, actor=current_actor(), now=utc_now())
    if not check.is_in_use:
        flash("The check is kept. The unit still counts as in place until its end is written down.")
    return redirect(url_for(".show_unit", unit_id=unit_id), 303)


def _cells(unit: UnitView) -> tuple[Cell, ...]:
    life = unit.life
    days = (life.installed_on, life.term_ends_on, unit.last_check_on, unit.check_due_on)
    return (
        unit.id,
        unit.kind.label,
        unit.serial,
        unit.household_key,
        unit.intervention_reference,
        *(day.isoformat() if day else None for day in days),
        {True: "Yes", False: "No", None: None}[unit.was_in_use],
        f"Landlines off on {LANDLINE_SWITCH_OFF.on.isoformat()}" if unit.is_at_risk else None,
        life.ended_on.isoformat() if life.ended_on else None,
        unit.ended_how.label if unit.ended_how else None,
        unit.end_reason,
    )
