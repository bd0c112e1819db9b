"""Pages on which officers change what somebody gets who rings."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.rules import Channel
from tsalert.subscribers import directory
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.preferences import officers, queries
from tsalert.subscribers.preferences.readers import require_address
from tsalert.subscribers.preferences.rules import LANGUAGES, Pause
from tsalert.subscribers.preferences.schemas import (
    AgreedSchema,
    OfficerAddressSchema,
    OfficerChoicesSchema,
    OfficerPauseSchema,
)
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("choices", __name__, url_prefix="/subscribers")
COUNTED = timedelta(days=365)
_ADDED = "Alerts go to that landline."
_ASKED = "The new address has to confirm itself first. We have sent it a message."


@bp.get("/why-people-left")
@requires(Permission.READ_SUBSCRIBERS)
def show_why() -> ResponseReturnValue:
    """Show how many gave each reason for leaving in the last year."""
    counts = queries.why_people_left(db.session(), utc_now() - COUNTED)
    return render_template("preferences/why_left.html", counts=counts)


@bp.get("/<int:subscriber_id>/addresses/<int:endpoint_id>")
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
def edit_choices(subscriber_id: int, endpoint_id: int) -> ResponseReturnValue:
    """Show what a subscriber gets at an address, to change it."""
    session = db.session()
    subscriber = directory.get_subscriber(session, subscriber_id).subscriber
    require_address(session, subscriber_id, endpoint_id)
    now_held = queries.standing(session, subscriber, endpoint_id, now=utc_now())
    return render_template(
        "preferences/officer_choices.html",
        now_held=now_held,
        offered=queries.offered(session, now_held),
        languages=LANGUAGES,
    )


@bp.post("/<int:subscriber_id>/addresses/<int:endpoint_id>")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(edit_choices)
def choose(subscriber_id: int, endpoint_id: int) -> ResponseReturnValue:
    """Change what a subscriber gets at an address."""
    officers.choose(subscriber_id, endpoint_id, load_form(OfficerChoicesSchema()), actor=current_actor(), now=utc_now())
    return _done(subscriber_id, "Their choices are saved.")


@bp.get("/<int:subscriber_id>/changes")
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
def show_changes(subscriber_id: int) -> ResponseReturnValue:
    """Show what else an officer may do for a subscriber: another address, a pause, an end."""
    view = directory.get_subscriber(db.session(), subscriber_id)
    return render_template("preferences/officer_changes.html", view=view, spans=Pause.options())


@bp.post("/<int:subscriber_id>/addresses")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_changes)
def move(subscriber_id: int) -> ResponseReturnValue:
    """Add an address, or put it in the place of another."""
    typed = load_form(OfficerAddressSchema())
    officers.move(subscriber_id, typed["replaces"], typed["contact"], actor=current_actor(), now=utc_now())
    channel, _ = read_contact(typed["contact"])
    return _done(subscriber_id, _ADDED if channel is Channel.VOICE else _ASKED)


@bp.post("/<int:subscriber_id>/pause")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_changes)
def pause(subscriber_id: int) -> ResponseReturnValue:
    """Send a subscriber nothing for a while."""
    officers.pause(subscriber_id, load_form(OfficerPauseSchema())["span"], actor=current_actor(), now=utc_now())
    return _done(subscriber_id, "They get nothing until the pause is over.")


@bp.post("/<int:subscriber_id>/resume")
@requires(Permission.MANAGE_SUBSCRIBERS)
@refuses_on(show_changes)
@redisplays(show_changes)
def resume(subscriber_id: int) -> ResponseReturnValue:
    """Send to a subscriber again."""
    return _agreed(subscriber_id, lambda: officers.resume(subscriber_id, actor=current_actor(), now=utc_now()))


@bp.post("/<int:subscriber_id>/stop")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(show_changes)
def stop_everything(subscriber_id: int) -> ResponseReturnValue:
    """Send a subscriber nothing more."""
    return _agreed(subscriber_id, lambda: officers.stop_everything(subscriber_id, actor=current_actor(), now=utc_now()))


def _agreed(subscriber_id: int, step: Callable[[], None]) -> ResponseReturnValue:
    load_form(AgreedSchema())
    step()
    return _done(subscriber_id, "Done.")


def _done(subscriber_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("subscribers.show_subscriber", subscriber_id=subscriber_id), 303)
