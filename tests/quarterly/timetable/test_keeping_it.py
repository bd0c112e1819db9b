"""Drafts open by themselves, once; their writers, and managers, are written to once."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.conftest import PASSWORD, command_environment
from tests.quarterly.timetable.conftest import BEGAN, OPENS, Q1, done, mails, newest, readers_of
from tsalert.audit import service as audit
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.periods import month, quarter
from tsalert.db import db, transaction
from tsalert.oversight.models import OddityMail
from tsalert.quarterly import opening, queries, texts
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.timetable import lacking, leaving
from tsalert.quarterly.timetable import queries as timetable
from tsalert.quarterly.timetable.models import BoardReminder
from tsalert.quarterly.timetable.reminding import keep_timetable
from tsalert.quarterly.vocabulary import Status
from tsalert.reports import entering
from tsalert.reports.partner_files import NewFigure
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEETING = date(2022, 7, 20)  # a Wednesday


def reports(session: Session) -> list[BoardReport]:
    return list(session.scalars(select(BoardReport).order_by(BoardReport.first_day)))


@pytest.mark.usefixtures("began")
def test_a_draft_opens_at_eight_once_and_nobody_is_its_author(session: Session, manager: Actor) -> None:
    assert keep_timetable(OPENS - timedelta(seconds=1)) == 0
    keep_timetable(OPENS)
    keep_timetable(OPENS + HOUR)
    (report,) = reports(session)
    assert (report.quarter, report.revision, report.status) == (Q1.label, 1, Status.DRAFT)
    assert (report.author_id, report.opened_by) == (None, None)
    entry = session.scalars(select(AuditEvent).filter_by(action="opened", subject="board report")).one()
    assert (entry.officer_id, entry.via) == (None, "timetable")


@pytest.mark.usefixtures("began")
def test_its_writers_are_told_once_and_the_mail_names_nobody(session: Session, manager: Actor) -> None:
    for at in (OPENS, OPENS + HOUR, OPENS + DAY):
        keep_timetable(at)
    mail = newest(session, "is open")
    assert mails(session).count(mail.subject) == 1
    assert readers_of(session, mail) == 1
    assert "http://127.0.0.1:8000/board-reports/2022-23Q1" in mail.text
    assert "Boss" not in mail.text + mail.subject
    assert mails(session).count("2022/23 Q1: the board's substantive item") == 1


@pytest.mark.usefixtures("began")
def test_a_quarter_missed_while_the_worker_was_down_is_opened_late(session: Session, manager: Actor) -> None:
    keep_timetable(datetime(2023, 4, 20, 12, tzinfo=UTC))
    assert [each.quarter for each in reports(session)] == ["2022/23 Q1", "2022/23 Q2", "2022/23 Q3", "2022/23 Q4"]
    assert sum("is open" in each for each in mails(session)) == 4
    assert newest(session, "end-of-year update").subject.startswith("2022/23 Q4")


@pytest.mark.usefixtures("began")
def test_a_new_installation_opens_none_for_the_past(session: Session) -> None:
    keep_timetable(BEGAN + HOUR)
    assert reports(session) == []


def test_before_the_first_record_nothing_is_due(session: Session) -> None:
    session.execute(text("SELECT 1"))
    assert timetable.first_day_of_records(session) is None
    assert keep_timetable(OPENS) == 0


@pytest.mark.usefixtures("began")
def test_a_report_that_somebody_opened_by_hand_is_not_opened_again(session: Session, manager: Actor) -> None:
    opening.open_report(Q1, actor=manager, now=OPENS - HOUR)
    keep_timetable(OPENS)
    (report,) = reports(session)
    assert report.author_id == manager.officer_id
    assert newest(session, "is open").id


@pytest.mark.usefixtures("began")
def test_where_there_is_nobody_to_write_to_it_is_tried_again(session: Session, officer: Callable[..., Actor]) -> None:
    keep_timetable(OPENS)
    assert (len(reports(session)), done(session)) == (1, [])
    officer(RoleName.CASE_OFFICER)
    keep_timetable(OPENS + DAY)
    assert ("opened", Q1.first_day, 1) in done(session)


@pytest.mark.usefixtures("began")
def test_a_meeting_is_reminded_of_twice_with_what_is_missing(session: Session, manager: Actor) -> None:
    opening.open_report(Q1, meeting_on=MEETING, actor=manager, now=OPENS)
    place = next(each for each in texts.PLACES if each.section.value == "headlines" and not each.is_exempt)
    texts.save_text(Q1, place, "Fewer were deceived.", seen=0, actor=manager, now=OPENS)
    for day in range(1, 25):
        keep_timetable(datetime(2022, 7, day, 12, tzinfo=UTC))
    assert [kind for kind, on, _ in reversed(done(session)) if on == MEETING] == ["five_days", "day_before"]
    told = {each.kind: each.sent_at.date() for each in timetable.reminders(session)}
    assert (told["five_days"], told["day_before"]) == (date(2022, 7, 13), date(2022, 7, 19))
    mail = newest(session, "is not ready")
    assert "- Purpose and recommendations" in mail.text
    assert "Headlines" not in mail.text
    assert "present version is not signed" in mail.text


@pytest.mark.usefixtures("began")
def test_a_meeting_on_another_day_is_reminded_of_anew(session: Session, manager: Actor) -> None:
    opening.open_report(Q1, meeting_on=MEETING, actor=manager, now=OPENS)
    keep_timetable(datetime(2022, 7, 15, 12, tzinfo=UTC))
    queries.get_report(session, Q1).meeting_on = date(2022, 7, 27)
    session.commit()
    keep_timetable(datetime(2022, 7, 21, 12, tzinfo=UTC))
    keep_timetable(datetime(2022, 7, 22, 12, tzinfo=UTC))
    assert [on for kind, on, _ in reversed(done(session)) if kind == "five_days"] == [MEETING, date(2022, 7, 27)]


@pytest.mark.usefixtures("began")
def test_of_a_published_report_nobody_is_reminded(session: Session, manager: Actor) -> None:
    opening.open_report(Q1, meeting_on=MEETING, actor=manager, now=OPENS)
    report = queries.get_report(session, Q1)
    report.status, report.figures, report.frozen, report.digest = Status.PUBLISHED, "[]", "{}", "0"
    report.locked_at = report.published_at = OPENS
    session.commit()
    keep_timetable(datetime(2022, 7, 15, 12, tzinfo=UTC))
    assert not [each for each in mails(session) if "Q1" in each]


def enter(partner: str, period: object, manager: Actor) -> None:
    new = NewFigure(partner, "Burglary", period, 12, None, None)  # type: ignore[arg-type]
    entering.enter_figure(new, actor=manager, now=datetime(2022, 8, 1, 12, tzinfo=UTC))


@pytest.mark.usefixtures("began")
def test_partners_whose_figures_are_missing_are_listed_on_the_fifth_working_day(
    session: Session, manager: Actor
) -> None:
    enter("Invented Police", month(2022, 6), manager)
    enter("Invented Fire Brigade", quarter(2022, 1), manager)
    fourth, fifth = datetime(2022, 8, 4, 12, tzinfo=UTC), datetime(2022, 8, 5, 7, tzinfo=UTC)
    keep_timetable(fourth)
    assert newest(session, "Partners' figures").subject == "none"
    keep_timetable(fifth)
    keep_timetable(fifth + DAY)
    mail = newest(session, "Partners' figures")
    assert mails(session).count(mail.subject) == 1
    assert "- Invented Police: July 2022" in mail.text
    assert "Fire Brigade" not in mail.text


@pytest.mark.usefixtures("began")
def test_where_no_partner_owes_anything_no_mail_goes_and_that_stands(session: Session, manager: Actor) -> None:
    enter("Invented Police", month(2022, 7), manager)
    keep_timetable(datetime(2022, 8, 5, 12, tzinfo=UTC))
    assert ("partner_data", date(2022, 7, 1), 0) in done(session)
    assert newest(session, "Partners' figures").subject == "none"


@pytest.mark.usefixtures("began")
def test_managers_get_the_summary_of_a_month_once_late_if_need_be(
    session: Session, manager: Actor, officer: Callable[..., Actor]
) -> None:
    officer(RoleName.CASE_OFFICER)
    with transaction() as own:
        own.add(OddityMail(week=date(2022, 6, 20), lines=3, told_at=OPENS))
        own.add(OddityMail(week=date(2022, 6, 27), lines=5, told_at=OPENS))  # ends in July
    for at in (datetime(2022, 7, 12, 12, tzinfo=UTC), datetime(2022, 7, 13, 12, tzinfo=UTC)):
        keep_timetable(at)
    mail = newest(session, "summary for managers")
    assert mails(session).count(mail.subject) == 1
    assert mail.subject == "Testshire in June 2022: summary for managers"
    assert readers_of(session, mail) == 1  # the manager alone
    for words in ("Demand", "Responses within two hours", "Savings by class", "Alerts", "managers were told of: 3"):
        assert words in mail.text
    assert "Board's report of 2022/23 Q1, revision 1: Draft" in mail.text
    assert "<caption>Savings by class</caption>" in (mail.html or "")
    assert "Boss" not in mail.text + (mail.html or "")


@pytest.mark.usefixtures("began")
def test_a_letter_that_cannot_be_put_together_keeps_no_other_waiting(
    session: Session, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    opening.open_report(Q1, meeting_on=MEETING, actor=manager, now=OPENS)
    monkeypatch.setattr(lacking, "unwritten", fail)
    with pytest.raises(ExceptionGroup, match="the others were done"):
        keep_timetable(datetime(2022, 7, 15, 12, tzinfo=UTC))
    assert newest(session, "summary for managers").id
    assert newest(session, "is not ready").subject == "none"


@pytest.mark.usefixtures("began")
def test_a_manager_who_left_the_summary_gets_it_again_after_taking_it(session: Session, manager: Actor) -> None:
    leaving.choose_summary(wanted=False, actor=manager, now=OPENS)
    leaving.choose_summary(wanted=False, actor=manager, now=OPENS)
    keep_timetable(OPENS)
    assert newest(session, "summary for managers").subject == "none"
    leaving.choose_summary(wanted=True, actor=manager, now=OPENS)
    keep_timetable(OPENS + HOUR)
    assert newest(session, "summary for managers").id
    acts = session.scalars(select(AuditEvent.action).filter_by(subject="monthly summary").order_by(AuditEvent.id))
    assert list(acts) == ["left", "took"]


@pytest.mark.usefixtures("began")
def test_that_something_was_told_of_stays_as_it_was_told(session: Session, manager: Actor) -> None:
    keep_timetable(OPENS)
    for change in (
        "UPDATE board_reminder SET recipients = 9",
        "DELETE FROM board_reminder",
        "INSERT OR REPLACE INTO board_reminder SELECT * FROM board_reminder",
    ):
        is_postgresql = session.get_bind().dialect.name == "postgresql"
        if is_postgresql and "REPLACE" in change:
            continue
        with pytest.raises(DatabaseError, match="stays as it was told"), session.begin_nested():
            session.execute(text(change))
    assert done(session)


def make_writer() -> None:
    staff.create_officer(
        "writer@example.org", name="Wren Writer", roles=[RoleName.MANAGER], password=PASSWORD, now=BEGAN
    )
    with transaction() as session:
        audit.record(session, SERVICE, "installed", "installation", None, now=BEGAN)


_KILLED = """
import os, signal
from datetime import datetime
from tests.whole import create_app
from tsalert.config import load_settings
from tsalert.quarterly.timetable import reminding
from tsalert.staff import writing

