"""The part beside a call's form that shows whom and what we know already.

It is asked for by POST, since what is typed of a caller must not stand in an address.
"""

from flask import Blueprint, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties import service as parties
from tsalert.parties.rules import Sought
from tsalert.response import call_views, held, matches, vocabulary, waiting_views
from tsalert.response.opening import read_opening
from tsalert.response.party_schemas import read_typed
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import Form
from tsalert.web.once import leave_key

bp = Blueprint("matches", __name__, url_prefix="/calls")
bp.context_processor(lambda: {"vocabulary": vocabulary})


@bp.post("/matches")
@requires(Permission.LOG_CALL)
def show_matches() -> ResponseReturnValue:
    """Show the matches for what is typed so far: as a part of the page, or without JavaScript the form with them."""
    leave_key()
    sought = read_typed(request.form)
    form = _note(sought, request.form.get("opened", ""), current_actor())
    is_demo, actor, now = current_app.config["TSALERT_DEMO"], current_actor(), utc_now()
    found = matches.look_up(db.session(), sought, reader=actor, is_demo=is_demo, now=now)
    notes = held.held_for(db.session(), found, sought, is_demo=is_demo, actor=actor, now=now)
    held.note_shown(db.session(), notes.texts, form, actor=actor, now=now)
    g.form = Form(request.form)
    if "HX-Request" in request.headers:
        return render_template("parties/matches.html", matches=found, held=notes)
    g.matches, g.held = found, notes
    waits = request.args.get("waiting", type=int)
    return call_views.show_new_call() if waits is None else waiting_views.show_write_up(waits)


def _note(sought: Sought, sealed: str, actor: Actor) -> str:
    """Enter in the trail that this form looks for matches; the time at which it was opened tells forms apart.

    :return: the form's key.
    :raises ValidationError: the time is not ours.
    """
    opened_at = read_opening(sealed)
    if opened_at is None:
        raise ValidationError("We could not read when this form was opened. Open it again.", "opened")
    form = f"{actor.officer_id} {opened_at.isoformat()}"
    if sought.fields and not parties.is_noted(db.session(), form):
        parties.note_look_up(form, sought.fields, actor=actor, now=utc_now())
    return form
