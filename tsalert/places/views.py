"""Pages of borders: where a postcode lies, exceptions, and whom we know beyond them."""

from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, london_midnight, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import find_postcode, read_postcode
from tsalert.db import db
from tsalert.places import borders, importing
from tsalert.places.finding import own_authority, stand
from tsalert.places.models import Neighbour
from tsalert.places.rules import Standing, is_due
from tsalert.places.schemas import BorderExceptionSchema, NeighbourContactSchema, SoughtPlaceSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_change, load_form, redisplays
from tsalert.web.once import leave_key

bp = Blueprint("places", __name__)


def standing_of(postcode: str | None, at: datetime) -> Standing | None:
    """Return how a postcode stood to our border when something happened; None for what is no postcode."""
    try:
        known = read_postcode(postcode or "")
    except RuleViolation:
        return None
    return _stand(known, london_date(at))


@bp.app_context_processor
def offer_standing() -> dict[str, object]:
    """Let every page say where a postcode lies."""
    return {"standing_of": standing_of}


@bp.get("/borders")
@requires(Permission.READ_CALL)
def show_borders() -> ResponseReturnValue:
    """Show the neighbours, the exceptions, and the editions of the directory."""
    today = london_date(utc_now())
    neighbours = borders.list_neighbours(db.session())
    return render_template(
        "places/borders.html",
        neighbours=[(each, _is_due(each, today)) for each in neighbours],
        exceptions=borders.list_exceptions(db.session()),
        imports=importing.list_imports(db.session()),
        own=own_authority(),
    )


@bp.post("/borders/look-up")
@requires(Permission.READ_CALL)
@redisplays(show_borders)
def look_up() -> ResponseReturnValue:
    """Say where a postcode lies: as a part of a form that is being filled in, or as a page."""
    leave_key()
    if "HX-Request" in request.headers:
        postcode = request.form.get("postcode") or find_postcode(request.form.get("address", ""))
        at = utc_now()
        standing = standing_of(postcode, at)
        return render_template("places/looked_up.html", standing=standing, is_asked=True, postcode=postcode, at=at)
    sought = load_form(SoughtPlaceSchema())
    postcode, on = sought["postcode"], sought["on"] or london_date(utc_now())
    return render_template(
        "places/place.html", postcode=postcode, on=on, at=london_midnight(on), standing=_stand(postcode, on)
    )


@bp.get("/borders/exceptions/new")
@requires(Permission.RUN_INCIDENT)
def new_exception() -> ResponseReturnValue:
    """Ask for a postcode of which the map says too little."""
    return render_template("places/new_exception.html")


@bp.post("/borders/exceptions")
@requires(Permission.RUN_INCIDENT)
@redisplays(new_exception)
def list_exception() -> ResponseReturnValue:
    """List a postcode with its reason."""
    borders.list_exception(**load_form(BorderExceptionSchema()), actor=current_actor(), now=utc_now())
    return _back("exceptions")


@bp.post("/borders/exceptions/<int:exception_id>/end")
@requires(Permission.RUN_INCIDENT)
def end_exception(exception_id: int) -> ResponseReturnValue:
    """Take a postcode off the list."""
    borders.end_exception(exception_id, actor=current_actor(), now=utc_now())
    return _back("exceptions")


@bp.get("/borders/neighbours/new")
@requires(Permission.RUN_INCIDENT)
def new_neighbour() -> ResponseReturnValue:
    """Ask how another authority's trading standards are reached."""
    return render_template("places/neighbour.html", known=None)


@bp.post("/borders/neighbours")
@requires(Permission.RUN_INCIDENT)
@redisplays(new_neighbour)
def add_neighbour() -> ResponseReturnValue:
    """Add a neighbour."""
    borders.add_neighbour(load_form(NeighbourContactSchema()), actor=current_actor(), now=utc_now())
    return _back("neighbours")


@bp.get("/borders/neighbours/<int:neighbour_id>")
@requires(Permission.RUN_INCIDENT)
def edit_neighbour(neighbour_id: int) -> ResponseReturnValue:
    """Show how a neighbour is reached, to be changed."""
    known = borders.get_neighbour(db.session(), neighbour_id)
    return render_template("places/neighbour.html", known=known, seen=borders.mark_of_neighbour(known))


@bp.post("/borders/neighbours/<int:neighbour_id>")
@requires(Permission.RUN_INCIDENT)
@redisplays(edit_neighbour)
def change_neighbour(neighbour_id: int) -> ResponseReturnValue:
    """Change how a neighbour is reached."""
    contact, seen = load_change(NeighbourContactSchema())
    borders.change_neighbour(neighbour_id, contact, seen=seen, actor=current_actor(), now=utc_now())
    return _back("neighbours")


@bp.post("/borders/neighbours/<int:neighbour_id>/verify")
@requires(Permission.RUN_INCIDENT)
def verify_neighbour(neighbour_id: int) -> ResponseReturnValue:
    """Record that somebody has seen today that it is right."""
    borders.verify_neighbour(neighbour_id, actor=current_actor(), now=utc_now())
    flash("Verified today.")
    return _back("neighbours")


def _stand(postcode: str, on: date) -> Standing | None:
    return stand(db.session(), postcode, own=own_authority(), on=on)


def _is_due(each: Neighbour, today: date) -> bool:
    return is_due(verified_on=each.verified_on, added_on=each.added_on, today=today)


def _back(anchor: str) -> ResponseReturnValue:
    return redirect(url_for(".show_borders", _anchor=anchor), 303)
