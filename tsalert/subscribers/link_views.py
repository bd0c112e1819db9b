"""Pages behind the links in our messages. The signed token is all the authority they need or have.

Opening one changes nothing, whoever opens it, a person or a machine; only its button does. They
work without a cookie, since mail programs press the button for people too (RFC 8058).
"""

from contextlib import suppress

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.delivery.queries import EndpointView, get_endpoint
from tsalert.delivery.tokens import read_unsubscribe_token
from tsalert.subscribers import service, tokens
from tsalert.subscribers.asked import get_sign_up
from tsalert.subscribers.joining_views import draw_joined
from tsalert.subscribers.preferences import why_left
from tsalert.subscribers.preferences.rules import WhyLeft
from tsalert.subscribers.preferences.schemas import WhyLeftSchema
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays
from tsalert.web.once import without_body

bp = Blueprint("links", __name__)
_PIECE, _MOST_PIECES, _ANY_LENGTH = 2**16, 2**10, 2**60


@bp.get("/confirm/<token>")
@public
def show_confirmation(token: str) -> ResponseReturnValue:
    """Ask the reader of an address to confirm that they want alerts."""
    asked = get_sign_up(db.session(), _sign_up(token), now=utc_now())
    return render_template("public/confirm.html", asked=asked, token=token)


@bp.post("/confirm/<token>")
@public
@redisplays(show_confirmation)
def confirm(token: str) -> ResponseReturnValue:
    """Put the address on the list."""
    return draw_joined(service.confirm_sign_up(_sign_up(token), now=utc_now()))


@bp.get("/unsubscribe/<token>")
@public
def show_leaving(token: str) -> ResponseReturnValue:
    """Ask whether the owner of the masked address wants to leave; it may be read by whom it was forwarded to."""
    return _draw_leaving(get_endpoint(db.session(), _endpoint(token)), token)


@bp.post("/unsubscribe/<token>")
@public
@without_body
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop every message to the address, for a person or a mail program; 200 also when it has stopped already."""
    endpoint_id = _endpoint(token)
    _let_body_pass()
    service.unsubscribe(endpoint_id, now=utc_now())
    return _draw_left(token)


@bp.get("/unsubscribe/<token>/why")
@public
def show_why(token: str) -> ResponseReturnValue:
    """Ask whoever has left why they did, if they like to say."""
    return _draw_left(token)


@bp.post("/unsubscribe/<token>/why")
@public
@redisplays(show_why)
def say_why(token: str) -> ResponseReturnValue:
    """Keep why they left, in one of our words."""
    why_left.say_why(_endpoint(token), load_form(WhyLeftSchema())["reason"], now=utc_now())
    return render_template("public/left.html", has_said=True)


def _let_body_pass() -> None:
    """Take in what a mail program sends along and keep none of it, so that it is there to hear the answer."""
    request.max_content_length = _ANY_LENGTH
    with suppress(BadRequest):
        for _ in range(_MOST_PIECES):
            if not request.stream.read(_PIECE):
                return


def _draw_leaving(end: EndpointView, token: str) -> str:
    return render_template("public/leave.html", end=end, token=token)


def _draw_left(token: str) -> str:
    """Draw what has stopped; whoever is on the list again under another number hears how that is stopped."""
    end = get_endpoint(db.session(), _endpoint(token))
    if end.is_forgotten:
        return _draw_leaving(end, token)
    return render_template("public/left.html", token=token, reasons=WhyLeft.options())


def _sign_up(token: str) -> int:
    number = tokens.read_confirm_token(token)
    if number is None:
        raise NotFound("This link does not work. It may have been cut short: copy the whole of it, or sign up again.")
    return number


def _endpoint(token: str) -> int:
    number = read_unsubscribe_token(token)
    if number is None:
        raise NotFound("This link does not work. It may have been cut short: copy the whole of it, or ring us.")
    return number
