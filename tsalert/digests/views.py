"""The officers' page on daily and weekly mails: what the next ones hold, and which went out."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tsalert.alerts.models import Alert
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.digests import queries
from tsalert.subscribers.wording import FREQUENCIES
from tsalert.web.access import requires
from tsalert.web.forms import load_page

bp = Blueprint("digests", __name__)


@bp.app_context_processor
def offer_mails() -> dict[str, object]:
    """Let the page of an alert say what daily and weekly mails told of it."""
    return {"mails_with": mails_with, "mail_frequencies": FREQUENCIES}


def mails_with(alert: Alert) -> list[queries.Carried]:
    """Return what the mails of each frequency told of an alert, and what the next would tell."""
    return queries.of_alert(db.session(), alert, now=utc_now())


@bp.get("/alerts/digests")
@requires(Permission.READ_ALERT)
def list_digests() -> ResponseReturnValue:
    """List the daily and weekly mails."""
    session = db.session()
    sent, coming = queries.list_sent(session, **load_page()), queries.coming(session, now=utc_now())
    return render_template("digests/list.html", sent=sent, coming=coming, often=FREQUENCIES)
