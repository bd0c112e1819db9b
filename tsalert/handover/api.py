"""Operations on handovers."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import sections
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.handover import queries, service
from tsalert.handover.queries import HandoverRecord
from tsalert.handover.rules import NewHandover
from tsalert.handover.schemas import (
    HandoverAcceptanceSchema,
    HandoverDraftSchema,
    HandoverPackSchema,
    HandoverReasonSchema,
    HandoverRowSchema,
    HandoverSchema,
    NewHandoverSchema,
    PackedOfferSchema,
)
from tsalert.keysets import Page
from tsalert.response.handing_over import Acceptance
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import SizedPageAsked

handovers = api_blueprint("handovers", "handovers", "Incidents and cases offered to other bodies, with their packs.")
blueprints = (handovers,)


@handovers.route("")
@requires(Permission.READ_CASE)
@handovers.arguments(SizedPageAsked, location="query", unknown=RAISE)
@handovers.response(200, page_of(HandoverRowSchema))
def list_handovers(asked: dict[str, Any]) -> Page[HandoverRecord]:
    """List handovers, newest first."""
    return queries.list_handovers(db.session(), reader=current_actor(), now=utc_now(), **asked)


@handovers.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@handovers.arguments(NewHandoverSchema)
@handovers.response(201, HandoverSchema)
def draft_handover(new: NewHandover) -> HandoverRecord:
    """Begin a handover; nobody is asked yet."""
    return _get(service.draft_handover(new, actor=current_actor(), now=utc_now()))


@handovers.route("/<int:handover_id>")
@requires(Permission.READ_CASE)
@handovers.response(200, HandoverSchema)
def get_handover(handover_id: int) -> HandoverRecord:
    """Return one handover; that somebody reads it stands in the trail."""
    service.note_reading(handover_id, actor=current_actor(), now=utc_now())
    return _get(handover_id)


@handovers.route("/<int:handover_id>", methods=["PUT"])
@requires(Permission.WORK_CASE)
@handovers.arguments(HandoverDraftSchema)
@handovers.response(200, HandoverSchema)
def change_draft(new: NewHandover, handover_id: int) -> HandoverRecord:
    """Write a draft anew."""
    service.change_draft(handover_id, new, actor=current_actor(), now=utc_now())
    return _get(handover_id)


@handovers.route("/<int:handover_id>/pack")
@requires(Permission.READ_CASE)
@handovers.response(200, HandoverPackSchema)
def get_pack(handover_id: int) -> dict[str, Any]:
    """Return the pack as plain text; that somebody reads it stands in the trail."""
    service.note_reading(handover_id, actor=current_actor(), now=utc_now())
    record = _get(handover_id)
    text = sections.pack_text(record.title, queries.pack_of(db.session(), record, now=utc_now()))
    return {"title": record.title, "text": text, "digest": record.row.digest}


@handovers.route("/<int:handover_id>/offer", methods=["POST"])
@requires(Permission.WORK_CASE)
@handovers.arguments(PackedOfferSchema)
@handovers.response(200, HandoverSchema)
def offer_handover(told: dict[str, Any], handover_id: int) -> HandoverRecord:
    """Offer it; the pack stays as it is from now on."""
    service.offer_handover(handover_id, **told, actor=current_actor(), now=utc_now())
    return _get(handover_id)


@handovers.route("/<int:handover_id>/acceptance", methods=["POST"])
@requires(Permission.WORK_CASE)
@handovers.arguments(HandoverAcceptanceSchema)
@handovers.response(200, HandoverSchema)
def accept_handover(told: Acceptance, handover_id: int) -> HandoverRecord:
    """Record who took it, and under which reference."""
    service.accept_handover(handover_id, told, actor=current_actor(), now=utc_now())
    return _get(handover_id)


@handovers.route("/<int:handover_id>/refusal", methods=["POST"])
@requires(Permission.WORK_CASE)
@handovers.arguments(HandoverReasonSchema)
@handovers.response(200, HandoverSchema)
def refuse_handover(told: dict[str, str], handover_id: int) -> HandoverRecord:
    """Record why they do not take it."""
    service.refuse_handover(handover_id, told["reason"], actor=current_actor(), now=utc_now())
    return _get(handover_id)


@handovers.route("/<int:handover_id>/withdrawal", methods=["POST"])
@requires(Permission.WORK_CASE)
@handovers.arguments(HandoverReasonSchema)
@handovers.response(200, HandoverSchema)
def withdraw_handover(told: dict[str, str], handover_id: int) -> HandoverRecord:
    """Take a draft or an offer back."""
    service.withdraw_handover(handover_id, told["reason"], actor=current_actor(), now=utc_now())
    return _get(handover_id)


def _get(handover_id: int) -> HandoverRecord:
    return queries.get_handover(db.session(), handover_id)
