"""Use cases of case studies: begun from a case, written version by version, looked through, placed and withdrawn."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, Overtaken, RuleViolation
from tsalert.core.periods import Period
from tsalert.db import transaction
from tsalert.quarterly.opening import require_quarter
from tsalert.quarterly.studies import queries, rules
from tsalert.quarterly.studies.models import CaseStudy, CaseStudyReason, CaseStudyText
from tsalert.quarterly.studies.money_lines import lines_quoted
from tsalert.quarterly.studies.proposing import propose
from tsalert.quarterly.studies.queries import Study
from tsalert.quarterly.studies.rules import Beginning, Why, Writing
from tsalert.quarterly.studies.vocabulary import NEVER_STANDS, State
from tsalert.quarterly.writing import markdown
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_FIRST = "Another study was begun at the same moment."


def begin_study(case_id: int, new: Beginning, *, actor: Actor, now: datetime) -> int:
    """Begin a study of a case with the words that its records propose; returns its id.

    :raises NotFound: there is no such case.
    :raises Withheld: it is restricted to this person.
    :raises Conflict: the quarter has three studies, or the case goes on in another.
    """
    actor.require(Permission.WRITE_REPORT)
    require_quarter(new.quarter, now=now)
    with transaction() as session:
        case = cases.get_visible_case(session, case_id, actor=actor, now=now)
        merging.require_here(session, case)
        row = CaseStudy(case_id=case_id, quarter=new.quarter.label, first_day=new.quarter.first_day)
        row.place = rules.free_place(_taken(session, new.quarter), new.quarter)
        row.begun_by, row.begun_at = actor.officer_id, now
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(_FIRST, legal=["send it again"]) from error
        words = propose(session, case, new.age_band)
        is_restricted = tiers.is_restricted(session, Subject.CASE, case_id)
        writing = Writing(words.title, words.text, new.age_band, is_board_only=is_restricted)
        _add_text(session, row, writing, 1, actor=actor, now=now)
        record(session, actor, "begun", row, now, quarter=row.quarter)
        return row.id


def save_text(case_id: int, study_id: int, new: Writing, *, after: int, actor: Actor, now: datetime) -> None:
    """Save a study's words as its next version; what was signed before holds no longer, and stays in the record.

    :param after: the version that the writer saw.
    :raises RuleViolation: it is Markdown that no report takes, or the edition needs a reason.
    :raises Overtaken: somebody saved another version meanwhile.
    :raises Conflict: the study was withdrawn.
    """
    actor.require(Permission.WRITE_REPORT)
    check_words(new)
    with transaction() as session:
        study = standing(session, case_id, study_id, actor=actor, now=now)
        if study.text.version != after:
            raise Overtaken("Somebody has saved other words meanwhile.", legal=["load the page again"])
        rules.require_edition(new, is_restricted=tiers.is_restricted(session, Subject.CASE, case_id))
        if new == study.writing:
            return
        _add_text(session, study.row, new, after + 1, actor=actor, now=now)
        voided = ",".join(sorted(study.held)) or "none"
        record(session, actor, "written", study.row, now, version=after + 1, signatures_voided=voided)


def say_why(case_id: int, study_id: int, why: Why, *, actor: Actor, now: datetime) -> None:
    """Say why something that a check found stays in a study.

    :raises RuleViolation: no reason makes it stand, or no check finds it in the words as they are.
    :raises Conflict: the study was withdrawn.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        study = standing(session, case_id, study_id, actor=actor, now=now)
        told = queries.examine(session, study).told
        if not queries.is_told_of(told, (why.check, why.found)):
            raise RuleViolation("This is not in the text any more.", field="why")
        if why.check in NEVER_STANDS:
            raise RuleViolation(f"{why.check.label} must come out: no reason is enough to keep it.", field="why")
        session.add(
            CaseStudyReason(
                study_id=study_id, finding=why.check, found=why.found, reason=why.reason, said_by=actor.officer_id,
                said_at=now,
            )
        )  # fmt: skip
        record(session, actor, "answered for", study.row, now, finding=why.check)


def withdraw(case_id: int, study_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Withdraw a study for a reason; it stays in the record, and its place is free.

    :raises Conflict: it was withdrawn already.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        row = standing(session, case_id, study_id, actor=actor, now=now).row
        row.place, row.withdrawn_by, row.withdrawn_at, row.withdraw_reason = None, actor.officer_id, now, reason
        record(session, actor, "withdrawn", row, now)


def put_at(case_id: int, study_id: int, place: int, *, actor: Actor, now: datetime) -> None:
    """Put a study at a place in the report; the one that stands there takes its place.

    :raises Conflict: the study was withdrawn.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        row = standing(session, case_id, study_id, actor=actor, now=now).row
        there = (CaseStudy.first_day == row.first_day, CaseStudy.place == place, CaseStudy.id != row.id)
        other, before = session.scalar(select(CaseStudy).where(*there).with_for_update()), row.place
        row.place = None
        session.flush()
        if other is not None:
            other.place = before
            session.flush()
        row.place = place
        record(session, actor, "placed", row, now, place=place)


def check_words(new: Writing) -> None:
    """Refuse Markdown that a report cannot show.

    :raises RuleViolation: saying what it is.
    """
    markdown.check(new.text, field="text")


def standing(session: Session, case_id: int, study_id: int, *, actor: Actor, now: datetime) -> Study:
    """Return a study that may be changed, locked; a step.

    :raises Conflict: it was withdrawn.
    """
    study = queries.get_study(session, case_id, study_id, actor=actor, now=now, lock=True)
    if study.state is State.WITHDRAWN:
        raise Conflict("This case study was withdrawn.", legal=["begin another from the case"])
    return study


def record(session: Session, actor: Actor, action: str, row: CaseStudy, now: datetime, **detail: str | int) -> None:
    """Enter in the trail what was done to a study; a step."""
    audit.record(session, actor, action, "case study", row.id, now=now, case=row.case_id, **detail)


def _taken(session: Session, quarter: Period) -> set[int]:
    query = select(CaseStudy.place).where(CaseStudy.first_day == quarter.first_day, CaseStudy.withdrawn_at.is_(None))
    return {place for place in session.scalars(query) if place is not None}


def _add_text(session: Session, row: CaseStudy, new: Writing, version: int, *, actor: Actor, now: datetime) -> None:
    session.add(
        CaseStudyText(
            study_id=row.id,
            version=version,
            title=new.title,
            body=new.text,
            age_band=new.age_band,
            is_board_only=new.is_board_only,
            edition_reason=new.edition_reason,
            money_lines=" ".join(map(str, lines_quoted(session, row.case_id, f"{new.title}\n{new.text}"))),
            digest=rules.digest_of(row.quarter, new.title, new.text, is_board_only=new.is_board_only),
            saved_by=actor.officer_id,
            saved_at=now,
        )
    )