def die(*arguments, **options):
    writing.write_to(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)

reminding.write_to = die
app = create_app(load_settings())
with app.app_context():
    reminding.keep_timetable(datetime.fromisoformat("%s"))
"""


def test_a_worker_killed_over_a_mail_leaves_the_draft_and_the_next_one_sends_it_once(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        make_writer()
    command = [sys.executable, "-c", _KILLED % OPENS.isoformat()]
    killed = subprocess.run(command, env=command_environment(fresh_app), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with fresh_app.app_context():
        session = db.session()
        assert (len(reports(session)), mails(session)) == (1, [])
        for at in (OPENS, OPENS + HOUR):
            keep_timetable(at)
        assert len(reports(session)) == 1
        assert sorted(mails(session)) == sorted(set(mails(session)))
        assert session.scalars(select(BoardReminder.kind).filter_by(kind="opened")).all() == ["opened"]


def test_two_workers_at_once_open_one_draft_and_send_each_mail_once(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        make_writer()
        db.session.remove()
    start = Barrier(2)

    def keep(_: int) -> None:
        with fresh_app.app_context():
            start.wait()
            keep_timetable(OPENS)

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(keep, range(2)))
    with fresh_app.app_context():
        assert len(reports(db.session())) == 1
        sent = mails(db.session())
        assert len(sent) == len(set(sent)) == len(done(db.session()))
