"""Operations on referrals and on the bodies that they go to."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import sections
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.referrals import bodies, queries, service
from tsalert.referrals.models import PartnerBody
from tsalert.referrals.queries import ReferralRecord
from tsalert.referrals.rules import Acknowledgement, NewBody, NewReferral, Sending
from tsalert.referrals.schemas import (
    NewBodySchema,
    NewOutgoingReferralSchema,
    OutgoingReferralAcknowledgementSchema,
    OutgoingReferralDraftSchema,
    OutgoingReferralOutcomeSchema,
    OutgoingReferralPackSchema,
    OutgoingReferralReasonSchema,
    OutgoingReferralRowSchema,
    OutgoingReferralSchema,
    OutgoingReferralSendingSchema,
    PartnerBodySchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import SizedPageAsked

referrals = api_blueprint("referrals", "referrals", "Information passed to other bodies; the matter stays ours.")
partners = api_blueprint("partner_bodies", "partner-bodies", "The bodies that information is passed to.")
blueprints = (referrals, partners)


@referrals.route("")
@requires(Permission.READ_CASE)
@referrals.arguments(SizedPageAsked, location="query", unknown=RAISE)
@referrals.response(200, page_of(OutgoingReferralRowSchema))
def list_referrals(asked: dict[str, Any]) -> Page[ReferralRecord]:
    """List referrals, newest first."""
    return queries.list_referrals(db.session(), actor=current_actor(), now=utc_now(), **asked)


@referrals.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(NewOutgoingReferralSchema)
@referrals.response(201, OutgoingReferralSchema)
def draft_referral(new: NewReferral) -> ReferralRecord:
    """Begin a referral; nothing leaves us yet."""
    return _get(service.draft_referral(new, actor=current_actor(), now=utc_now()))


@referrals.route("/<int:outgoing_id>")
@requires(Permission.READ_CASE)
@reads("referral", "outgoing_id")
@referrals.response(200, OutgoingReferralSchema)
def get_referral(outgoing_id: int) -> ReferralRecord:
    """Return one referral; that somebody reads it stands in the trail."""
    return _get(outgoing_id)


@referrals.route("/<int:outgoing_id>", methods=["PUT"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(OutgoingReferralDraftSchema)
@referrals.response(200, OutgoingReferralSchema)
def change_draft(new: NewReferral, outgoing_id: int) -> ReferralRecord:
    """Write a draft anew."""
    service.change_draft(outgoing_id, new, actor=current_actor(), now=utc_now())
    return _get(outgoing_id)


@referrals.route("/<int:outgoing_id>/pack")
@requires(Permission.READ_CASE)
@reads("referral", "outgoing_id")
@referrals.response(200, OutgoingReferralPackSchema)
def get_pack(outgoing_id: int) -> dict[str, Any]:
    """Return what is sent as plain text; that somebody reads it stands in the trail."""
    record = _get(outgoing_id)
    text = sections.pack_text(record.title, queries.pack_of(db.session(), record, now=utc_now()))
    return {"title": record.title, "text": text, "digest": record.row.digest}


@referrals.route("/<int:outgoing_id>/sending", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(OutgoingReferralSendingSchema)
@referrals.response(200, OutgoingReferralSchema)
def record_sending(told: Sending, outgoing_id: int) -> ReferralRecord:
    """Record that it was sent; what it says stays from now on."""
    service.record_sending(outgoing_id, told, actor=current_actor(), now=utc_now())
    return _get(outgoing_id)


@referrals.route("/<int:outgoing_id>/acknowledgement", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(OutgoingReferralAcknowledgementSchema)
@referrals.response(200, OutgoingReferralSchema)
def record_acknowledgement(told: Acknowledgement, outgoing_id: int) -> ReferralRecord:
    """Record who has it, and under which reference."""
    service.record_acknowledgement(outgoing_id, told, actor=current_actor(), now=utc_now())
    return _get(outgoing_id)


@referrals.route("/<int:outgoing_id>/outcome", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(OutgoingReferralOutcomeSchema)
@referrals.response(200, OutgoingReferralSchema)
def record_outcome(told: dict[str, str], outgoing_id: int) -> ReferralRecord:
    """Record what they did with it."""
    service.record_outcome(outgoing_id, told["outcome"], actor=current_actor(), now=utc_now())
    return _get(outgoing_id)


@referrals.route("/<int:outgoing_id>/withdrawal", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("referral")
@referrals.arguments(OutgoingReferralReasonSchema)
@referrals.response(200, OutgoingReferralSchema)
def withdraw_referral(told: dict[str, str], outgoing_id: int) -> ReferralRecord:
    """Withdraw a draft."""
    service.withdraw_referral(outgoing_id, told["reason"], actor=current_actor(), now=utc_now())
    return _get(outgoing_id)


@partners.route("")
@requires(Permission.READ_CASE)
@partners.response(200, PartnerBodySchema(many=True))
def list_bodies() -> list[PartnerBody]:
    """List the bodies in use."""
    return list(bodies.list_bodies(db.session()))


@partners.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@partners.arguments(NewBodySchema)
@partners.response(201, PartnerBodySchema)
def add_body(new: NewBody) -> PartnerBody:
    """Add a body that somebody has just verified."""
    return bodies.get_body(db.session(), bodies.add_body(new, actor=current_actor(), now=utc_now()))


@partners.route("/<int:body_id>", methods=["PUT"])
@requires(Permission.WORK_CASE)
@partners.arguments(NewBodySchema)
@partners.response(200, PartnerBodySchema)
def change_body(new: NewBody, body_id: int) -> PartnerBody:
    """Change a body, which verifies it."""
    bodies.change_body(body_id, new, actor=current_actor(), now=utc_now())
    return bodies.get_body(db.session(), body_id)


@partners.route("/<int:body_id>", methods=["DELETE"])
@requires(Permission.WORK_CASE)
@partners.response(204)
def end_body(body_id: int) -> None:
    """Take a body off the list."""
    bodies.end_body(body_id, actor=current_actor(), now=utc_now())


def _get(outgoing_id: int) -> ReferralRecord:
    name_read([outgoing_id])
    return queries.get_referral(db.session(), outgoing_id, actor=current_actor(), now=utc_now())
