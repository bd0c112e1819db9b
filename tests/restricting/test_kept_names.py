"""The name that somebody goes by, where nothing but a restricted call gave it, and an open call tells of them too."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.intelligence.conftest import told as note
from tests.response.conftest import roof_call
from tests.restricting.conftest import WHY, give
from tests.restricting.test_kept_facts import ADVICE, OTHER_NAME
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.keys import LARGEST_ID
from tsalert.db import transaction
from tsalert.enforcement.suspects import traders_of_case
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.models import IntelligenceAbout
from tsalert.intelligence.rules import NewAbout
from tsalert.intelligence.vocabulary import About
from tsalert.parties import service as parties
from tsalert.parties.rules import Decided, Described
from tsalert.parties.vocabulary import PartyKind, Side
from tsalert.people.proposing import proposed_for
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.kept import names_for
from tsalert.restricting import service
from tsalert.staff.rules import RoleName
from tsalert.tiers.models import Restriction
from tsalert.tiers.vocabulary import Subject

NAMELESS_VAN, KEPT_NAME = "CD20 EFG", "Hidden Hand Paving"


@pytest.fixture
def reader(officer: Callable[..., Actor]) -> Actor:
    """An officer to whom nobody gave access."""
    return officer(name="Robin Tate")


def named_later(session: Session, by: Actor, manager: Actor) -> int:
    """Return a trader of whom an open call tells the van alone, and a restricted one the name."""
    first = response.log_call(roof_call(trader=NAMELESS_VAN, **ADVICE), actor=by, now=utc_now())
    (trader,) = [part.party_id for part in parties_of_calls(session, [first.call_id]) if part.role is Side.TRADER]
    told = roof_call(trader=f"{KEPT_NAME} {NAMELESS_VAN}", trader_is=Decided(same_as=trader), **ADVICE)
    second = response.log_call(told, actor=by, now=utc_now())
    service.restrict((Subject.CALL, second.call_id), WHY, actor=manager, now=utc_now())
    return trader


def test_the_name_that_somebody_goes_by_stays_with_the_restricted_call_that_gave_it(
    signed_in: Callable[..., FlaskClient],
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    session: Session,
    officer: Callable[..., Actor],
    manager: Actor,
) -> None:
    trader = named_later(session, officer(), manager)
    desk, headers = signed_in(RoleName.CASE_OFFICER), bearer(RoleName.CASE_OFFICER)
    for path in ("/parties", f"/parties/{trader}", f"/parties/{trader}/known-by", f"/intelligence/new?party={trader}"):
        answer = desk.get(path)
        assert (answer.status_code, KEPT_NAME in answer.text) == (200, False), path
    found = desk.post("/parties", data={"q": NAMELESS_VAN}).text
    assert (f"/parties/{trader}" in found, KEPT_NAME in found) == (True, False)
    for path in ("/api/v1/parties", f"/api/v1/parties/{trader}", f"/api/v1/parties/{trader}/known-by"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, KEPT_NAME in answer.text) == (200, False), path


def test_whoever_was_given_access_reads_the_name(
    session: Session, officer: Callable[..., Actor], manager: Actor
) -> None:
    trader, by = named_later(session, officer(), manager), officer(name="Robin Tate")
    assert names_for(session, by, [trader], now=utc_now()) == {trader: None}
    (call_id,) = session.scalars(select(Restriction.subject_id))
    give((Subject.CALL, call_id), by.officer_id, by=manager)
    assert names_for(session, by, [trader], now=utc_now()) == {trader: KEPT_NAME}


def test_a_number_that_is_nobodys_has_no_name(session: Session, reader: Actor) -> None:
    assert names_for(session, reader, [0, LARGEST_ID + 1], now=utc_now()) == {}


def test_another_name_stands_in_the_place_of_one_that_is_kept(
    session: Session, officer: Callable[..., Actor], manager: Actor, reader: Actor
) -> None:
    trader = named_later(session, officer(), manager)
    told = roof_call(trader=f"{OTHER_NAME} {NAMELESS_VAN}", trader_is=Decided(same_as=trader), **ADVICE)
    response.log_call(told, actor=officer(), now=utc_now())
    assert names_for(session, reader, [trader], now=utc_now()) == {trader: OTHER_NAME}
    assert names_for(session, SERVICE, [trader], now=utc_now()) == {trader: KEPT_NAME}


def test_a_name_that_was_known_before_any_call_is_not_kept(
    session: Session, officer: Callable[..., Actor], manager: Actor, reader: Actor
) -> None:
    by = officer()
    with transaction() as step:
        trader = parties.add(step, Described(PartyKind.BUSINESS, KEPT_NAME), actor=by, now=utc_now())
    for text in (NAMELESS_VAN, f"{KEPT_NAME} {NAMELESS_VAN}"):
        told = roof_call(trader=text, trader_is=Decided(same_as=trader), **ADVICE)
        last = response.log_call(told, actor=by, now=utc_now())
    service.restrict((Subject.CALL, last.call_id), WHY, actor=manager, now=utc_now())
    assert names_for(session, reader, [trader], now=utc_now()) == {trader: KEPT_NAME}


def test_a_note_goes_by_the_name_that_its_writer_may_know(
    session: Session, officer: Callable[..., Actor], manager: Actor, reader: Actor
) -> None:
    trader, today = named_later(session, officer(), manager), london_date(utc_now())
    days = {"information_on": today, "review_on": today + timedelta(days=90)}
    about = (NewAbout(About.PARTY, party_id=trader),)
    written = intelligence.write_note(
        note(about=about, text="Seen again", **days), is_demo=False, actor=reader, now=utc_now()
    )
    (kept,) = session.scalars(select(IntelligenceAbout).where(IntelligenceAbout.note_id == written))
    assert kept.raw == f"Party {trader}"


def test_a_case_proposes_them_without_the_name(
    session: Session, officer: Callable[..., Actor], manager: Actor, reader: Actor
) -> None:
    trader, by = named_later(session, officer(), manager), officer()
    told = roof_call(trader=NAMELESS_VAN, trader_is=Decided(same_as=trader))
    incident_id = response.log_call(told, actor=by, now=utc_now()).incident_id
    case_id = cases.open_case(described(incident_id=incident_id), actor=by, now=utc_now())
    nameless = (trader, f"Party {trader}, name not known")
    proposed = proposed_for(session, session.get_one(CaseFile, case_id), reader=reader, now=utc_now())
    assert nameless in {(each.party_id, each.name) for each in proposed}
    assert traders_of_case(session, case_id, reader=reader, now=utc_now()) == [nameless]
