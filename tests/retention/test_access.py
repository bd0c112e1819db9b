"""Whoever asks what is held on them gets it in time, all of it, and nothing that is somebody else's."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import subscribe
from tests.retention.conftest import CANARY, NOW, Desk, Story, advice_call
from tsalert.audit.queries import entries_about
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.working_days import is_working_day
from tsalert.delivery.models import Mailing
from tsalert.installation.service import mark_demo
from tsalert.parties.models import Party
from tsalert.response.models import Call, CallParty
from tsalert.retention import holding
from tsalert.retention.access import reminding, requests, rules
from tsalert.retention.access.requests import NewRequest
from tsalert.retention.access.rules import Answer
from tsalert.retention.models import ErasureItem
from tsalert.retention.vocabulary import Root
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # the third of October is a Saturday
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 11, 25), date(2026, 12, 29)),  # Christmas, a weekend, and a Monday for Boxing Day
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 3, 3), date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2022, 8, 19), date(2022, 9, 20)),  # the funeral of the Queen
    ],
)
def test_an_answer_is_due_after_a_calendar_month_on_a_working_day(received_on: date, due_on: date) -> None:
    assert rules.due_on(received_on) == due_on


@given(DAYS)
def test_no_answer_is_due_on_a_day_off_or_before_its_month_is_over(received_on: date) -> None:
    due = rules.due_on(received_on)
    assert is_working_day(due)
    assert timedelta(days=28) <= due - received_on <= timedelta(days=36)
    assert due < rules.extended(received_on)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31)])
def test_a_day_on_which_nobody_can_have_asked_is_refused(session: Session, desk: Desk, day: date) -> None:
    with pytest.raises(RuleViolation) as refused:
        requests.record_request(NewRequest("Ada Asker", day), actor=desk.protection, now=NOW)
    assert refused.value.field == "received_on"


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    """An officer who works on calls and cases."""
    return officer(RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER, name="Dee Example")


def asked_by_caller(session: Session, desk: Desk, call_id: int) -> int:
    party = session.scalars(select(CallParty.party_id).filter_by(call_id=call_id, role="caller")).one()
    new = NewRequest("Ada Asker", date(2026, 6, 1), party_id=party)
    return requests.record_request(new, actor=desk.protection, now=NOW)


def test_everything_that_is_held_is_gathered_and_other_peoples_particulars_are_flagged(
    session: Session, desk: Desk, actor: Actor
) -> None:
    story = Story(actor, desk.manager)
    story.tell()
    other = advice_call(actor, caller_name="Otto Else", phone="07700 900555", happening="Something else entirely")
    asked = requests.get_request(session, asked_by_caller(session, desk, story.call_id))
    found = requests.gathered(session, asked, reader=SERVICE, now=NOW)
    tables = {row.table for row in found.rows}
    assert {"call", "incident", "case_file", "case_note", "money_line", "party_identifier", "evidence_file"} <= tables
    assert "Something else entirely" not in json.dumps(found.content)
    assert str(other) not in {row.key for row in found.rows if row.table == "call"}
    flagged = set(found.to_review)
    assert f"case_file:{story.case_id}:summary" in flagged
    assert f"call:{story.call_id}:received_at" not in flagged
    assert not any(place.startswith("party_identifier:") for place in flagged)


def test_nothing_leaves_before_it_was_reviewed_and_the_identity_checked(
    session: Session, desk: Desk, actor: Actor
) -> None:
    call_id = advice_call(actor)
    request_id = asked_by_caller(session, desk, call_id)
    said = {"actor": desk.protection, "now": NOW}
    with pytest.raises(Conflict, match="Check who is asking"):
        requests.answer(request_id, Answer.GIVEN, reason=None, **said)  # type: ignore[arg-type]
    requests.check_identity(request_id, actor=desk.protection, now=NOW)
    with pytest.raises(Conflict, match="not reviewed"):
        requests.export(request_id, actor=desk.protection, now=NOW)
    places = requests.gathered(session, requests.get_request(session, request_id), reader=SERVICE, now=NOW).to_review
    hidden = [f"call:{call_id}:happening"]
    with pytest.raises(RuleViolation, match="withheld"):
        requests.review(request_id, places, hidden, reason=" ", actor=desk.protection, now=NOW)
    with pytest.raises(RuleViolation, match="changed"):
        requests.review(request_id, ["call:1:nothing"], [], reason=None, actor=desk.protection, now=NOW)
    requests.review(request_id, places, hidden, reason="It names a neighbour", actor=desk.protection, now=NOW)
    with pytest.raises(RuleViolation, match="not all"):
        requests.answer(request_id, Answer.GIVEN, reason=None, actor=desk.protection, now=NOW)
    requests.answer(request_id, Answer.IN_PART, reason=None, actor=desk.protection, now=NOW)
    with pytest.raises(Conflict, match="answered already"):
        requests.check_identity(request_id, actor=desk.protection, now=NOW)
    found = requests.gathered(session, requests.get_request(session, request_id), reader=SERVICE, now=NOW)
    assert "asked about a leaflet" not in json.dumps(found.content)
    assert "It names a neighbour" in json.dumps(found.content)
    acts = [entry.action for entry in entries_about(session, "access_request", request_id)]
    assert acts == ["recorded", "identity checked", "reviewed", "answered: in_part"]


def test_what_came_in_after_the_review_is_reviewed_too(session: Session, desk: Desk, actor: Actor) -> None:
    call_id = advice_call(actor)
    request_id = asked_by_caller(session, desk, call_id)
    asked = requests.get_request(session, request_id)
    places = requests.gathered(session, asked, reader=SERVICE, now=NOW).to_review
    requests.review(request_id, places, [], reason=None, actor=desk.protection, now=NOW)
    session.get_one(Call, call_id).trader = "A man named Max"
    session.commit()
    found = requests.gathered(session, requests.get_request(session, request_id), reader=SERVICE, now=NOW)
    assert found.to_review == [f"call:{call_id}:trader"]


def test_two_months_more_are_taken_once_within_the_first_month_and_for_a_reason(
    session: Session, desk: Desk, actor: Actor
) -> None:
    request_id = asked_by_caller(session, desk, advice_call(actor))
    with pytest.raises(Conflict, match="first month"):
        requests.extend(request_id, reason="Complex", actor=desk.protection, now=NOW + timedelta(days=40))
    requests.extend(request_id, reason="Three cases", actor=desk.protection, now=NOW)
    assert requests.get_request(session, request_id).due_on == date(2026, 9, 1)
    with pytest.raises(Conflict, match="extended already"):
        requests.extend(request_id, reason="Again", actor=desk.protection, now=NOW)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Siân Jones", "SIÂN JONES"), ("JOSÉ EXAMPLE", "José Example"), ("Anna Groß", "anna groß"), (None, "no name")],
)
def test_who_asks_is_found_in_any_case_of_any_alphabet(
    session: Session, desk: Desk, name: str | None, typed: str
) -> None:
    session.add(Subscriber(kind="resident", name=name, language="en", formats=[], created_at=NOW))
    session.commit()
    assert [found for _, found in requests.find_people(session, typed)] == ([name] if name else [])


@pytest.mark.parametrize("typed", ["07700 900123", " +44 (0)7700 900123", "+447700900123"])
def test_who_asks_is_found_by_their_number_however_it_is_written(session: Session, desk: Desk, typed: str) -> None:
    mark_demo(session)
    subscribe(session, "+447700900123")
    session.commit()
    assert [name for _, name in requests.find_people(session, typed)] == ["No name"]
    assert requests.find_people(session, "07700 900124") == []


def test_a_subscribers_addresses_and_consents_are_gathered(session: Session, desk: Desk) -> None:
    session.add(Subscriber(kind="resident", name="Sam Example", language="en", formats=[], created_at=NOW))
    session.commit()
    key = session.scalars(select(Subscriber.id)).one()
    assert requests.find_people(session, "sam EXAMPLE") == [(key, "Sam Example")]
    new = NewRequest("Sam Example", date(2026, 6, 1), subscriber_id=key)
    asked = requests.get_request(session, requests.record_request(new, actor=desk.protection, now=NOW))
    found = requests.gathered(session, asked, reader=SERVICE, now=NOW)
    assert found.content["subscriber"][0]["name"] == "Sam Example"
    assert found.to_review == []


def test_those_who_answer_are_reminded_a_week_ahead_and_daily_once_it_is_late(
    session: Session, desk: Desk, actor: Actor
) -> None:
    request_id = asked_by_caller(session, desk, advice_call(actor))
    assert reminding.remind(NOW) == 0
    week_ahead = datetime(2026, 6, 24, 9, 0, tzinfo=UTC)
    assert [reminding.remind(week_ahead), reminding.remind(week_ahead + timedelta(days=1))] == [1, 0]
    late = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
    assert [reminding.remind(late), reminding.remind(late), reminding.remind(late + timedelta(days=1))] == [1, 0, 1]
    reference = requests.get_request(session, request_id).reference
    mails = session.execute(select(Mailing.subject, Mailing.text).order_by(Mailing.id)).all()
    states = ["answer due in 7 days", "answer overdue", "answer overdue"]
    assert [subject for subject, _ in mails] == [f"{reference}: {state}" for state in states]
    assert [text.partition("somebody, ")[2].partition(".")[0] for _, text in mails] == [
        f"{verb} due on 1 July 2026" for verb in ("is", "was", "was")
    ]
    assert "Ada" not in str(mails)


@pytest.mark.parametrize(("days", "state"), [(0, "due today"), (1, "due tomorrow")])
def test_the_last_days_of_a_request_are_named(
    session: Session, desk: Desk, actor: Actor, days: int, state: str
) -> None:
    asked_by_caller(session, desk, advice_call(actor))
    reminding.remind(datetime(2026, 7, 1, 9, 0, tzinfo=UTC) - timedelta(days=days))
    assert (session.scalars(select(Mailing.subject)).one() or "").endswith(f": answer {state}")


def test_a_request_that_nobody_could_be_reminded_of_waits_for_somebody(
    session: Session, desk: Desk, actor: Actor, officer: Callable[..., Actor]
) -> None:
    asked_by_caller(session, desk, advice_call(actor))
    for who in (desk.manager, desk.protection):
        session.get_one(Officer, who.officer_id).active = False
    session.commit()
    week_ahead = datetime(2026, 6, 24, 9, 0, tzinfo=UTC)
    assert reminding.remind(week_ahead) == 0
    officer(RoleName.DATA_PROTECTION_OFFICER)
    assert [reminding.remind(week_ahead), reminding.remind(week_ahead)] == [1, 0]


def test_a_request_answered_long_ago_names_nobody_any_more(session: Session, desk: Desk) -> None:
    then = datetime(2020, 6, 10, 12, 0, tzinfo=UTC)
    new = NewRequest("Ada Asker", date(2020, 6, 1), contact="01632 960555")
    request_id = requests.record_request(new, actor=desk.protection, now=then)
    requests.answer(request_id, Answer.NOTHING_HELD, reason=None, actor=desk.protection, now=then)
    desk.erase()
    session.expire_all()
    asked = requests.get_request(session, request_id)
    assert (asked.name, asked.contact, asked.received_on) == ("[removed]", None, date(2020, 6, 1))


def test_a_hold_on_a_person_keeps_what_they_asked_to_see_and_their_name(
    session: Session, desk: Desk, actor: Actor
) -> None:
    then = datetime(2020, 6, 10, 12, 0, tzinfo=UTC)
    call_id = advice_call(actor, now=then)
    party = session.scalars(select(CallParty.party_id).filter_by(call_id=call_id, role="caller")).one()
    new = NewRequest("Ada Asker", date(2020, 6, 1), party_id=party)
    request_id = requests.record_request(new, actor=desk.protection, now=then)
    requests.answer(request_id, Answer.REFUSED, reason="Not hers", actor=desk.protection, now=then)
    review_on, why = date(2026, 9, 1), "She complains of the answer"
    hold = holding.place_hold(Root.PARTY, party, reason=why, review_on=review_on, actor=desk.manager, now=NOW)
    run_id = desk.erase()
    session.expire_all()
    assert requests.get_request(session, request_id).name == "Ada Asker"
    held = select(ErasureItem.hold_id).filter_by(run_id=run_id, subject="access_request")
    assert session.scalars(held).all() == [hold]
    holding.lift_hold(hold, reason="It is settled", actor=desk.manager, now=NOW)
    desk.erase()
    session.expire_all()
    assert requests.get_request(session, request_id).name == "[removed]"


def test_a_person_who_is_held_keeps_their_name_when_the_last_record_of_them_went_before(
    session: Session, desk: Desk
) -> None:
    then = datetime(2020, 6, 10, 12, 0, tzinfo=UTC)
    party = Party(kind="person", name=f"Ada {CANARY}", created_at=then)
    session.add(party)
    session.commit()
    request_id = requests.record_request(
        NewRequest("Ada Asker", date(2020, 6, 1), party_id=party.id), actor=desk.protection, now=then
    )
    requests.answer(request_id, Answer.REFUSED, reason="Not hers", actor=desk.protection, now=then)
    holding.place_hold(Root.PARTY, party.id, reason="A claim", review_on=date(2026, 9, 1), actor=desk.manager, now=NOW)
    desk.erase()
    session.expire_all()
    assert session.get_one(Party, party.id).name == f"Ada {CANARY}"


def test_an_officer_without_the_office_answers_nobody(desk: Desk, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        requests.record_request(NewRequest("Ada", date(2026, 6, 1)), actor=actor, now=NOW)


def test_a_request_goes_from_the_form_to_the_zip(
    session: Session, desk: Desk, signed_in: Callable[..., FlaskClient], actor: Actor
) -> None:
    call_id = advice_call(actor, happening=f"{CANARY} <script>alert(1)</script>")
    party = session.scalars(select(CallParty.party_id).filter_by(call_id=call_id, role="caller")).one()
    browser = signed_in(RoleName.DATA_PROTECTION_OFFICER)
    asked = {"name": "Ada Asker", "received_on": "2026-06-01", "party_id": str(party)}
    assert browser.post("/subject-access", data=asked | {"received_on": "2999-01-01"}).status_code == 422
    assert browser.post("/subject-access", data=asked | {"party_id": "404"}).status_code == 422
    place = browser.post("/subject-access", data=asked).location
    request_id = int(place.rpartition("/")[2])
    assert "Ada Asker" not in browser.get("/subject-access").text
    shown = browser.get(place).text
    assert "<script>alert(1)" not in shown
    assert browser.post(f"{place}/identity").status_code == 303
    assert browser.get(f"{place}/held.zip").status_code == 409
    places = requests.gathered(session, requests.get_request(session, request_id), reader=SERVICE, now=NOW).to_review
    assert browser.post(f"{place}/review", data={"place": places}).status_code == 303
    file = browser.get(f"{place}/held.zip")
    with ZipFile(BytesIO(file.data)) as archive:
        names = archive.namelist()
        page, told = (archive.read(name).decode() for name in names)
    assert "&lt;script&gt;" in page
    assert json.loads(told)["held"]["call"][0]["caller_name"] == f"Ada {CANARY}"
    assert all(CANARY not in name for name in names)
    assert browser.post(f"{place}/answer", data={"answer": "given"}).status_code == 303
    assert "All of it was given" in browser.get(place).text


def test_the_api_answers_a_request(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], desk: Desk, actor: Actor
) -> None:
    advice_call(actor)
    head, base = bearer(RoleName.DATA_PROTECTION_OFFICER), "/api/v1/subject-access"
    asked = client.post(base, json={"name": "Ada", "received_on": "2026-06-01"}, headers=head)
    assert asked.status_code == 201
    place = f"{base}/{asked.get_json()['id']}"
    assert client.get(f"{place}/held", headers=head).get_json()["rows"] == []
    assert client.post(f"{place}/identity", headers=head).status_code == 200
    assert client.get(f"{place}/held.zip", headers=head).status_code == 200
    assert client.post(f"{place}/answer", json={"answer": "refused"}, headers=head).status_code == 422
    done = client.post(f"{place}/answer", json={"answer": "nothing_held"}, headers=head)
    assert done.get_json()["decision"] == "nothing_held"
    assert client.get(base, headers=head).get_json()["items"][0]["decision"] == "nothing_held"
    assert client.get(base, headers=bearer(RoleName.CASE_OFFICER)).status_code == 403
    assert client.get(f"{base}/404", headers=head).status_code == 404
