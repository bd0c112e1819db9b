"""A quarter's report is opened once; its next revision only after it was published."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.refusals import refused
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.periods import financial_year, quarter
from tsalert.db import db
from tsalert.quarterly import life, opening, queries
from tsalert.quarterly.vocabulary import Ground, Status
from tsalert.staff.rules import RoleName

QUARTER = quarter(2022, 1)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


def publish(session: Session) -> None:
    report = queries.get_report(session, QUARTER)
    report.status, report.figures, report.frozen, report.digest = Status.PUBLISHED, "[]", "{}", "0"
    report.locked_at = report.published_at = NOW
    session.commit()


def test_a_report_is_opened_once(session: Session, manager: Actor) -> None:
    opening.open_report(QUARTER, meeting_on=date(2022, 7, 20), actor=manager, now=NOW)
    with pytest.raises(Conflict, match="already"):
        opening.open_report(QUARTER, actor=manager, now=NOW)
    report = queries.get_report(session, QUARTER)
    assert (report.quarter, report.revision, report.status) == ("2022/23 Q1", 1, Status.DRAFT)


def test_only_a_quarter_that_has_begun_has_a_report(session: Session, manager: Actor) -> None:
    with pytest.raises(RuleViolation, match="quarter"):
        opening.open_report(financial_year(2022), actor=manager, now=NOW)
    with pytest.raises(RuleViolation, match="not begun"):
        opening.open_report(quarter(2150, 1), actor=manager, now=NOW)
    assert queries.newest_reports(session) == []


def test_a_quarter_before_any_records_has_no_report_that_nobody_could_read(session: Session, manager: Actor) -> None:
    with pytest.raises(RuleViolation, match="from 2000/01 Q1 on"):
        opening.open_report(quarter(1999, 4), actor=manager, now=NOW)
    assert queries.newest_reports(session) == []


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2021, 7, 20), date(2202, 7, 20), date.max])
def test_a_slip_in_the_year_of_a_meeting_is_told_and_stops_no_reminder(
    session: Session, manager: Actor, day: date
) -> None:
    with refused(RuleViolation, field="meeting_on"):
        opening.open_report(QUARTER, meeting_on=day, actor=manager, now=NOW)
    opening.open_report(QUARTER, actor=manager, now=NOW)
    with refused(RuleViolation, field="meeting_on"):
        life.describe(QUARTER, life.Details("A board", None, day), actor=manager, now=NOW)
    assert queries.get_report(session, QUARTER).meeting_on is None


def test_who_may_not_write_it_opens_none(officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed, match="write the board's report"):
        opening.open_report(QUARTER, actor=officer(), now=NOW)


def test_a_published_report_is_revised_and_stays_as_it_was(session: Session, manager: Actor) -> None:
    opening.open_report(QUARTER, actor=manager, now=NOW)
    with pytest.raises(Conflict, match="published"):
        opening.revise(QUARTER, "A call came in late", Ground.LATE, actor=manager, now=NOW)
    publish(session)
    opening.revise(QUARTER, "A call came in late", Ground.LATE, actor=manager, now=NOW)
    newest, first = queries.revisions_of(session, QUARTER)
    assert (newest.revision, newest.status) == (2, Status.DRAFT)
    assert (newest.reason, newest.public_reason) == ("A call came in late", Ground.LATE.label)
    assert (first.revision, first.status) == (1, Status.PUBLISHED)


@pytest.mark.parametrize("change", ["UPDATE board_report SET board = 'Another'", "DELETE FROM board_report"])
def test_the_database_refuses_any_change_of_a_published_report(session: Session, manager: Actor, change: str) -> None:
    opening.open_report(QUARTER, actor=manager, now=NOW)
    publish(session)
    with pytest.raises(DatabaseError, match="stays as it was published"):
        db.session.execute(text(change))
    db.session.rollback()


def test_a_list_of_reports_reads_nothing_of_what_they_say(session: Session, manager: Actor) -> None:
    """Each holds a third of a megabyte: a list of sixty quarters would take a web process's whole memory."""
    opening.open_report(QUARTER, actor=manager, now=NOW)
    session.commit()
    session.expire_all()
    (report,) = queries.newest_reports(session)
    assert inspect(report).unloaded >= {"figures", "frozen"}
    assert report.frozen is None
