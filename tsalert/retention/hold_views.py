"""Pages of legal holds: what is held back from erasing, why, and until when."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.retention import holding, showing
from tsalert.retention.schemas import HoldLiftSchema, NewLegalHoldSchema
from tsalert.retention.vocabulary import Root
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("holds", __name__, url_prefix="/legal-holds")
bp.context_processor(
    lambda: {"roots": {root.value: root.label for root in Root}, "today": london_date(utc_now())},
)


@bp.get("")
@requires(Permission.HOLD_RECORD)
def list_holds() -> ResponseReturnValue:
    """Show what is held: references and days alone, since a reason may name somebody."""
    found = showing.holds_told(db.session(), reader=current_actor(), now=utc_now(), **load_page(PlaceAsked))
    return render_template("retention/holds.html", page=found)


@bp.get("/new")
@requires(Permission.HOLD_RECORD)
def new_hold() -> ResponseReturnValue:
    """Show the form of a hold."""
    return render_template("retention/new_hold.html", record=request.args.get("record", ""))


@bp.post("")
@requires(Permission.HOLD_RECORD)
@redisplays(new_hold)
def place_hold() -> ResponseReturnValue:
    """Hold a record and all that hangs together with it."""
    said = load_form(NewLegalHoldSchema())
    root, key = holding.find_record(db.session(), said.pop("record"))
    hold_id = holding.place_hold(root, key, **said, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_hold", hold_id=hold_id), 303)


@bp.get("/<int:hold_id>")
@requires(Permission.HOLD_RECORD)
@reads("legal hold", "hold_id")
def show_hold(hold_id: int) -> ResponseReturnValue:
    """Show one hold with its reason."""
    session = db.session()
    found = showing.hold_told(session, hold_id, reader=current_actor(), now=utc_now())
    return render_template("retention/hold.html", found=found, officers=officer_names(session))


@bp.post("/<int:hold_id>/lift")
@requires(Permission.RUN_RETENTION)
@redisplays(show_hold)
def lift_hold(hold_id: int) -> ResponseReturnValue:
    """Let a record go after its time again."""
    holding.lift_hold(hold_id, **load_form(HoldLiftSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_hold", hold_id=hold_id), 303)
