"""Operations on places, borders and neighbours."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.places import borders, importing
from tsalert.places.borders import Contact
from tsalert.places.finding import own_authority, stand
from tsalert.places.models import Neighbour
from tsalert.places.rules import Standing
from tsalert.places.schemas import (
    BorderExceptionListSchema,
    BorderExceptionSchema,
    DirectoryImportListSchema,
    NeighbourContactSchema,
    NeighbourListSchema,
    NeighbourSchema,
    SoughtPlaceSchema,
    StandingSchema,
)
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

places = api_blueprint("places", "places", "Where postcodes lie, borders, and trading standards beyond them.")
blueprints = (places,)


@places.route("/look-up", methods=["POST"])
@requires(Permission.READ_CALL)
@places.arguments(SoughtPlaceSchema)
@places.response(200, StandingSchema)
def look_up(sought: dict[str, Any]) -> Standing:
    """Say where a postcode lay on a day and how near our border that is; 404 where no directory was imported."""
    on = sought["on"] or london_date(utc_now())
    standing = stand(db.session(), sought["postcode"], own=own_authority(), on=on)
    if standing is None:
        raise NotFound("No postcode directory was imported yet.")
    return standing


@places.route("/imports")
@requires(Permission.READ_CALL)
@places.response(200, DirectoryImportListSchema)
def list_imports() -> dict[str, Any]:
    """List the imports of the postcode directory."""
    return {"items": importing.list_imports(db.session())}


@places.route("/exceptions")
@requires(Permission.READ_CALL)
@places.response(200, BorderExceptionListSchema)
def list_exceptions() -> dict[str, Any]:
    """List the postcodes of which somebody asks the caller."""
    return {"items": borders.list_exceptions(db.session())}


@places.route("/exceptions", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@places.arguments(BorderExceptionSchema)
@places.response(201, BorderExceptionListSchema)
def list_exception(told: dict[str, Any]) -> dict[str, Any]:
    """List a postcode with its reason; returns the list."""
    borders.list_exception(**told, actor=current_actor(), now=utc_now())
    return {"items": borders.list_exceptions(db.session())}


@places.route("/exceptions/<int:exception_id>/end", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@places.response(200, BorderExceptionListSchema)
def end_exception(exception_id: int) -> dict[str, Any]:
    """Take a postcode off the list; returns what is left of it."""
    borders.end_exception(exception_id, actor=current_actor(), now=utc_now())
    return {"items": borders.list_exceptions(db.session())}


@places.route("/neighbours")
@requires(Permission.READ_CALL)
@places.response(200, NeighbourListSchema)
def list_neighbours() -> dict[str, Any]:
    """List the neighbouring authorities' trading standards."""
    return {"items": borders.list_neighbours(db.session())}


@places.route("/neighbours", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@places.arguments(NeighbourContactSchema)
@places.response(201, NeighbourSchema)
def add_neighbour(contact: Contact) -> Neighbour:
    """Add a neighbour."""
    number = borders.add_neighbour(contact, actor=current_actor(), now=utc_now())
    return borders.get_neighbour(db.session(), number)


@places.route("/neighbours/<int:neighbour_id>", methods=["PUT"])
@requires(Permission.RUN_INCIDENT)
@places.arguments(NeighbourContactSchema)
@places.response(200, NeighbourSchema)
def change_neighbour(contact: Contact, neighbour_id: int) -> Neighbour:
    """Change how a neighbour is reached; what changed is unverified unless ``is_verified`` says otherwise."""
    borders.change_neighbour(neighbour_id, contact, actor=current_actor(), now=utc_now())
    return borders.get_neighbour(db.session(), neighbour_id)


@places.route("/neighbours/<int:neighbour_id>/verify", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@places.response(200, NeighbourSchema)
def verify_neighbour(neighbour_id: int) -> Neighbour:
    """Record that somebody has seen today that it is right."""
    borders.verify_neighbour(neighbour_id, actor=current_actor(), now=utc_now())
    return borders.get_neighbour(db.session(), neighbour_id)
