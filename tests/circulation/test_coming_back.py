"""A partner's contact that was let go comes back by a text of START: as a reader, and not as a contact."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.circulation.conftest import LATER
from tests.conftest import NOW
from tests.subscribers.conftest import held
from tsalert.circulation import queries, service
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.core.actors import Actor
from tsalert.inbound.service import take_message
from tsalert.subscribers import partnering
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint
from tsalert.subscribers.rules import Kind

MOBILE = "+447700900123"


@pytest.fixture
def texted_id(manager: Actor) -> int:
    """A neighbourhood watch whose one contact gets alerts by text."""
    number = service.add_partner(NewPartner("Bickley watch"), actor=manager, now=NOW)
    service.save_contact(number, NewContact(MOBILE, "Sam Example"), actor=manager, now=NOW)
    return number


def residents(session: Session) -> list[str | None]:
    return list(session.scalars(select(Subscriber.name).where(Subscriber.kind == Kind.RESIDENT)))


def test_a_contact_of_a_partner_that_ended_comes_back_as_a_reader(
    session: Session, texted_id: int, manager: Actor
) -> None:
    service.end_partner(texted_id, actor=manager, now=NOW)
    for number in ("SM1", "SM2"):
        assert "you will get our scam alerts" in take_message(number, MOBILE, "START", now=LATER)
    assert partnering.addresses_that_get_alerts(session, texted_id) == set()
    assert residents(session) == [None]
    assert held(session, MOBILE) == [("all", "immediate", "ended by an officer"), ("all", "immediate", None)]
    assert queries.contacts_of(session, texted_id) == []


def test_a_contact_who_had_left_before_the_partner_ended_comes_back_as_a_reader_too(
    session: Session, texted_id: int, manager: Actor
) -> None:
    take_message("SM1", MOBILE, "STOP", now=NOW)
    service.end_partner(texted_id, actor=manager, now=NOW)
    assert "you will get our scam alerts" in take_message("SM2", MOBILE, "START", now=LATER)
    assert partnering.addresses_that_get_alerts(session, texted_id) == set()
    assert residents(session) == [None]
    assert held(session, MOBILE)[-1] == ("all", "immediate", None)


def test_a_contact_whose_alerts_an_officer_stopped_comes_back_as_a_reader(
    session: Session, texted_id: int, manager: Actor
) -> None:
    service.save_contact(texted_id, NewContact(MOBILE, gets_alerts=False), actor=manager, now=NOW)
    assert "you will get our scam alerts" in take_message("SM1", MOBILE, "START", now=LATER)
    assert partnering.addresses_that_get_alerts(session, texted_id) == set()
    assert residents(session) == [None]
    assert [contact.gets_alerts for contact in queries.contacts_of(session, texted_id)] == [False]


def test_a_contact_who_texted_stop_is_a_contact_again_by_start(session: Session, texted_id: int) -> None:
    take_message("SM1", MOBILE, "STOP", now=NOW)
    take_message("SM2", MOBILE, "START", now=LATER)
    assert len(partnering.addresses_that_get_alerts(session, texted_id)) == 1
    assert residents(session) == []


def test_an_ended_partner_keeps_no_address(session: Session, texted_id: int, manager: Actor) -> None:
    service.end_partner(texted_id, actor=manager, now=NOW)
    linked = select(SubscriberEndpoint.endpoint_id).where(SubscriberEndpoint.subscriber_id == texted_id)
    assert session.scalars(linked).all() == []
