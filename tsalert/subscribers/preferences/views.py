"""Pages on which the reader of an address sees and changes what comes to it.

A pass in the page's own address is all the authority they need or have: no cookie, no account. Opening any of them
changes nothing; only a button does.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.preferences import moving, queries, service, visits, wording
from tsalert.subscribers.preferences.queries import Standing
from tsalert.subscribers.preferences.rules import LANGUAGES, Pause
from tsalert.subscribers.preferences.schemas import (
    AskPreferencesSchema,
    ChoicesSchema,
    NewAddressSchema,
    PauseSchema,
    PreferenceCodeSchema,
    ReaderSchema,
)
from tsalert.subscribers.preferences.visits import Closed, Visit
from tsalert.visitors.schemas import is_machine
from tsalert.visitors.tokens import stamp
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("preferences", __name__, url_prefix="/preferences")


@bp.app_errorhandler(Closed)
def show_closed(error: Closed) -> ResponseReturnValue:
    """Say why a page does not open, and how to get there."""
    return render_template("preferences/closed.html", why=error.message), 404


@bp.app_errorhandler(moving.Over)
def show_over(error: moving.Over) -> ResponseReturnValue:
    """Say why the link to a new address has nothing left to do, and how to get alerts."""
    return render_template("preferences/over.html", why=error.message), 422


@bp.get("")
@public
def show_form() -> ResponseReturnValue:
    """Ask for the address whose alerts somebody wants to see."""
    return render_template("preferences/ask.html", stamp=stamp(utc_now()))


@bp.post("")
@public
@redisplays(show_form)
def ask() -> ResponseReturnValue:
    """Send the address a link and a code; the answer is the same for everybody."""
    typed, now = load_form(AskPreferencesSchema()), utc_now()
    if is_machine(typed, now=now):
        token = service.ask_in_vain(now=now)
    else:
        token = service.ask(typed["contact"], network=request.remote_addr or "", now=now)
    return redirect(url_for(".show_code", token=token), 303)


@bp.get("/code/<token>")
@public
def show_code(token: str) -> ResponseReturnValue:
    """Ask for the code from the message."""
    return render_template("preferences/code.html", token=token)


@bp.post("/code/<token>")
@public
@redisplays(show_code)
def enter_code(token: str) -> ResponseReturnValue:
    """Open the page by its code."""
    return _mine(service.open_by_code(token, load_form(PreferenceCodeSchema())["code"], now=utc_now()))


@bp.get("/link/<token>")
@public
def show_link(token: str) -> ResponseReturnValue:
    """Show the button that opens the page; a machine that looks at links opens nothing."""
    end = visits.look_at_link(db.session(), token, now=utc_now())
    return render_template("preferences/link.html", end=end, token=token)


@bp.post("/link/<token>")
@public
def follow_link(token: str) -> ResponseReturnValue:
    """Open the page by its link."""
    return _mine(service.open_by_link(token, now=utc_now()))


@bp.get("/my/<token>")
@public
def show_mine(token: str) -> ResponseReturnValue:
    """Show what comes to the address; where several people read it, ask who looks."""
    visit = visits.require(db.session(), token, now=utc_now())
    if visit.subscriber_id is None:
        return _draw_readers(token, visit)
    session, now_held = db.session(), _standing(visit)
    own_address = visit.end.id if now_held.is_contact else None
    return render_template(
        "preferences/mine.html",
        token=token,
        visit=visit,
        now_held=now_held,
        topics=dict(subscribers.topics(session)),
        consents=queries.history(session, visit.subscriber_id, at=own_address),
        words=wording,
    )


@bp.get("/my/<token>/who")
@public
def show_readers(token: str) -> ResponseReturnValue:
    """Ask who of the readers of the address looks."""
    return _draw_readers(token, visits.require(db.session(), token, now=utc_now()))


@bp.post("/my/<token>/who")
@public
@redisplays(show_readers)
def choose_reader(token: str) -> ResponseReturnValue:
    """Note who looks."""
    service.choose_reader(token, load_form(ReaderSchema())["reader"], now=utc_now())
    return _mine(token)


@bp.get("/my/<token>/choices")
@public
def edit_choices(token: str) -> ResponseReturnValue:
    """Show the form that changes what comes."""
    now_held = _standing(visits.require(db.session(), token, now=utc_now()))
    offered = queries.offered(db.session(), now_held)
    return render_template(
        "preferences/choices.html", token=token, now_held=now_held, offered=offered, languages=LANGUAGES
    )


@bp.post("/my/<token>/choices")
@public
@redisplays(edit_choices)
def choose(token: str) -> ResponseReturnValue:
    """Change what comes."""
    service.choose(token, load_form(ChoicesSchema()), now=utc_now())
    return _mine(token, saved="choices")


@bp.get("/my/<token>/pause")
@public
def edit_pause(token: str) -> ResponseReturnValue:
    """Ask for how long nothing is to come."""
    visit = visits.require(db.session(), token, now=utc_now())
    return render_template("preferences/pause.html", token=token, now_held=_standing(visit), spans=Pause.options())


@bp.post("/my/<token>/pause")
@public
@redisplays(edit_pause)
def pause(token: str) -> ResponseReturnValue:
    """Let nothing come for a while."""
    service.pause(token, load_form(PauseSchema())["span"], now=utc_now())
    return _mine(token, saved="pause")


@bp.post("/my/<token>/resume")
@public
@refuses_on(show_mine)
def resume(token: str) -> ResponseReturnValue:
    """Let alerts come again."""
    service.resume(token, now=utc_now())
    return _mine(token, saved="resume")


@bp.get("/my/<token>/address")
@public
def edit_address(token: str) -> ResponseReturnValue:
    """Ask for the new address."""
    now_held = _standing(visits.require(db.session(), token, now=utc_now()))
    return render_template("preferences/address.html", token=token, now_held=now_held)


@bp.post("/my/<token>/address")
@public
@redisplays(edit_address)
def move(token: str) -> ResponseReturnValue:
    """Ask the new address to confirm itself."""
    service.move(token, load_form(NewAddressSchema())["contact"], now=utc_now())
    return _mine(token, saved="address")


@bp.get("/my/<token>/stop")
@public
def show_stop(token: str) -> ResponseReturnValue:
    """Ask whether alerts are to stop."""
    visit = visits.require(db.session(), token, now=utc_now())
    return render_template("preferences/stop.html", token=token, visit=visit, now_held=_standing(visit))


@bp.post("/my/<token>/stop")
@public
def stop(token: str) -> ResponseReturnValue:
    """Stop alerts to this reader of the address."""
    service.stop(token, now=utc_now())
    return _mine(token, saved="stop")


@bp.get("/move/<token>")
@public
def show_move(token: str) -> ResponseReturnValue:
    """Ask the reader of a new address to confirm it."""
    move = moving.look_at_move(db.session(), token, now=utc_now())
    if move.is_done:
        return render_template("preferences/moved.html", masked=move.masked)
    return render_template("preferences/move.html", masked=move.masked, token=token)


@bp.post("/move/<token>")
@public
def confirm_move(token: str) -> ResponseReturnValue:
    """Let alerts go to the new address."""
    service.confirm_move(token, now=utc_now())
    return render_template("preferences/moved.html")


def _standing(visit: Visit) -> Standing:
    session = db.session()
    return queries.standing(session, visits.subscriber_of(session, visit), visit.end.id, now=utc_now())


def _draw_readers(token: str, visit: Visit) -> ResponseReturnValue:
    return render_template("preferences/readers.html", token=token, visit=visit)


def _mine(token: str, *, saved: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("preferences.show_mine", token=token, saved=saved), 303)
