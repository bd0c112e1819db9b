"""Operations on letters and their templates."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from tsalert.cases import papers
from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.documents.answers import document_response
from tsalert.documents.keeping import freeze
from tsalert.documents.pdf import unprintable
from tsalert.letters import queries, service
from tsalert.letters.queries import LetterRecord, Wording
from tsalert.letters.rules import NewLetter, NewSending, NewTemplate
from tsalert.letters.schemas import (
    CheckedLetterSchema,
    LetterBeginningSchema,
    LetterChoiceSchema,
    LetterRowSchema,
    LetterSchema,
    LetterTemplateSchema,
    NewLetterSchema,
    NewLetterSendingSchema,
    NewLetterTemplateSchema,
)
from tsalert.letters.vocabulary import LetterKind
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint

letters = api_blueprint("letters", "cases/<int:case_id>/letters", "Letters of a case, kept as they were issued.")
templates = api_blueprint("letter_templates", "letter-templates", "The words of letters, version by version.")
blueprints = (letters, templates)


@letters.route("")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@letters.response(200, LetterRowSchema(many=True))
def list_letters(case_id: int) -> list[LetterRecord]:
    """List those letters of a case that one may see."""
    return queries.letters_of(db.session(), case_id, actor=current_actor(), now=utc_now())


@letters.route("/beginning")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
@letters.arguments(LetterChoiceSchema, location="query", unknown=RAISE)
@letters.response(200, LetterBeginningSchema)
def begin_letter(chosen: dict[str, Any], case_id: int) -> NewLetter:
    """Return a letter as its template begins it; placeholders that stay must be written over."""
    session, actor, now = db.session(), current_actor(), utc_now()
    case = cases.get_visible_case(session, case_id, actor=actor, now=now)
    queries.require_kind(session, case_id, chosen["kind"], actor=actor, now=now)
    return service.begin_letter(session, case, (chosen["kind"], chosen["of"]), actor=actor, now=now)


@letters.route("/checks", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
@letters.arguments(NewLetterSchema)
@letters.response(200, CheckedLetterSchema)
def check_letter(new: NewLetter, case_id: int) -> dict[str, Any]:
    """Return a letter as it would go out, with the characters that cannot be printed; nothing is kept."""
    actor, now = current_actor(), utc_now()
    case = cases.get_visible_case(db.session(), case_id, actor=actor, now=now)
    document = service.write_document(new, case, actor=actor, now=now)
    return {"content": freeze(document), "unprintable": sorted(unprintable(document))}


@letters.route("", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("letter")
@letters.arguments(NewLetterSchema)
@letters.response(201, LetterSchema)
def issue_letter(new: NewLetter, case_id: int) -> LetterRecord:
    """Issue a letter; it is kept word for word from now on."""
    return _get(case_id, service.issue_letter(case_id, new, actor=current_actor(), now=utc_now()))


@letters.route("/<int:letter_id>")
@requires(Permission.READ_CASE)
@reads("letter")
@letters.response(200, LetterSchema)
def get_letter(case_id: int, letter_id: int) -> LetterRecord:
    """Return one letter as it was issued; that somebody reads it stands in the trail."""
    return _get(case_id, letter_id)


@letters.route("/<int:letter_id>/file.<string:ending>")
@requires(Permission.READ_CASE)
@reads("letter")
@letters.response(200, content_type="application/octet-stream")
def get_file(case_id: int, letter_id: int, ending: str) -> Response:
    """Return one letter as a PDF (``file.pdf``) or as Word (``file.docx``)."""
    if ending not in papers.FORMATS:
        raise NotFound("A letter comes as pdf or docx.")
    return document_response(f"letter-{case_id}-{letter_id}", _get(case_id, letter_id).document, ending)


@letters.route("/<int:letter_id>/sendings", methods=["POST"])
@requires(Permission.WORK_CASE)
@reads("letter")
@letters.arguments(NewLetterSendingSchema)
@letters.response(200, LetterSchema)
def record_sending(told: NewSending, case_id: int, letter_id: int) -> LetterRecord:
    """Record how a letter was sent."""
    service.record_sending(case_id, letter_id, told, actor=current_actor(), now=utc_now())
    return _get(case_id, letter_id)


@templates.route("")
@requires(Permission.WORK_CASE)
@templates.response(200, LetterTemplateSchema(many=True))
def list_templates() -> list[Wording]:
    """List the words of every kind of letter that are in use."""
    return [queries.wording(db.session(), kind) for kind in LetterKind]


@templates.route("/<string:kind>", methods=["PUT"])
@requires(Permission.MANAGE_RESPONSE)
@templates.arguments(NewLetterTemplateSchema)
@templates.response(200, LetterTemplateSchema)
def save_template(told: tuple[NewTemplate, int], kind: str) -> Wording:
    """Write a further version of the words of a kind of letter."""
    if kind not in {each.value for each in LetterKind}:
        raise NotFound("There is no such kind of letter.")
    new, after = told
    service.save_template(LetterKind(kind), new, after=after, actor=current_actor(), now=utc_now())
    return queries.wording(db.session(), LetterKind(kind))


def _get(case_id: int, letter_id: int) -> LetterRecord:
    name_read([letter_id])
    return queries.get_letter(db.session(), case_id, letter_id, actor=current_actor(), now=utc_now())
