"""Pages of case studies: those of a quarter, one begun from a case, written, looked through, signed, withdrawn."""

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import Overtaken
from tsalert.core.periods import Period, quarter_of, recent_periods
from tsalert.db import db
from tsalert.quarterly.addresses import slug_of
from tsalert.quarterly.queries import revisions_of
from tsalert.quarterly.studies import queries, rules, sections, service, signing, vocabulary
from tsalert.quarterly.studies.queries import Study
from tsalert.quarterly.studies.schemas import (
    CaseStudiesQuery,
    CaseStudyPlaceSchema,
    CaseStudyReasonSchema,
    CaseStudySigningSchema,
    CaseStudyWithdrawalSchema,
    CaseStudyWritingSchema,
    NewCaseStudySchema,
)
from tsalert.quarterly.vocabulary import SignatureRole
from tsalert.quarterly.writing.prose import html_of
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web import once
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import Form, load_form, load_page, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("studies", __name__)
_AS = {SignatureRole.AUTHOR: "author", SignatureRole.SECOND: "second officer"}
_LEVEL = 4  # headings of a study stand below its title


@bp.app_context_processor
def offer_studies() -> dict[str, object]:
    """Let the page of a case list its studies, and pages show what reports may have in them."""
    return {"studies_of_case": lambda case_id: queries.studies_of_case(db.session(), case_id)}


@bp.get("/case-studies")
@requires(Permission.READ_CASE)
@reads("case study")
def list_studies() -> ResponseReturnValue:
    """List the case studies of a quarter, or of all, and say of each whether its report tells it."""
    asked = CaseStudiesQuery().load({"quarter": request.args["quarter"]} if request.args.get("quarter") else {})
    session, actor, now = db.session(), current_actor(), utc_now()
    found = queries.list_studies(session, actor=actor, now=now, quarter=asked["quarter"], **load_page(PlaceAsked))
    name_read(each.row.id for each in found.items)
    # Each is held against its whole case: those of one quarter are three at most.
    examined = found.items if asked["quarter"] else ()
    return render_template(
        "studies/list.html",
        page=found,
        quarter=asked["quarter"],
        quarters=_quarters(),
        slug=slug_of(asked["quarter"]) if asked["quarter"] else None,
        has_report=bool(asked["quarter"] and revisions_of(session, asked["quarter"])),
        left_out={each.row.id: sections.why_left_out(session, each) for each in examined},
        is_board_only=lambda study: sections.is_board_only(session, study),
    )


@bp.get("/cases/<int:case_id>/case-studies/new")
@requires(Permission.WRITE_REPORT)
@reads("case", "case_id")
def new_study(case_id: int) -> ResponseReturnValue:
    """Ask for which quarter a study of this case is begun."""
    session = db.session()
    case = cases.get_visible_case(session, case_id, actor=current_actor(), now=utc_now())
    merging.require_here(session, case)
    own, recent = quarter_of(london_date(case.opened_at)), _quarters()
    return render_template(
        "studies/new.html",
        case=case,
        quarters=recent if own in recent else [*recent, own],
        quarter=own,
        words=vocabulary,
        is_restricted=tiers.is_restricted(session, Subject.CASE, case_id),
    )


@bp.post("/cases/<int:case_id>/case-studies")
@requires(Permission.WRITE_REPORT)
@redisplays(new_study)
@refuses_on(new_study)
def begin_study(case_id: int) -> ResponseReturnValue:
    """Begin a study with what the records propose, and show its words to be written on."""
    study_id = service.begin_study(case_id, load_form(NewCaseStudySchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".edit_study", case_id=case_id, study_id=study_id), 303)


