"""A form or API request sent twice is carried out once; the second copy gets the first one's answer."""

from uuid import uuid4

from flask import Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from tsalert.core.clock import utc_now
from tsalert.db import Submission, db, transaction

_LONGEST_KEY = 100


def init_app(app: Flask) -> None:
    """Watch every request that carries a submission key."""
    app.before_request(_recall)
    app.after_request(_remember)
    app.jinja_env.globals["new_submission"] = new_submission


def new_submission() -> str:
    """Return a fresh key for a form."""
    return uuid4().hex


def _recall() -> ResponseReturnValue | None:
    key = (
        request.form.get("submission", "")
        if request.method == "POST" and request.mimetype != "application/json"
        else ""
    )
    if not key or len(key) > _LONGEST_KEY:
        return None
    done = db.session.get(Submission, key)
    if done is not None and done.location:
        return redirect(done.location, 303)
    g.submission = key
    db.session().info["submission"] = (key, utc_now())
    return None


def _remember(response: Response) -> Response:
    db.session().info.pop("submission", None)
    key = g.get("submission")
    if key and response.status_code == 303:
        with transaction() as session:
            where = Submission.key == key
            session.execute(update(Submission).where(where).values(location=response.location))
    return response
