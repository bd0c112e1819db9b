"""A request sent twice is carried out once.

A form carries a hidden key, and its second copy is led to where the first one led, even if both come at
once. A request to the API may carry an ``Idempotency-Key`` header, and its second copy is refused with 409, which says
where what the first one made is read; a header that holds no key is refused too, since whoever sends one relies on it.
What comes with a known key and is no copy, such as a form that was changed after "back", is never dropped: the
form comes back with what was typed (resent.py), and the API's answer is 422.
"""

import logging
import re
from http import HTTPStatus
from time import sleep
from uuid import uuid4

from flask import Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update

from tsalert.core.clock import utc_now
from tsalert.core.errors import AlreadyDone
from tsalert.db import TWICE, Submission, db, not_wait_for_disk, transaction
from tsalert.web.access import View, find_actor, is_api
from tsalert.web.errors import answer, sees_outages
from tsalert.web.fingerprints import fingerprint_of_request
from tsalert.web.forms import UNREACHABLE
from tsalert.web.made import tell_where
from tsalert.web.resent import ask_again

_log = logging.getLogger(__name__)
# The first copy notes where it led right after it is saved; these are the looks and the seconds between them.
_LOOKS, _PAUSE = 40, 0.05
_TITLE = "This is already saved"
_WHERE = "It was sent more than once and saved once. Look for it in the list or on the record that it belongs to."
_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")
# As draft-ietf-httpapi-idempotency-key-header writes a key, it stands between quotes.
_QUOTED = re.compile(r'"([^"]*)"')
_NO_KEY = "An Idempotency-Key is made of up to 100 letters, digits, - and _. Nothing was done."


def init_app(app: Flask) -> None:
    """Watch every request that carries a submission key."""
    app.before_request(_recall)
    app.after_request(_remember)
    app.register_error_handler(AlreadyDone, _lead_on)
    app.jinja_env.globals["new_submission"] = new_submission


def is_carried_out() -> bool:
    """Tell whether another copy of this request has been carried out by now: this one will be led to where it led."""
    claim = g.get("submission")
    query = select(Submission.key).where(Submission.key == claim[0]) if claim else None
    return query is not None and db.session().scalar(query) is not None


def new_submission() -> str:
    """Return a fresh key for a form."""
    return uuid4().hex


def leave_key() -> None:
    """Leave a form's key for when the form itself is sent: this request only looks at what was typed so far."""
    db.session().info.pop("submission", None)
    g.pop("submission", None)


def without_body(view: View) -> View:
    """Mark a view that does what its address says, whatever is sent along: nothing of that is looked at."""
    view.is_without_body = True  # type: ignore[attr-defined]
    return view


def _recall() -> ResponseReturnValue | None:
    given = _given()
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        return answer(400, _NO_KEY) if is_api() else None
    key = _of_sender(given)
    claim = (key, fingerprint_of_request(key), utc_now())
    done = db.session.get(Submission, key)
    if done is not None and _is_other(done, claim[1]):
        return ask_again(done.location)
    if done is not None and done.location:
        return _lead_to(done.location)
    g.submission = claim
    db.session().info["submission"] = claim
    return None


def _lead_to(location: str) -> ResponseReturnValue:
    return answer(409, TWICE, {"saved": location}, title=_TITLE) if is_api() else redirect(location, 303)


def _is_other(done: Submission, digest: str) -> bool:
    """Tell whether a request is no copy of the one that its key was carried out for."""
    return done.digest is not None and done.digest != digest


def _given() -> str | None:
    """Return what the request gives as its key, whether or not it can be one; None where it gives none."""
    if request.method != "POST" or _is_without_body():
        return None
    if not is_api():
        return request.form.get("submission")
    given = request.headers.get("Idempotency-Key")
    quoted = _QUOTED.fullmatch(given or "")
    return quoted[1] if quoted else given


def _of_sender(given: str) -> str:
    """Return a key as it is kept; one of the API counts for its sender alone."""
    actor = find_actor() if is_api() else None
    return f"{actor.officer_id}:{given}" if actor else given


def _is_without_body() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "is_without_body", False)


@sees_outages
def _lead_on(error: AlreadyDone) -> ResponseReturnValue:
    """Answer a copy that was overtaken by the first one while both were at work."""
    key, digest, _made_at = g.pop("submission")
    done = db.session.get(Submission, key)
    is_other = done is not None and _is_other(done, digest)
    # A program is told at once: it can ask again where nobody waits before a page.
    location = done.location if done is not None and is_api() else _await_location(key)
    if is_other:
        return ask_again(location)
    if location:
        return _lead_to(location)
    return answer(409, error.message if is_api() else _WHERE, title=_TITLE)


def _await_location(key: str) -> str | None:
    """Return where the first copy led, once it is known; no connection is held meanwhile."""
    db.session.rollback()
    for _ in range(_LOOKS):
        location = db.session.scalar(select(Submission.location).where(Submission.key == key))
        db.session.rollback()
        if location:
            return location
        sleep(_PAUSE)
    return None


def _remember(response: Response) -> Response:
    db.session().info.pop("submission", None)
    claim, made = g.get("submission"), tell_where(response)
    location = response.location if response.status_code == HTTPStatus.SEE_OTHER else made
    if claim and location:
        try:
            _note_location(claim[0], location)
        except UNREACHABLE as error:
            # The work is saved, and its sender must hear so; a second copy is still refused.
            _log.warning("a second copy of this form will not find where the first one led", exc_info=error)
    return response


def _note_location(key: str, location: str) -> None:
    with transaction() as session:
        # Every save ends with this; a copy of a form that finds no place to lead to is refused all the same.
        not_wait_for_disk(session)
        session.execute(update(Submission).where(Submission.key == key).values(location=location))