@bp.get("/cases/<int:case_id>/case-studies/<int:study_id>")
@requires(Permission.READ_CASE)
@reads("case study", "study_id")
def show_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Show a study as its report tells it, what is left to mend, the checklist, and who signed."""
    session, study = db.session(), _study(case_id, study_id)
    return render_template(
        "studies/show.html",
        study=study,
        case=cases.get_visible_case(session, case_id, actor=current_actor(), now=utc_now()),
        told=html_of(study.text.body, _LEVEL),
        examined=queries.examine(session, study),
        left_out=sections.why_left_out(session, study),
        is_board_only=sections.is_board_only(session, study),
        names=staff.officer_names(session),
        words=vocabulary,
        places=range(1, rules.MOST + 1),
    )


@bp.get("/cases/<int:case_id>/case-studies/<int:study_id>/edit")
@requires(Permission.WRITE_REPORT)
@reads("case study", "study_id")
def edit_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Show a study's words to be written on."""
    session, study = db.session(), _study(case_id, study_id)
    return render_template(
        "studies/edit.html",
        study=study,
        words=vocabulary,
        preview=g.get("preview"),
        refusal=g.get("refusal"),
        names=staff.officer_names(session),
        is_restricted=tiers.is_restricted(session, Subject.CASE, case_id),
    )


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/preview")
@requires(Permission.WRITE_REPORT)
@reads("case study", "study_id")
@redisplays(edit_study)
def preview_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Show the words as a report would tell them, with what is left to mend, and save nothing."""
    once.leave_key()
    new, _ = load_form(CaseStudyWritingSchema())
    service.check_words(new)
    study = _study(case_id, study_id)
    g.preview = new, html_of(new.text, _LEVEL), queries.examine(db.session(), study, new)
    g.form = Form(request.form)
    return edit_study(case_id, study_id)


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/edit")
@requires(Permission.WRITE_REPORT)
@redisplays(edit_study)
@refuses_on(edit_study)
def save_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Save the words as the next version; whoever was overtaken sees both."""
    new, after = load_form(CaseStudyWritingSchema())
    try:
        service.save_text(case_id, study_id, new, after=after, actor=current_actor(), now=utc_now())
    except Overtaken as refusal:
        typed = request.form.copy()
        typed.pop("after", None)
        g.form, g.refusal = Form(typed), refusal.message
        return cast(str, edit_study(case_id, study_id)), 409
    return _show(case_id, study_id, "The words of the case study are saved.")


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/reasons")
@requires(Permission.WRITE_REPORT)
@redisplays(show_study)
@refuses_on(show_study)
def say_why(case_id: int, study_id: int) -> ResponseReturnValue:
    """Say why something that a check found stays."""
    why = load_form(CaseStudyReasonSchema())
    service.say_why(case_id, study_id, why, actor=current_actor(), now=utc_now())
    return _show(case_id, study_id, "It stays, with your reason.")


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/signature")
@requires(Permission.WRITE_REPORT)
@redisplays(show_study)
@refuses_on(show_study)
def sign_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Sign the checklist."""
    role = signing.sign(case_id, study_id, load_form(CaseStudySigningSchema()), actor=current_actor(), now=utc_now())
    return _show(case_id, study_id, f"The case study is signed: {_AS[role]}.")


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/withdrawal")
@requires(Permission.WRITE_REPORT)
@redisplays(show_study)
@refuses_on(show_study)
def withdraw_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Withdraw a study."""
    reason = load_form(CaseStudyWithdrawalSchema())["reason"]
    service.withdraw(case_id, study_id, reason, actor=current_actor(), now=utc_now())
    return _show(case_id, study_id, "The case study is withdrawn.")


@bp.post("/cases/<int:case_id>/case-studies/<int:study_id>/place")
@requires(Permission.WRITE_REPORT)
@redisplays(show_study)
@refuses_on(show_study)
def place_study(case_id: int, study_id: int) -> ResponseReturnValue:
    """Put a study at another place of its report."""
    place = load_form(CaseStudyPlaceSchema())["place"]
    service.put_at(case_id, study_id, place, actor=current_actor(), now=utc_now())
    return _show(case_id, study_id, f"The case study is now at place {place}.")


def _study(case_id: int, study_id: int) -> Study:
    return queries.get_study(db.session(), case_id, study_id, actor=current_actor(), now=utc_now())


def _show(case_id: int, study_id: int, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for(".show_study", case_id=case_id, study_id=study_id), 303)


def _quarters() -> list[Period]:
    return [each for each in recent_periods(london_date(utc_now())) if each == quarter_of(each.first_day)]
