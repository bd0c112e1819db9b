"""A form that comes with the key of one that was saved, and with other words in it.

Somebody went back, typed anew and saved. Both the first and what they typed now are worth keeping, so nothing is
dropped and nothing is saved behind their back: they see what they typed, and decide.
"""

from http import HTTPStatus

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.web import outages
from tsalert.web.access import is_api
from tsalert.web.errors import answer
from tsalert.web.forms import Form, draw_again

_TITLE = "This form was saved before"
_SAID = "You sent this form once already, and it was saved then. What it holds now is different and is not saved. "
_SAVE = "Save it to record this as well, or leave this page."
_FILES = " A file does not come back by itself: choose it again."
_AFRESH = "To record this as well, open the form afresh: a password or a file does not come back by itself."
_OPEN = "Open what was saved before"
_API = (
    "This Idempotency-Key was sent before, with another request. Nothing was changed: send each request with a new key."
)


def ask_again(location: str | None) -> ResponseReturnValue:
    """Answer with the form as it was typed now, to be saved as a record of its own or left.

    :param location: where the form led when it was saved, where that is known.
    """
    if is_api():
        return answer(422, _API, title="This key was used before")
    return make_response(_redrawn(location) or _read_back(location), HTTPStatus.CONFLICT)


def _redrawn(location: str | None) -> str | None:
    said = _SAID + _SAVE + (_FILES if any(file.filename for file in request.files.values()) else "")
    return draw_again(Form(request.form, message=said, title=_TITLE, links=[(_OPEN, location)] if location else []))


def _read_back(location: str | None) -> str:
    """Return a page that says what was typed, from which it can be sent under a key of its own."""
    kept = outages.kept()
    said = _SAID + (_SAVE if kept and kept.fields else _AFRESH)
    return render_template("errors/resent.html", title=_TITLE, said=said, kept=kept, first=(_OPEN, location))
