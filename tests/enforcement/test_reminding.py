"""The case officer is reminded of the last day to prosecute, 60, 30 and 7 days ahead, once each."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.enforcement.conftest import BANNED, BEGUN, NOW
from tsalert.cases import service as cases
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Outcome, Status
from tsalert.core.actors import Actor
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.enforcement import court, service
from tsalert.enforcement.court_rules import NewDefendant
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.models import CaseOffence
from tsalert.enforcement.reminding import remind
from tsalert.enforcement.rules import TakingBack, reminder_due
from tsalert.enforcement.vocabulary import Record
from tsalert.jobs import TIMETABLE
from tsalert.staff import queries as staff
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName
from tsalert.tiers.service import restrict
from tsalert.tiers.vocabulary import Subject

LAST = date(2027, 3, 31)


def ahead(days: int) -> datetime:
    """Return noon of a day so many days before the last one."""
    return datetime.combine(LAST - timedelta(days=days), time(12), UTC)


def subjects(session: Session) -> list[str | None]:
    return list(session.scalars(select(Mailing.subject).order_by(Mailing.id)))


def told(session: Session) -> set[str]:
    query = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    return set(session.scalars(query))


@pytest.fixture
def offence(case_id: int, actor: Actor) -> int:
    """An offence whose last day to prosecute is 31 March 2027."""
    return service.record_offence(case_id, BANNED, actor=actor, now=NOW)


def test_the_mail_about_a_restricted_case_names_no_offence(
    session: Session, offence: int, case_id: int, officer: Callable[..., Actor]
) -> None:
    manager, why = officer(RoleName.MANAGER), "Officer is family"
    with transaction() as step:
        restrict(step, Subject.CASE, case_id, (Subject.CASE, case_id), why, actor=manager, now=NOW)
    assert remind(ahead(7)) == 1
    text = session.scalars(select(Mailing.text)).one()
    assert OFFENCES[BANNED.offence].label not in text
    assert f"/cases/{case_id}/enforcement" in text


@given(st.integers(-400, 400))
def test_the_nearest_reminder_that_was_reached_is_the_one_that_is_due(left: int) -> None:
    due = reminder_due(LAST, LAST - timedelta(days=left))
    assert (due is None) == (left < 0 or left > 60)
    if due is not None:
        assert left <= due
        assert not any(left <= days < due for days in (60, 30, 7))


def test_three_mails_reach_the_case_officer_and_nobody_else(
    session: Session, offence: int, actor: Actor, officer: Callable[..., Actor]
) -> None:
    officer(RoleName.MANAGER)
    sent = [remind(ahead(days)) for days in (61, 60, 59, 31, 30, 29, 8, 7, 6, 0, -1)]
    assert sent == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert [(each or "").split(":")[0] for each in subjects(session)] == [
        f"Last day to prosecute in {days} days" for days in (60, 30, 7)
    ]
    assert told(session) == {staff.get_officer_by_id(session, actor.officer_id).email}


def test_an_offence_that_is_recorded_late_is_told_once(session: Session, offence: int) -> None:
    assert [remind(ahead(days)) for days in (5, 5, 4, 1)] == [1, 0, 0, 0]
    assert (subjects(session)[0] or "").startswith("Last day to prosecute in 5 days: D26-")


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "tomorrow")])
def test_the_last_days_are_named(session: Session, offence: int, days: int, words: str) -> None:
    remind(ahead(days))
    assert f"to prosecute {words}:" in (subjects(session)[0] or "")


def test_the_mail_names_the_law_and_nobody(session: Session, open_case: Callable[..., int], actor: Actor) -> None:
    case_id = open_case(victim_name="Ada Example", address="12 Example Road")
    service.record_offence(case_id, replace(BANNED, note="Ada Example paid"), actor=actor, now=NOW)
    remind(ahead(30))
    text = session.scalars(select(Mailing.text)).one()
    assert "sections 225 and 237 and Schedule 20" in text
    assert f"/cases/{case_id}/enforcement" in text
    assert "Example" not in text


def test_nobody_is_reminded_of_what_was_charged_taken_back_or_closed(
    session: Session, open_case: Callable[..., int], actor: Actor
) -> None:
    charged, gone, closed = open_case(), open_case(), open_case()
    numbers = [service.record_offence(each, BANNED, actor=actor, now=NOW) for each in (charged, gone, closed)]
    prosecution = court.begin_prosecution(charged, BEGUN, actor=actor, now=NOW)
    court.add_defendant(charged, prosecution, NewDefendant((numbers[0],), name="Al"), actor=actor, now=NOW)
    service.take_back(gone, TakingBack(Record.OFFENCE, numbers[1], "Another trader"), actor=actor, now=NOW)
    cases.record_progress(closed, Progress(Status.CLOSED, outcome=Outcome.NO_OFFENCE), actor=actor, now=NOW)
    assert remind(ahead(30)) == 0
    assert subjects(session) == []


def test_where_the_case_officer_has_left_the_managers_are_told(
    session: Session, offence: int, actor: Actor, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    session.get_one(Officer, actor.officer_id).active = False
    session.commit()
    assert remind(ahead(30)) == 1
    assert told(session) == {staff.get_officer_by_id(session, manager.officer_id).email}


def test_a_deadline_that_nobody_could_be_told_of_waits_for_somebody(
    session: Session, offence: int, actor: Actor, officer: Callable[..., Actor]
) -> None:
    session.get_one(Officer, actor.officer_id).active = False
    session.commit()
    assert (remind(ahead(30)), subjects(session)) == (0, [])
    officer(RoleName.MANAGER)
    assert [remind(ahead(30)), remind(ahead(30))] == [1, 0]


def test_the_timetable_reminds(session: Session) -> None:
    (job,) = [job for job in TIMETABLE if job.name == "remind of deadlines"]
    assert job.call(NOW) == 0


def test_deadlines_that_have_passed_keep_no_reminder_of_a_near_one_back(
    session: Session, offence: int, case_id: int
) -> None:
    conduct = {"offence": BANNED.offence, "conduct_from": BANNED.conduct_from, "conduct_to": BANNED.conduct_to}
    passed = conduct | {"case_id": case_id, "expires_on": LAST - timedelta(days=60), "recorded_at": NOW}
    session.execute(insert(CaseOffence), [passed] * 201)
    session.commit()
    assert remind(ahead(7)) == 1
