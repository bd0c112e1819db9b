"""Pages of the letters of a case: the list, writing one, looking at it before it goes, and as it was issued."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.cases.gate import in_any_case
from tsalert.cases.models import CaseFile
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.documents.answers import document_response
from tsalert.documents.pdf import unprintable
from tsalert.letters import filling, queries, rules, service, vocabulary
from tsalert.letters.schemas import LetterChoiceSchema, NewLetterSchema, NewLetterSendingSchema
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import Form, load_form, read_form, redisplays

bp = Blueprint("letters", __name__)


@bp.app_context_processor
def offer_letters() -> dict[str, object]:
    """Let the page of a case list those of its letters that the reader may see."""
    return {
        "letters_of": lambda case_id: queries.letters_of(db.session(), case_id, actor=current_actor(), now=utc_now())
    }


@bp.get("/cases/<int:case_id>/letters")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def list_letters(case_id: int) -> ResponseReturnValue:
    """List the letters of a case, and those that can be written."""
    session, actor, now = db.session(), current_actor(), utc_now()
    return render_template(
        "letters/list.html",
        case=_case(case_id),
        letters=queries.letters_of(session, case_id, actor=actor, now=now),
        choices=filling.choices(session, case_id, actor=actor, now=now),
        names=staff.officer_names(session),
        words=vocabulary,
    )


@bp.get("/cases/<int:case_id>/letters/new")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_letter(case_id: int) -> ResponseReturnValue:
    """Show a letter as its template begins it, to be written on; without a kind, the kinds to choose from."""
    if "kind" not in request.values:
        return redirect(url_for(".list_letters", case_id=case_id))
    asked = {name: value for name in ("kind", "of") if (value := request.values.get(name))}
    chosen = LetterChoiceSchema().load(asked)
    session, actor, now = db.session(), current_actor(), utc_now()
    case = _case(case_id)
    queries.require_kind(session, case_id, chosen["kind"], actor=actor, now=now)
    begun = service.begin_letter(session, case, (chosen["kind"], chosen["of"]), actor=actor, now=now)
    return render_template(
        "letters/new.html", case=case, begun=begun, of=chosen["of"], known=rules.PLACEHOLDERS[chosen["kind"]]
    )


@bp.post("/cases/<int:case_id>/letters/check")
@requires(Permission.WORK_CASE)
@redisplays(new_letter)
def check_letter(case_id: int) -> ResponseReturnValue:
    """Show a letter as it will go out, before it is issued."""
    new = read_form(NewLetterSchema(), _without_of())
    case = _case(case_id)
    document = service.write_document(new, case, actor=current_actor(), now=utc_now())
    return render_template(
        "letters/check.html", case=case, new=new, document=document, of=request.form.get("of", ""),
        missing=sorted(unprintable(document)),
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/letters/form")
@requires(Permission.WORK_CASE)
def change_letter(case_id: int) -> ResponseReturnValue:
    """Show the form again with all that was written."""
    g.form = Form(request.form)
    return new_letter(case_id)


@bp.post("/cases/<int:case_id>/letters")
@requires(Permission.WORK_CASE)
@redisplays(new_letter)
def issue_letter(case_id: int) -> ResponseReturnValue:
    """Issue a letter and show it."""
    new = read_form(NewLetterSchema(), _without_of())
    return _show(case_id, service.issue_letter(case_id, new, actor=current_actor(), now=utc_now()))


@bp.get("/cases/<int:case_id>/letters/<int:letter_id>")
@requires(Permission.READ_CASE)
@reads("letter", "letter_id")
def show_letter(case_id: int, letter_id: int) -> ResponseReturnValue:
    """Show a letter as it was issued, and how it was sent."""
    record = queries.get_letter(db.session(), case_id, letter_id, actor=current_actor(), now=utc_now())
    return render_template(
        "letters/show.html",
        case=_case(case_id),
        record=record,
        document=record.document,
        names=staff.officer_names(db.session()),
        words=vocabulary,
    )


@bp.get('/cases/<int:case_id>/letters/<int:letter_id>/letter.<any("pdf", "docx"):ending>')
@requires(Permission.READ_CASE)
@reads("letter", "letter_id")
def download_letter(case_id: int, letter_id: int, ending: str) -> ResponseReturnValue:
    """Give a letter as a PDF or as Word, always as it was issued."""
    record = queries.get_letter(db.session(), case_id, letter_id, actor=current_actor(), now=utc_now())
    name = f"letter-{_case(case_id).reference}-{letter_id}"
    return document_response(name, record.document, ending)


@bp.get("/cases/<int:case_id>/letters/<int:letter_id>/sending")
@requires(Permission.WORK_CASE)
@in_any_case
@reads("letter", "letter_id")
def new_sending(case_id: int, letter_id: int) -> ResponseReturnValue:
    """Show the form for how a letter was sent."""
    record = queries.get_letter(db.session(), case_id, letter_id, actor=current_actor(), now=utc_now())
    return render_template("letters/sending.html", case=_case(case_id), record=record, words=vocabulary)


@bp.post("/cases/<int:case_id>/letters/<int:letter_id>/sending")
@requires(Permission.WORK_CASE)
@redisplays(new_sending)
def record_sending(case_id: int, letter_id: int) -> ResponseReturnValue:
    """Record how a letter was sent."""
    told = load_form(NewLetterSendingSchema())
    service.record_sending(case_id, letter_id, told, actor=current_actor(), now=utc_now())
    return _show(case_id, letter_id)


def _without_of() -> Any:
    """Return what was typed without what the letter is about, which only began it."""
    typed = request.form.copy()
    typed.poplist("of")
    return typed


def _case(case_id: int) -> CaseFile:
    return cases.get_visible_case(db.session(), case_id, actor=current_actor(), now=utc_now())


def _show(case_id: int, letter_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_letter", case_id=case_id, letter_id=letter_id), 303)
