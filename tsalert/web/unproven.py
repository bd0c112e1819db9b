"""A form that does not show that it comes from a page of ours: its cookie is gone, or the browser keeps none."""

from http import HTTPStatus

from flask import Flask, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from tsalert.web.access import find_actor, is_api
from tsalert.web.errors import answer, sees_outages
from tsalert.web.forms import Form, draw_again

_TITLE = "This was not sent"
_AGAIN = (
    "Your browser did not show that this form came from our page. All that you typed is still here: send it once more. "
    "If you see this again, let your browser keep cookies from this site, or ring us."
)
_GO_BACK = (
    "Your browser did not show that this form came from our page. Go back, load that page again, and send what "
    "you typed once more."
)


def init_app(app: Flask) -> None:
    """Answer forms whose token is missing or is not theirs."""
    app.register_error_handler(CSRFError, _ask_again)


@sees_outages
def _ask_again(_error: CSRFError) -> ResponseReturnValue:
    """Answer with the form as it was typed, where nobody is signed in and a stranger's form gains nothing by it."""
    again = Form(request.form, message=_AGAIN, title=_TITLE)
    drawn = None if is_api() or find_actor() else draw_again(again)
    return make_response(drawn, HTTPStatus.BAD_REQUEST) if drawn else answer(400, _GO_BACK, title=_TITLE)
