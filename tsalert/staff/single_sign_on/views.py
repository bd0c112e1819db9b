"""The way to the provider and back, and the two ways out: ours that leads there, and theirs that leads here."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound, RuleViolation, TsalertError
from tsalert.db import db
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff import browsing, locking, presence, queries
from tsalert.staff.factors import sign_in
from tsalert.staff.sign_ins import service as sign_ins
from tsalert.staff.sign_ins.rules import Entry, Way
from tsalert.staff.single_sign_on import rules, service
from tsalert.staff.single_sign_on.ports import IdentityProvider, ProviderSilent, Refused
from tsalert.staff.single_sign_on.rules import Told
from tsalert.web.access import public, signed_in

bp = Blueprint("single_sign_on", __name__, url_prefix="/single-sign-on")
EXTENSION = "tsalert_identity_provider"
_WAY_ON, _WHO = "single_sign_on_to", "single_sign_on_again"
_LONGEST_WAY_ON = 1000  # characters; the cookie that keeps it has room for 4,096 in all


def init_app(app: Flask, make_provider: Callable[[], IdentityProvider] | None) -> None:
    """Offer single sign-on, where there is a provider, which is made once somebody wants to go there."""
    app.extensions[EXTENSION] = make_provider and cache(make_provider)
    app.jinja_env.globals["single_sign_on"] = find_settings


def find_settings() -> SingleSignOnSettings | None:
    """Return the settings of single sign-on, for pages that offer it; None where there is none."""
    return _settings().single_sign_on


@bp.errorhandler(Refused)
@bp.errorhandler(ProviderSilent)
def explain(error: TsalertError) -> ResponseReturnValue:
    """Say why nobody was signed in, and which ways in are left."""
    status = 503 if isinstance(error, ProviderSilent) else 403
    return render_template("staff/single_sign_on_failed.html", message=error.message, is_silent=status == 503), status


@bp.get("")
@public
def begin() -> ResponseReturnValue:
    """Lead to the provider, which asks whoever sits at a desk that is covered, or was when it was signed out."""
    if locking.find_covered():
        return redirect(url_for(".begin_again"), 303)
    session[_WAY_ON] = request.args.get("next", "")[:_LONGEST_WAY_ON]
    session.pop(_WHO, None)
    return _provider().ask(_back(), again=browsing.was_left_covered())


@bp.get("/again")
@public
def begin_again() -> ResponseReturnValue:
    """Have the provider ask an officer who they are, though it knows them, also where their desk is covered."""
    officer = browsing.current(now=utc_now())
    if officer is None:
        raise Unauthorized("Sign in first.")
    session[_WHO] = officer.id
    return _provider().ask(_back(), again=True)


@bp.get("/back")
@public
def come_back() -> ResponseReturnValue:
    """Let in whoever the provider names, or note that it is still the officer who sits there."""
    provider, now = _provider(), utc_now()
    again = session.pop(_WHO, None)
    claims = provider.answered()
    covered = locking.find_covered()
    if covered:
        # What was begun before the desk was covered takes no cover off by itself either.
        again = covered.id
    try:
        told = rules.read_told(claims, provider.settings)
    except RuleViolation as error:
        raise Refused(error.message) from error
    return _let_in(provider, told, now) if again is None else _confirm(provider, told, again, now)


@bp.get("/confirmed")
@signed_in
def show_confirmed() -> ResponseReturnValue:
    """Say that an officer may go on in the tab from which they came."""
    return render_template("staff/single_sign_on_confirmed.html")


@bp.get("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """Lead to the provider's own sign-out, where it has one."""
    signed_out = f"{_settings().public_url}{url_for('signing_in.show_form')}"
    return redirect(_provider().way_out(signed_out) or url_for("signing_in.show_form"), 303)


@bp.get("/ended")
@public
def note_ended() -> ResponseReturnValue:
    """Sign out what was signed in by a session that ended at the provider, which loads this page in a frame."""
    settings, told, issuer = find_settings(), request.args.get("sid", ""), request.args.get("iss", "")
    if settings and told and told.isprintable() and issuer.rstrip("/") == settings.issuer.rstrip("/"):
        sign_ins.sign_out_from_provider(told, now=utc_now())
    return "Signed out.", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _let_in(provider: IdentityProvider, told: Told, now: datetime) -> ResponseReturnValue:
    if browsing.was_left_covered() and told.authenticated_at:
        _require_just_there(told, now)
    onward = session.pop(_WAY_ON, "")
    officer_id = service.admit(told, provider.settings, now=now)
    officer = queries.get_officer_by_id(db.session(), officer_id)
    entry = Entry(Way.SINGLE_SIGN_ON, told.session)
    if officer.second_step_since and not told.has_second_factor:
        return sign_in.lead_on(officer, entry, onward=onward, now=now)
    by = Way.SINGLE_SIGN_ON.value if told.has_second_factor else None
    answer = sign_in.begin(officer, entry, by, onward=onward, now=now)
    # The provider may have known them from this morning: they sit there now only if they showed it now.
    browsing.note_shown(at=told.authenticated_at)
    return answer


def _confirm(provider: IdentityProvider, told: Told, officer_id: int, now: datetime) -> ResponseReturnValue:
    if service.find_linked(db.session(), told, provider.settings) != officer_id:
        raise Refused("Somebody else signed in there. Nothing here has changed: try again with your own account.")
    officer = browsing.current(now=now)
    if officer is None or officer.id != officer_id:
        raise Refused("You are no longer signed in as you were. Start again.")
    _require_just_there(told, now)
    browsing.note_shown(at=told.authenticated_at)
    browsing.note_action(now=now)
    return redirect(url_for(".show_confirmed"), 303)


def _require_just_there(told: Told, now: datetime) -> None:
    if not rules.was_just_there(told, now=now, within=presence.FRESH):
        raise Refused("The provider did not ask you who you are, or does not say when it did. Ask your IT.")


def _provider() -> IdentityProvider:
    make_provider: Callable[[], IdentityProvider] | None = current_app.extensions[EXTENSION]
    if make_provider is None:
        raise NotFound("There is no single sign-on here.")
    return make_provider()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings


def _back() -> str:
    return f"{_settings().public_url}{url_for('.come_back')}"
