"""Pages of recognitions: whom we thank for a call, the certificate, and who may be named."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities import recognising, recognition_queries, recognition_rules
from tsalert.activities.certificates import certificate_of
from tsalert.activities.recognising import SeenRecognition
from tsalert.activities.recognition_queries import RecognitionFilter, RecognitionShowing, RecognitionView
from tsalert.activities.recognition_schemas import (
    NamingConsentSchema,
    NewRecognitionSchema,
    PresentationSchema,
    RecognisedForSchema,
    RecognitionFilterSchema,
    RecognitionWithdrawalSchema,
)
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.documents.answers import document_response
from tsalert.response import queries as response
from tsalert.staff.queries import active_officers, officer_names
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("recognitions", __name__)
_STEPS: dict[str, tuple[Any, Any]] = {
    "presentation": (PresentationSchema, recognising.present),
    "consent": (NamingConsentSchema, recognising.keep_consent),
    "withdrawal": (RecognitionWithdrawalSchema, recognising.withdraw_recognition),
}
_NAMES = ", ".join(repr(name) for name in _STEPS)


@bp.app_context_processor
def offer_recognitions() -> dict[str, object]:
    """Let the pages of incidents and cases say whom we thank."""
    return {"recognitions_of": _recognitions_of}


@bp.get("/recognitions")
@requires(Permission.READ_CASE)
@reads("recognition")
def list_recognitions() -> ResponseReturnValue:
    """List whom we thank; by default those who have nothing in their hands yet."""
    wanted: RecognitionFilter = read_form(RecognitionFilterSchema(), request.args)
    page = recognition_queries.list_recognitions(db.session(), wanted, actor=current_actor(), now=utc_now())
    name_read(each.row.id for each in page.items)
    older = url_for(".list_recognitions", show=wanted.showing, after=page.next) if page.next else None
    return render_template(
        "activities/recognitions.html", page=page, wanted=wanted, older=older, showings=list(RecognitionShowing)
    )


@bp.get("/recognitions/new")
@requires(Permission.WORK_CASE)
@reads("incident")
def new_recognition() -> ResponseReturnValue:
    """Ask whom we thank for a call about an incident or a case."""
    asked = {name: request.form.get(f"{name}_id") or request.args.get(name) for name in ("incident", "case")}
    given = RecognisedForSchema().load({name: number for name, number in asked.items() if number})
    if given["incident"] is None and given["case"] is None:
        raise RuleViolation("Begin at the page of the incident or case that somebody rang about.", field="incident")
    incidents = _incidents(given)
    name_read(incidents)
    links = {
        "incident": response.get_incident_row(db.session(), given["incident"]) if given["incident"] else None,
        "case": _case(given["case"]) if given["case"] else None,
    }
    return render_template(
        "activities/new_recognition.html",
        **links,
        callers=recognition_queries.callers_of(db.session(), incidents, actor=current_actor(), now=utc_now()),
        kinds=RecognitionKind.options(),
        officers=active_officers(db.session()),
        today=london_date(utc_now()),
    )


@bp.post("/recognitions")
@requires(Permission.WORK_CASE)
@redisplays(new_recognition)
def decide_recognition() -> ResponseReturnValue:
    """Write down whom we thank, and show it."""
    new = load_form(NewRecognitionSchema())
    return _show(recognising.decide_recognition(new, actor=current_actor(), now=utc_now()))


@bp.get("/recognitions/<int:recognition_id>")
@requires(Permission.READ_CASE)
@reads("recognition", "recognition_id")
def show_recognition(recognition_id: int) -> ResponseReturnValue:
    """Show one recognition."""
    return render_template(
        "activities/recognition.html", recognition=_read(recognition_id), officers=officer_names(db.session())
    )


@bp.get("/recognitions/<int:recognition_id>/certificate.<any(pdf, docx):kind>")
@requires(Permission.READ_CASE)
@reads("recognition", "recognition_id")
def give_certificate(recognition_id: int, kind: str) -> Response:
    """Give the certificate, citation or letter, as PDF or as a Word file."""
    return certificate_answer(recognition_id, kind)


def certificate_answer(recognition_id: int, kind: str) -> Response:
    """Answer with what is handed over, as ``pdf`` or ``docx``.

    :raises RuleViolation: the thanks were taken back.
    """
    recognition = _standing(recognition_id)
    settings: Settings = current_app.extensions["tsalert_settings"]
    signed_by = officer_names(db.session()).get(recognition.row.decided_by or 0, "")
    document = certificate_of(recognition, settings.authority_name, signed_by=signed_by, now=utc_now())
    return document_response(f"{recognition.kind}-{recognition_id}", document, kind)


@bp.get(f"/recognitions/<int:recognition_id>/<any({_NAMES}):form_name>")
@requires(Permission.WORK_CASE)
@reads("recognition", "recognition_id")
def show_step(recognition_id: int, form_name: str) -> ResponseReturnValue:
    """Ask when it was presented, whether they may be named, or why it is taken back."""
    return render_template(
        "activities/recognition_step.html",
        recognition=_standing(recognition_id),
        form_name=form_name,
        today=london_date(utc_now()),
    )


@bp.post(f"/recognitions/<int:recognition_id>/<any({_NAMES}):form_name>")
@requires(Permission.WORK_CASE)
@redisplays(show_step)
def take_step(recognition_id: int, form_name: str) -> ResponseReturnValue:
    """Keep what was said of it."""
    schema, use_case = _STEPS[form_name]
    said = load_form(schema())
    use_case(SeenRecognition(recognition_id, said["of_version"]), said["told"], actor=current_actor(), now=utc_now())
    return _show(recognition_id)


def _case(case_id: int) -> CaseFile:
    """Return a case of which somebody may still be thanked."""
    case = cases.get_case(db.session(), case_id)
    merging.require_here(db.session(), case)
    return case


def _recognitions_of(*, incident_id: int | None = None, case_id: int | None = None) -> Sequence[RecognitionView]:
    wanted = RecognitionFilter(RecognitionShowing.ALL, incident_id, case_id)
    page = recognition_queries.list_recognitions(db.session(), wanted, actor=current_actor(), now=utc_now())
    return page.items


def _incidents(given: dict[str, Any]) -> list[int]:
    own = [given["incident"]] if given["incident"] is not None else []
    return own + (cases.incident_ids(db.session(), given["case"]) if given["case"] is not None else [])


def _read(recognition_id: int) -> RecognitionView:
    return recognition_queries.get_recognition(db.session(), recognition_id, actor=current_actor(), now=utc_now())


def _standing(recognition_id: int) -> RecognitionView:
    recognition = _read(recognition_id)
    recognition_rules.require_standing(is_withdrawn=recognition.row.withdrawn_at is not None)
    return recognition


def _show(recognition_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_recognition", recognition_id=recognition_id), 303)
