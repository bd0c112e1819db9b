"""Whom a partner's code brought is observed, whichever way they joined, until they leave."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.circulation.conftest import LATER
from tests.conftest import NOW
from tests.subscribers.conftest import endpoint_id
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.inbound import service as inbound
from tsalert.reports.moving import EVERYTHING, moved_by
from tsalert.staff.rules import RoleName
from tsalert.subscribers import observing, partnering, service
from tsalert.subscribers.models import SignUp, Subscriber
from tsalert.subscribers.paper import Batch, Signed
from tsalert.subscribers.preferences import moving
from tsalert.subscribers.preferences.acting import by_officer
from tsalert.subscribers.rows import HEADER
from tsalert.subscribers.service import Wish

pytestmark = pytest.mark.db
LANDLINE = "+442079460018"
UNKNOWN = "There is no partner with this code."


@pytest.fixture
def code(session: Session, partner_id: int) -> str:
    """The code of the library."""
    return partnering.get_partner(session, partner_id).code


def by_web(session: Session, code: str, _actor: Actor) -> None:
    service.sign_up("ann@example.org", Wish(partner_code=code), network="192.0.2.1", now=NOW)
    service.confirm_sign_up(session.scalars(select(SignUp.id)).one(), now=NOW)


def by_telephone(_session: Session, code: str, actor: Actor) -> None:
    service.add_by_phone(LANDLINE, Wish(partner_code=code.lower()), actor=actor, now=NOW)


def by_text(_session: Session, code: str, _actor: Actor) -> None:
    inbound.take_message("SM1", "+447700900123", f"JOIN BR1 3UH {code.lower()}!", now=NOW)


def on_paper(_session: Session, code: str, actor: Actor) -> None:
    batch = Batch("Box 3", NOW.date(), partner_code=f" {code.lower()} ")
    assert service.add_from_paper(batch, {1: Signed(LANDLINE)}, actor=actor, now=NOW) == {}


def by_file(_session: Session, code: str, actor: Actor) -> None:
    row = f"Ann,ann@example.org,,,,,,,,paper,2026-01-05,{code}"
    lines = io.StringIO(f"{HEADER},partner_code\n{row}", newline="")
    service.import_subscribers(lines, actor=actor, now=NOW)


@pytest.mark.parametrize("join", [by_web, by_telephone, by_text, on_paper, by_file])
def test_whoever_joined_with_a_code_is_observed_for_its_partner(
    session: Session, code: str, manager: Actor, join: Callable[[Session, str, Actor], None]
) -> None:
    join(session, code, manager)
    assert observing.count_observed(session) == {code: 1}
    assert observing.count_observed(session, before=NOW) == {}
    assert observing.count_observed(session, before=LATER) == {code: 1}


def test_who_moves_or_gives_a_second_address_is_observed_once_and_who_leaves_no_more(
    session: Session, code: str, manager: Actor
) -> None:
    by_web(session, code, manager)
    reader = session.scalars(select(Subscriber).where(Subscriber.kind == "resident")).one().id
    first = endpoint_id(session, "ann@example.org")
    moving.ask_to_move(session, reader, None, "020 7946 0019", by=by_officer(manager, NOW))
    session.commit()
    assert observing.count_observed(session) == {code: 1}
    moving.ask_to_move(session, reader, first, LANDLINE, by=by_officer(manager, NOW))
    session.commit()
    assert observing.count_observed(session) == {code: 1}
    for address in (LANDLINE, "+442079460019"):
        service.unsubscribe(endpoint_id(session, address), now=NOW)
    assert observing.count_observed(session) == {}


def test_who_was_put_on_the_list_with_a_code_and_leaves_moves_the_figures(
    session: Session, code: str, manager: Actor
) -> None:
    by_telephone(session, code, manager)
    before = audit.length(session)
    service.unsubscribe(endpoint_id(session, LANDLINE), now=NOW)
    assert moved_by(session, before + 1, audit.length(session)) == EVERYTHING


@pytest.mark.parametrize("given", ["NOBODY22", "\0", "library"])
def test_an_officer_who_gives_a_code_that_nobody_has_hears_so(session: Session, manager: Actor, given: str) -> None:
    batch, wish = Batch("Box 3", NOW.date(), partner_code=given), Wish(partner_code=given)
    for put in (
        lambda: service.add_by_phone(LANDLINE, wish, actor=manager, now=NOW),
        lambda: service.ask_by_message("ann@example.org", wish, actor=manager, now=NOW),
        lambda: service.add_from_paper(batch, {1: Signed(LANDLINE)}, actor=manager, now=NOW),
    ):
        with pytest.raises(RuleViolation, match=UNKNOWN) as refused:
            put()
        assert refused.value.field == "partner"
    assert session.scalars(select(Subscriber)).all() == []


def test_the_page_says_so_beside_the_code_and_keeps_what_was_typed(
    manager: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    typed = {"contact": "01632 960018", "name": "Ann Example", "consent": "yes", "partner": "NOBODY22"}
    answer = signed_in(RoleName.MANAGER).post("/subscribers/new", data=typed)
    assert (answer.status_code, 'href="#partner"' in answer.text) == (422, True)
    for words in (UNKNOWN, 'value="NOBODY22"', 'value="Ann Example"'):
        assert words in answer.text
