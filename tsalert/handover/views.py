"""Pages of handovers: the list, each with its pack, and what is done about it."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import merging, papers, sections
from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.documents.answers import document_response
from tsalert.handover import queries, rules, service
from tsalert.handover.queries import HandoverRecord
from tsalert.handover.rules import Act, State
from tsalert.handover.schemas import (
    HandoverAcceptanceSchema,
    HandoverDraftSchema,
    HandoverReasonSchema,
    NewHandoverSchema,
    PackedOfferSchema,
    SubjectSchema,
)
from tsalert.places.finding import own_authority, stand
from tsalert.places.rules import Standing
from tsalert.response import queries as response
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_change, load_form, load_page, redisplays

bp = Blueprint("handover", __name__)
_FORMS = {act.value: act for act in (Act.OFFER, Act.ACCEPTANCE, Act.REFUSAL, Act.WITHDRAWAL)}
_NAMES = ", ".join(repr(name) for name in _FORMS)


@bp.app_context_processor
def offer_handovers() -> dict[str, object]:
    """Let the pages of incidents and cases list their handovers."""
    return {"handovers_of": lambda **of: queries.handovers_of(db.session(), **of)}


@bp.get("/handovers")
@requires(Permission.READ_CASE)
def list_handovers() -> ResponseReturnValue:
    """List handovers, newest first."""
    after = load_page()["after"]
    found = queries.list_handovers(db.session(), reader=current_actor(), now=utc_now(), after=after)
    return render_template("handover/list.html", handovers=found.items, older=found.next, is_first=after is None)


@bp.get("/handovers/new")
@requires(Permission.WORK_CASE)
def new_handover() -> ResponseReturnValue:
    """Show the form for a handover of an incident or a case."""
    asked = {name: request.values.get(f"{name}_id") or request.args.get(name) for name in ("incident", "case")}
    subject = SubjectSchema().load({name: number for name, number in asked.items() if number})
    reference, standing = _subject(**subject)
    return render_template(
        "handover/draft.html", known=None, record=None, subject=subject, reference=reference, standing=standing
    )


@bp.post("/handovers")
@requires(Permission.WORK_CASE)
@redisplays(new_handover)
def draft_handover() -> ResponseReturnValue:
    """Begin a handover and show it."""
    return _show(service.draft_handover(load_form(NewHandoverSchema()), actor=current_actor(), now=utc_now()))


@bp.get("/handovers/<int:handover_id>")
@requires(Permission.READ_CASE)
def show_handover(handover_id: int) -> ResponseReturnValue:
    """Show one handover with its pack."""
    record = _read(handover_id)
    return render_template(
        "handover/show.html",
        record=record,
        pack=queries.pack_of(db.session(), record, now=utc_now()),
        names=staff.officer_names(db.session()),
        states=State,
    )


@bp.get("/handovers/<int:handover_id>/pack")
@requires(Permission.READ_CASE)
def show_pack(handover_id: int) -> ResponseReturnValue:
    """Show the pack alone, fit to print."""
    record = _read(handover_id)
    return render_template(
        "handover/pack.html", record=record, pack=queries.pack_of(db.session(), record, now=utc_now())
    )


@bp.get("/handovers/<int:handover_id>/pack.txt")
@requires(Permission.READ_CASE)
def show_pack_text(handover_id: int) -> ResponseReturnValue:
    """Give the pack as plain text, to go into a mail."""
    record = _read(handover_id)
    text = sections.pack_text(record.title, queries.pack_of(db.session(), record, now=utc_now()))
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get('/handovers/<int:handover_id>/pack.<any("pdf", "docx"):ending>')
@requires(Permission.EXPORT)
def download_pack(handover_id: int, ending: str) -> ResponseReturnValue:
    """Give the pack as a PDF or as Word."""
    record = _read(handover_id)
    pack = queries.pack_of(db.session(), record, now=utc_now())
    made_at = record.row.offered_at or record.row.made_at
    document = papers.pack_document(record.title, pack, reference=record.reference, made_at=made_at)
    return document_response(f"handover-{record.reference}-{handover_id}", document, ending)


@bp.get("/handovers/<int:handover_id>/edit")
@requires(Permission.WORK_CASE)
def edit_draft(handover_id: int) -> ResponseReturnValue:
    """Show a draft to be written anew."""
    record = _read(handover_id)
    rules.require_act(record.state, Act.CHANGE)
    return render_template(
        "handover/draft.html",
        known=record.row,
        record=record,
        subject={},
        reference=record.reference,
        standing=None,
        seen=service.mark_of_draft(record.row),
    )


@bp.post("/handovers/<int:handover_id>/edit")
@requires(Permission.WORK_CASE)
@redisplays(edit_draft)
def change_draft(handover_id: int) -> ResponseReturnValue:
    """Write a draft anew."""
    new, seen = load_change(HandoverDraftSchema())
    service.change_draft(handover_id, new, seen=seen, actor=current_actor(), now=utc_now())
    return _show(handover_id)


@bp.get(f"/handovers/<int:handover_id>/<any({_NAMES}):form_name>")
@requires(Permission.WORK_CASE)
def show_step(handover_id: int, form_name: str) -> ResponseReturnValue:
    """Show the form of one step, or say what may be done instead."""
    record = queries.get_handover(db.session(), handover_id)
    rules.require_act(record.state, _FORMS[form_name])
    return render_template("handover/step.html", record=record, act=_FORMS[form_name])


@bp.post(f"/handovers/<int:handover_id>/<any({_NAMES}):form_name>")
@requires(Permission.WORK_CASE)
@redisplays(show_step)
def take_step(handover_id: int, form_name: str) -> ResponseReturnValue:
    """Offer it, or record what became of the offer."""
    schema, use_case = _STEPS[_FORMS[form_name]]
    use_case(handover_id, load_form(schema()))
    return _show(handover_id)


def _offer(handover_id: int, told: dict[str, Any]) -> None:
    service.offer_handover(handover_id, **told, actor=current_actor(), now=utc_now())


def _accept(handover_id: int, told: Any) -> None:
    service.accept_handover(handover_id, told, actor=current_actor(), now=utc_now())


def _refuse(handover_id: int, told: dict[str, str]) -> None:
    service.refuse_handover(handover_id, told["reason"], actor=current_actor(), now=utc_now())


def _withdraw(handover_id: int, told: dict[str, str]) -> None:
    service.withdraw_handover(handover_id, told["reason"], actor=current_actor(), now=utc_now())


_STEPS: dict[Act, tuple[Any, Any]] = {
    Act.OFFER: (PackedOfferSchema, _offer),
    Act.ACCEPTANCE: (HandoverAcceptanceSchema, _accept),
    Act.REFUSAL: (HandoverReasonSchema, _refuse),
    Act.WITHDRAWAL: (HandoverReasonSchema, _withdraw),
}


def _read(handover_id: int) -> HandoverRecord:
    """Return a handover; that somebody reads it is in the trail before they do."""
    service.note_reading(handover_id, actor=current_actor(), now=utc_now())
    return queries.get_handover(db.session(), handover_id)


def _subject(*, incident: int | None, case: int | None) -> tuple[str, Standing | None]:
    """Return the reference of what is to be handed over, and where it lies."""
    session = db.session()
    if incident is not None:
        record = response.get_incident(session, incident)
        return record.reference, _standing(record.household.postcode, record.opened_at)
    found = cases.get_case(session, case or 0)
    merging.require_here(session, found)
    return found.reference, _standing(found.postcode, found.opened_at)


def _standing(postcode: str | None, at: Any) -> Standing | None:
    return stand(db.session(), postcode, own=own_authority(), on=london_date(at)) if postcode else None


def _show(handover_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_handover", handover_id=handover_id), 303)
