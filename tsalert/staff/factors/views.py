"""An officer's own second step: an authenticator app, passkeys, recovery codes."""

import segno
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import browsing, queries
from tsalert.staff.factors import passkeys, sealing, service, taking
from tsalert.staff.factors.queries import factors_of, is_needed_by
from tsalert.staff.factors.schemas import AppSchema, NewPasskeySchema
from tsalert.staff.factors.service import SetUp
from tsalert.staff.models import Officer
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("own_second_step", __name__, url_prefix="/account/second-step")
_KEY = "authenticator_key"  # of an app that has not shown a right code yet, sealed


@bp.get("")
@signed_in
def show_own() -> ResponseReturnValue:
    """Show what an officer has for a second step, and offer more."""
    officer = _officer()
    told = {"is_needed": is_needed_by(officer), "passkeys_possible": passkeys.are_possible()}
    has = factors_of(db.session(), officer.id)
    return render_template("staff/second_step.html", has=has, **told)


@bp.get("/app")
@signed_in
def show_app() -> ResponseReturnValue:
    """Show a key for an authenticator app, to be scanned or typed."""
    key = session.setdefault(_KEY, sealing.new_key())
    address = sealing.setup_address(key, _officer().email)
    return render_template(
        "staff/second_step_app.html",
        picture=segno.make(address, micro=False).svg_data_uri(scale=5, border=4, light="white"),
        key=sealing.key_to_type(key),
    )


@bp.post("/app")
@signed_in
@redisplays(show_app)
@asks_presence
def set_up_app() -> ResponseReturnValue:
    """Keep the app whose code is right."""
    typed, now = load_form(AppSchema()), utc_now()
    key = session.get(_KEY) or sealing.new_key()
    made = service.set_up_app(key, typed["code"], actor=current_actor(), now=now)
    session.pop(_KEY)
    return _go_on(made, taking.APP)


@bp.post("/app/remove")
@signed_in
@redisplays(show_own)
@asks_presence
def remove_app() -> ResponseReturnValue:
    """Take the authenticator app away."""
    service.remove_app(actor=current_actor(), now=utc_now())
    flash("The authenticator app is taken away. Delete the entry in the app too.", "success")
    return redirect(url_for(".show_own"), 303)


@bp.get("/passkeys/new")
@signed_in
def show_new_passkey() -> ResponseReturnValue:
    """Offer to make a passkey in this browser, telephone or stick."""
    officer, now = _officer(), utc_now()
    has = factors_of(db.session(), officer.id)
    options = passkeys.ask_for_new(officer, has.passkeys, now=now) if passkeys.are_possible() else None
    return render_template("staff/passkey_new.html", options=options)


@bp.post("/passkeys/new")
@signed_in
@redisplays(show_new_passkey)
@asks_presence
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey."""
    typed, now = load_form(NewPasskeySchema()), utc_now()
    new = passkeys.read_new(typed["credential"], typed["name"], now=now)
    return _go_on(service.add_passkey(new, actor=current_actor(), now=now), taking.PASSKEY)


@bp.post("/passkeys/<int:passkey_id>/remove")
@signed_in
@redisplays(lambda **_: show_own())
@asks_presence
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Take a passkey away."""
    service.remove_passkey(passkey_id, actor=current_actor(), now=utc_now())
    flash("The passkey is taken away. Delete it in your device too.", "success")
    return redirect(url_for(".show_own"), 303)


@bp.post("/recovery-codes")
@signed_in
@redisplays(show_own)
@asks_presence
def renew_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them, this once."""
    return _show_codes(service.renew_codes(actor=current_actor(), now=utc_now()))


def _officer() -> Officer:
    return queries.get_officer_by_id(db.session(), current_actor().officer_id)


def _go_on(made: SetUp, by: str) -> ResponseReturnValue:
    """Keep this session, whose officer has just set up a second step, and show recovery codes where there are any."""
    browsing.go_on_as(made.mark, by)
    if made.codes:
        return _show_codes(made.codes)
    flash("Your second step is set up.", "success")
    return redirect(url_for(".show_own"), 303)


def _show_codes(codes: tuple[str, ...]) -> str:
    return render_template("staff/recovery_codes.html", codes=codes)
