"""A desk that nobody has used for a while is covered: the board's clocks go on, all else waits for its officer.

The session goes on beneath the cover, and so does what was typed: a form that is sent when the time has run out comes
back with the question for the password, and is carried out once that is right. It is this service that covers, not the
browser's script (desk.js), which only shows it at once and without a new page.
"""

from datetime import timedelta

from flask import Flask, current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import Unauthorized

from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.db import db
from tsalert.staff import browsing, presence, queries
from tsalert.staff.factors import passkeys, taking
from tsalert.staff.factors.queries import passkeys_of
from tsalert.staff.factors.sign_in import is_ours
from tsalert.staff.models import Officer
from tsalert.web import outages
from tsalert.web.access import PUBLIC, access_of, is_api, is_for_walls

_PASSWORD, _ANSWER = "unlock_password", "unlock_passkey"
_FILES = "multipart/form-data"


def init_app(app: Flask) -> None:
    """Look at every request before it is asked who makes it."""
    app.before_request(_look)
    app.jinja_env.globals["lock_after"] = lambda: int(_limit().total_seconds())


def left() -> int:
    """Return in how many seconds this browser will be covered if nothing is done."""
    return max(0, int((_limit() - (browsing.idle_for(now=utc_now()) or timedelta(0))).total_seconds()))


def watcher(officer: Officer) -> Actor:
    """Return who watches a covered desk: like a screen on a wall they see the board, if its officer does."""
    allowed = queries.actor_of(officer, Via.PAGE).permissions & {Permission.SEE_BOARD}
    return Actor(None, "This desk is locked", allowed, Via.SCREEN)


def is_covered() -> bool:
    """Tell whether nothing has been done in this browser for too long."""
    idle = browsing.idle_for(now=utc_now())
    return idle is not None and idle >= _limit()


def find_covered() -> Officer | None:
    """Return the officer whose desk this is, if it is covered."""
    return browsing.current(now=utc_now()) if is_covered() else None


def cover() -> ResponseReturnValue:
    """Answer with the cover: the board's clocks, and the question who sits there."""
    officer, is_sent = browsing.current(now=utc_now()), request.method == "POST" and not _is_about_cover()
    kept = outages.kept() if is_sent and request.mimetype != _FILES else None
    fields = kept.fields if kept else []
    told = {"fields": fields, "is_sent": is_sent, "refusal": g.get("unlock_refusal"), "onward": _onward()}
    has = passkeys_of(db.session(), officer.id) if officer and passkeys.are_possible() else ()
    options = passkeys.ask(has, now=utc_now()) if has else None
    return make_response(render_template("staff/locked.html", options=options, officer=officer, **told), 401)


def _look() -> ResponseReturnValue | None:
    if is_api() or request.endpoint is None or access_of(current_app, request.endpoint) == PUBLIC:
        return None
    officer = browsing.current(now=utc_now())
    if officer is None:
        return None
    if not is_covered():
        _note()
        return None
    if _is_part_of_board() or _is_unlocked(officer):
        return None
    if "HX-Request" in request.headers and not _is_about_cover():
        # A cover asks for a passkey, and one that nobody sees would take the question from the one that they do.
        raise Unauthorized("This desk is locked.")
    return cover()


def _limit() -> timedelta:
    limit: timedelta = current_app.extensions["tsalert_settings"].sign_in.lock_after
    return limit


def _note() -> None:
    """Count the request as something done, unless it is a part of a page that brings itself up to date."""
    if not ("HX-Request" in request.headers and request.method == "GET"):
        browsing.note_action(now=utc_now())


def _is_part_of_board() -> bool:
    """Tell whether the request is for what goes on under a cover: the board, which brings itself up to date."""
    return "HX-Request" in request.headers and is_for_walls(current_app, request.endpoint or "")


def _is_unlocked(officer: Officer) -> bool:
    """Take the cover off where the request brings the right password or passkey, and go on with the request."""
    if request.method != "POST" or request.mimetype == _FILES or not {_PASSWORD, _ANSWER} & set(request.form):
        return False
    password, answer = request.form.get(_PASSWORD, ""), request.form.get(_ANSWER, "")
    # Whatever becomes of it, what was on its way is the form without them.
    own = [(name, value) for name, value in request.form.items(multi=True) if name not in {_PASSWORD, _ANSWER}]
    request.form = ImmutableMultiDict(own)
    try:
        _check(officer, password, answer)
    except (RuleViolation, NotAllowed) as refusal:
        g.unlock_refusal = refusal.message
        return False
    browsing.note_shown(at=utc_now())
    browsing.note_action(now=utc_now())
    return True


def _check(officer: Officer, password: str, answer: str) -> None:
    if answer:
        taking.take_passkey(answer, now=utc_now(), officer=officer)
    elif password:
        presence.require_password(queries.actor_of(officer, Via.PAGE), password, now=utc_now())
    else:
        raise RuleViolation("Enter your password." if officer.password else "Show who you are in the other tab first.")


def _is_about_cover() -> bool:
    return request.blueprint == "desk"


def _onward() -> str:
    """Return where the officer was: the page asked for, or the one from which something was sent."""
    if _is_about_cover():
        wanted = request.form.get("onward", "")
    else:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return wanted if is_ours(wanted) else url_for("home.show_home")
