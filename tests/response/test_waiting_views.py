"""Calls that wait, as officers meet them: at the top of the list, on every page, and as a form half filled in."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.plans import asking, plans
from tests.standins.telephone import Recordings, recordings, tone
from tests.telephone.conftest import call_in, fetch_from, message_left
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.inbound.service import take_message
from tsalert.paging.queries import Trouble
from tsalert.response import queries, service, waiting
from tsalert.response.missed import alarm_missed
from tsalert.response.models import Call, Incident
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName, Line, decided_options
from tsalert.response.waiting import Waiting
from tsalert.response.waiting_views import mark_of
from tsalert.staff import queries as staff
from tsalert.staff import service as staff_service
from tsalert.staff.rules import RoleName
from tsalert.telephone import retention
from tsalert.telephone import service as telephone
from tsalert.telephone.fetching import fetch_recordings
from tsalert.telephone.models import TelephoneCall
from tsalert.telephone.rules import EventKind
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

ADVICE = NewCall(disposition=Disposition.ADVICE, phone="07700 900123")


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


def form(desk: FlaskClient, call_id: int, **changes: Any) -> dict[str, Any]:
    """Return the form as a browser would send it: with what the page itself put there."""
    page = desk.get(f"/calls/{call_id}/write-up").text
    hidden = dict(re.findall(r'name="(opened|submission)" value="([^"]+)"', page))
    shown = re.search(r'id="phone"[^>]*value="([^"]*)"', page)
    told = {"phone": shown[1] if shown else "", "disposition": "advice", "grade": "proposed"}
    return {name: value for name, value in (hidden | told | changes).items() if value is not None}


def test_every_page_counts_those_who_wait_without_reading_other_calls(session: Session) -> None:
    with asking("SELECT") as asked:
        waiting.count_waiting(session)
    (plan,) = plans(session, asked)
    assert "ix_call_waiting" in plan, plan


def test_the_officer_who_took_a_call_finds_it_first(session: Session, officer: Callable[..., Actor]) -> None:
    took = officer(name="Dee Example")
    earlier, taken, later = (call_in(ago=timedelta(minutes=minutes)) for minutes in (9, 5, 1))
    row = session.scalars(select(TelephoneCall).where(TelephoneCall.call_id == taken)).one()
    telephone.note(session, row, EventKind.TAKEN, 0, now=NOW, officer_id=took.officer_id)
    session.commit()
    own = waiting.waiting_calls(session, reader_id=took.officer_id).items
    assert [each.call.id for each in own] == [taken, earlier, later]
    assert own[0].taken_by == "Dee Example"
    assert [each.call.id for each in waiting.waiting_calls(session).items] == [earlier, taken, later]


def test_calls_that_wait_stand_above_the_list_and_on_every_page(session: Session, desk: FlaskClient) -> None:
    assert "to be written up" not in desk.get("/board").text
    call_in()
    take_message("SM1", "+447700900124", "A man is <b>here</b>", now=NOW)
    assert "2 calls are waiting to be written up" in desk.get("/board").text
    page = desk.get("/calls").text
    assert page.index("Calls waiting to be written up") < page.index("In the order they were saved")
    assert "Text message" in page
    assert "Missed" not in page
    alarm_missed(NOW)
    assert "2 missed on the rapid-response number." in desk.get("/cases").text
    assert "Missed" in desk.get("/calls").text


def test_an_open_page_hears_of_a_new_call_and_of_nothing_else(session: Session, desk: FlaskClient) -> None:
    call_in()
    assert desk.get("/calls/waiting?seen=1-0").status_code == 204
    assert "1 call is waiting" in desk.get("/calls/waiting?seen=0-0").text
    alarm_missed(NOW)
    assert "1 missed" in desk.get("/calls/waiting?seen=1-0").text


def test_an_open_page_hears_that_something_else_fails_however_alike_it_reads(app: Flask) -> None:
    def mark(*troubles: Trouble) -> str:
        with app.test_request_context():
            g.troubles = troubles
            return mark_of(Waiting(1, 0))

    told = Trouble("Calls to officers do not go out: 503", reference="TS-2026-001")
    assert mark(told) == mark(replace(told))
    others = (
        replace(told, text="Calls to officers do not go out: 504"),
        replace(told, reference="TS-2026-002"),
        replace(told, incident_id=1),
    )
    assert len({mark(), mark(told), mark(told, told), *map(mark, others)}) == 6


def test_who_may_not_read_calls_hears_of_none(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    call_id = call_in()
    desk = signed_in(RoleName.ADMINISTRATOR)
    assert "written up" not in desk.get("/board").text
    for path in ("/calls/waiting", f"/calls/{call_id}/write-up", f"/calls/{call_id}/recording"):
        assert desk.get(path).status_code == 403


def test_the_form_knows_the_number_the_first_ring_and_the_earlier_calls(session: Session, desk: FlaskClient) -> None:
    for minutes in (600, 300):
        call_in(ago=timedelta(minutes=minutes))
    call_id = call_in()
    page = desk.get(f"/calls/{call_id}/write-up").text
    assert 'value="07700 900123"' in page
    assert "10 June 2026 at 1:00pm" in page
    assert "2 calls" in page
    assert 'name="claimed_at"' not in page
    assert "Waiting for an officer" not in page


def test_a_restricted_call_is_not_counted_among_the_earlier_ones(
    session: Session, desk: FlaskClient, officer: Callable[..., Actor]
) -> None:
    earlier, _ = call_in(ago=timedelta(minutes=600)), call_in(ago=timedelta(minutes=300))
    manager = officer(RoleName.MANAGER)
    with transaction() as step:
        tiers.restrict(
            step, Subject.CALL, earlier, (Subject.CALL, earlier), "Officer is family",
            actor=manager, now=utc_now(),
        )  # fmt: skip
    page = desk.get(f"/calls/{call_in()}/write-up").text
    assert "1 call" in page
    assert "2 calls" not in page


@pytest.mark.parametrize("caller", ["anonymous", "sip:alex@example.org", "x" * 200])
def test_a_caller_without_a_number_is_shown_and_no_number_is_filled_in(
    session: Session, desk: FlaskClient, caller: str
) -> None:
    call_id = call_in(caller=caller)
    page = desk.get(f"/calls/{call_id}/write-up").text
    assert ("Number withheld" if caller == "anonymous" else caller) in page
    assert desk.post(f"/calls/{call_id}/write-up", data=form(desk, call_id)).status_code == 303


def test_writing_up_completes_the_same_call_and_its_first_ring_starts_the_clock(
    session: Session, desk: FlaskClient
) -> None:
    rang_at = utc_now() - timedelta(minutes=20, seconds=30)
    call_id = call_in(ago=NOW - rang_at)
    reference = queries.get_call(session, call_id).reference
    told = {"disposition": "new_incident", "category": "doorstep_crime", "happening": "Men on the roof"}
    told |= {"has_threat": "yes", "address": "1 Example Road"}
    answer = desk.post(f"/calls/{call_id}/write-up", data=form(desk, call_id, **told))
    assert answer.status_code == 303
    assert "1 hour 39 minutes left" in desk.get(answer.location).text
    call = session.get_one(Call, call_id, populate_existing=True)
    assert (call.reference, call.received_at, call.line) == (reference, rang_at, Line.RAPID_VOICE)
    assert call.recorded_at > call.opened_at > rang_at
    assert call.logged_by is not None
    assert "to be written up" not in desk.get("/board").text


def test_a_call_is_written_up_once_and_whoever_comes_second_sees_why(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    call_id = call_in()
    first, second = signed_in(name="Dee Example"), signed_in(name="Sam Example")
    forms = [form(each, call_id) for each in (first, second)]
    assert first.post(f"/calls/{call_id}/write-up", data=forms[0]).status_code == 303
    assert first.post(f"/calls/{call_id}/write-up", data=forms[0]).status_code == 303
    refused = second.post(f"/calls/{call_id}/write-up", data=forms[1])
    assert refused.status_code == 409
    assert "Dee Example has written this call up already" in refused.text
    assert "What you typed" in refused.text
    assert second.get(f"/calls/{call_id}/write-up").status_code == 409


def hire(*names: str) -> list[Actor]:
    actors = []
    for name in names:
        email, password = f"{name[:3]}@example.org", "correct horse battery staple"
        staff_service.create_officer(email, name=name, roles=[RoleName.DUTY_OFFICER], password=password, now=NOW)
        actors.append(staff.actor_of(staff.get_officer(db.session(), email), Via.PAGE))
    return actors


def test_two_officers_at_once_write_it_up_once(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        call_id, actors = call_in(), hire("Dee Example", "Sam Example")
        db.session.remove()
    together, results = Barrier(2), list[str]()

    def write(actor: Actor) -> None:
        with fresh_app.app_context():
            together.wait()
            try:
                waiting.write_up(call_id, ADVICE, actor=actor, now=NOW)
                results.append(actor.name)
            except Conflict as refusal:
                results.append(refusal.message)
            db.session.remove()

    threads = [Thread(target=write, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = {"Dee Example", "Sam Example"} & set(results)
    assert sum(f"{winner} has written this call up already" in each for each in results) == 1


def test_a_call_cannot_be_sent_back_to_wait(session: Session, officer: Callable[..., Actor]) -> None:
    call_id, actor = call_in(), officer()
    with pytest.raises(RuleViolation, match="what becomes"):
        waiting.write_up(call_id, NewCall(disposition=Disposition.WAITING), actor=actor, now=NOW)
    claim = NewCall(disposition=Disposition.ADVICE, claimed_at=NOW)
    with pytest.raises(RuleViolation, match="first ring"):
        waiting.write_up(call_id, claim, actor=actor, now=NOW)
    assert waiting.count_waiting(session).total == 1


def test_a_waiting_call_is_no_report_and_one_written_up_is(session: Session, officer: Callable[..., Actor]) -> None:
    call_id, actor = call_in(), officer()
    assert Disposition.WAITING not in dict(decided_options())
    incident = NewIncident(Category.SCAM, grade=GradeName.IMMEDIATE, grade_reason="He is at the door")
    new = NewCall(disposition=Disposition.NEW_INCIDENT, happening="A man is here", incident=incident)
    logged = waiting.write_up(call_id, new, actor=actor, now=NOW + timedelta(minutes=4))
    assert session.scalars(select(Incident.id)).one() == logged.incident_id
    clock = queries.get_incident(session, logged.incident_id or 0).clock
    assert clock is not None
    assert clock.started_at == NOW


@pytest.fixture
def heard(app: Flask, session: Session) -> Any:
    with recordings() as provider:
        yield provider


def test_an_officer_hears_a_message_and_the_trail_knew_before(
    app: Flask, session: Session, desk: FlaskClient, heard: Recordings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(app.extensions, "tsalert_recordings", None)
    fetch_from(app, heard)
    call_id, _ = message_left(heard)
    assert "not been fetched" in desk.get(f"/calls/{call_id}").text
    assert desk.get(f"/calls/{call_id}/recording").status_code == 404
    fetch_recordings(NOW)
    page = desk.get(f"/calls/{call_id}").text
    assert f'<audio controls preload="none" src="/calls/{call_id}/recording"' in page
    answer = desk.get(f"/calls/{call_id}/recording")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, tone(), "audio/wav")
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    entries = select(AuditEvent.action).where(AuditEvent.subject == "recording").order_by(AuditEvent.id)
    assert session.scalars(entries).all()[-1] == "heard"
    assert desk.get("/calls/404/recording").status_code == 404


def test_without_scripts_matches_are_shown_on_the_form_of_the_same_call(session: Session, desk: FlaskClient) -> None:
    call_id = call_in()
    sent = form(desk, call_id, caller_name="Alex Example")
    page = desk.post(f"/calls/matches?waiting={call_id}", data=sent).text
    assert f'action="/calls/{call_id}/write-up"' in page
    assert "Alex Example" in page
    assert f"/calls/matches?waiting={call_id}" in page


def test_a_message_is_held_with_a_reason_and_let_go_again(session: Session, desk: FlaskClient, app: Flask) -> None:
    with recordings() as provider, pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "tsalert_recordings", None)
        fetch_from(app, provider)
        call_id, _ = message_left(provider, ago=NOW - utc_now())
        assert desk.post(f"/calls/{call_id}/recording/hold", data={"reason": "Evidence"}).status_code == 303
        page = desk.get(f"/calls/{call_id}").text
        assert "not been fetched" in page
        assert "Stop holding it" in page
        assert desk.post(f"/calls/{call_id}/recording/release").status_code == 303
        fetch_recordings(utc_now())
    refused = desk.post(f"/calls/{call_id}/recording/hold", data={})
    assert refused.status_code == 422
    assert desk.post(f"/calls/{call_id}/recording/hold", data={"reason": "The threat is on it"}).status_code == 303
    assert "The threat is on it" in desk.get(f"/calls/{call_id}").text
    assert desk.post(f"/calls/{call_id}/recording/hold", data={"reason": "Again"}).status_code == 409
    assert desk.post(f"/calls/{call_id}/recording/release").status_code == 303
    assert desk.post(f"/calls/{call_id}/recording/release").status_code == 409
    assert "then deleted" in desk.get(f"/calls/{call_id}").text


def test_a_call_that_was_logged_by_an_officer_has_no_message(session: Session, officer: Callable[..., Actor]) -> None:
    call_id = service.log_call(ADVICE, actor=officer(), now=NOW).call_id
    with pytest.raises(NotFound, match="no message"):
        retention.open_recording(call_id, actor=officer(), now=NOW)
