"""Approving for a moment to come: started once, called off, and never late unasked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.alerts.test_views import digest_on
from tests.conftest import NOW, PASSWORD
from tests.delivery.test_quiet import NEAR_CLOCK_CHANGES
from tsalert.alerts import queries, service
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import FollowUp, Kind
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.scheduling.models import AlertSchedule
from tsalert.alerts.scheduling.rules import LATE_AFTER, check_start, why_too_late
from tsalert.alerts.steps import Status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import in_london
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery import stopping
from tsalert.delivery.models import Delivery, Mailing
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]
LATER = NOW + timedelta(hours=3)
DUTY = Actor(None, "Dana Duty", frozenset({Permission.STOP_SENDING}), Via.PAGE)
WHY = "The police asked us to wait."


def standing(session: Session, alert_id: int) -> Status:
    return queries.standing(session, queries.get_alert(session, alert_id))


def deliveries(session: Session) -> int:
    query = select(func.count()).select_from(Delivery).join(Mailing, Mailing.id == Delivery.mailing_id)
    return session.scalar(query.where(Mailing.lane == "bulk")) or 0


def mails_to_staff(session: Session) -> list[str]:
    query = select(Mailing.text).where(Mailing.lane == "transactional")
    return list(session.scalars(query.order_by(Mailing.id)))


@pytest.fixture
def scheduled(pending: int, approver: Actor) -> int:
    """An alert that is approved for three hours later."""
    scheduling.schedule(pending, shown(pending), LATER, actor=approver, now=NOW)
    return pending


def test_an_alert_goes_out_at_its_moment_and_not_before(session: Session, scheduled: int) -> None:
    assert standing(session, scheduled) is Status.SCHEDULED
    assert scheduling.start_due(LATER - timedelta(seconds=1)) == 0
    assert deliveries(session) == 0
    assert queries.current(session, now=NOW) == [], "residents see nothing of it"
    assert scheduling.start_due(LATER) == 1
    assert (standing(session, scheduled), deliveries(session)) == (Status.SENDING, 3)
    alert = queries.get_alert(session, scheduled)
    assert alert.published_at == LATER
    assert scheduling.start_due(LATER + timedelta(minutes=1)) == 0
    assert deliveries(session) == 3


def test_who_joined_meanwhile_gets_it_and_who_left_does_not(session: Session, scheduled: int) -> None:
    subscribe(session, "new@example.org")
    session.commit()
    scheduling.start_due(LATER)
    assert deliveries(session) == 4


@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        (NOW, "still to come"),
        (NOW - timedelta(minutes=1), "still to come"),
        (NOW + timedelta(days=30, seconds=1), "within 30 days"),
        (NOW + timedelta(days=7), "ends before that"),
    ],
)
def test_a_start_that_cannot_be_is_refused(
    session: Session, pending: int, approver: Actor, starts_at: datetime, said: str
) -> None:
    with pytest.raises(RuleViolation, match=said) as refused:
        scheduling.schedule(pending, shown(pending), starts_at, actor=approver, now=NOW)
    assert refused.value.field == "starts_at"
    assert standing(session, pending) is Status.PENDING_APPROVAL


def test_who_wrote_it_can_neither_schedule_nor_start_it(
    session: Session, author: Actor, approver: Actor, pending: int
) -> None:
    with pytest.raises(NotAllowed, match="somebody else"):
        scheduling.schedule(pending, shown(pending), LATER, actor=author, now=NOW)
    scheduling.schedule(pending, shown(pending), LATER, actor=approver, now=NOW)
    with pytest.raises(NotAllowed, match="somebody else"):
        scheduling.start(pending, shown(pending), actor=author, now=NOW)
    assert deliveries(session) == 0


def test_another_digest_is_not_scheduled(session: Session, approver: Actor, pending: int) -> None:
    with pytest.raises(Conflict):
        scheduling.schedule(pending, "0" * 64, LATER, actor=approver, now=NOW)
    assert schedules.find_latest(session, pending) is None


def test_a_scheduled_alert_cannot_be_edited_approved_or_sent_otherwise(
    author: Actor, approver: Actor, scheduled: int
) -> None:
    with pytest.raises(Conflict) as refused:
        service.edit_draft(scheduled, new_draft(body="Another."), actor=author, now=NOW)
    assert refused.value.legal == ("send it now", "call it off")
    with pytest.raises(Conflict):
        service.approve(scheduled, shown(scheduled), actor=approver, now=NOW)
    with pytest.raises(Conflict):
        scheduling.schedule(scheduled, shown(scheduled), LATER, actor=approver, now=NOW)


def test_what_is_called_off_is_a_draft_again_and_never_starts(
    session: Session, author: Actor, approver: Actor, scheduled: int
) -> None:
    scheduling.call_off(scheduled, WHY, actor=approver, now=NOW)
    assert standing(session, scheduled) is Status.DRAFT
    assert scheduling.start_due(LATER) == 0
    alert = queries.get_alert(session, scheduled)
    assert (alert.approved_by, alert.approved_at, alert.approved_digest) == (None, None, None)
    service.edit_draft(scheduled, new_draft(body="They wait."), actor=author, now=NOW)
    service.submit(scheduled, actor=author, now=NOW)
    scheduling.schedule(scheduled, shown(scheduled), LATER, actor=approver, now=NOW)
    assert scheduling.start_due(LATER) == 1
    acts = select(AuditEvent.action).where(AuditEvent.subject == "alert").order_by(AuditEvent.id)
    assert list(session.scalars(acts)) == [
        "drafted", "submitted", "scheduled", "called off", "edited", "submitted", "scheduled", "started",
    ]  # fmt: skip


def test_calling_off_needs_a_reason_and_something_to_call_off(approver: Actor, scheduled: int) -> None:
    with pytest.raises(RuleViolation):
        scheduling.call_off(scheduled, "no", actor=approver, now=NOW)
    scheduling.start_due(LATER)
    with pytest.raises(Conflict):
        scheduling.call_off(scheduled, WHY, actor=approver, now=LATER)


@pytest.mark.parametrize(("late", "starts"), [(LATE_AFTER - timedelta(seconds=1), True), (LATE_AFTER, False)])
def test_half_an_hour_late_it_asks_instead(session: Session, scheduled: int, late: timedelta, *, starts: bool) -> None:
    assert scheduling.start_due(LATER + late) == int(starts)
    assert standing(session, scheduled) is (Status.SENDING if starts else Status.HELD)
    assert len(mails_to_staff(session)) == int(not starts)


def test_a_late_one_waits_for_a_person_who_is_told_and_starts_it(
    session: Session, approver: Actor, author: Actor, scheduled: int
) -> None:
    now = LATER + timedelta(hours=2)
    scheduling.start_due(now)
    scheduling.start_due(now + timedelta(minutes=1))
    (mail,) = mails_to_staff(session)
    assert "It would have started 120 minutes late." in mail
    assert f"/alerts/{scheduled}" in mail
    told = session.scalar(select(func.count()).select_from(Delivery))
    assert told == 2, "the approver and the author"
    assert deliveries(session) == 0
    assert scheduling.start(scheduled, shown(scheduled), actor=approver, now=now) == 3
    assert standing(session, scheduled) is Status.SENDING
    with pytest.raises(Conflict):
        scheduling.start(scheduled, shown(scheduled), actor=approver, now=now)


def test_one_that_ended_first_is_held_and_cannot_be_started(session: Session, approver: Actor, scheduled: int) -> None:
    now = NOW + timedelta(days=8)
    scheduling.start_due(now)
    found = schedules.find_latest(session, scheduled)
    assert found is not None
    assert (found.state, found.held_because) == ("held", "The alert had ended before it could start.")
    with pytest.raises(RuleViolation, match="must end in the future"):
        scheduling.start(scheduled, shown(scheduled), actor=approver, now=now)
    scheduling.call_off(scheduled, WHY, actor=approver, now=now)
    assert standing(session, scheduled) is Status.DRAFT


def test_a_text_that_was_changed_behind_the_approval_does_not_go_out(
    session: Session, approver: Actor, scheduled: int
) -> None:
    session.execute(update(Alert).where(Alert.id == scheduled).values(body_markdown="Pay at www.example.org."))
    session.commit()
    assert scheduling.start_due(LATER) == 0
    assert (standing(session, scheduled), deliveries(session)) == (Status.HELD, 0)
    found = schedules.find_latest(session, scheduled)
    assert found is not None
    assert "has changed since" in (found.held_because or "")
    with pytest.raises(Conflict):
        scheduling.start(scheduled, found.digest, actor=approver, now=LATER)
    assert scheduling.start(scheduled, shown(scheduled), actor=approver, now=LATER) == 3


def test_nobody_left_to_get_it_is_told_and_nothing_goes_out(session: Session, scheduled: int) -> None:
    session.execute(text("UPDATE endpoint SET status = 'opted_out'"))
    session.commit()
    assert scheduling.start_due(LATER) == 0
    found = schedules.find_latest(session, scheduled)
    assert found is not None
    assert "Nobody would get this alert" in (found.held_because or "")
    assert deliveries(session) == 0


def test_an_update_does_not_go_out_once_its_alert_was_withdrawn(
    session: Session, author: Actor, approver: Actor, sending: int
) -> None:
    written = FollowUp(Kind.UPDATE, "Still about", "They are still about.", NOW + timedelta(days=1))
    update_id = service.follow_up(sending, written, actor=author, now=NOW)
    session.execute(text("UPDATE delivery SET status = 'accepted'"))
    session.commit()
    service.submit(update_id, actor=author, now=NOW)
    scheduling.schedule(update_id, shown(update_id), LATER, actor=approver, now=NOW)
    service.withdraw(sending, "It was the wrong place.", tell_readers=False, actor=approver, now=NOW)
    assert scheduling.start_due(LATER) == 0
    found = schedules.find_latest(session, update_id)
    assert found is not None
    assert "was withdrawn" in (found.held_because or "")
    with pytest.raises(Conflict, match="was withdrawn"):
        scheduling.start(update_id, shown(update_id), actor=approver, now=LATER)


def test_one_that_may_not_start_holds_up_no_other(
    session: Session, author: Actor, approver: Actor, scheduled: int
) -> None:
    other = service.write_draft(new_draft(headline="Another"), actor=author, now=NOW)
    service.submit(other, actor=author, now=NOW)
    scheduling.schedule(other, shown(other), LATER + timedelta(seconds=1), actor=approver, now=NOW)
    session.execute(update(Alert).where(Alert.id == scheduled).values(advice="Changed."))
    session.commit()
    assert scheduling.start_due(LATER + timedelta(minutes=1)) == 1
    assert (standing(session, scheduled), standing(session, other)) == (Status.HELD, Status.SENDING)


def test_while_all_sending_is_stopped_nothing_starts(session: Session, scheduled: int) -> None:
    stopping.stop_sending("The wrong ward gets it.", actor=DUTY, now=NOW)
    assert scheduling.start_due(LATER) == 0
    assert standing(session, scheduled) is Status.SCHEDULED
    stopping.start_sending("It was the right ward.", actor=DUTY, now=LATER)
    assert scheduling.start_due(LATER + timedelta(minutes=5)) == 1


def test_a_stop_that_lasts_makes_it_late(session: Session, scheduled: int) -> None:
    stopping.stop_sending("The wrong ward gets it.", actor=DUTY, now=NOW)
    scheduling.start_due(LATER + LATE_AFTER)
    assert standing(session, scheduled) is Status.HELD


def test_an_approver_who_has_left_is_not_written_to_but_managers_are(
    session: Session, officer: Callable[..., Actor], scheduled: int
) -> None:
    officer(RoleName.MANAGER, name="Mo Manager")
    session.execute(text("UPDATE officer SET active = (name = 'Mo Manager')"))
    session.commit()
    scheduling.start_due(LATER + timedelta(hours=1))
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alert_schedule SET starts_at = '2026-01-01 00:00:00+00'",
        "UPDATE alert_schedule SET digest = 'x'",
        "DELETE FROM alert_schedule",
    ],
)
def test_a_schedule_cannot_be_changed_behind_the_program(session: Session, scheduled: int, change: str) -> None:
    with pytest.raises(DBAPIError, match="ends once"), session.begin_nested():
        session.execute(text(change))


def test_what_ended_cannot_come_back(session: Session, approver: Actor, scheduled: int) -> None:
    scheduling.call_off(scheduled, WHY, actor=approver, now=NOW)
    with pytest.raises(DBAPIError, match="ends once"), session.begin_nested():
        session.execute(
            text(
                "UPDATE alert_schedule SET state = 'waiting', ended_at = NULL, ended_by = NULL, call_off_reason = NULL"
            )
        )


def test_two_schedulers_at_once_start_it_once(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        made = [officer_named(name) for name in ("Alex Author", "Avery Approver")]
        with transaction() as work:
            for number in range(50):
                subscribe(work, f"p{number}@example.org")
        alert_id = service.write_draft(new_draft(), actor=made[0], now=NOW)
        service.submit(alert_id, actor=made[0], now=NOW)
        scheduling.schedule(alert_id, shown(alert_id), LATER, actor=made[1], now=NOW)
    started: list[int] = []
    together = Barrier(4)

    def tick() -> None:
        with fresh_app.app_context():
            together.wait()
            started.append(scheduling.start_due(LATER))
            db.session.remove()

    workers = [Thread(target=tick) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    with fresh_app.app_context():
        assert sorted(started) == [0, 0, 0, 1]
        assert db.session().scalar(select(func.count()).select_from(Delivery)) == 50
        assert db.session().scalar(select(func.count()).select_from(Mailing)) == 1


def officer_named(name: str) -> Actor:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    staff.create_officer(email, name=name, roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE)


@given(NEAR_CLOCK_CHANGES, st.timedeltas(timedelta(seconds=1), timedelta(days=30)))
def test_lateness_is_time_that_passed_and_not_what_clocks_show(starts_at: datetime, life: timedelta) -> None:
    ends_at = starts_at + life + timedelta(days=1)
    for moment in (starts_at, in_london(starts_at)):
        assert why_too_late(moment, ends_at, starts_at + LATE_AFTER - timedelta(microseconds=1)) is None
        assert why_too_late(moment, ends_at, starts_at + LATE_AFTER) == "It would have started 30 minutes late."
        check_start(moment, ends_at, starts_at - life)


def schedule_by_page(browser: FlaskClient, place: str, **typed: str) -> Any:
    digest = digest_on(browser.get(place).text)
    return browser.post(f"{place}/schedule", data={"digest": digest, **typed}, follow_redirects=True)


@pytest.fixture
def autumn(author: Actor, people: None) -> str:
    """The page of an alert that waits on the day before the clocks go back."""
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    return f"/alerts/{alert_id}"


@pytest.mark.parametrize(("zone", "hour"), [("BST", 0), ("GMT", 1)])
def test_of_an_hour_that_comes_twice_the_approver_says_which(
    session: Session, signed_in: SignIn, autumn: str, zone: str, hour: int
) -> None:
    with time_machine.travel(datetime(2026, 10, 24, 12, tzinfo=UTC), tick=False):
        browser = signed_in()
        asked = schedule_by_page(browser, autumn, starts_at="2026-10-25T01:30")
        assert asked.status_code == 422
        assert "Say which is meant." in asked.text
        said = schedule_by_page(browser, autumn, starts_at="2026-10-25T01:30", starts_at_zone=zone)
        assert "Approved. It goes out on 25 October 2026 at 1:30am" in said.text
    found = session.scalars(select(AlertSchedule)).one()
    assert found.starts_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_time_that_spring_skips_is_refused(session: Session, signed_in: SignIn, author: Actor, people: None) -> None:
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    with time_machine.travel(now, tick=False):
        answer = schedule_by_page(signed_in(), f"/alerts/{alert_id}", starts_at="2026-03-29T01:30")
    assert answer.status_code == 422
    assert "the clocks went forward" in answer.text


def test_the_pages_of_a_scheduled_alert(signed_in: SignIn, author: Actor, people: None) -> None:
    with time_machine.travel(NOW, tick=False):
        alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
        service.submit(alert_id, actor=author, now=NOW)
        browser, place = signed_in(name="Avery Approver"), f"/alerts/{alert_id}"
        answer = schedule_by_page(browser, place, starts_at="2026-06-10T22:30")
        assert "It goes out on 10 June 2026 at 10:30pm" in answer.text
        assert "Its texts wait until 11 June 2026 at 8:00am" in answer.text
        assert "Change the text" not in answer.text
        listed = browser.get("/alerts").text
        assert "Goes out" in listed
        assert "10 June 2026 at 10:30pm" in listed
        answer = browser.post(f"{place}/call-off", data={"reason": WHY}, follow_redirects=True)
        assert f"Called off by Avery Approver on 10 June 2026 at 1:00pm: {WHY}" in answer.text
        assert "Goes out" not in browser.get("/alerts").text


def test_the_page_of_one_that_is_late_asks_and_sends_it(signed_in: SignIn, scheduled: int) -> None:
    now = LATER + timedelta(hours=1)
    with time_machine.travel(now, tick=False):
        scheduling.start_due(now)
        browser, place = signed_in(), f"/alerts/{scheduled}"
        page = browser.get(place).text
        assert "It has not gone out" in page
        assert "It would have started 60 minutes late." in page
        assert "Not started: decide" in browser.get("/alerts").text
        answer = browser.post(f"{place}/start", data={"digest": digest_on(page)}, follow_redirects=True)
        assert "3 messages are on their way." in answer.text


@pytest.mark.parametrize("starts_at", ["", "soon", "2020-01-01T10:00", "9999-12-31T23:59"])
def test_a_form_with_no_proper_time_comes_back(signed_in: SignIn, pending: int, starts_at: str) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = schedule_by_page(signed_in(), f"/alerts/{pending}", starts_at=starts_at)
    assert answer.status_code == 422
    assert 'href="#starts_at"' in answer.text


def test_scheduling_by_api(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], author: Actor, people: None
) -> None:
    now, headers = datetime.now(UTC), bearer()
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    place, at = f"/api/v1/alerts/{alert_id}", now + timedelta(hours=2)
    told = {"digest": shown(alert_id), "starts_at": at.isoformat()}
    assert client.get(f"{place}/schedule", headers=headers).status_code == 404
    assert (
        client.post(f"{place}/schedule", json=told | {"starts_at": "2026-06-10T10:00"}, headers=headers).status_code
        == 422
    )
    answer = client.post(f"{place}/schedule", json=told, headers=headers)
    assert answer.json is not None
    assert (answer.status_code, answer.json["state"]) == (200, "waiting")
    assert client.get(place, headers=headers).json["status"] == "scheduled"  # type: ignore[index]
    listed = client.get("/api/v1/alerts/scheduled", headers=headers).json
    assert listed is not None
    assert [each["alert_id"] for each in listed["items"]] == [alert_id]
    assert client.post(f"{place}/call-off", json={}, headers=headers).status_code == 422
    answer = client.post(f"{place}/call-off", json={"reason": WHY}, headers=headers)
    assert answer.json is not None
    assert (answer.json["state"], answer.json["call_off_reason"]) == ("called_off", WHY)
    assert client.post(f"{place}/start", json={"digest": told["digest"]}, headers=headers).status_code == 409
