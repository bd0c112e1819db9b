"""The officers' page on daily and weekly mails: what the next ones hold, and which went out."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tsalert.alerts.presenting import page_number
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.digests import queries
from tsalert.subscribers.wording import FREQUENCIES
from tsalert.web.access import requires

bp = Blueprint("digests", __name__)


@bp.get("/alerts/digests")
@requires(Permission.READ_ALERT)
def list_digests() -> ResponseReturnValue:
    """List the daily and weekly mails."""
    session = db.session()
    sent = queries.list_sent(session, before=page_number("before"))
    older = sent[-1].id if len(sent) == queries.PAGE else None
    coming = queries.coming(session, now=utc_now())
    return render_template("digests/list.html", sent=sent, older=older, coming=coming, often=FREQUENCIES)
