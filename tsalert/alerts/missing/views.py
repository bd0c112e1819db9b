"""The page of those whom an alert did not reach, from which it is sent again."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import costing, letting_go, proof, queries
from tsalert.alerts.missing import queries as missing
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import Reason, Way
from tsalert.alerts.missing.schemas import AlertResendSchema, MissingAskedSchema
from tsalert.alerts.models import Alert
from tsalert.alerts.night.reasons import lacks_reason
from tsalert.alerts.page_words import ADDRESS_WORDS, ONE_ADDRESS
from tsalert.alerts.sending_words import on_their_way
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.budgets import find_budget
from tsalert.alerts.spending.schemas import SpendingLeaveSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.presence import require_presence
from tsalert.staff.queries import officer_names
from tsalert.subscribers.wording import CHANNELS
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("missed_alerts", __name__)


@bp.get("/alerts/<int:alert_id>/missing")
@requires(Permission.READ_ALERT)
def list_missing(alert_id: int) -> ResponseReturnValue:
    """Show whom an alert did not reach, by reason and one by one."""
    asked, session = read_form(MissingAskedSchema(), request.args), db.session()
    queries.mailings_of(session, alert_id)
    alert = queries.get_alert(session, alert_id)
    chosen = [asked["reason"]] if asked["reason"] else [*Reason]
    page = missing.page_of(session, alert, chosen, after=asked["after"])
    return render_template(
        "alerts/missing.html",
        alert=alert,
        reason=asked["reason"],
        messages=page.items,
        next=page.next,
        resends=missing.resends_of(session, alert.id),
        names=officer_names(session),
        channel_words=CHANNELS,
        **_choices(alert),
    )


@bp.post("/alerts/<int:alert_id>/missing")
@requires(Permission.APPROVE_ALERT)
@redisplays(list_missing)
def send_again(alert_id: int) -> ResponseReturnValue:
    """Send it again to those whom it did not reach."""
    asked, actor, now = load_form(AlertResendSchema()), current_actor(), utc_now()
    require_presence(actor, asked.password, now=now)
    size = resending.send_again(alert_id, asked.again, actor=actor, now=now)
    flash(on_their_way(size), "success")
    return redirect(url_for(".list_missing", alert_id=alert_id), 303)


@bp.post("/alerts/<int:alert_id>/missing/spending-leave")
@requires(Permission.RAISE_SPENDING)
@redisplays(list_missing)
def let_alert_cost_more(alert_id: int) -> ResponseReturnValue:
    """Let an alert that is sent again cost more than is left."""
    typed = load_form(SpendingLeaveSchema())
    spending.give_leave(alert_id, typed["digest"], typed["reason"], actor=current_actor(), now=utc_now())
    flash("Kept. This alert may cost more when it is sent again.", "success")
    return redirect(url_for(".list_missing", alert_id=alert_id), 303)


def _choices(alert: Alert) -> dict[str, Any]:
    """Return whom it could be sent to again, each way, and what that would cost."""
    session, now = db.session(), utc_now()
    sizes = missing.sizes_of(session, alert)
    channels = {channel for counts in sizes.values() for channel in counts}
    pulled = proof.pull_proof(alert)
    costs = {way: {cost.channel: cost.pounds for cost in costing.costs(pulled, sizes[way])} for way in Way}
    is_open = queries.is_out(session, alert) and alert.expires_at > now
    ways = [way for way in Way if is_open and sizes[way]]
    budgets = [find_budget(session, alert, pulled, sizes[way], now=now) for way in ways]
    return {
        "missed": missing.by_reason(session, alert),
        "sizes": sizes,
        "costs": costs,
        "ways": ways,
        "budget": max(budgets, key=lambda each: each.cost, default=None),
        "digest": pulled.digest,
        "is_open": is_open,
        "wakes_now": lacks_reason(session, alert, alert.approved_digest or "", at=now, channels=channels),
        "are_gone": letting_go.are_gone(alert, now),
        "address_words": ADDRESS_WORDS,
        "one_words": ONE_ADDRESS,
        "ways_words": dict(Way.options()),
        "reason_words": dict(Reason.options()),
    }
