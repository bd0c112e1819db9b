"""Pages of referrals: the list, each with what it says, and what is done about it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import papers
from tsalert.cases.sharing import Part
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.documents.answers import document_response
from tsalert.referrals import bodies, queries, rules, service, vocabulary
from tsalert.referrals.queries import ReferralRecord
from tsalert.referrals.schemas import (
    NewOutgoingReferralSchema,
    OutgoingReferralAcknowledgementSchema,
    OutgoingReferralDraftSchema,
    OutgoingReferralOutcomeSchema,
    OutgoingReferralReasonSchema,
    OutgoingReferralSendingSchema,
    OutgoingReferralSubjectSchema,
)
from tsalert.referrals.vocabulary import Act
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_change, load_form, load_page, redisplays

bp = Blueprint("referrals", __name__)
_FORMS = {act.value: act for act in Act if act is not Act.CHANGE}
_NAMES = ", ".join(repr(name) for name in _FORMS)
_USUAL = (Part.MATTER, Part.TRADER, Part.MONEY)


@bp.app_context_processor
def offer_referrals() -> dict[str, object]:
    """Let the pages of incidents and cases list their referrals."""
    return {"referrals_of": lambda **of: queries.referrals_of(db.session(), **of)}


@bp.get("/referrals")
@requires(Permission.READ_CASE)
def list_referrals() -> ResponseReturnValue:
    """List referrals, newest first."""
    after = load_page()["after"]
    found = queries.list_referrals(db.session(), actor=current_actor(), now=utc_now(), after=after)
    return render_template("referrals/list.html", referrals=found.items, older=found.next, is_first=after is None)


@bp.get("/referrals/new")
@requires(Permission.WORK_CASE)
def new_referral() -> ResponseReturnValue:
    """Show the form for a referral of a case or an incident."""
    asked = {name: request.values.get(f"{name}_id") or request.args.get(name) for name in ("incident", "case")}
    subject = OutgoingReferralSubjectSchema().load({name: number for name, number in asked.items() if number})
    if set(subject.values()) == {None}:
        raise NotFound("Begin a referral on the page of its case or incident.")
    reference = queries.require_subject(
        db.session(),
        case_id=subject["case"],
        incident_id=subject["incident"],
        actor=current_actor(),
        now=utc_now(),
    )
    return _draft(record=None, known=None, subject=subject, reference=reference)


@bp.post("/referrals")
@requires(Permission.WORK_CASE)
@redisplays(new_referral)
def draft_referral() -> ResponseReturnValue:
    """Begin a referral and show it."""
    return _show(service.draft_referral(load_form(NewOutgoingReferralSchema()), actor=current_actor(), now=utc_now()))


@bp.get("/referrals/<int:outgoing_id>")
@requires(Permission.READ_CASE)
@reads("referral", "outgoing_id")
def show_referral(outgoing_id: int) -> ResponseReturnValue:
    """Show one referral with what it says."""
    record = _get(outgoing_id)
    return render_template(
        "referrals/show.html",
        record=record,
        pack=queries.pack_of(db.session(), record, now=utc_now()),
        names=staff.officer_names(db.session()),
        words=vocabulary,
    )


@bp.get('/referrals/<int:outgoing_id>/pack.<any("pdf", "docx"):ending>')
@requires(Permission.EXPORT)
@reads("referral", "outgoing_id")
def download_pack(outgoing_id: int, ending: str) -> ResponseReturnValue:
    """Give what is sent as a PDF or as Word."""
    record = _get(outgoing_id)
    pack = queries.pack_of(db.session(), record, now=utc_now())
    made_at = record.row.sent_at or record.row.made_at
    document = papers.pack_document(record.title, pack, reference=record.reference, made_at=made_at)
    return document_response(f"referral-{record.reference}-{outgoing_id}", document, ending)


@bp.get("/referrals/<int:outgoing_id>/edit")
@requires(Permission.WORK_CASE)
@reads("referral", "outgoing_id")
def edit_draft(outgoing_id: int) -> ResponseReturnValue:
    """Show a draft to be written anew."""
    record = _get(outgoing_id)
    rules.require_act(record.state, Act.CHANGE)
    mark = service.mark_of_draft(record.row)
    return _draft(record=record, known=record.row, subject={}, reference=record.reference, seen=mark)


@bp.post("/referrals/<int:outgoing_id>/edit")
@requires(Permission.WORK_CASE)
@redisplays(edit_draft)
def change_draft(outgoing_id: int) -> ResponseReturnValue:
    """Write a draft anew."""
    new, seen = load_change(OutgoingReferralDraftSchema())
    service.change_draft(outgoing_id, new, seen=seen, actor=current_actor(), now=utc_now())
    return _show(outgoing_id)


@bp.get(f"/referrals/<int:outgoing_id>/<any({_NAMES}):act>")
@requires(Permission.WORK_CASE)
@reads("referral", "outgoing_id")
def show_step(outgoing_id: int, act: str) -> ResponseReturnValue:
    """Show the form for one step."""
    record = _get(outgoing_id)
    rules.require_act(record.state, _FORMS[act])
    known = {each.partner_id: each.reached_by for each in bodies.contacts(db.session()) if each.partner_id}
    reached_by = known.get(record.row.partner_id or 0, "")
    return render_template(
        "referrals/step.html", record=record, act=_FORMS[act], reached_by=reached_by, words=vocabulary
    )


@bp.post(f"/referrals/<int:outgoing_id>/<any({_NAMES}):act>")
@requires(Permission.WORK_CASE)
@redisplays(show_step)
def take_step(outgoing_id: int, act: str) -> ResponseReturnValue:
    """Record that it was sent, or what became of it."""
    schema, use_case = _STEPS[_FORMS[act]]
    use_case(outgoing_id, load_form(schema()))
    return _show(outgoing_id)


def _send(outgoing_id: int, told: Any) -> None:
    service.record_sending(outgoing_id, told, actor=current_actor(), now=utc_now())


def _acknowledge(outgoing_id: int, told: Any) -> None:
    service.record_acknowledgement(outgoing_id, told, actor=current_actor(), now=utc_now())


def _end(outgoing_id: int, told: dict[str, str]) -> None:
    service.record_outcome(outgoing_id, told["outcome"], actor=current_actor(), now=utc_now())


def _withdraw(outgoing_id: int, told: dict[str, str]) -> None:
    service.withdraw_referral(outgoing_id, told["reason"], actor=current_actor(), now=utc_now())


_STEPS: dict[Act, tuple[Any, Any]] = {
    Act.SENDING: (OutgoingReferralSendingSchema, _send),
    Act.ACKNOWLEDGEMENT: (OutgoingReferralAcknowledgementSchema, _acknowledge),
    Act.OUTCOME: (OutgoingReferralOutcomeSchema, _end),
    Act.WITHDRAWAL: (OutgoingReferralReasonSchema, _withdraw),
}


def _draft(**shown: Any) -> str:
    contacts = [(each.key, f"{each.kind.label}: {each.name}") for each in bodies.contacts(db.session())]
    return render_template(
        "referrals/draft.html", contacts=contacts, parts=Part, usual=_USUAL, words=vocabulary, **shown
    )


def _get(outgoing_id: int) -> ReferralRecord:
    return queries.get_referral(db.session(), outgoing_id, actor=current_actor(), now=utc_now())


def _show(outgoing_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_referral", outgoing_id=outgoing_id), 303)
