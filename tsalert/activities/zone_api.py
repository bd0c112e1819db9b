"""Operations on no-cold-calling zones."""

from typing import Any

from marshmallow import RAISE

from tsalert.activities import zone_queries, zones
from tsalert.activities.zone_queries import ZoneFilter, ZoneView
from tsalert.activities.zone_rules import NewZone
from tsalert.activities.zone_schemas import (
    NewZoneSchema,
    WholeZoneSchema,
    ZoneChangeSchema,
    ZoneEndingSchema,
    ZoneFilterSchema,
    ZoneLookUpSchema,
    ZoneRenewalSchema,
    ZoneSchema,
)
from tsalert.activities.zones import SeenZone
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.places.schemas import SoughtPlaceSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of

blp = api_blueprint("zones", "zones", "No-cold-calling zones, with their streets and reviews.")


@blp.route("")
@requires(Permission.READ_FIGURES)
@blp.arguments(ZoneFilterSchema, location="query", unknown=RAISE)
@blp.response(200, page_of(ZoneSchema))
def list_zones(wanted: ZoneFilter) -> Page[ZoneView]:
    """List zones: those in force, due for review, ended, or all."""
    return zone_queries.list_zones(db.session(), wanted, today=london_date(utc_now()))


@blp.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(NewZoneSchema)
@blp.response(201, WholeZoneSchema)
def set_up_zone(zone: NewZone) -> dict[str, Any]:
    """Write a zone down; without a ward it has that of its postcodes, where they share one."""
    return _whole(zones.set_up_zone(zone, actor=current_actor(), now=utc_now()))


@blp.route("/look-up", methods=["POST"])
@requires(Permission.READ_FIGURES)
@blp.arguments(SoughtPlaceSchema)
@blp.response(200, ZoneLookUpSchema)
def look_up(sought: dict[str, Any]) -> dict[str, Any]:
    """Return the zones in which a postcode lies, today or on another day."""
    on = sought["on"] or london_date(utc_now())
    found = zone_queries.zones_at(db.session(), sought["postcode"], on=on)
    return {"items": [zone_queries.get_zone(db.session(), zone.id) for zone in found]}


@blp.route("/<int:zone_id>")
@requires(Permission.READ_FIGURES)
@blp.response(200, WholeZoneSchema)
def get_zone(zone_id: int) -> dict[str, Any]:
    """Return one zone with all that was done with it."""
    return _whole(zone_id)


@blp.route("/<int:zone_id>", methods=["PUT"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(ZoneChangeSchema)
@blp.response(200, WholeZoneSchema)
def change_zone(told: dict[str, Any], zone_id: int) -> dict[str, Any]:
    """Set right what is written down of a zone."""
    seen = SeenZone(zone_id, told["of_version"])
    zones.change_zone(seen, told["zone"], told["reason"], actor=current_actor(), now=utc_now())
    return _whole(zone_id)


@blp.route("/<int:zone_id>/renewal", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(ZoneRenewalSchema)
@blp.response(200, WholeZoneSchema)
def renew_zone(told: dict[str, Any], zone_id: int) -> dict[str, Any]:
    """Write down that the residents want their zone still."""
    seen = SeenZone(zone_id, told["of_version"])
    zones.renew_zone(seen, told["renewal"], actor=current_actor(), now=utc_now())
    return _whole(zone_id)


@blp.route("/<int:zone_id>/end", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(ZoneEndingSchema)
@blp.response(200, WholeZoneSchema)
def end_zone(told: dict[str, Any], zone_id: int) -> dict[str, Any]:
    """Write down that a zone is no more."""
    zones.end_zone(SeenZone(zone_id, told["of_version"]), told["ending"], actor=current_actor(), now=utc_now())
    return _whole(zone_id)


def _whole(zone_id: int) -> dict[str, Any]:
    zone = zone_queries.get_zone(db.session(), zone_id)
    return {
        "row": zone.row,
        "streets": zone.streets,
        "events": zone_queries.events_of(db.session(), zone_id),
        "incidents": zone_queries.incidents_in(db.session(), zone),
    }
