"""Pages where wall displays are managed, and the page behind a screen's link.

Opening a link changes nothing; only its button makes the browser keep it. What is kept reaches no page but the board's.
"""

from flask import (
    Blueprint,
    Response,
    after_this_request,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.displays import queries, rules, service
from tsalert.displays.queries import DisplayRecord
from tsalert.displays.schemas import NewDisplaySchema
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, draw_for, public, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("displays", __name__)
COOKIE = "wall_display"
# A browser takes a cookie whose name begins so over HTTPS alone.
_SECURE = "__Secure-"


def find_actor(is_api: bool) -> Actor | None:  # noqa: FBT001 - the shape that web.access asks for
    """Return the screen that makes the request, known by its cookie; it may see the board and nothing else.

    :raises NotAllowed: its link was revoked, or its time is over.
    """
    token = request.cookies.get(_cookie_name())
    if is_api or not token:
        return None
    now = utc_now()
    display = queries.find_by_token(db.session(), token, now=now)
    if display is None:
        return None
    draw_for(Actor(None, display.name, frozenset(), Via.SCREEN))
    rules.require_good(display.standing)
    if rules.is_news(display.last_seen_at, now):
        service.note_seen(display.id, now=now)
        after_this_request(lambda response: _keep(response, token))
    return Actor(None, display.name, frozenset({Permission.SEE_BOARD}), Via.SCREEN)


@bp.get("/wall-displays")
@requires(Permission.MANAGE_RESPONSE)
def list_displays() -> ResponseReturnValue:
    """List the screens, and offer to make another."""
    return render_template("displays/list.html", displays=queries.list_displays(db.session(), now=utc_now()))


@bp.post("/wall-displays")
@requires(Permission.MANAGE_RESPONSE)
@redisplays(list_displays)
@asks_presence
def make_display() -> ResponseReturnValue:
    """Make a wall display and show its link, this once."""
    new = load_form(NewDisplaySchema())
    _, token = service.make_display(new, actor=current_actor(), now=utc_now())
    return render_template("displays/made.html", name=new.name, link=link_of(token))


@bp.post("/wall-displays/<int:display_id>/revoke")
@requires(Permission.MANAGE_RESPONSE)
def revoke_display(display_id: int) -> ResponseReturnValue:
    """Shut a screen out."""
    service.revoke_display(display_id, actor=current_actor(), now=utc_now())
    flash("The link is revoked. The screen will say so within a few seconds.", "success")
    return redirect(url_for(".list_displays"), 303)


@bp.get("/wall/<token>")
@public
def show_link(token: str) -> ResponseReturnValue:
    """Ask whether this is the screen that shall show the board."""
    return render_template("displays/open.html", display=_display(token), token=token)


@bp.post("/wall/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Let this browser see the board from now on."""
    _display(token)
    return _keep(Response(status=303, headers={"Location": url_for("response.board")}), token)


def link_of(token: str) -> str:
    """Return the address that a screen opens."""
    public_url: str = current_app.extensions["tsalert_settings"].public_url
    return f"{public_url}{url_for('displays.show_link', token=token)}"


def _display(token: str) -> DisplayRecord:
    display = queries.find_by_token(db.session(), token, now=utc_now())
    if display is None:
        raise NotFound("This link does not work. It may have been cut short: copy the whole of it, or ask a manager.")
    rules.require_good(display.standing)
    return display


def _keep(response: Response, token: str) -> Response:
    """Have a browser keep a screen's token for the pages of the board alone."""
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=rules.LONGEST_KEPT,
        path=url_for("response.board"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return response


def _cookie_name() -> str:
    return f"{_SECURE}{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
