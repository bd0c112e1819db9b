"""The pages of parties."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.parties import service as parties
from tsalert.parties import warning_notes
from tsalert.parties.models import PartyLink, PartyWarning
from tsalert.parties.vocabulary import Verdict
from tsalert.response import service
from tsalert.response.models import Call, CallParty
from tsalert.response.vocabulary import MoneyState
from tsalert.restricting import service as restricting
from tsalert.staff.rules import RoleName
from tsalert.tiers.vocabulary import Subject

TOMORROW = (london_date(utc_now()) + timedelta(days=1)).isoformat()


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def ada(session: Session, duty: Actor) -> int:
    return caller(session, duty, "Ada Brindle", "020 7946 0111")


@pytest.fixture
def adah(session: Session, duty: Actor) -> int:
    return caller(session, duty, "Adah Brindel", "020 7946 0111")


def caller(session: Session, duty: Actor, name: str, phone: str) -> int:
    logged = service.log_call(roof_call(caller_name=name, phone=phone), actor=duty, now=utc_now())
    return session.scalars(select(CallParty.party_id).where(CallParty.call_id == logged.call_id)).one()


def test_a_party_shows_what_is_known_its_calls_and_who_may_be_the_same(desk: FlaskClient, ada: int, adah: int) -> None:
    page = desk.get(f"/parties/{ada}").text
    assert "020 7946 0111" in page
    assert re.search(r"C\d\d-\d{5}-", page)
    assert re.search(r"R\d\d-\d{5}-", page)
    assert f"Adah Brindel (party {adah})" in page
    assert "<title>Party" in page


def test_reading_of_a_party_stands_in_the_trail(desk: FlaskClient, session: Session, ada: int) -> None:
    desk.get(f"/parties/{ada}")
    desk.post("/parties", data={"q": "Ada"})
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject == "party").order_by(AuditEvent.id.desc()))
    assert [(event.action, event.subject_id) for event in events][:2] == [("searched", None), ("read", ada)]


def test_two_are_held_to_be_the_same_and_that_is_undone(
    desk: FlaskClient, session: Session, ada: int, adah: int
) -> None:
    desk.post(f"/parties/{ada}/decisions", data={"other_id": adah, "verdict": "same"})
    page = desk.get(f"/parties/{adah}").text
    assert "Ada Brindle, Adah Brindel" in page
    assert "May be the same" not in page
    link = session.scalars(select(PartyLink.id)).one()
    desk.post(f"/parties/{ada}/decisions/{link}/undo")
    page = desk.get(f"/parties/{adah}").text
    assert "Undone by Pat Example" in page
    assert "May be the same" in page


def test_those_told_apart_are_not_offered_again(desk: FlaskClient, ada: int, adah: int) -> None:
    desk.post(f"/parties/{ada}/decisions", data={"other_id": adah, "verdict": "different"})
    for party_id in (ada, adah):
        assert "May be the same" not in desk.get(f"/parties/{party_id}").text


def test_a_decision_against_another_is_refused_with_what_to_do(desk: FlaskClient, ada: int, adah: int) -> None:
    path = f"/parties/{ada}/decisions"
    desk.post(path, data={"other_id": adah, "verdict": "same"})
    refused = desk.post(path, data={"other_id": adah, "verdict": "different"})
    assert refused.status_code == 409
    assert "Undo the earlier decision first" in refused.text


def test_a_call_that_was_not_theirs_is_taken_away(desk: FlaskClient, session: Session, duty: Actor, ada: int) -> None:
    assert caller(session, duty, "Ada Brindle", "020 7946 0111") == ada
    call_id = session.scalars(select(CallParty.call_id).where(CallParty.party_id == ada)).all()[-1]
    answer = desk.post(f"/parties/{ada}/calls/{call_id}/caller/tell-apart", follow_redirects=True)
    assert "belongs to somebody else" in answer.text
    assert session.scalars(select(CallParty.call_id).where(CallParty.party_id == ada)).all() != [call_id]


def test_a_warning_is_written_reviewed_and_ended(desk: FlaskClient, session: Session, ada: int) -> None:
    desk.post(f"/parties/{ada}/warnings", data={"text": "Son listens in", "review_on": TOMORROW})
    warning = session.scalars(select(PartyWarning)).one()
    assert "Son listens in" in desk.get(f"/parties/{ada}").text
    next_week = (london_date(utc_now()) + timedelta(days=7)).isoformat()
    desk.post(f"/parties/warnings/{warning.id}/review", data={"review_on": next_week})
    assert next_week in str(session.scalars(select(PartyWarning.review_on)).one())
    desk.post(f"/parties/warnings/{warning.id}/end", data={"reason": "He has moved out"})
    page = desk.get(f"/parties/{ada}").text
    assert "He has moved out" in page
    assert desk.post(f"/parties/warnings/{warning.id}/end", data={"reason": "Again"}).status_code == 409


def test_whoever_goes_to_an_incident_reads_the_warnings_about_its_people_first(
    desk: FlaskClient, session: Session, ada: int, adah: int, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    call_id = session.scalars(select(CallParty.call_id).where(CallParty.party_id == adah)).one()
    incident_id = session.get_one(Call, call_id).incident_id
    text, written_at = "A dog in the yard", utc_now() - timedelta(days=3)
    warning_id = warning_notes.add_warning(
        ada, text, london_date(utc_now()) - timedelta(days=1), actor=manager, now=written_at
    )
    assert text not in desk.get(f"/incidents/{incident_id}").text
    parties.decide((ada, adah), Verdict.SAME, actor=manager, now=utc_now())
    page = desk.get(f"/incidents/{incident_id}").text
    assert page.index(text) < page.index("What it is")
    assert "Its review was due" in page
    restricting.restrict((Subject.PARTY, ada), "She is afraid of him", actor=manager, now=utc_now())
    assert text not in desk.get(f"/incidents/{incident_id}").text
    restricting.lift((Subject.PARTY, ada), "She is not afraid any more", actor=manager, now=utc_now())
    warning_notes.end_warning(warning_id, "It died", actor=manager, now=utc_now())
    assert text not in desk.get(f"/incidents/{incident_id}").text


def test_the_incident_says_what_its_calls_told_of_danger_and_money(desk: FlaskClient, duty: Actor) -> None:
    told = {
        "money_state": MoneyState.AT_THE_BANK,
        "money_amount": Decimal(4000),
        "has_threat": True,
        "trader": "Two men, a white van",
    }
    logged = service.log_call(roof_call(was_told_999=True, **told), actor=duty, now=utc_now())
    page = desk.get(f"/incidents/{logged.incident_id}").text
    assert "Trader on site. Somebody threatened. Resident vulnerable. Money: at the bank now, £4,000." in page
    assert "Told to ring 999" in page
    assert "Two men, a white van" in page
    assert page.index("Somebody is threatened, as a caller said.") < page.index("What it is")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": ""}, "Say what officers must know."),
        ({"text": " \n "}, "Say what officers must know."),
        ({"review_on": ""}, "Choose when to review it."),
        ({"review_on": "2020-01-01"}, "Choose a day after today."),
        ({"review_on": "9999-01-01"}, "Review it within a year."),
        ({"review_on": "soon"}, "Enter a date"),
        ({"text": "Son listens\x07 in"}, "cannot be seen"),
    ],
)
def test_a_warning_that_cannot_be_is_refused_and_what_was_typed_stays(
    desk: FlaskClient, session: Session, ada: int, changes: dict[str, str], message: str
) -> None:
    told = {"text": "Son listens in", "review_on": TOMORROW} | changes
    answer = desk.post(f"/parties/{ada}/warnings", data=told)
    assert answer.status_code == 422
    assert message in answer.text
    assert session.scalars(select(PartyWarning)).all() == []


@pytest.mark.parametrize("number", [0, 987654, 2**31, 2**63, 10**30])
def test_a_party_that_does_not_exist_is_not_found(desk: FlaskClient, number: int) -> None:
    for path in (f"/parties/{number}", f"/parties/{number}/warnings", f"/parties/warnings/{number}"):
        assert desk.get(path).status_code == 404
    told = {"text": "x", "review_on": TOMORROW}
    assert desk.post(f"/parties/{number}/warnings", data=told).status_code == 404
    assert desk.post(f"/parties/{number}/decisions/{number}/undo").status_code == 404


def test_the_list_finds_people_without_their_name_in_an_address(desk: FlaskClient, ada: int, adah: int) -> None:
    page = desk.get("/parties").text
    assert 'method="post" action="/parties"' in page
    assert page.index("Adah Brindel") < page.index("Ada Brindle<")
    found = desk.post("/parties", data={"q": "brindle"}).text
    assert "Ada Brindle" in found
    assert "Nobody we know" in desk.post("/parties", data={"q": "%"}).text
    assert "Ada Brindle" in desk.get("/parties?q=ada+brindle").text


def test_those_who_may_not_read_calls_read_of_no_party(signed_in: Callable[..., FlaskClient], ada: int) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    for path in ("/parties", f"/parties/{ada}", f"/parties/{ada}/warnings"):
        assert browser.get(path).status_code == 403
