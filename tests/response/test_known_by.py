"""What parties are known by: added with how we know, found while a call is typed, taken back and kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.parties import known_by, queries
from tsalert.parties.known_by import NewKnown
from tsalert.parties.rules import Sought
from tsalert.parties.vocabulary import KnownBy, Likeness, Side
from tsalert.response import call_parties, service
from tsalert.response.matches import look_up
from tsalert.response.models import CallParty
from tsalert.staff.rules import RoleName

LATER = NOON + timedelta(hours=1)
API = "/api/v1/parties"


@pytest.fixture
def trader(session: Session, duty: Actor) -> int:
    """A trader that one call named."""
    service.log_call(roof_call(trader="Sample Roofing, AB12 CDE"), actor=duty, now=NOON)
    return session.scalars(select(CallParty.party_id).where(CallParty.role == Side.TRADER)).one()


def add(party_id: int, kind: KnownBy, words: str, actor: Actor) -> None:
    known_by.add_known(party_id, NewKnown(kind, words, "Seen on the van"), is_demo=True, actor=actor, now=LATER)


def reasons(session: Session, party_id: int, **typed: Any) -> set[Likeness]:
    sought = replace(Sought(), **typed)
    found = look_up(session, sought, reader=SERVICE, is_demo=True, now=LATER).lines
    return {reason for line in found if line.match.identity == party_id for reason in line.match.reasons}


@pytest.mark.parametrize(
    ("new", "typed", "reason"),
    [
        pytest.param((KnownBy.NAME, "Topnotch Gutters Ltd"), {"trader": "topnotch gutters"}, "same name", id="alias"),
        pytest.param((KnownBy.PHONE, "07700 900777"), {"phone": "+447700900777"}, "same phone", id="number"),
        pytest.param((KnownBy.VEHICLE, "XY21 ABC"), {"trader": "white van XY2I ABC"}, "same vehicle", id="vehicle"),
        pytest.param((KnownBy.ADDRESS, "9 Yard Lane"), {"address": "9 Yard Lane"}, "same address", id="yard"),
    ],
)
def test_what_was_added_is_found_while_typing_until_it_is_taken_back(
    session: Session, duty: Actor, trader: int, new: tuple[KnownBy, str], typed: dict[str, str], reason: str
) -> None:
    assert reasons(session, trader, **typed) == set()
    kind, words = new
    add(trader, kind, words, duty)
    assert {each.label for each in reasons(session, trader, **typed)} == {reason}
    (known,) = [each for each in known_by.standing_of(session, [trader]) if each.told]
    assert (known.kind, known.text) == new
    known_by.take_back(trader, kind, known.id, "It was another van", actor=duty, now=LATER)
    assert reasons(session, trader, **typed) == set()
    history = known_by.history_of(session, [trader])
    assert [(each.is_taken_back, each.source, each.reason) for each in history] == [
        (False, "Seen on the van", None),
        (True, "Seen on the van", "It was another van"),
    ]
    acts = select(AuditEvent.action).where(AuditEvent.action.like("%known by")).order_by(AuditEvent.id)
    assert [*session.scalars(acts)] == ["known by", "no longer known by"]


def test_what_a_call_told_wrongly_can_be_taken_back_too(session: Session, duty: Actor, trader: int) -> None:
    plate = next(each for each in known_by.standing_of(session, [trader]) if each.kind is KnownBy.VEHICLE)
    known_by.take_back(trader, KnownBy.VEHICLE, plate.id, "Misread", actor=duty, now=LATER)
    assert reasons(session, trader, trader="AB12 CDE") == set()
    with pytest.raises(NotFound):
        known_by.take_back(trader, KnownBy.VEHICLE, plate.id, "Again", actor=duty, now=LATER)


def test_the_last_name_taken_back_leaves_a_party_without_one(session: Session, duty: Actor, trader: int) -> None:
    name = next(each for each in known_by.standing_of(session, [trader]) if each.kind is KnownBy.NAME)
    known_by.take_back(trader, KnownBy.NAME, name.id, "Not their name", actor=duty, now=LATER)
    session.expire_all()
    assert queries.get_party(session, trader).name is None


@pytest.mark.parametrize(
    ("kind", "words", "why"),
    [
        (KnownBy.PHONE, "no idea", "no telephone number"),
        (KnownBy.VEHICLE, "---", "not a vehicle registration"),
        (KnownBy.VEHICLE, "white Transit AB12 CDE", "not a vehicle registration"),
        (KnownBy.VEHICLE, "White van", "not a vehicle registration"),
        (KnownBy.ADDRESS, ",", "house number or name"),
        (KnownBy.NAME, "Sample Roofing Ltd", "known by that already"),
    ],
)
def test_what_cannot_be_read_or_is_known_is_refused(
    session: Session, duty: Actor, trader: int, kind: KnownBy, words: str, why: str
) -> None:
    with pytest.raises(RuleViolation, match=why):
        add(trader, kind, words, duty)


def test_telling_a_call_apart_leaves_what_an_officer_added_by_hand(session: Session, duty: Actor, trader: int) -> None:
    again = service.log_call(roof_call(trader="Sample Roofing, AB12 CDE, XY21 ABC"), actor=duty, now=LATER)
    plate = next(each for each in known_by.standing_of(session, [trader]) if each.text == "XY21 ABC")
    known_by.take_back(trader, KnownBy.VEHICLE, plate.id, "Unsure", actor=duty, now=LATER)
    add(trader, KnownBy.VEHICLE, "XY21 ABC", duty)
    call_parties.tell_apart(again.call_id, Side.TRADER, is_demo=True, actor=duty, now=LATER)
    assert reasons(session, trader, trader="XY21 ABC") == {Likeness.SAME_VEHICLE}


def test_the_database_keeps_what_was_told(session: Session, duty: Actor, trader: int) -> None:
    add(trader, KnownBy.PHONE, "07700 900777", duty)
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text("UPDATE party_knowledge SET source = 'Elsewhere'"))


def test_officers_add_and_take_back_on_the_partys_page(
    session: Session, trader: int, signed_in: Callable[..., FlaskClient]
) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER, name="Ali Example")
    path = f"/parties/{trader}/known-by"
    refused = desk.post(path, data={"kind": "phone", "text": "07700 900777"})
    assert (refused.status_code, "Say how we know." in refused.text) == (422, True)
    desk.post(path, data={"kind": "name", "text": "Topnotch Gutters", "source": "A flyer"})
    page = desk.get(f"/parties/{trader}").text
    assert "Topnotch Gutters" in page
    assert "A flyer<br>Ali Example" in page
    known = next(each for each in known_by.standing_of(session, [trader]) if each.told)
    assert "We have it from: A flyer." in desk.get(f"{path}/name/{known.id}").text
    desk.post(f"{path}/name/{known.id}", data={"reason": "Another firm"})
    page = desk.get(f"/parties/{trader}").text
    assert "What was taken back" in page
    assert "Another firm" in page
    assert desk.get(f"{path}/name/{known.id}").status_code == 404


def test_what_a_party_is_known_by_is_kept_through_the_interface(
    client: FlaskClient, trader: int, bearer: Callable[..., dict[str, str]]
) -> None:
    head, path = bearer(RoleName.DUTY_OFFICER), f"{API}/{trader}/known-by"
    told = {"kind": "vehicle", "text": "XY21 ABC", "source": "Neighbour's camera", "reason": "On the drive"}
    made = client.post(path, json=told, headers=head)
    assert made.status_code == 201
    (item,) = [each for each in made.get_json()["items"] if each["source"]]
    assert (item["text"], item["source"]) == ("XY21 ABC", "Neighbour's camera")
    assert client.post(path, json=told, headers=head).status_code == 422
    left = client.post(f"{path}/vehicle/{item['id']}/take-back", json={"reason": "Misread"}, headers=head).get_json()
    assert [each["is_taken_back"] for each in left["history"]] == [False, True]
    assert client.get(path, headers=head).get_json()["items"] == left["items"]
