"""Pages of no-cold-calling zones, and what other pages say of an address in one."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities import zone_queries, zone_rules, zones
from tsalert.activities.models import ColdCallingZone
from tsalert.activities.vocabulary import ZoneAct
from tsalert.activities.zone_queries import ZoneFilter, ZoneView
from tsalert.activities.zone_schemas import (
    NewZoneForm,
    ZoneChangeForm,
    ZoneEndingSchema,
    ZoneFilterSchema,
    ZoneRenewalSchema,
)
from tsalert.activities.zones import SeenZone
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import read_postcode
from tsalert.db import db
from tsalert.places.queries import ward_names, ward_options
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import Cell, csv_response
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("zones", __name__)
_HEAD = (
    "Zone", "Ward", "Set up on", "Review due on", "Homes", "Signs", "Stickers", "Contact", "Postcodes", "Ended on",
    "Why it ended", "Incidents since",
)  # fmt: skip


def zones_of(postcode: str | None, at: datetime) -> list[ColdCallingZone]:
    """Return the zones in which an address lay when something happened; none for what is no postcode."""
    try:
        known = read_postcode(postcode or "")
    except RuleViolation:
        return []
    return zone_queries.zones_at(db.session(), known, on=london_date(at))


@bp.app_context_processor
def offer_zones() -> dict[str, object]:
    """Let every page say that an address lies in a zone."""
    return {"zones_of": zones_of}


@bp.get("/zones")
@requires(Permission.READ_FIGURES)
def list_zones() -> ResponseReturnValue:
    """List the zones asked for; by default those in force."""
    wanted: ZoneFilter = read_form(ZoneFilterSchema(), request.args)
    today = london_date(utc_now())
    page = zone_queries.list_zones(db.session(), wanted, today=today)
    more = url_for(".list_zones", show=wanted.showing, ward=wanted.ward, after=page.next) if page.next else None
    return render_template(
        "activities/zones.html",
        page=page,
        wanted=wanted,
        counts=zone_queries.count_zones(db.session(), today=today),
        more=more,
        today=today,
        ward_names=ward_names(db.session()),
    )


@bp.get("/zones.csv")
@requires(Permission.READ_FIGURES)
def export_zones() -> ResponseReturnValue:
    """Answer with every zone of a list as CSV."""
    wanted: ZoneFilter = read_form(ZoneFilterSchema(), request.args)
    page = zone_queries.list_zones(db.session(), wanted, today=london_date(utc_now()), size=None)
    wards = ward_names(db.session())
    return csv_response(f"zones-{wanted.showing}.csv", _HEAD, [_cells(zone, wards) for zone in page.items])


@bp.get("/zones/new")
@requires(Permission.RECORD_INTERVENTION)
def new_zone() -> ResponseReturnValue:
    """Ask for a zone."""
    return render_template("activities/zone_form.html", zone=None, **_choices())


@bp.post("/zones")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(new_zone)
def set_up_zone() -> ResponseReturnValue:
    """Write a zone down and show it."""
    return _show(zones.set_up_zone(load_form(NewZoneForm()), actor=current_actor(), now=utc_now()))


@bp.get("/zones/<int:zone_id>")
@requires(Permission.READ_FIGURES)
def show_zone(zone_id: int) -> ResponseReturnValue:
    """Show one zone, its streets, and all that was done with it."""
    session = db.session()
    zone = zone_queries.get_zone(session, zone_id)
    return render_template(
        "activities/zone.html",
        zone=zone,
        events=zone_queries.events_of(session, zone_id),
        incidents=zone_queries.incidents_in(session, zone),
        officers=officer_names(session),
        acts=ZoneAct,
        ward_names=ward_names(session),
        today=london_date(utc_now()),
    )


@bp.get("/zones/<int:zone_id>/edit")
@requires(Permission.RECORD_INTERVENTION)
def edit_zone(zone_id: int) -> ResponseReturnValue:
    """Show what is written down of a zone, to be set right."""
    return render_template("activities/zone_form.html", zone=_in_force(zone_id), **_choices())


@bp.post("/zones/<int:zone_id>/edit")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(edit_zone)
def change_zone(zone_id: int) -> ResponseReturnValue:
    """Set right what is written down of a zone."""
    told = load_form(ZoneChangeForm())
    seen = SeenZone(zone_id, told["of_version"])
    zones.change_zone(seen, told["zone"], told["reason"], actor=current_actor(), now=utc_now())
    return _show(zone_id)


@bp.get("/zones/<int:zone_id>/renew")
@requires(Permission.RECORD_INTERVENTION)
def renew_page(zone_id: int) -> ResponseReturnValue:
    """Ask what a review of a zone found."""
    return render_template("activities/renew_zone.html", zone=_in_force(zone_id), today=london_date(utc_now()))


@bp.post("/zones/<int:zone_id>/renew")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(renew_page)
def renew_zone(zone_id: int) -> ResponseReturnValue:
    """Write down that the residents want their zone still."""
    told = load_form(ZoneRenewalSchema())
    seen = SeenZone(zone_id, told["of_version"])
    zones.renew_zone(seen, told["renewal"], actor=current_actor(), now=utc_now())
    return _show(zone_id)


@bp.get("/zones/<int:zone_id>/end")
@requires(Permission.RECORD_INTERVENTION)
def end_page(zone_id: int) -> ResponseReturnValue:
    """Ask when and why a zone ended."""
    return render_template("activities/end_zone.html", zone=_in_force(zone_id), today=london_date(utc_now()))


@bp.post("/zones/<int:zone_id>/end")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(end_page)
def end_zone(zone_id: int) -> ResponseReturnValue:
    """Write down that a zone is no more."""
    told = load_form(ZoneEndingSchema())
    zones.end_zone(SeenZone(zone_id, told["of_version"]), told["ending"], actor=current_actor(), now=utc_now())
    return _show(zone_id)


def _in_force(zone_id: int) -> ZoneView:
    zone = zone_queries.get_zone(db.session(), zone_id)
    zone_rules.require_in_force(zone.row.ended_on)
    return zone


def _choices() -> dict[str, Any]:
    return {"wards": ward_options(db.session()), "today": london_date(utc_now())}


def _show(zone_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_zone", zone_id=zone_id), 303)


def _cells(zone: ZoneView, wards: dict[str, str]) -> tuple[Cell, ...]:
    row = zone.row
    return (
        row.name,
        wards.get(row.ward_code or ""),
        row.set_up_on.isoformat(),
        row.review_due_on.isoformat(),
        row.homes,
        row.signs,
        row.stickers,
        row.contact,
        "; ".join(" ".join(filter(None, (street.postcode, street.name))) for street in zone.streets),
        row.ended_on.isoformat() if row.ended_on else None,
        row.end_reason,
        zone_queries.incidents_in(db.session(), zone),
    )
