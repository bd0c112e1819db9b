"""The second step of signing in, and signing in by a passkey alone."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.core.errors import NotAllowed
from tsalert.db import db
from tsalert.staff import signing_in
from tsalert.staff.factors import passkeys, sign_in, taking
from tsalert.staff.factors.queries import factors_of
from tsalert.staff.factors.schemas import AnswerSchema, CodeSchema
from tsalert.staff.models import Officer
from tsalert.staff.sign_ins.rules import Entry, Way
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("second_step", __name__, url_prefix="/sign-in")
_LATE = "Your password was given too long ago, or not in this browser. Sign in again."


@bp.get("/second-step")
@public
def show_question() -> ResponseReturnValue:
    """Ask whoever gave their password for their second step."""
    now = utc_now()
    officer = sign_in.who_waits(now=now)
    if officer is None:
        return redirect(url_for("signing_in.show_form"), 303)
    has = factors_of(db.session(), officer.id)
    options = passkeys.ask(has.passkeys, now=now) if has.passkeys and passkeys.are_possible() else None
    return render_template("staff/second_step_asked.html", has=has, options=options)


@bp.post("/second-step/code")
@public
@redisplays(show_question)
def take_code() -> ResponseReturnValue:
    """Sign in with a code of the app, or a recovery code."""
    officer, now = _who_waits(), utc_now()
    by = taking.take_code(officer, load_form(CodeSchema())["code"], now=now)
    return sign_in.complete(officer, by, now=now)


@bp.post("/second-step/passkey")
@public
@redisplays(show_question)
def take_passkey() -> ResponseReturnValue:
    """Sign in with a passkey, after the password."""
    answer, now = load_form(AnswerSchema())["credential"], utc_now()
    officer = taking.take_passkey(answer, officer=_who_waits(), is_alone=False, now=now)
    return sign_in.complete(officer, taking.PASSKEY, now=now)


@bp.get("/passkey")
@public
def show_passkey() -> ResponseReturnValue:
    """Ask for a passkey instead of a password."""
    options = passkeys.ask(now=utc_now()) if passkeys.are_possible() else None
    return render_template("staff/passkey_asked.html", options=options)


@bp.post("/passkey")
@public
@redisplays(show_passkey)
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone: it stands for both steps."""
    now = utc_now()
    officer = taking.take_passkey(load_form(AnswerSchema())["credential"], now=now)
    signing_in.require_own_way(officer.email)
    onward = request.args.get("next", "")
    return sign_in.begin(officer, Entry(Way.PASSKEY), taking.PASSKEY, onward=onward, now=now)


def _who_waits() -> Officer:
    officer = sign_in.who_waits(now=utc_now())
    if officer is None:
        raise NotAllowed(_LATE)
    return officer
