"""Pages on which officers write, decide on and follow alerts."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import drafting, marking, presenting, queries, service
from tsalert.alerts.confirming import confirm_approval
from tsalert.alerts.deciding_schemas import AlertReasonSchema, LoneReviewSchema, LoneSendingSchema
from tsalert.alerts.lone_queries import sent_alone
from tsalert.alerts.page_words import VERDICT_WORDS
from tsalert.alerts.presenting import asked_edition
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.schemas import (
    AlertAnswersSchema,
    AlertApprovalSchema,
    DoubtDecisionSchema,
)
from tsalert.alerts.sending_words import on_their_way
from tsalert.alerts.unsaved import queries as copies
from tsalert.alerts.unsaved import service as unsaved
from tsalert.alerts.unsaved.schemas import AlertFormSchema, FollowUpFormSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken
from tsalert.db import db
from tsalert.staff.presence import require_presence
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("alerts", __name__)


@bp.get("/alerts")
@requires(Permission.READ_ALERT)
def list_alerts() -> ResponseReturnValue:
    """Show the alerts that wait for approval, then all of them."""
    session, after = db.session(), load_page()["after"]
    alerts = queries.list_alerts(session, after=after)
    waiting = [] if after else queries.waiting(session)
    begun = [] if after else copies.copies_of(session, current_actor())
    scheduled = [] if after else schedules.list_standing(session)
    page = {"alerts": alerts.items, "waiting": waiting, "scheduled": scheduled, "begun": begun}
    return render_template("alerts/list.html", **page, older=alerts.next, is_first=after is None)


@bp.get("/alerts/new")
@requires(Permission.DRAFT_ALERT)
def new_alert() -> ResponseReturnValue:
    """Show the form for an alert, begun from a case or a template if one is named."""
    return render_template("alerts/form.html", **drafting.new_form(current_actor(), utc_now()))


@bp.post("/alerts")
@requires(Permission.DRAFT_ALERT)
@redisplays(new_alert)
def write_alert() -> ResponseReturnValue:
    """Keep a draft and show it."""
    typed, actor, now = load_form(AlertFormSchema()), current_actor(), utc_now()
    alert_id = service.write_draft(typed.words, actor=actor, now=now)
    unsaved.discard(typed.copy, actor=actor, now=now)
    return lead_to(alert_id)


@bp.get("/alerts/<int:alert_id>")
@requires(Permission.READ_ALERT)
def show_alert(alert_id: int) -> ResponseReturnValue:
    """Show an alert as it will go out, and what may be done with it."""
    return render_template("alerts/show.html", **presenting.alert_page(alert_id, current_actor(), utc_now()))


@bp.get("/alerts/<int:alert_id>/edit")
@requires(Permission.DRAFT_ALERT)
def edit_form(alert_id: int) -> ResponseReturnValue:
    """Show an alert's text to be changed."""
    return render_template("alerts/form.html", **drafting.edit_form(alert_id, current_actor(), utc_now()))


@bp.post("/alerts/<int:alert_id>/edit")
@requires(Permission.DRAFT_ALERT)
@redisplays(edit_form)
def edit_alert(alert_id: int) -> ResponseReturnValue:
    """Keep the changed text, unless somebody else changed it since the form was opened."""
    typed, actor, now = load_form(AlertFormSchema()), current_actor(), utc_now()
    try:
        service.edit_draft(alert_id, typed.words, seen=typed.seen, actor=actor, now=now)
    except Overtaken as refusal:
        return render_template("alerts/form.html", **drafting.overtaken_form(alert_id, refusal, actor, now)), 409
    unsaved.discard(typed.copy, actor=actor, now=now)
    return lead_to(alert_id)


@bp.get("/alerts/<int:alert_id>/email")
@requires(Permission.READ_ALERT)
def show_email(alert_id: int) -> ResponseReturnValue:
    """Show the HTML email alone, as a mail program would: its own styles, no scripts, no pictures."""
    response = Response(presenting.email_html(alert_id, asked_edition()))
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@bp.get("/alerts/<int:alert_id>/follow-up")
@requires(Permission.DRAFT_ALERT)
def follow_up_form(alert_id: int) -> ResponseReturnValue:
    """Show the form for an update, or for an all-clear, to those who got an alert."""
    return render_template("alerts/form.html", **drafting.follow_up_form(alert_id, current_actor(), utc_now()))


@bp.post("/alerts/<int:alert_id>/follow-up")
@requires(Permission.DRAFT_ALERT)
@redisplays(follow_up_form)
def follow_up_alert(alert_id: int) -> ResponseReturnValue:
    """Keep the draft of it and show it."""
    typed, actor, now = load_form(FollowUpFormSchema()), current_actor(), utc_now()
    written = service.follow_up(alert_id, typed.words, actor=actor, now=now)
    unsaved.discard(typed.copy, actor=actor, now=now)
    return lead_to(written)


