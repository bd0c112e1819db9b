"""The page on which administrators and managers see how the service runs."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.answers import AnswerKind
from tsalert.watching import queries as watching
from tsalert.watching.status import queries, rules
from tsalert.watching.wording import CHANNELS
from tsalert.web.access import requires

bp = Blueprint("status", __name__)


@bp.get("/status")
@requires(Permission.SEE_STATUS)
def show_status() -> ResponseReturnValue:
    """Show workers, the timetable, what waits to be sent, providers, the database and room."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    status = queries.read_status(db.session(), settings, now=utc_now())
    return render_template(
        "watching/status.html",
        status=status,
        problems=watching.problems_of(db.session(), status),
        answers=AnswerKind,
        channels=CHANNELS,
        in_bytes=rules.in_bytes,
    )
