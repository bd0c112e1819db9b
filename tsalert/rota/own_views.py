"""An officer's own page: shifts, mobile and calendar; and the calendar itself."""

from hashlib import sha256

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.rota import calendars, mobiles, presenting, queries, silence
from tsalert.rota.schemas import CodeSchema, PhoneSchema
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, public, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("duty", __name__)
_SOONEST = 7  # shifts that stand open on the page; the others are folded


@bp.get("/account/duty")
@signed_in
def show_own() -> ResponseReturnValue:
    """Show an officer's shifts, their mobile, and whether their calendar is open."""
    session, now = db.session(), utc_now()
    officer_id = current_actor().officer_id or 0
    slots = presenting.own_slots(session, officer_id, now=now)
    return render_template(
        "rota/own.html",
        slots=[(slot, presenting.stood_fully(slot)) for slot in slots],
        soonest=_SOONEST,
        mobile=queries.mobile_of(session, officer_id),
        silent_since=silence.silent_since(session, officer_id),
        waiting_for=mobiles.waiting_for(session, officer_id, now=now),
        calendar_since=calendars.link_since(session, officer_id),
    )


@bp.post("/account/duty/mobile")
@signed_in
@redisplays(show_own)
@asks_presence
def send_code() -> ResponseReturnValue:
    """Text a code to a mobile."""
    is_demo = current_app.config["TSALERT_DEMO"]
    mobiles.send_code(load_form(PhoneSchema())["phone"], actor=current_actor(), now=utc_now(), is_demo=is_demo)
    return _back("We texted a code. Enter it below within 10 minutes.")


@bp.post("/account/duty/code")
@signed_in
@redisplays(show_own)
def confirm_code() -> ResponseReturnValue:
    """Take the mobile whose code was entered."""
    mobiles.confirm_code(load_form(CodeSchema())["code"], actor=current_actor(), now=utc_now())
    return _back("Your mobile is verified. You can be on a shift.")


@bp.post("/account/duty/mobile/remove")
@signed_in
def remove_mobile() -> ResponseReturnValue:
    """Take the reader's mobile away."""
    actor = current_actor()
    mobiles.remove_mobile(actor.officer_id or 0, actor=actor, now=utc_now())
    return _back("Your mobile is removed. Shifts that you had are gaps now.")


@bp.post("/account/duty/calendar")
@signed_in
@redisplays(show_own)
@asks_presence
def renew_calendar() -> ResponseReturnValue:
    """Make a new address for the reader's calendar, and say it once."""
    token = calendars.renew_link(actor=current_actor(), now=utc_now())
    return _back(f"Copy your calendar's address now, it is shown this once: {address_of(token)}")


@bp.post("/account/duty/calendar/revoke")
@signed_in
def revoke_calendar() -> ResponseReturnValue:
    """Close the address of the reader's calendar."""
    calendars.revoke_link(actor=current_actor(), now=utc_now())
    return _back("The address is closed. It no longer shows anybody your shifts.")


@bp.get("/rota/calendar/<token>.ics")
@public
def show_calendar(token: str) -> ResponseReturnValue:
    """Give an officer's calendar to whoever has its address; 304 where nothing changed."""
    session = db.session()
    written = calendars.write_calendar(session, calendars.officer_of(session, token), now=utc_now())
    answer = Response(written, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(sha256(written).hexdigest()[:32])
    return answer.make_conditional(request)


def address_of(token: str) -> str:
    """Return the address at which a calendar with a secret is read."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return f"{settings.public_url}{url_for('duty.show_calendar', token=token)}"


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_own"), 303)
