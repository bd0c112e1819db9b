"""What somebody with a page or a link of their own cannot do to others, or at our cost."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters
from tests.subscribers.preferences.conftest import NETWORK, PAT, link_in
from tsalert.core.errors import RuleViolation, TooManyTries
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.subscribers import service as joining
from tsalert.subscribers.models import SignUp, Subscriber
from tsalert.subscribers.preferences import moving, service
from tsalert.subscribers.preferences.acting import by_reader
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.forgetting import erase
from tsalert.subscribers.preferences.rules import EVERY_WARD, MOVES_PER_READER
from tsalert.subscribers.service import Wish

PARTNER = f"Example Watch,watch@example.org,,,Bickley,partner,,scams,immediate,{CONSENT}"


def test_one_reader_cannot_have_message_after_message_sent_to_strangers(
    session: Session, pat: int, opened: Callable[..., str]
) -> None:
    passed, before = opened("pat@example.org", now=NOW), len(letters(session))
    for number in range(MOVES_PER_READER):
        service.move(passed, f"stranger{number}@example.org", now=NOW)
    with pytest.raises(TooManyTries):
        service.move(passed, "another@example.org", now=NOW)
    assert len(letters(session)) == before + MOVES_PER_READER


def test_texts_to_new_numbers_count_among_the_confirmations_that_cost(
    app: Flask, session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    most = app.extensions["tsalert_settings"].confirmations_per_prefix
    people = [f"Reader {n},reader{n}@example.org,,,,,,scams,immediate,{CONSENT}" for n in range(2 + most // 2)]
    run_import(*people)
    for n in range(len(people)):
        passed = opened(f"reader{n}@example.org", now=NOW)
        for last in range(2):
            service.move(passed, f"07700 900{100 + 2 * n + last}", now=NOW)
    texts = session.scalar(
        select(func.count(Delivery.id))
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Endpoint.address.startswith("+447700900"))
    )
    assert texts == most


@pytest.mark.parametrize(
    "spelled", ["PAT@example.org", "pAt@Example.org", "pat+one@example.org", "Pat+2+3@example.org"]
)
def test_spelling_an_address_otherwise_gets_no_more_messages_to_the_same_person(session: Session, spelled: str) -> None:
    for _ in range(3):
        joining.sign_up("pat@example.org", Wish(), network=NETWORK, now=NOW)
    before = len(letters(session))
    joining.sign_up(spelled, Wish(), network="192.0.2.77", now=NOW)
    assert len(letters(session)) == before


def test_an_old_link_does_not_bring_an_erased_address_to_life(session: Session) -> None:
    for _ in range(2):
        joining.sign_up("kim@example.org", Wish(), network=NETWORK, now=NOW)
    first, second = session.scalars(select(SignUp.id).order_by(SignUp.id))
    joining.confirm_sign_up(first, now=NOW)
    kim, end = session.scalars(select(Subscriber.id)).one(), endpoint_id(session, "kim@example.org")
    erase(session, kim, by=by_reader(NOW))
    session.commit()
    with pytest.raises(RuleViolation):
        joining.confirm_sign_up(second, now=NOW)
    session.expire_all()
    assert session.get_one(Endpoint, end).status == "erased"


def test_a_move_does_not_bring_an_erased_address_to_life(
    session: Session, run_import: Import, opened: Callable[..., str]
) -> None:
    run_import(PAT, f"Kim Example,kim@example.org,,,,,,scams,immediate,{CONSENT}")
    end = endpoint_id(session, "kim@example.org")
    service.move(opened("pat@example.org", now=NOW), "kim@example.org", now=NOW)
    token = link_in(letters(session)[-1].text).rpartition("/")[2]
    erase(
        session, session.scalars(select(Subscriber.id).where(Subscriber.name == "Kim Example")).one(), by=by_reader(NOW)
    )
    session.commit()
    with pytest.raises(RuleViolation):
        moving.confirm_move(token, now=NOW)
    session.expire_all()
    assert session.get_one(Endpoint, end).status == "erased"


@pytest.mark.parametrize("ward", [None, EVERY_WARD, "Clock House"])
def test_a_contact_changes_nothing_of_what_the_organisation_is(
    session: Session, run_import: Import, opened: Callable[..., str], ward: str | None
) -> None:
    run_import(PARTNER)
    passed = opened("watch@example.org", now=NOW)
    asked = Choices(("all",), "daily", name="Ring 070 0000 now", postcode="BR1 3UH", ward=ward, large_print=True)
    service.choose(passed, asked, now=NOW)
    organisation = session.scalars(select(Subscriber)).one()
    assert (organisation.name, organisation.ward, organisation.postcode) == ("Example Watch", "Bickley", None)
    assert organisation.formats == []
    assert held(session, "watch@example.org")[-1] == ("all", "daily", None)


@pytest.mark.parametrize("number", ["07797 712345", "+44 7781 123456", "07624 301234", "01534 511111", "01481 720000"])
def test_a_visitor_cannot_have_numbers_rung_that_are_charged_as_abroad(
    pat: int, opened: Callable[..., str], number: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        joining.sign_up(number, Wish(), network=NETWORK, now=NOW)
    assert refusal.value.field == "contact"
    with pytest.raises(RuleViolation):
        service.move(opened("pat@example.org", now=NOW), number, now=NOW)
