"""The one switch: nothing of alerts and digests leaves, and nobody who waits for a code or a page notices."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event, Thread

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import EVERYBODY, WORDS, Provider
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery import claiming, service, stopping
from tsalert.delivery.claiming import Work
from tsalert.delivery.models import SendingStop
from tsalert.delivery.rules import Channel, Lane
from tsalert.delivery.sending import Sender
from tsalert.delivery.waking import make_waiter
from tsalert.staff.rules import RoleName

WHY = "The wrong ward gets a text."
ON = "It was the right ward after all."
DUTY = Actor(None, "Dana Duty", frozenset({Permission.STOP_SENDING}), Via.PAGE)
SignIn = Callable[..., FlaskClient]


def stop() -> int:
    return stopping.stop_sending(WHY, actor=DUTY, now=utc_now())


def start() -> int:
    return stopping.start_sending(ON, actor=DUTY, now=utc_now())


@pytest.mark.parametrize(
    ("lane", "work", "leaves"),
    [
        (Lane.URGENT, Work.OTHERS, False),
        (Lane.BULK, Work.OTHERS, False),
        (Lane.TRANSACTIONAL, Work.OTHERS, True),
        (Lane.PAGING, Work.PAGES, True),
    ],
)
def test_only_what_goes_to_many_is_held(
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    session: Session,
    lane: Lane,
    work: Work,
    *,
    leaves: bool,
) -> None:
    people("a@example.org")
    mailing(lane=lane)
    stop()
    with transaction() as session_now:
        assert claiming.is_due(session_now, Channel.EMAIL, utc_now(), work=work) is leaves
        assert len(claiming.claim(session_now, Channel.EMAIL, "me", 5, now=utc_now(), work=work)) == int(leaves)
    assert stopping.count_waiting(session) == int(not leaves)


def test_a_code_to_sign_up_overtakes_a_held_alert(
    people: Callable[..., list[int]], mailing: Callable[..., int], session: Session
) -> None:
    people("a@example.org")
    mailing(lane=Lane.URGENT)
    joining = mailing(lane=Lane.TRANSACTIONAL)
    stop()
    with transaction() as work:
        claimed = claiming.claim(work, Channel.EMAIL, "me", 5, now=utc_now())
    assert [each.mailing_id for each in claimed] == [joining]


def test_a_sender_in_the_midst_of_a_batch_ends_it_and_takes_no_other(
    people: Callable[..., list[int]], mailing: Callable[..., int], sender: Callable[[Provider], Sender]
) -> None:
    people(*(f"p{number}@example.org" for number in range(25)))
    provider = Provider()
    provider.before = lambda _: stop() if len(provider.sent) == 3 else None
    mailing(lane=Lane.BULK)
    sending = sender(provider)
    assert sending.turn()
    in_hand = len(provider.sent)
    assert 3 < in_hand < 25
    assert not sending.turn()
    assert len(provider.sent) == in_hand
    start()
    while sending.turn():
        pass
    assert sorted(provider.addresses) == sorted(f"p{number}@example.org" for number in range(25))


def test_what_ended_while_it_was_held_never_leaves(people: Callable[..., list[int]], session: Session) -> None:
    people("a@example.org")
    stop()
    with transaction() as work:
        until = utc_now() + timedelta(minutes=5)
        mailing_id = service.create_mailing(work, WORDS, lane=Lane.BULK, now=utc_now(), not_after=until)
        service.enqueue(work, mailing_id, EVERYBODY, now=utc_now())
    start()
    with transaction() as work:
        assert not claiming.claim(work, Channel.EMAIL, "me", 5, now=until + timedelta(seconds=1))


def test_starting_again_wakes_the_senders_at_once(fresh_app: Flask) -> None:
    woken = Event()
    with fresh_app.app_context():
        stop()
        waiter = make_waiter(db.engine, Event())
    waiter.wait(0)

    def wait() -> None:
        waiter.wait(60)
        woken.set()

    waiting = Thread(target=wait)
    waiting.start()
    with fresh_app.app_context():
        start()
    assert woken.wait(30)
    waiting.join()
    waiter.close()


def test_sending_is_stopped_once_and_started_once(session: Session) -> None:
    with pytest.raises(Conflict):
        start()
    stop_id = stop()
    with pytest.raises(Conflict) as refused:
        stop()
    assert refused.value.legal == ("start sending again",)
    assert start() == stop_id
    with pytest.raises(Conflict):
        start()
    assert stopping.current_stop(session) is None
    assert [each.start_reason for each in stopping.past_stops(session)] == [ON]
    noted = select(AuditEvent.action, AuditEvent.subject_id).where(AuditEvent.subject == "sending")
    trail = session.execute(noted.order_by(AuditEvent.id))
    assert [tuple(each) for each in trail] == [("stopped", stop_id), ("started", stop_id)]


@pytest.mark.parametrize("switch", [stopping.stop_sending, stopping.start_sending])
def test_a_switch_needs_leave_and_a_reason(session: Session, switch: Callable[..., int]) -> None:
    with pytest.raises(NotAllowed):
        switch(WHY, actor=Actor(1, "Nobody", frozenset(), Via.PAGE), now=NOW)
    with pytest.raises(RuleViolation) as refused:
        switch("  because ", actor=DUTY, now=NOW)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sending_stop SET stop_reason = 'another'",
        "UPDATE sending_stop SET stopped_by = 'somebody'",
        "DELETE FROM sending_stop",
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_what_was_stopped_cannot_be_changed_behind_the_program(session: Session, change: str, *, ended: bool) -> None:
    stop()
    if ended:
        start()
    with pytest.raises(DBAPIError, match="ends once"), session.begin_nested():
        session.execute(text(change))


def test_every_officer_reads_who_stopped_sending_when_and_why(signed_in: SignIn) -> None:
    duty, case = signed_in(RoleName.DUTY_OFFICER, name="Dana Duty"), signed_in(RoleName.CASE_OFFICER)
    assert "All sending to residents has been stopped" not in case.get("/alerts").text
    answer = duty.post("/sending/stop", data={"reason": WHY}, follow_redirects=True)
    assert "Stopped. Nothing more" in answer.text
    for browser, place in (
        (duty, "/alerts"),
        (case, "/board"),
        (case, "/cases"),
        (signed_in(RoleName.ADMINISTRATOR), "/board"),
    ):
        page = browser.get(place).text
        assert "All sending to residents has been stopped since" in page
        assert f"by Dana Duty: {WHY}" in page
    assert "Start sending again" in duty.get("/sending").text
    assert "Start sending again" not in case.get("/sending").text
    duty.post("/sending/start", data={"reason": ON})
    assert "has been stopped" not in case.get("/alerts").text
    assert ON in case.get("/sending").text


def test_an_open_page_is_told_of_the_stop_without_being_loaded_again(signed_in: SignIn) -> None:
    browser = signed_in(RoleName.MANAGER)
    seen = browser.get("/calls/waiting?seen=0-0")
    assert seen.status_code == 204
    browser.post("/sending/stop", data={"reason": WHY})
    assert "has been stopped" in browser.get("/calls/waiting?seen=0-0").text


@pytest.mark.parametrize("place", ["/sending/stop", "/sending/start"])
@pytest.mark.parametrize("reason", ["", "  short", "x" * 301, "Null \x00 byte is here"])
def test_a_form_without_a_proper_reason_comes_back(
    session: Session, signed_in: SignIn, place: str, reason: str
) -> None:
    answer = signed_in(RoleName.MANAGER).post(place, data={"reason": reason})
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert session.scalar(select(SendingStop)) is None


def test_who_may_not_stop_sending_is_refused(signed_in: SignIn, client: FlaskClient) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert browser.post("/sending/stop", data={"reason": WHY}).status_code == 403
    assert client.post("/sending/stop", data={"reason": WHY}).status_code == 401


def test_markup_in_a_reason_comes_out_inert(signed_in: SignIn) -> None:
    browser = signed_in(RoleName.MANAGER)
    browser.post("/sending/stop", data={"reason": "<script>alert(1)</script>"})
    assert "<script>alert" not in browser.get("/sending").text


def test_the_switch_by_api(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    duty, case = bearer(RoleName.DUTY_OFFICER), bearer(RoleName.CASE_OFFICER)
    place = "/api/v1/sending"
    assert client.get(place, headers=case).json == {"is_stopped": False, "stop": None, "waiting": 0, "past": []}
    assert client.post(f"{place}/stop", json={"reason": WHY}, headers=case).status_code == 403
    assert client.post(f"{place}/stop", json={"reason": 5}, headers=duty).status_code == 422
    assert client.post(f"{place}/start", json={"reason": ON}, headers=duty).status_code == 409
    stopped = client.post(f"{place}/stop", json={"reason": WHY}, headers=duty).json
    assert stopped is not None
    assert (stopped["is_stopped"], stopped["stop"]["stopped_by"], stopped["stop"]["stop_reason"]) == (
        True,
        "Api Example",
        WHY,
    )
    assert client.post(f"{place}/stop", json={"reason": WHY}, headers=duty).status_code == 409
    started = client.post(f"{place}/start", json={"reason": ON}, headers=duty).json
    assert started is not None
    assert (started["is_stopped"], started["past"][0]["start_reason"]) == (False, ON)


def test_the_switch_by_command(command: Callable[..., Result], session: Session) -> None:
    run = partial(command, "sending")
    refused = run("start", "--reason", ON)
    assert (refused.exit_code, "Sending is not stopped." in refused.output) == (1, True)
    assert run("stop", "--reason", "no").exit_code == 1
    stopped = run("stop", "--reason", WHY)
    assert (stopped.exit_code, stopped.output) == (0, "Stopped. 0 messages wait.\n")
    found = stopping.current_stop(session)
    assert found is not None
    assert found.stopped_by == "the command line"
    assert run("start", "--reason", ON).exit_code == 0
