"""Operations on alerts and their progress; a token's owner is the author of what it writes."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.alerts import marking, proof, queries, service
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.confirming import confirm_approval
from tsalert.alerts.costing import costs
from tsalert.alerts.models import Alert
from tsalert.alerts.night.rules import find_night
from tsalert.alerts.queries import AlertLine
from tsalert.alerts.rules import Draft, FollowUp
from tsalert.alerts.schemas import (
    AlertAnswersSchema,
    AlertApprovalSchema,
    AlertDraftSchema,
    AlertLineSchema,
    AlertProgressSchema,
    AlertSchema,
    DoubtDecisionSchema,
    DoubtSchema,
    FollowUpSchema,
)
from tsalert.alerts.steps import legal_steps
from tsalert.alerts.unsaved.schemas import AlertChangeSchema, Typed
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.alerts.withdrawing.schemas import AlertWithdrawalSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.delivery.queries import DeliveryRow
from tsalert.keysets import Page
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

blp = api_blueprint("alerts", "alerts", "Alerts to residents, their approval and their progress.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_ALERT)
@blp.arguments(PageAsked, location="query", unknown=RAISE)
@blp.response(200, page_of(AlertLineSchema))
def list_alerts(asked: dict[str, Any]) -> Page[AlertLine]:
    """List alerts, newest first."""
    return queries.list_alerts(db.session(), **asked)


@blp.route("", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(AlertDraftSchema)
@blp.response(201, AlertSchema)
def write_alert(draft: Draft) -> dict[str, Any]:
    """Keep a draft."""
    return record_of(service.write_draft(draft, actor=current_actor(), now=utc_now()))


@blp.route("/<int:alert_id>")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertSchema)
def get_alert(alert_id: int) -> dict[str, Any]:
    """Return an alert as it will go out, with the digest that an approval names."""
    return record_of(alert_id)


@blp.route("/<int:alert_id>", methods=["PUT"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(AlertChangeSchema)
@blp.response(200, AlertSchema)
def edit_alert(typed: Typed, alert_id: int) -> dict[str, Any]:
    """Change what it says; one that waits for approval goes back to draft."""
    service.edit_draft(alert_id, typed.words, seen=typed.seen, actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/follow-ups", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(FollowUpSchema)
@blp.response(201, AlertSchema)
def follow_up_alert(written: FollowUp, alert_id: int) -> dict[str, Any]:
    """Keep a draft of an update or an all-clear to exactly those who got it."""
    return record_of(service.follow_up(alert_id, written, actor=current_actor(), now=utc_now()))


@blp.route("/<int:alert_id>/submit", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.response(200, AlertSchema)
def submit_alert(alert_id: int) -> dict[str, Any]:
    """Ask somebody else to approve it."""
    service.submit(alert_id, actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/answers", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(AlertAnswersSchema)
@blp.response(200, AlertSchema)
def answer_for_alert(answers: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Say why something that may point to a person stays; an alert with such an open question does not go out."""
    marking.answer(alert_id, answers["marks"], answers["why"], actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/approve", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertApprovalSchema)
@blp.response(200, AlertSchema)
def approve_alert(approval: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Approve what another officer wrote, as its digest names it, and start to send it."""
    actor, now = current_actor(), utc_now()
    confirm_approval(alert_id, approval, actor=actor, now=now)
    service.approve(alert_id, approval["digest"], readers=approval["readers"], actor=actor, now=now)
    return record_of(alert_id)


@blp.route("/<int:alert_id>/pause", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.response(200, AlertSchema)
def pause_alert(alert_id: int) -> dict[str, Any]:
    """Hold what has not gone out."""
    service.pause(alert_id, actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/resume", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.response(200, AlertSchema)
def resume_alert(alert_id: int) -> dict[str, Any]:
    """Go on with what was held."""
    service.resume(alert_id, actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/withdraw", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertWithdrawalSchema)
@blp.response(200, AlertSchema)
def withdraw_alert(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Take it back for good, tell everybody why, and write a correction to those who got it if that is wanted."""
    service.withdraw(alert_id, **told, actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/correction", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.response(201, AlertSchema)
def correct_alert(alert_id: int) -> dict[str, Any]:
    """Write to exactly those who got it that it was withdrawn; what is written waits for approval."""
    return record_of(withdrawing.correct(alert_id, actor=current_actor(), now=utc_now()))


@blp.route("/<int:alert_id>/progress")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertProgressSchema)
def get_progress(alert_id: int) -> dict[str, Any]:
    """Return how far its messages have come."""
    return _progress(alert_id)


@blp.route("/<int:alert_id>/doubts")
@requires(Permission.READ_ALERT)
@blp.arguments(PageAsked, location="query", unknown=RAISE)
@blp.response(200, page_of(DoubtSchema))
def list_doubts(asked: dict[str, Any], alert_id: int) -> Page[DeliveryRow]:
    """List its messages that may or may not have been sent."""
    return queries.in_doubt(db.session(), alert_id, **asked)


@blp.route("/<int:alert_id>/doubts/<int:delivery_id>", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(DoubtDecisionSchema)
@blp.response(200, AlertProgressSchema)
def decide_doubt(decided: dict[str, Any], alert_id: int, delivery_id: int) -> dict[str, Any]:
    """Settle whether one of them was sent, or have it sent again."""
    service.decide_doubt(alert_id, delivery_id, decided["decision"], actor=current_actor(), now=utc_now())
    return _progress(alert_id)


def record_of(alert_id: int) -> dict[str, Any]:
    """Return an alert as it is told, with its digest and all that it looks like."""
    session = db.session()
    alert = queries.get_alert(session, alert_id)
    status = queries.standing(session, alert)
    pulled = proof.pull_proof(alert)
    correction = withdrawing.find_correction(session, alert.id)
    names = (
        "id reference kind in_reply_to headline advice topic wards channels urgency expires_at case_id author_id "
        "submitted_at approved_by approved_at remark withdrawn_because partner_kinds but_wards named left_out"
    )
    return {name: getattr(alert, name) for name in names.split()} | {
        "status": status,
        "steps": legal_steps(status),
        "correction_id": correction.id if correction else None,
        "body": alert.body_markdown,
        "sms": alert.sms_text,
        "voice": alert.voice_text,
        "sent_alone": alert.override_reason is not None,
        "digest": pulled.digest,
        "marks": [
            asdict(each.mark) | {"why": each.why, "answered_by": each.answered_by}
            for each in marking.marks_of(session, alert)
        ],
        "preview": _preview(session, alert, pulled),
    }


def _preview(session: Session, alert: Alert, pulled: proof.Proof) -> dict[str, Any]:
    size, now = pulled.sms_size, utc_now()
    night = find_night(alert.channels, alert.urgency, alert.expires_at, now)
    readers = None if alert.published_at else count_readers(session, alert, now=now)
    return asdict(pulled.wording) | {
        "sms_encoding": size.encoding,
        "sms_segments": size.segments,
        "voice_seconds": pulled.voice_seconds,
        "reach": readers and readers.at_once,
        "later": readers and readers.later,
        "counted_at": readers and readers.as_of,
        "editions": [{"edition": edition, **asdict(mail)} for edition, mail in pulled.others.items()],
        "costs": readers and costs(pulled, readers.at_once),
        "waits_until": night.until if night else None,
    }


def _progress(alert_id: int) -> dict[str, Any]:
    session = db.session()
    alert = queries.get_alert(session, alert_id)
    status, found = queries.standing_and_progress(session, alert)
    if found is None:
        raise NotFound("This alert has not been sent.")
    names = "total pending sent failed in_doubt paused_because completed_at"
    counts = {name: getattr(found, name) for name in names.split()}
    return counts | {"status": status, "channels": found.by_channel}
