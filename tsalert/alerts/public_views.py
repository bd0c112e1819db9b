"""Pages on which anybody reads the alerts that were sent, and checks one."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import presenting, public_queries, queries
from tsalert.alerts.models import Alert
from tsalert.alerts.pasted import leads_elsewhere, references_in
from tsalert.alerts.presenting import page_number
from tsalert.alerts.public_queries import Wanted
from tsalert.alerts.rules import read_reference
from tsalert.alerts.schemas import MessageToCheckSchema, PublishedSearchSchema
from tsalert.alerts.views import bp
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places.queries import ward_options
from tsalert.subscribers.queries import topics
from tsalert.web.access import public
from tsalert.web.caching import drawn_once
from tsalert.web.forms import load_form, read_form, redisplays

__all__ = ["bp"]
SECONDS = 60


@bp.get("/alerts/published")
@public
def published() -> ResponseReturnValue:
    """Show the alerts that were sent: those that still apply, then past ones, narrowed to what is looked for."""
    session, after = db.session(), page_number("after")
    wanted: Wanted = read_form(PublishedSearchSchema(), request.args)
    page = public_queries.find(session, wanted, now=utc_now(), after=after)
    choices = (ward_options(session), topics(session))

    def draw() -> str:
        shown = {"page": page, "after": after, "wanted": wanted, "wards": choices[0], "topics": choices[1]}
        return render_template("alerts/published.html", **shown)

    return drawn_once((page, after, wanted, choices), draw, seconds=SECONDS)


@bp.get("/check")
@public
def check_form() -> ResponseReturnValue:
    """Ask for the number of an alert, and lead to its page."""
    typed = request.args.get("reference", "").strip()
    wanted = read_reference(typed)
    if wanted:
        return redirect(url_for(".check_alert", reference=wanted), 303)
    return _unknown(typed) if typed else render_template("alerts/check.html")


@bp.post("/check")
@public
@redisplays(check_form)
def check_message() -> ResponseReturnValue:
    """Find the alert that a message names; the message is read once and kept nowhere."""
    message = load_form(MessageToCheckSchema())["message"]
    settings: Settings = current_app.extensions["tsalert_settings"]
    references = references_in(message)
    alert = public_queries.find_first(db.session(), references)
    if alert is None:
        return _unknown(references[0] if references else "")
    warned = {"was_pasted": True, "leads_elsewhere": leads_elsewhere(message, settings.public_url)}
    return render_template("alerts/checked.html", **_page(alert), **warned)


@bp.get("/check/<reference>")
@public
def check_alert(reference: str) -> ResponseReturnValue:
    """Tell whether an alert is ours, and show what it really said."""
    wanted = read_reference(reference)
    alert = queries.find_published(db.session(), wanted) if wanted else None
    if alert is None:
        return _unknown(reference)
    page = _page(alert)
    shown = (alert.changed_at, page["is_withdrawn"], page["is_past"], page["before"], page["later"])
    return drawn_once(shown, lambda: render_template("alerts/checked.html", **page), seconds=SECONDS)


def _page(alert: Alert) -> dict[str, object]:
    before, later = public_queries.related(db.session(), alert)
    return presenting.checked_page(alert, utc_now()) | {"before": before, "later": later}


def _unknown(reference: str) -> ResponseReturnValue:
    """Say that an alert is none of ours, and what to do; the number is repeated as far as it could be one."""
    return render_template("alerts/check.html", wanted=reference[:40], is_unknown=True), 404
