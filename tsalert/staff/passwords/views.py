"""Pages on which an officer chooses a password: in place of the old one, or by a link."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import browsing, presence
from tsalert.staff.passwords import service
from tsalert.staff.passwords.schemas import ChangedPasswordSchema, ChosenPasswordSchema
from tsalert.web.access import current_actor, public, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("passwords", __name__)


@bp.get("/account/password")
@signed_in
def show_own() -> ResponseReturnValue:
    """Ask for the old password and a new one."""
    return render_template("staff/password.html")


@bp.post("/account/password")
@signed_in
@redisplays(show_own)
def change_own() -> ResponseReturnValue:
    """Change one's password; every other session of the officer ends, and this one goes on."""
    typed, actor, now = load_form(ChangedPasswordSchema()), current_actor(), utc_now()
    presence.require_password(actor, typed["old_password"], field="old_password", now=now)
    browsing.go_on_as(service.change(typed["new_password"], actor=actor, now=now))
    flash("Your password is changed. Everybody else who was signed in with the old one is out.", "success")
    return redirect(url_for("staff.show_account"), 303)


@bp.get("/new-password/<token>")
@public
def show_link(token: str) -> ResponseReturnValue:
    """Ask whoever was given a link for a password; opening it changes nothing."""
    officer = service.whose_link(db.session(), token, now=utc_now())
    return render_template("staff/password_by_link.html", officer=officer, token=token)


@bp.post("/new-password/<token>")
@public
@redisplays(show_link)
def set_by_link(token: str) -> ResponseReturnValue:
    """Set the password, and lead to signing in with it."""
    service.set_by_link(token, load_form(ChosenPasswordSchema())["new_password"], now=utc_now())
    flash("Your password is set. Sign in with it.", "success")
    return redirect(url_for("signing_in.show_form"), 303)
