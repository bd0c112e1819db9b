"""Pages of cases."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import merging, partners, queries, sensitive, service, vocabulary
from tsalert.cases.incidents import begin_with, incident_named
from tsalert.cases.rules import NewCase, legal_steps
from tsalert.cases.schemas import (
    AmendedCaseSchema,
    LinkSchema,
    NewCaseSchema,
    NewMoneyLineSchema,
    NewNoteSchema,
    ProgressSchema,
)
from tsalert.cases.vocabulary import Status
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.response import queries as response
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_change, load_form, redisplays

bp = Blueprint("cases", __name__)
bp.app_context_processor(
    lambda: {"case_of_incident": lambda number: queries.find_case_of_incident(db.session(), number)}
)
_SHOWN = 10  # entries of the log on the case's own page; its timeline has them all


@bp.get("/cases/new")
@requires(Permission.WORK_CASE)
@reads("incident")
def new_case() -> ResponseReturnValue:
    """Show the form for a case, filled in from an incident; one that has a case leads there."""
    number = request.values.get("incident_id") or request.args.get("incident")
    incident = response.get_incident(db.session(), _number(number)) if number else None
    owner = queries.find_case_of_incident(db.session(), incident.id) if incident else None
    if owner is not None and request.method != "POST":
        return redirect(url_for(".show_case", case_id=owner.id), 303)
    name_read([incident.id] if incident else [])
    known = begin_with(db.session(), incident) if incident else NewCase("")
    return _form("cases/new.html", known=known, incident=incident)


@bp.post("/cases")
@requires(Permission.WORK_CASE)
@redisplays(new_case)
def open_case() -> ResponseReturnValue:
    """Open a case and show it."""
    case_id = service.open_case(load_form(NewCaseSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id), 303)


@bp.get("/cases/<int:case_id>")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_case(case_id: int) -> ResponseReturnValue:
    """Show one case: its facts, money, incidents and log."""
    session = db.session()
    case = queries.get_case(session, case_id)
    officers = staff.officer_names(session)
    ledger, keeps_notes = sensitive.ledger_for(session, case_id, reader=current_actor(), now=utc_now())
    return render_template(
        "cases/case.html",
        case=case,
        ledger=ledger,
        keeps_notes=keeps_notes,
        on_it=[officers[each] for each in tiers.officers_on(session, case_id) if each in officers],
        is_restricted=tiers.is_restricted(session, Subject.CASE, case_id),
        notes=queries.latest_notes(session, case_id, limit=_SHOWN),
        superseded=queries.superseding_notes(session, case_id),
        incidents=queries.incidents_of(session, case_id),
        ward=places.ward_names(session).get(case.ward_code or ""),
        officers=officers,
        words=vocabulary,
        is_closed=case.status == Status.CLOSED,
        is_read_only=queries.is_read_only(case),
        merges=merging.merges_of(session, case_id),
        matter=queries.matter_totals(session, case_id),
        referrals=partners.referrals_of(session, case_id),
    )


@bp.get("/cases/<int:case_id>/edit")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def edit_case(case_id: int) -> ResponseReturnValue:
    """Show the form that sets a case right."""
    case = queries.get_case(db.session(), case_id)
    return _form("cases/edit.html", known=case, case=case, seen=service.mark_of_facts(case))


@bp.post("/cases/<int:case_id>/edit")
@requires(Permission.WORK_CASE)
@redisplays(edit_case)
def amend_case(case_id: int) -> ResponseReturnValue:
    """Set a case right."""
    amended, seen = load_change(AmendedCaseSchema())
    service.amend_case(case_id, amended, seen=seen, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id), 303)


@bp.get("/cases/<int:case_id>/progress")
@requires(Permission.WORK_CASE)
def edit_progress(case_id: int) -> ResponseReturnValue:
    """Show where a case may go from where it stands."""
    case = queries.get_case(db.session(), case_id)
    return render_template("cases/progress.html", case=case, steps=legal_steps(Status(case.status)), words=vocabulary)


@bp.post("/cases/<int:case_id>/progress")
@requires(Permission.WORK_CASE)
@redisplays(edit_progress)
def record_progress(case_id: int) -> ResponseReturnValue:
    """Move a case on."""
    service.record_progress(case_id, load_form(ProgressSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id), 303)


@bp.get("/cases/<int:case_id>/money")
@requires(Permission.WORK_CASE)
def new_money(case_id: int) -> ResponseReturnValue:
    """Show the form for a money line, or for the correction of one."""
    case = queries.get_case(db.session(), case_id)
    number = request.values.get("supersedes")
    wrong = queries.get_line(db.session(), case_id, _number(number)) if number else None
    if wrong is not None:
        sensitive.require_note_seen(db.session(), wrong, reader=current_actor(), now=utc_now())
    return render_template("cases/money.html", case=case, wrong=wrong, words=vocabulary)


@bp.post("/cases/<int:case_id>/money")
@requires(Permission.WORK_CASE)
@redisplays(new_money)
def record_money(case_id: int) -> ResponseReturnValue:
    """Add a money line to a case."""
    service.record_money(case_id, load_form(NewMoneyLineSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id, _anchor="money"), 303)


@bp.get("/cases/<int:case_id>/notes")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_note(case_id: int) -> ResponseReturnValue:
    """Show the form for an entry in a case's log, or for one that takes another's place."""
    case = queries.get_case(db.session(), case_id)
    number = request.values.get("supersedes")
    wrong = queries.get_note(db.session(), case_id, _number(number)) if number else None
    return render_template("cases/note.html", case=case, wrong=wrong, words=vocabulary)


@bp.post("/cases/<int:case_id>/notes")
@requires(Permission.WORK_CASE)
@redisplays(new_note)
def add_note(case_id: int) -> ResponseReturnValue:
    """Write an entry in a case's log."""
    service.add_note(case_id, load_form(NewNoteSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id, _anchor="log"), 303)


@bp.get("/cases/<int:case_id>/incidents")
@requires(Permission.WORK_CASE)
def new_link(case_id: int) -> ResponseReturnValue:
    """Ask for the incident to attach to a case."""
    return render_template("cases/incident.html", case=queries.get_case(db.session(), case_id))


@bp.post("/cases/<int:case_id>/incidents")
@requires(Permission.WORK_CASE)
@redisplays(new_link)
def link_incident(case_id: int) -> ResponseReturnValue:
    """Attach an incident to a case."""
    incident_id = incident_named(db.session(), load_form(LinkSchema())["incident"])
    service.link_incident(case_id, incident_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_case", case_id=case_id, _anchor="incidents"), 303)


def _form(template: str, *, known: object, **shown: Any) -> str:
    """Draw a form that describes a case; ``known`` is what its fields begin with."""
    return render_template(
        template,
        known=known,
        wards=places.ward_options(db.session()),
        officers=staff.active_officers(db.session()),
        words=vocabulary,
        categories=Category.options(),
        **shown,
    )


def _number(text: str) -> int:
    """Read a record's number; 0, which is no record's, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
