"""Operations on handovers between authorities."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.exchange import answering, offering, queries, taking
from tsalert.exchange.queries import PackView, SendingView
from tsalert.exchange.schemas import (
    OfferedPackLineSchema,
    OfferedPackSchema,
    PackReasonSchema,
    PackSendingSchema,
    ReceiptSchema,
    SendingAskedSchema,
    SignedFileSchema,
    SignedTextSchema,
)
from tsalert.exchange.taking import Receipt
from tsalert.keysets import Page
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

sendings = api_blueprint(
    "handover_sendings", "handovers/<int:handover_id>/sending", "Handovers that are signed and sent to an authority."
)
packs = api_blueprint("offered_packs", "offered-packs", "Handovers that linked authorities offer to us.")
blueprints = (sendings, packs)


@sendings.route("")
@requires(Permission.READ_CASE)
@sendings.response(200, PackSendingSchema)
def get_sending(handover_id: int) -> SendingView:
    """Return how far the signed offer of a handover has come."""
    return _sending(handover_id)


@sendings.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@sendings.arguments(SendingAskedSchema)
@sendings.response(202, PackSendingSchema)
def send_handover(told: dict[str, Any], handover_id: int) -> SendingView:
    """Have an offered handover signed and sent to a linked authority."""
    offering.send(handover_id, **told, actor=current_actor(), now=utc_now())
    return _sending(handover_id)


@sendings.route("/again", methods=["POST"])
@requires(Permission.WORK_CASE)
@sendings.response(202, PackSendingSchema)
def send_handover_again(handover_id: int) -> SendingView:
    """Send it once more, signed with the key that signs now."""
    offering.send_again(handover_id, actor=current_actor(), now=utc_now())
    return _sending(handover_id)


@sendings.route("/file", methods=["POST"])
@requires(Permission.WORK_CASE)
@sendings.response(200, SignedFileSchema)
def take_handover_file(handover_id: int) -> dict[str, str]:
    """Return the signed handover, to be carried to the other side; that it was taken stands in the trail."""
    return {"signed": offering.take_file(handover_id, actor=current_actor(), now=utc_now())}


@packs.route("")
@requires(Permission.READ_CASE)
@packs.arguments(PageAsked, location="query", unknown=RAISE)
@packs.response(200, page_of(OfferedPackLineSchema))
def list_packs(asked: dict[str, Any]) -> Page[PackView]:
    """List what other authorities offer to us, the newest first."""
    return queries.list_packs(db.session(), reader=current_actor(), now=utc_now(), **asked)


@packs.route("/files", methods=["POST"])
@requires(Permission.WORK_CASE)
@packs.arguments(SignedTextSchema)
@packs.response(200, ReceiptSchema)
def bring_file(told: dict[str, str]) -> Receipt:
    """Take in what a linked authority signed: an offer, an answer to one of ours, or that an offer is taken back."""
    return taking.bring(told["signed"], actor=current_actor(), now=utc_now())


@packs.route("/<int:pack_id>")
@requires(Permission.READ_CASE)
@packs.response(200, OfferedPackSchema)
def get_pack(pack_id: int) -> PackView:
    """Return what is offered; that somebody reads it stands in the trail."""
    answering.note_reading(pack_id, actor=current_actor(), now=utc_now())
    return queries.get_pack(db.session(), pack_id)


@packs.route("/<int:pack_id>/acceptance", methods=["POST"])
@requires(Permission.WORK_CASE)
@packs.response(200, OfferedPackSchema)
def accept_pack(pack_id: int) -> PackView:
    """Take a case over: it is opened here, and the giver is told so by signature."""
    answering.accept(pack_id, actor=current_actor(), now=utc_now())
    return queries.get_pack(db.session(), pack_id)


@packs.route("/<int:pack_id>/refusal", methods=["POST"])
@requires(Permission.WORK_CASE)
@packs.arguments(PackReasonSchema)
@packs.response(200, OfferedPackSchema)
def refuse_pack(told: dict[str, str], pack_id: int) -> PackView:
    """Say why a case is not taken over; nothing of what it said of people is kept."""
    answering.refuse(pack_id, **told, actor=current_actor(), now=utc_now())
    return queries.get_pack(db.session(), pack_id)


@packs.route("/<int:pack_id>/answer/again", methods=["POST"])
@requires(Permission.WORK_CASE)
@packs.response(202, OfferedPackSchema)
def send_answer_again(pack_id: int) -> PackView:
    """Send our answer once more."""
    answering.send_again(pack_id, actor=current_actor(), now=utc_now())
    return queries.get_pack(db.session(), pack_id)


@packs.route("/<int:pack_id>/answer/file", methods=["POST"])
@requires(Permission.WORK_CASE)
@packs.response(200, SignedFileSchema)
def take_answer_file(pack_id: int) -> dict[str, str]:
    """Return our signed answer, to be carried to the other side."""
    return {"signed": answering.take_file(pack_id, actor=current_actor(), now=utc_now())}


def _sending(handover_id: int) -> SendingView:
    return queries.sending_of(db.session(), queries.get_offer(db.session(), handover_id))
