"""Operations on case studies."""

from typing import Any

from marshmallow import RAISE

from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.quarterly.studies import queries, service, signing
from tsalert.quarterly.studies.queries import Examined, Study
from tsalert.quarterly.studies.rules import Beginning, Signing, Why, Writing
from tsalert.quarterly.studies.schemas import (
    BoardCaseStudySchema,
    CaseStudiesQuery,
    CaseStudyChecksSchema,
    CaseStudyPlaceSchema,
    CaseStudyReasonSchema,
    CaseStudyRowSchema,
    CaseStudySigningSchema,
    CaseStudyWithdrawalSchema,
    CaseStudyWritingSchema,
    NewCaseStudySchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

lists = api_blueprint("studies", "case-studies", "Case studies of the board's reports.")
studies = api_blueprint("studies_of_case", "cases/<int:case_id>/case-studies", "Case studies of one case.")
blueprints = (lists, studies)


@lists.route("")
@requires(Permission.READ_CASE)
@reads("case study")
@lists.arguments(CaseStudiesQuery, location="query", unknown=RAISE)
@lists.response(200, page_of(CaseStudyRowSchema, ListPlace))
def list_studies(asked: dict[str, Any]) -> Page[Study]:
    """List the studies of cases that one may see, the latest quarter first."""
    found = queries.list_studies(db.session(), actor=current_actor(), now=utc_now(), **asked)
    name_read(each.row.id for each in found.items)
    return found


@studies.route("")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@studies.response(200, CaseStudyRowSchema(many=True))
def list_of_case(case_id: int) -> list[Study]:
    """List the studies of a case."""
    cases.get_visible_case(db.session(), case_id, actor=current_actor(), now=utc_now())
    return queries.studies_of_case(db.session(), case_id)


@studies.route("", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(NewCaseStudySchema)
@studies.response(201, BoardCaseStudySchema)
def begin_study(new: Beginning, case_id: int) -> Study:
    """Begin a study with the words that the records of the case propose."""
    return _get(case_id, service.begin_study(case_id, new, actor=current_actor(), now=utc_now()))


@studies.route("/<int:study_id>")
@requires(Permission.READ_CASE)
@reads("case study")
@studies.response(200, BoardCaseStudySchema)
def get_study(case_id: int, study_id: int) -> Study:
    """Return one study with its words and who signed them."""
    return _get(case_id, study_id)


@studies.route("/<int:study_id>", methods=["PUT"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(CaseStudyWritingSchema)
@studies.response(200, BoardCaseStudySchema)
def save_study(told: tuple[Writing, int], case_id: int, study_id: int) -> Study:
    """Save a study's words as its next version; signatures under earlier words hold no longer."""
    service.save_text(case_id, study_id, told[0], after=told[1], actor=current_actor(), now=utc_now())
    return _get(case_id, study_id)


@studies.route("/<int:study_id>/checks")
@requires(Permission.READ_CASE)
@reads("case study")
@studies.response(200, CaseStudyChecksSchema)
def get_checks(case_id: int, study_id: int) -> Examined:
    """Return what must be mended or answered for before a study is signed."""
    return queries.examine(db.session(), _get(case_id, study_id))


@studies.route("/<int:study_id>/reasons", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(CaseStudyReasonSchema)
@studies.response(200, CaseStudyChecksSchema)
def say_why(why: Why, case_id: int, study_id: int) -> Examined:
    """Say why something that a check found stays."""
    service.say_why(case_id, study_id, why, actor=current_actor(), now=utc_now())
    return queries.examine(db.session(), _get(case_id, study_id))


@studies.route("/<int:study_id>/signatures", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(CaseStudySigningSchema)
@studies.response(200, BoardCaseStudySchema)
def sign_study(told: Signing, case_id: int, study_id: int) -> Study:
    """Sign the checklist: as the author where one wrote any of it, else as the second officer."""
    signing.sign(case_id, study_id, told, actor=current_actor(), now=utc_now())
    return _get(case_id, study_id)


@studies.route("/<int:study_id>/withdrawal", methods=["POST"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(CaseStudyWithdrawalSchema)
@studies.response(200, BoardCaseStudySchema)
def withdraw_study(told: dict[str, str], case_id: int, study_id: int) -> Study:
    """Withdraw a study for a reason; it stays in the record."""
    service.withdraw(case_id, study_id, told["reason"], actor=current_actor(), now=utc_now())
    return _get(case_id, study_id)


@studies.route("/<int:study_id>/place", methods=["PUT"])
@requires(Permission.WRITE_REPORT)
@reads("case study")
@studies.arguments(CaseStudyPlaceSchema)
@studies.response(200, BoardCaseStudySchema)
def place_study(told: dict[str, int], case_id: int, study_id: int) -> Study:
    """Put a study at a place of its report; the one there takes its place."""
    service.put_at(case_id, study_id, told["place"], actor=current_actor(), now=utc_now())
    return _get(case_id, study_id)


def _get(case_id: int, study_id: int) -> Study:
    name_read([study_id])
    return queries.get_study(db.session(), case_id, study_id, actor=current_actor(), now=utc_now())
