"""Pages on which anybody reads the alerts that were sent, and checks one."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import presenting, public_queries, queries
from tsalert.alerts.deciding_schemas import MessageToCheckSchema
from tsalert.alerts.models import Alert
from tsalert.alerts.pasted import leads_elsewhere, references_in
from tsalert.alerts.public_queries import Wanted
from tsalert.alerts.rules import read_reference
from tsalert.alerts.schemas import PublishedSearchSchema
from tsalert.alerts.views import bp
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.places.queries import ward_options
from tsalert.subscribers.queries import topics
from tsalert.web.access import public
from tsalert.web.caching import drawn_once
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_form, load_page, read_form, redisplays

__all__ = ["bp"]
SECONDS = 60


@bp.get("/alerts/published")
@public
def published() -> ResponseReturnValue:
    """Show the alerts that were sent: those that still apply, then past ones, narrowed to what is looked for."""
    session, after, now = db.session(), load_page(PlaceAsked)["after"], utc_now()
    wanted: Wanted = read_form(PublishedSearchSchema(), request.args)

    def draw() -> str:
        page = public_queries.find(session, wanted, now=now, after=after)
        choices = {"wards": ward_options(session), "topics": topics(session)}
        return render_template("alerts/published.html", page=page, after=after, wanted=wanted, **choices)

    return drawn_once((public_queries.stamp(session, now=now), after, wanted), draw, seconds=SECONDS)


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
    shown = public_queries.stamp(db.session(), now=utc_now())
    try:
        return drawn_once(shown, lambda: _draw_checked(reference), seconds=SECONDS)
    except NotFound:
        return _unknown(reference)


def _draw_checked(reference: str) -> str:
    """Draw what an alert really said.

    :raises NotFound: it is none of ours.
    """
    wanted = read_reference(reference)
    alert = queries.find_published(db.session(), wanted) if wanted else None
    if alert is None:
        raise NotFound("We sent no alert with this number.")
    return render_template("alerts/checked.html", **_page(alert))


def _page(alert: Alert) -> dict[str, object]:
    before, later = public_queries.related(db.session(), alert)
    return presenting.checked_page(alert, utc_now()) | {"before": before, "later": later}


def _unknown(reference: str) -> ResponseReturnValue:
    """Say that an alert is none of ours, and what to do; the number is repeated as far as it could be one."""
    return render_template("alerts/check.html", wanted=reference[:40], is_unknown=True), 404
