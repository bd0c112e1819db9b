"""What nothing but a restricted call tells of somebody whom an open call tells of too."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec import Struct
from sqlalchemy.orm import Session

from tests.intelligence.conftest import told as note
from tests.response.conftest import roof_call
from tests.restricting.conftest import WHY, give, newest_officer
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.rules import NewAbout
from tsalert.intelligence.vocabulary import About
from tsalert.parties import known_by
from tsalert.parties.known_by import NewKnown
from tsalert.parties.rules import Fact, Sought
from tsalert.parties.vocabulary import KnownBy, Side
from tsalert.people.sharing import also_used
from tsalert.response import held, matches
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.kept_facts import kept_facts
from tsalert.response.party_search import search
from tsalert.response.vocabulary import CallSource, Disposition
from tsalert.restricting import service
from tsalert.staff.rules import RoleName
from tsalert.tiers.vocabulary import Subject

ADVICE: dict[str, Any] = {"disposition": Disposition.ADVICE, "incident": None, "source": CallSource.RESIDENT}
OPEN_VAN, KEPT_VAN, OTHER_NAME = "AB10 CDE", "XY21 ABC", "Paramount Drives"
FIRM = "Premier Roofing"


class Told(Struct, frozen=True):
    """Somebody of whom an open call tells, and a restricted one tells more."""

    trader: int
    caller: int
    kept_call: int


@pytest.fixture
def told(session: Session, officer: Callable[..., Actor], manager: Actor) -> Told:
    by, now = officer(), utc_now()
    first = response.log_call(roof_call(trader=f"{FIRM} {OPEN_VAN}", **ADVICE), actor=by, now=now)
    of_call = {part.role: part.party_id for part in parties_of_calls(session, [first.call_id])}
    more = f"{FIRM} {OPEN_VAN} {KEPT_VAN}"
    second = response.log_call(roof_call(trader=more, address="99 Hidden Lane", **ADVICE), actor=by, now=utc_now())
    assert {part.party_id for part in parties_of_calls(session, [second.call_id])} == set(of_call.values())
    service.restrict((Subject.CALL, second.call_id), WHY, actor=manager, now=utc_now())
    return Told(of_call[Side.TRADER], of_call[Side.CALLER], second.call_id)


@pytest.fixture
def reader(officer: Callable[..., Actor]) -> Actor:
    """An officer to whom nobody gave access."""
    return officer(name="Robin Tate")


def named(session: Session, reader: Actor, **typed: Any) -> list[int]:
    found = matches.look_up(session, Sought(**typed), reader=reader, is_demo=False, now=utc_now())
    return [line.match.identity for line in found.lines]


def test_nobody_is_found_by_what_only_a_restricted_call_told(session: Session, told: Told, reader: Actor) -> None:
    assert named(session, reader, vehicle=OPEN_VAN) == [told.trader]
    assert named(session, reader, vehicle=KEPT_VAN) == []
    assert named(session, reader, address="99 Hidden Lane") == []
    assert search(session, KEPT_VAN, reader=reader, is_demo=False, now=utc_now()) == []
    assert named(session, SERVICE, vehicle=KEPT_VAN) == [told.trader]


def test_whoever_was_given_access_finds_them_by_it(session: Session, told: Told, reader: Actor, manager: Actor) -> None:
    give((Subject.CALL, told.kept_call), reader.officer_id, by=manager)
    assert named(session, reader, vehicle=KEPT_VAN) == [told.trader]


def test_their_page_and_the_api_do_not_tell_it(
    signed_in: Callable[..., FlaskClient], client: FlaskClient, bearer: Callable[..., dict[str, str]], told: Told
) -> None:
    desk, headers = signed_in(RoleName.CASE_OFFICER), bearer(RoleName.CASE_OFFICER)
    for party, kept, shown in ((told.trader, KEPT_VAN, OPEN_VAN), (told.caller, "99 Hidden Lane", "Example Road")):
        page = desk.get(f"/parties/{party}").text
        assert kept not in page
        assert shown in page
        for path in ("", "/known-by", "/history"):
            answer = client.get(f"/api/v1/parties/{party}{path}", headers=headers)
            assert (answer.status_code, kept in answer.text) == (200, False), path


def test_it_is_not_told_either_once_it_was_taken_back(
    signed_in: Callable[..., FlaskClient],
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    session: Session,
    told: Told,
    manager: Actor,
) -> None:
    for text in (KEPT_VAN, OPEN_VAN):
        (van,) = [each for each in known_by.standing_of(session, [told.trader]) if each.text == text]
        known_by.take_back(told.trader, KnownBy.VEHICLE, van.id, "Sold", actor=manager, now=utc_now())
    page = signed_in(RoleName.CASE_OFFICER).get(f"/parties/{told.trader}").text
    assert (KEPT_VAN in page, OPEN_VAN in page) == (False, True)
    headers = bearer(RoleName.CASE_OFFICER)
    history: Any = client.get(f"/api/v1/parties/{told.trader}/known-by", headers=headers).json
    assert KEPT_VAN not in repr(history)
    assert OPEN_VAN in repr(history)


def test_what_an_open_call_tells_later_stands_on_its_page(
    session: Session, told: Told, reader: Actor, officer: Callable[..., Actor]
) -> None:
    again = f"{FIRM} {OPEN_VAN} {KEPT_VAN}"
    response.log_call(roof_call(trader=again, **ADVICE), actor=officer(), now=utc_now())
    assert named(session, reader, vehicle=KEPT_VAN) == [told.trader]


def test_whoever_adds_it_by_hand_does_not_learn_that_it_was_known(session: Session, told: Told, reader: Actor) -> None:
    facts = kept_facts(session, reader, [told.trader], now=utc_now())
    new = NewKnown(KnownBy.VEHICLE, KEPT_VAN, "Seen by the officer")
    known_by.add_known(told.trader, new, is_demo=False, actor=reader, now=utc_now(), without=facts)
    assert kept_facts(session, reader, [told.trader], now=utc_now()) == frozenset()
    assert named(session, reader, vehicle=KEPT_VAN) == [told.trader]
    with pytest.raises(RuleViolation, match="known by that already"):
        known_by.add_known(told.trader, new, is_demo=False, actor=reader, now=utc_now())


def test_it_cannot_be_taken_back_by_whoever_may_not_know_it(
    signed_in: Callable[..., FlaskClient], session: Session, told: Told
) -> None:
    desk = signed_in(RoleName.CASE_OFFICER)
    standing = known_by.standing_of(session, [told.trader])
    (van,) = [each for each in standing if each.text == KEPT_VAN]
    path = f"/parties/{told.trader}/known-by/vehicle/{van.id}"
    assert desk.get(path).status_code == 404
    assert desk.post(path, data={"reason": "Sold"}).status_code == 404
    facts = kept_facts(session, newest_officer(), [told.trader], now=utc_now())
    with pytest.raises(NotFound):
        known_by.find_standing(session, [told.trader], KnownBy.VEHICLE, van.id, without=facts)


def test_a_page_of_somebody_asks_once_what_of_them_is_kept_from_its_reader(
    signed_in: Callable[..., FlaskClient], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Collection[int]] = []

    def counted(session: Session, reader: Actor, party_ids: Collection[int], *, now: datetime) -> frozenset[Fact]:
        asked.append(party_ids)
        return kept_facts(session, reader, party_ids, now=now)

    desk = signed_in(RoleName.CASE_OFFICER)
    for module in ("party_views", "held", "kept"):
        monkeypatch.setattr(f"tsalert.response.{module}.kept_facts", counted)
    shown = desk.get(f"/parties/{told.trader}").text
    assert (OPEN_VAN in shown, KEPT_VAN in shown) == (True, False)
    assert len(asked) == 2, "once for them, and once for who else they may be"


def test_who_else_drives_that_van_is_not_told(
    session: Session, told: Told, reader: Actor, officer: Callable[..., Actor]
) -> None:
    other = response.log_call(roof_call(trader=f"{OTHER_NAME}, {KEPT_VAN}", **ADVICE), actor=officer(), now=utc_now())
    (theirs,) = [part.party_id for part in parties_of_calls(session, [other.call_id]) if part.role is Side.TRADER]
    assert also_used(session, [told.trader], actor=reader, now=utc_now()) == []
    assert also_used(session, [theirs], actor=reader, now=utc_now()) == []
    assert [each.party_id for each in also_used(session, [theirs], actor=SERVICE, now=utc_now())] == [told.trader]
    assert named(session, reader, vehicle=KEPT_VAN) == [theirs]


def test_a_note_about_that_van_is_not_held_of_them(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, told: Told, reader: Actor
) -> None:
    today = london_date(utc_now())
    days = {"information_on": today, "review_on": today + timedelta(days=90)}
    for plate in (OPEN_VAN, KEPT_VAN):
        new = note(about=(NewAbout(About.VEHICLE, plate),), text=f"Seen again: {plate}", **days)
        intelligence.write_note(new, is_demo=False, actor=reader, now=utc_now())
    for asked, known in ((reader, 1), (SERVICE, 2)):
        assert len(held.read_of_parties(session, [told.trader], actor=asked, now=utc_now())) == known
    listed = client.get(f"/api/v1/intelligence?party={told.trader}", headers=bearer(RoleName.CASE_OFFICER))
    assert (OPEN_VAN in listed.text, KEPT_VAN in listed.text) == (True, False)
