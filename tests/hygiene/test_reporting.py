"""Reports of texts, of too many messages at once, and of addresses that are not on the list."""

from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import delivery_of, enlist, message_id, send, state
from tests.inbound.mail import samples
from tests.inbound.mail.samples import about
from tsalert.core.actors import Actor
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.hygiene.models import AddressReport
from tsalert.inbound.mail.service import take_mail
from tsalert.inbound.service import take_message, take_receipt
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import ConsentEvent, Subscription
from tsalert.subscribers.rules import Act, EndedReason

PAT, PHONE = "pat@example.org", "+447700900123"


def effects(session: Session) -> list[str]:
    return list(session.scalars(select(AddressReport.effect).order_by(AddressReport.id)))


def bounce(session: Session, mailing_id: int, address: str) -> None:
    mail = about(samples.POSTFIX, message_id(delivery_of(session, mailing_id, address)))
    take_mail(mail.replace(b"<1@mail", f"<{address}@mail".encode()), now=NOW)


@pytest.mark.parametrize(
    ("code", "after"), [("30005", "bounced"), ("30003", "active"), ("30007", "active"), ("", "active")]
)
def test_a_number_that_is_not_in_use_is_texted_no_more(session: Session, code: str, after: str) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    number = delivery_of(session, send(), PHONE)
    reference = session.get_one(Delivery, number).provider_ref or ""
    for _ in range(2):
        take_receipt(Channel.SMS, reference, "undelivered", now=NOW, code=code)
    assert state(session, PHONE) == after
    assert state(session, PAT) == "active"
    assert session.get_one(Delivery, number).status == "undelivered"
    assert len(effects(session)) == (0 if code in {"", "30007"} else 1)


def test_who_told_twilio_to_stop_is_texted_no_more_though_it_took_the_text(session: Session) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    number = delivery_of(session, send(), PHONE)
    reference = session.get_one(Delivery, number).provider_ref or ""
    for _ in range(2):
        take_receipt(Channel.SMS, reference, "failed", now=NOW, code="21610")
    assert (state(session, PHONE), state(session, PAT)) == ("opted_out", "active")
    assert session.get_one(Delivery, number).status == "failed"
    ended = session.scalars(select(Subscription.ended_reason).where(Subscription.ended_at.is_not(None))).all()
    assert set(ended) == {EndedReason.STOP_TEXT}
    acts = session.scalars(select(ConsentEvent.act).order_by(ConsentEvent.id)).all()
    assert acts.count(Act.WITHDRAWN) == 1


def test_a_late_report_of_a_stop_ends_nobody_who_has_come_back_since(session: Session) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    number = delivery_of(session, send(), PHONE)
    reference = session.get_one(Delivery, number).provider_ref or ""
    for minutes, word in enumerate(("STOP", "START"), start=1):
        take_message(f"SM-{word}", PHONE, word, now=NOW + timedelta(minutes=minutes))
    take_receipt(Channel.SMS, reference, "failed", now=NOW + timedelta(minutes=5), code="21610")
    assert state(session, PHONE) == "active"


def test_when_too_many_of_an_audience_come_back_a_person_is_asked_once(
    app: Flask, session: Session, officer: object
) -> None:
    assert callable(officer)
    officer(RoleName.MANAGER)
    everybody = [f"p{number}@example.org" for number in range(20)]
    enlist(*(f"Person {address},{address}" for address in everybody))
    mailing_id = send()
    for address in everybody[:13]:
        bounce(session, mailing_id, address)
    assert effects(session) == ["ended"] * 10 + ["held"] * 3
    assert [state(session, address) for address in everybody[9:11]] == ["bounced", "active"]
    subjects = session.scalars(select(Mailing.subject).where(Mailing.id > mailing_id)).all()
    assert subjects == ["Many messages came back: decide what to believe"]


def test_the_share_that_is_believed_can_be_set(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(app.extensions["tsalert_settings"], bounces_held_above=60)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    everybody = [f"p{number}@example.org" for number in range(20)]
    enlist(*(f"Person {address},{address}" for address in everybody))
    mailing_id = send()
    for address in everybody[:13]:
        bounce(session, mailing_id, address)
    assert effects(session) == ["ended"] * 12 + ["held"]


def test_an_officers_own_mailbox_is_never_ended(session: Session) -> None:
    delivery.find_or_add_endpoint(session, Channel.EMAIL, "officer@example.org", status=EndpointStatus.ACTIVE, now=NOW)
    session.commit()
    bounce(session, send(), "officer@example.org")
    assert (state(session, "officer@example.org"), effects(session)) == ("active", ["let_alone"])


def test_a_message_that_never_left_cannot_come_back(session: Session) -> None:
    enlist(f"Pat Example,{PAT}")
    mailing_id = send()
    number = delivery_of(session, mailing_id, PAT)
    session.get_one(Delivery, number).status = "pending"
    session.commit()
    bounce(session, mailing_id, PAT)
    assert (state(session, PAT), effects(session)) == ("active", [])


def test_one_inbox_of_two_people_ends_for_both(session: Session) -> None:
    enlist(f"Pat Example,{PAT}", f"Sam Example,{PAT}")
    bounce(session, send(), PAT)
    assert state(session, PAT) == "bounced"
    assert session.scalars(select(Endpoint.id)).all()


def test_a_text_of_another_account_changes_nothing(session: Session, officer: Actor) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    send()
    take_receipt(Channel.SMS, "SM-unknown", "undelivered", now=NOW, code="30005")
    assert (state(session, PHONE), effects(session)) == ("active", [])