@bp.post("/alerts/<int:alert_id>/answers")
@requires(Permission.DRAFT_ALERT)
@redisplays(show_alert)
def answer_for_alert(alert_id: int) -> ResponseReturnValue:
    """Keep why something that may point to a person stays."""
    typed = load_form(AlertAnswersSchema())
    marking.answer(alert_id, typed["marks"], typed["why"], actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Kept. It may stay in the alert.")


@bp.post("/alerts/<int:alert_id>/submit")
@requires(Permission.DRAFT_ALERT)
@redisplays(show_alert)
def submit_alert(alert_id: int) -> ResponseReturnValue:
    """Ask somebody else to approve it."""
    service.submit(alert_id, actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Submitted. Somebody else can now approve it.")


@bp.post("/alerts/<int:alert_id>/return")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def return_alert(alert_id: int) -> ResponseReturnValue:
    """Send it back to be changed."""
    service.send_back(alert_id, load_form(AlertReasonSchema())["reason"], actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Returned to be changed.")


@bp.post("/alerts/<int:alert_id>/reject")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def reject_alert(alert_id: int) -> ResponseReturnValue:
    """Refuse it for good."""
    service.reject(alert_id, load_form(AlertReasonSchema())["reason"], actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Rejected. It will not be sent.")


@bp.post("/alerts/<int:alert_id>/approve")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def approve_alert(alert_id: int) -> ResponseReturnValue:
    """Approve exactly what was shown and start to send it."""
    typed, actor, now = load_form(AlertApprovalSchema()), current_actor(), utc_now()
    confirm_approval(alert_id, typed, actor=actor, now=now)
    size = service.approve(alert_id, typed["digest"], readers=typed["readers"], actor=actor, now=now)
    return lead_to(alert_id, f"Approved. {on_their_way(size, typed['counted'])}")


@bp.post("/alerts/<int:alert_id>/send-alone")
@requires(Permission.OVERRIDE_APPROVAL)
@redisplays(show_alert)
def send_alone(alert_id: int) -> ResponseReturnValue:
    """Send exactly what was shown without a second person."""
    typed, actor, now = load_form(LoneSendingSchema()), current_actor(), utc_now()
    require_presence(actor, typed["password"], now=now)
    size = service.send_alone(
        alert_id, typed["digest"], typed["reason"], readers=typed["readers"], actor=actor, now=now
    )
    return lead_to(alert_id, f"{on_their_way(size, typed['counted'])} A manager will review this tomorrow.")


@bp.post("/alerts/<int:alert_id>/pause")
@requires(Permission.APPROVE_ALERT)
def pause_alert(alert_id: int) -> ResponseReturnValue:
    """Hold what has not gone out."""
    service.pause(alert_id, actor=current_actor(), now=utc_now())
    return lead_to(alert_id)


@bp.post("/alerts/<int:alert_id>/resume")
@requires(Permission.APPROVE_ALERT)
def resume_alert(alert_id: int) -> ResponseReturnValue:
    """Go on with what was held."""
    service.resume(alert_id, actor=current_actor(), now=utc_now())
    return lead_to(alert_id)


@bp.get("/alerts/<int:alert_id>/progress")
@requires(Permission.READ_ALERT)
def show_progress(alert_id: int) -> ResponseReturnValue:
    """Show how far it has come: a part of its page, which asks for the whole page once all is done."""
    page = presenting.progress_part(alert_id, utc_now())
    response = make_response(render_template("alerts/progress.html", **page))
    if not page["is_moving"]:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.get("/alerts/<int:alert_id>/doubts")
@requires(Permission.READ_ALERT)
def list_doubts(alert_id: int) -> ResponseReturnValue:
    """Show the messages of which nobody knows whether they were sent."""
    return render_template("alerts/doubts.html", **presenting.doubts_page(alert_id, load_page()["after"], utc_now()))


@bp.post("/alerts/<int:alert_id>/doubts/<int:delivery_id>")
@requires(Permission.APPROVE_ALERT)
def decide_doubt(alert_id: int, delivery_id: int) -> ResponseReturnValue:
    """Settle whether one message was sent."""
    decision = load_form(DoubtDecisionSchema())["decision"]
    service.decide_doubt(alert_id, delivery_id, decision, actor=current_actor(), now=utc_now())
    flash("Noted.", "success")
    return redirect(url_for(".list_doubts", alert_id=alert_id), 303)


@bp.get("/alerts/sent-alone")
@requires(Permission.REVIEW_OVERRIDE)
def list_reviews() -> ResponseReturnValue:
    """Show the alerts that one officer sent, those to review first."""
    return render_template("alerts/reviews.html", page=sent_alone(db.session(), **load_page()), verdicts=VERDICT_WORDS)


@bp.post("/alerts/<int:alert_id>/review")
@requires(Permission.REVIEW_OVERRIDE)
@redisplays(show_alert)
def review_alert(alert_id: int) -> ResponseReturnValue:
    """Record what a manager thinks of a lone sending."""
    typed = load_form(LoneReviewSchema())
    service.review(alert_id, typed["verdict"], typed["note"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_reviews"), 303)


def lead_to(alert_id: int, message: str | None = None) -> ResponseReturnValue:
    """Show the page of an alert again, with what was done."""
    if message:
        flash(message, "success")
    return redirect(url_for(".show_alert", alert_id=alert_id), 303)
