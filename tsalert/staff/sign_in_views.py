"""Signing in with a password, and signing out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.staff import browsing, locking, signing_in
from tsalert.staff.factors import sign_in
from tsalert.staff.schemas import SignInSchema
from tsalert.staff.sign_ins.rules import Entry, Way
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("signing_in", __name__)


@bp.get("/sign-in")
@public
def show_form() -> ResponseReturnValue:
    """Ask for an email address and a password; whoever is signed in goes on."""
    if request.method != "POST" and browsing.current(now=utc_now()):
        # A desk that is covered leads to its board, and so to its cover.
        return redirect(url_for("home.show_home"), 303)
    return render_template("staff/sign_in.html", onward=request.args.get("next"))


@bp.post("/sign-in")
@public
@redisplays(show_form)
def check_password() -> ResponseReturnValue:
    """Let an officer in whose password is right, by way of their second step where they have one."""
    typed, now = load_form(SignInSchema()), utc_now()
    officer = signing_in.check(typed["email"], typed["password"], now=now)
    return sign_in.lead_on(officer, Entry(), onward=request.args.get("next", ""), now=now)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign out whoever sits here; who came from another service may still be signed in there, and is told so."""
    covered = locking.find_covered()
    left = browsing.end(now=utc_now())
    if covered:
        browsing.note_left_covered()
    is_elsewhere = left is not None and left.way is Way.SINGLE_SIGN_ON
    return redirect(url_for(".show_form", left="single-sign-on" if is_elsewhere else None), 303)
