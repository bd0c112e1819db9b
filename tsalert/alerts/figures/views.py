"""The page of an alert's figures: by ward, what it cost, and the calls that quote it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import queries
from tsalert.alerts.figures import queries as figures
from tsalert.alerts.figures import quoting
from tsalert.alerts.figures.schemas import QuotedBySchema
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.rules import in_pounds
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.money import whole_pence
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.staff.queries import officer_names
from tsalert.subscribers.wording import CHANNELS
from tsalert.web.access import current_actor, requires
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("alert_figures", __name__)


@bp.get("/alerts/<int:alert_id>/figures")
@requires(Permission.READ_ALERT)
def show_figures(alert_id: int) -> ResponseReturnValue:
    """Show an alert in figures."""
    after = load_page(PlaceAsked)["after"]
    page = figures_of(alert_id, after)
    names, words = officer_names(db.session()), CHANNELS
    alert = queries.get_alert(db.session(), alert_id)
    return render_template(
        "alerts/figures.html", alert=alert, names=names, channel_words=words, is_first=after is None, **page
    )


@bp.post("/alerts/<int:alert_id>/calls")
@requires(Permission.DRAFT_ALERT)
@redisplays(show_figures)
def link_call(alert_id: int) -> ResponseReturnValue:
    """Say that a call quotes it."""
    quoting.link_call(alert_id, load_form(QuotedBySchema())["call"], actor=current_actor(), now=utc_now())
    flash("The call is now linked to this alert.", "success")
    return redirect(url_for(".show_figures", alert_id=alert_id), 303)


@bp.post("/alerts/<int:alert_id>/calls/<int:call_id>/unlink")
@requires(Permission.DRAFT_ALERT)
def unlink_call(alert_id: int, call_id: int) -> ResponseReturnValue:
    """Say that a call does not quote it."""
    quoting.unlink_call(alert_id, call_id, actor=current_actor(), now=utc_now())
    flash("The call is no longer linked to this alert.", "success")
    return redirect(url_for(".show_figures", alert_id=alert_id), 303)


def figures_of(alert_id: int, after: str | None = None) -> dict[str, Any]:
    """Return an alert in figures, with a page of the calls that whoever asks may see.

    :raises NotFound: there is no such alert, or it has not been sent.
    """
    session, actor = db.session(), current_actor()
    queries.mailings_of(session, alert_id)
    wards, counted_at = figures.by_ward(session, alert_id)
    spent = figures.spent(session, alert_id)
    may_read = actor.may(Permission.READ_CALL)
    calls = quoting.calls_of(session, alert_id, actor, now=utc_now(), after=after) if may_read else Page([], None)
    return {
        "wards": wards,
        "counted_at": counted_at,
        "spent": spent,
        "pounds": figures.total(spent),
        "set_aside": whole_pence(in_pounds(spending.set_aside_for(session, alert_id))),
        "quoted_by": quoting.count_calls(session, alert_id),
        "calls": calls.items,
        "next": calls.next,
    }
