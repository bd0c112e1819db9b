"""Pages that say what came of an activity: what may change what counts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities import queries as activities
from tsalert.activities.queries import ActivityView
from tsalert.activities.rules import require_state
from tsalert.activities.service import Seen
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.places.queries import ward_options
from tsalert.savings.recording import carrying, sessions
from tsalert.savings.recording.session_schemas import (
    HeldActivityCorrectionForm,
    HeldActivityForm,
    SavingChoiceSchema,
)
from tsalert.savings.recording.sessions import NEW, NONE
from tsalert.staff.queries import active_officers
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("sessions", __name__)


@bp.get("/activities/<int:activity_id>/held")
@requires(Permission.RECORD_INTERVENTION)
def hold_page(activity_id: int) -> ResponseReturnValue:
    """Ask what came of an activity, and offer to record its saving."""
    activity = _in(activity_id, State.PLANNED)
    return render_template("savings/hold.html", activity=activity, savings=_savings(activity))


@bp.post("/activities/<int:activity_id>/held")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(hold_page)
def hold_activity(activity_id: int) -> ResponseReturnValue:
    """Say what came of an activity, with its saving."""
    said = load_form(HeldActivityForm())
    seen = Seen(activity_id, said["of_version"])
    _tell(sessions.hold_activity(seen, said["told"], actor=current_actor(), now=utc_now()))
    return _show(activity_id)


@bp.get("/activities/<int:activity_id>/correct")
@requires(Permission.RECORD_INTERVENTION)
def correct_page(activity_id: int) -> ResponseReturnValue:
    """Show what a held activity says, to be put right."""
    activity = _in(activity_id, State.HELD)
    return render_template("savings/correct_activity.html", activity=activity, kind=activity.plan.kind, **_choices())


@bp.post("/activities/<int:activity_id>/correct")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(correct_page)
def correct_activity(activity_id: int) -> ResponseReturnValue:
    """Put right what a held activity says; its saving follows."""
    said = load_form(HeldActivityCorrectionForm())
    seen = Seen(activity_id, said["of_version"])
    sessions.correct_activity(seen, said["correction"], actor=current_actor(), now=utc_now())
    return _show(activity_id)


@bp.get("/activities/<int:activity_id>/saving")
@requires(Permission.RECORD_INTERVENTION)
def saving_page(activity_id: int) -> ResponseReturnValue:
    """Offer to record the saving of an activity that was held before."""
    activity = _in(activity_id, State.HELD)
    if activity.intervention_reference is not None or not carrying.is_carried(activity):
        raise Conflict("Nothing more of this activity can be in a figure of savings.")
    return render_template("savings/carry.html", activity=activity, savings=_savings(activity)[:-1])


@bp.post("/activities/<int:activity_id>/saving")
@requires(Permission.RECORD_INTERVENTION)
@redisplays(saving_page)
def record_saving(activity_id: int) -> ResponseReturnValue:
    """Record the saving of an activity that was held before."""
    said = load_form(SavingChoiceSchema())
    seen = Seen(activity_id, said["of_version"])
    _tell(sessions.record_saving(seen, said["saving"], actor=current_actor(), now=utc_now()))
    return _show(activity_id)


def _in(activity_id: int, state: State) -> ActivityView:
    activity = activities.get_activity(db.session(), activity_id)
    require_state(activity.state, state)
    return activity


def _savings(activity: ActivityView) -> list[tuple[str, str]]:
    """Return which savings may come of an activity, as radios take them; none where nothing can."""
    if activity.plan.kind not in carrying.TYPES:
        return []
    unit = "people trained" if activity.plan.kind is ActivityKind.FRIENDS_SESSION else "talk"
    found = [
        (row.reference, f"It was recorded before: {row.reference}, {row.units:,} {unit}")
        for row in carrying.unlinked_savings(db.session(), activity)
    ]
    return [(NEW, "Record it now, with these numbers"), *found, (NONE, "Record none")]


def _choices() -> dict[str, Any]:
    return {
        "audiences": Audience.options(),
        "channels": Channel.options(),
        "wards": ward_options(db.session()),
        "officers": active_officers(db.session()),
        "today": london_date(utc_now()),
    }


def _tell(reference: str | None) -> None:
    if reference is not None:
        flash(f"The saving {reference} comes from this activity.", "success")


def _show(activity_id: int) -> ResponseReturnValue:
    return redirect(url_for("activities.show_activity", activity_id=activity_id), 303)
