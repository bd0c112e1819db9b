"""A form that does not show that it comes from a page of ours: its cookie is gone, or another site sent it.

Officers' forms prove it by a token that goes with their cookie. Residents' forms need neither: a browser says itself
when another site sent a form.
"""

from http import HTTPStatus

from flask import Flask, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from tsalert.web.access import find_actor, is_api
from tsalert.web.errors import answer, sees_outages
from tsalert.web.forms import Form, draw_again
from tsalert.web.outages import is_from_our_page

# Source: W3C, Fetch Metadata Request Headers: "none" is a reader who went there by themselves.
_OURS = frozenset({"same-origin", "none"})
_ELSEWHERE = "another site sent this form"
_TITLE = "This was not sent"
_AGAIN = (
    "Your browser did not show that this form came from our page. All that you typed is still here: send it once more. "
    "If you see this again, let your browser keep cookies from this site, or ring us."
)
_FROM_ELSEWHERE = (
    "Your browser says that this form was sent from another site. All that was typed is still here: if it is yours, "
    "send it once more. If you see this again, ring us."
)
_SIGNED_IN_ANEW = (
    "You have signed in again since you opened this page. All that you typed is still here: look it over, and send it "
    "once more."
)
_GO_BACK = (
    "Your browser did not show that this form came from our page. Go back, load that page again, and send what "
    "you typed once more."
)


def init_app(app: Flask) -> None:
    """Answer forms whose token is missing or is not theirs."""
    app.register_error_handler(CSRFError, _ask_again)


def refuse_other_sites() -> None:
    """Refuse a form of which the browser says that another site sent it; one that says nothing is believed.

    :raises CSRFError: the form comes back with what was typed, so that a reader can send it from our page.
    """
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
        raise CSRFError(_ELSEWHERE)


@sees_outages
def _ask_again(error: CSRFError) -> ResponseReturnValue:
    """Answer with the form as it was typed, where no stranger gains by it: it is ours, or nobody is signed in."""
    is_officers = find_actor() is not None
    again = Form(request.form, message=_SIGNED_IN_ANEW if is_officers else _words_for(error), title=_TITLE)
    is_safe = not is_api() and (is_from_our_page() or not is_officers)
    drawn = draw_again(again) if is_safe else None
    return make_response(drawn, HTTPStatus.BAD_REQUEST) if drawn else answer(400, _GO_BACK, title=_TITLE)


def _words_for(error: CSRFError) -> str:
    return _FROM_ELSEWHERE if error.description == _ELSEWHERE else _AGAIN
