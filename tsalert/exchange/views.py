"""Pages of handovers between authorities: what is offered to us, our answer, and files that are brought and taken."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases.sections import Pack, Section
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.exchange import answering, offering, queries, taking
from tsalert.exchange.rules import State
from tsalert.exchange.schemas import PackReasonSchema, SendingAskedSchema, SignedTextSchema
from tsalert.exchange.sending import TYPE
from tsalert.handover.views import show_handover
from tsalert.linked import queries as linked
from tsalert.linked.rules import LONGEST_SIGNED
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, load_page, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("exchange", __name__)


@bp.app_context_processor
def offer_sending() -> dict[str, object]:
    """Let the page of a handover say how far its signed offer has come, and offer to send it."""
    return {
        "sending_of": lambda handover_id: queries.find_sending(db.session(), handover_id),
        "linked_authorities": lambda: [(row.id, row.name) for row in linked.standing_rows(db.session())],
    }


@bp.post("/handovers/<int:handover_id>/sending")
@requires(Permission.WORK_CASE)
@refuses_on(show_handover)
@redisplays(show_handover)
def send_handover(handover_id: int) -> ResponseReturnValue:
    """Have a handover signed and sent."""
    offering.send(handover_id, **load_form(SendingAskedSchema()), actor=current_actor(), now=utc_now())
    return _to_handover(handover_id, "It is signed and on its way. Load this page again to see whether they have it.")


@bp.post("/handovers/<int:handover_id>/sending/again")
@requires(Permission.WORK_CASE)
@refuses_on(show_handover)
def send_handover_again(handover_id: int) -> ResponseReturnValue:
    """Send a signed handover once more."""
    offering.send_again(handover_id, actor=current_actor(), now=utc_now())
    return _to_handover(handover_id, "It is on its way again.")


@bp.post("/handovers/<int:handover_id>/sending/file")
@requires(Permission.WORK_CASE)
@refuses_on(show_handover)
def take_handover_file(handover_id: int) -> ResponseReturnValue:
    """Give a signed handover as a file."""
    signed = offering.take_file(handover_id, actor=current_actor(), now=utc_now())
    return _file(signed, f"handover-{handover_id}.jws")


@bp.get("/offered-packs")
@requires(Permission.READ_CASE)
def list_packs() -> ResponseReturnValue:
    """List what other authorities offer to us, and take in a file that they signed."""
    asked = load_page()
    found = queries.list_packs(db.session(), reader=current_actor(), now=utc_now(), **asked)
    is_first = asked["after"] is None
    return render_template("exchange/list.html", packs=found.items, older=found.next, is_first=is_first)


@bp.post("/offered-packs/files")
@requires(Permission.WORK_CASE)
@refuses_on(list_packs)
@redisplays(list_packs)
def bring_file() -> ResponseReturnValue:
    """Take in a file that a linked authority signed, and show what it is about."""
    file = request.files.get("signed")
    typed = (file.read(LONGEST_SIGNED + 1) if file else b"").decode("ascii", errors="replace")
    receipt = taking.bring(SignedTextSchema().load({"signed": typed})["signed"], actor=current_actor(), now=utc_now())
    if receipt.handover_id is not None:
        return _to_handover(receipt.handover_id, "Their answer is taken in.")
    if receipt.pack_id is not None:
        return _to_pack(receipt.pack_id, "The file is taken in.")
    flash("The file is taken in. We have nothing of what it takes back.", "success")
    return redirect(url_for(".list_packs"), 303)


@bp.get("/offered-packs/<int:pack_id>")
@requires(Permission.READ_CASE)
def show_pack(pack_id: int) -> ResponseReturnValue:
    """Show what is offered; that somebody reads it stands in the trail before they do."""
    answering.note_reading(pack_id, actor=current_actor(), now=utc_now())
    found = queries.get_pack(db.session(), pack_id)
    return render_template("exchange/pack.html", found=found, pack=_sections(found), states=State)


@bp.post("/offered-packs/<int:pack_id>/acceptance")
@requires(Permission.WORK_CASE)
@refuses_on(show_pack)
@redisplays(show_pack)
def accept_pack(pack_id: int) -> ResponseReturnValue:
    """Take a case over, and show it."""
    case_id = answering.accept(pack_id, actor=current_actor(), now=utc_now())
    flash("It is a case of ours now. Our answer is signed and on its way.", "success")
    return redirect(url_for("cases.show_case", case_id=case_id), 303)


@bp.post("/offered-packs/<int:pack_id>/refusal")
@requires(Permission.WORK_CASE)
@refuses_on(show_pack)
@redisplays(show_pack)
def refuse_pack(pack_id: int) -> ResponseReturnValue:
    """Say why a case is not taken over."""
    answering.refuse(pack_id, **load_form(PackReasonSchema()), actor=current_actor(), now=utc_now())
    return _to_pack(pack_id, "Our answer is signed and on its way.")


@bp.post("/offered-packs/<int:pack_id>/answer/again")
@requires(Permission.WORK_CASE)
@refuses_on(show_pack)
def send_answer_again(pack_id: int) -> ResponseReturnValue:
    """Send our answer once more."""
    answering.send_again(pack_id, actor=current_actor(), now=utc_now())
    return _to_pack(pack_id, "It is on its way again.")


@bp.post("/offered-packs/<int:pack_id>/answer/file")
@requires(Permission.WORK_CASE)
def take_answer_file(pack_id: int) -> ResponseReturnValue:
    """Give our signed answer as a file."""
    signed = answering.take_file(pack_id, actor=current_actor(), now=utc_now())
    return _file(signed, f"answer-{pack_id}.jws")


def _sections(found: queries.PackView) -> Pack:
    content = found.content or {"sections": []}
    return tuple(
        Section(each["heading"], tuple((label, said) for label, said in each["lines"])) for each in content["sections"]
    )


def _file(signed: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(signed, content_type=TYPE, headers=headers)


def _to_handover(handover_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("handover.show_handover", handover_id=handover_id), 303)


def _to_pack(pack_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show_pack", pack_id=pack_id), 303)
