"""What Notify posts: with our token alone, in any order, once, and never lost; answers go out as texts of their own."""

import itertools
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import delivery_of, enlist, send, state
from tests.inbound.conftest import PRIMARY, PUBLIC
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE
from tsalert.core.actors import Actor
from tsalert.db import Base
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery.counting import change_counts
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.naming import message_name
from tsalert.delivery.rules import Channel, Lane, MailingState, Status
from tsalert.hygiene.models import AddressReport
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import read_source
from tsalert.installation.service import mark_demo
from tsalert.notify_settings import NotifySettings
from tsalert.response.models import Call
from tsalert.rota.vocabulary import Duty

TOKEN, NUMBER, MAILBOX = "c" * 40, "+447700900001", "pat@example.org"
STATUS, MESSAGE = "/webhooks/notify/status", "/webhooks/notify/message"
ACCOUNT = NotifySettings(API_KEY, TOKEN, EMAIL_TEMPLATE, SMS_TEMPLATE, "http://127.0.0.1:9", NUMBER)
Post = Callable[..., int]


@pytest.fixture(autouse=True)
def account(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mail and texts go by Notify, in a house where the numbers of drama are taken."""
    chosen = replace(app.extensions["tsalert_settings"], notify=ACCOUNT, public_url=PUBLIC)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    mark_demo(session)
    session.commit()


@pytest.fixture
def post(client: FlaskClient) -> Post:
    """Post as Notify does: JSON with the token."""

    def send(path: str, told: Any, *, token: str = f"Bearer {TOKEN}") -> int:
        return client.post(path, json=told, headers={"Authorization": token}).status_code

    return send


@pytest.fixture
def tell(post: Post) -> Callable[..., int]:
    """Report on a delivery: ``tell(7, "delivered")``."""

    def send(number: int, word: str, *, kind: str = "email", public_url: str = PUBLIC) -> int:
        told = {"id": str(uuid4()), "reference": message_name(public_url, number), "status": word, "to": MAILBOX}
        return post(STATUS, told | {"notification_type": kind, "completed_at": None, "template_version": 1})

    return send


@pytest.fixture
def text(post: Post) -> Callable[..., int]:
    """Text the service: ``text("STOP")``."""

    def send(body: str | None, *, source: str = NUMBER.removeprefix("+"), number: str | None = None) -> int:
        told = {"id": number or str(uuid4()), "source_number": source, "destination_number": "07700900000"}
        return post(MESSAGE, told | {"message": body, "date_received": "2026-06-10T12:00:00.000000Z"})

    return send


def everything(session: Session) -> list[object]:
    session.expire_all()
    return [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]


def status_of(session: Session, number: int) -> str:
    return session.get_one(Delivery, number, populate_existing=True).status


def sent_to(session: Session, address: str = MAILBOX) -> int:
    """Send an alert to somebody and return the delivery."""
    enlist(f"Pat Example,{MAILBOX},{NUMBER}")
    number = delivery_of(session, send(), address)
    session.commit()
    return number


def answers(session: Session) -> list[tuple[str, str | None]]:
    """Return what waits to be texted, with its lane."""
    query = select(Mailing.lane, Mailing.sms).join(Delivery, Delivery.mailing_id == Mailing.id)
    rows = session.execute(query.where(Delivery.channel == Channel.SMS, Delivery.status == Status.PENDING))
    return [(lane, words) for lane, words in rows.all()]


@pytest.mark.parametrize("path", [STATUS, MESSAGE])
@pytest.mark.parametrize("token", ["", "Bearer ", f"Bearer {'d' * 40}", TOKEN, f"Basic {TOKEN}", "Bearer é"])
def test_what_does_not_bear_our_token_is_refused_and_changes_nothing(
    session: Session, post: Post, path: str, token: str
) -> None:
    number = sent_to(session)
    before = everything(session)
    told = {"id": str(uuid4()), "reference": message_name(PUBLIC, number), "status": "delivered"}
    forged = told | {"notification_type": "email", "source_number": NUMBER, "message": "STOP"}
    assert post(path, forged, token=token) == 403
    assert everything(session) == before


def test_without_notify_there_is_no_such_page(app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(app.extensions["tsalert_settings"], notify=None)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    assert (post(STATUS, {}), post(MESSAGE, {})) == (404, 404)


@pytest.mark.parametrize("told", [None, [], "delivered", 7, {}, {"status": ["delivered"], "notification_type": "sms"}])
def test_what_is_no_report_is_refused(post: Post, told: Any) -> None:
    assert (post(STATUS, told), post(MESSAGE, told)) == (422, 422)


@pytest.mark.parametrize("address", [MAILBOX, NUMBER])
@pytest.mark.parametrize("words", list(itertools.permutations(("delivered", "permanent-failure", "technical-failure"))))
def test_reports_in_any_order_and_repeated_end_alike(
    session: Session, tell: Callable[..., int], words: Iterable[str], address: str
) -> None:
    number = sent_to(session, address)
    kind, end = ("email", "hard_bounced") if address == MAILBOX else ("sms", "failed")
    for word in [*words, *words]:
        assert tell(number, word, kind=kind) == 204
    assert status_of(session, number) == end
    assert state(session, address) == "bounced"
    assert session.scalar(select(func.count()).select_from(AddressReport)) == 1


@pytest.mark.parametrize(
    ("address", "word", "status", "after"),
    [
        (MAILBOX, "delivered", "delivered", "active"),
        (MAILBOX, "permanent-failure", "hard_bounced", "bounced"),
        (MAILBOX, "temporary-failure", "soft_bounced", "active"),
        (MAILBOX, "technical-failure", "failed", "active"),
        (NUMBER, "delivered", "delivered", "active"),
        (NUMBER, "permanent-failure", "undelivered", "bounced"),
        (NUMBER, "temporary-failure", "undelivered", "active"),
        (NUMBER, "technical-failure", "failed", "active"),
    ],
)
def test_each_word_of_notify_has_one_meaning(
    session: Session, tell: Callable[..., int], address: str, word: str, status: str, after: str
) -> None:
    number = sent_to(session, address)
    assert tell(number, word, kind="email" if address == MAILBOX else "sms") == 204
    assert (status_of(session, number), state(session, address)) == (status, after)


def test_a_mailbox_that_is_full_on_three_days_is_written_to_no_more(session: Session, tell: Callable[..., int]) -> None:
    enlist(f"Pat Example,{MAILBOX}")
    for day in range(3):
        assert state(session, MAILBOX) == "active"
        tell(delivery_of(session, send(at=NOW + timedelta(days=day)), MAILBOX), "temporary-failure")
    assert state(session, MAILBOX) == "bounced"


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.UNKNOWN])
def test_a_report_that_overtakes_our_own_record_counts_and_completes_the_alert(
    session: Session, tell: Callable[..., int], status: Status
) -> None:
    number = sent_to(session)
    mailing_id = session.get_one(Delivery, number).mailing_id
    counted = Status.PENDING if status is Status.CLAIMED else status
    session.execute(update(Delivery).where(Delivery.id == number).values(status=status, provider_ref=None))
    change_counts(session, {(mailing_id, "email", Status.ACCEPTED): -1, (mailing_id, "email", counted): 1})
    session.commit()
    tell(number, "delivered")
    progress = delivery_queries.progress(session, mailing_id)
    assert status_of(session, number) == "delivered"
    assert {name: count for name, count in progress.by_channel["email"].items() if count} == {"delivered": 1}
    if status is Status.CLAIMED:
        assert progress.state == MailingState.COMPLETED


@pytest.mark.parametrize(("doubts", "after"), [(1, "delivered"), (0, "pending")])
def test_a_message_that_waits_for_another_try_has_arrived_only_if_it_may_have_left(
    session: Session, tell: Callable[..., int], doubts: int, after: str
) -> None:
    number = sent_to(session)
    session.execute(update(Delivery).where(Delivery.id == number).values(status=Status.PENDING, doubts=doubts))
    session.commit()
    tell(number, "delivered")
    assert status_of(session, number) == after


def test_what_another_installation_sent_and_what_we_do_not_know_touches_nothing(
    session: Session, tell: Callable[..., int], post: Post
) -> None:
    number = sent_to(session)
    before = everything(session)
    assert tell(number, "permanent-failure", public_url="https://test.example.org") == 204
    assert tell(number, "permanent-failure", kind="sms") == 204
    assert tell(number, "permanent-failure", kind="letter") == 204
    assert tell(number, "transmogrified") == 204
    assert tell(2**63 - 1, "delivered") == 204
    assert post(STATUS, {"reference": None, "status": "delivered", "notification_type": "sms"}) == 204
    assert everything(session) == before


def test_stop_ends_texts_and_is_answered(session: Session, text: Callable[..., int]) -> None:
    enlist(f"Pat Example,,{NUMBER}")
    assert text("Stop.") == 204
    assert (state(session, NUMBER), delivery_queries.is_suppressed(session, Channel.SMS, NUMBER)) == ("opted_out", True)
    ((lane, words),) = answers(session)
    assert (lane, "no more alerts" in (words or "")) == (Lane.TRANSACTIONAL, True)


def test_start_brings_texts_back_and_is_answered(session: Session, text: Callable[..., int]) -> None:
    enlist(f"Pat Example,,{NUMBER}")
    text("STOP")
    text("START")
    assert state(session, NUMBER) == "active"
    assert "you will get our scam alerts" in str(answers(session)[-1])


def test_a_text_becomes_a_call_that_waits_and_its_sender_hears_so(session: Session, text: Callable[..., int]) -> None:
    text("There is a man at my door")
    call = session.scalars(select(Call)).one()
    assert (call.phone_e164, call.happening) == (NUMBER, "There is a man at my door")
    ((_, words),) = answers(session)
    assert "Ring 999" in (words or "")


def test_a_text_that_is_reported_again_is_taken_and_answered_once(session: Session, text: Callable[..., int]) -> None:
    number = str(uuid4())
    for _ in range(3):
        assert text("HELP", number=number) == 204
    assert len(answers(session)) == 1
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_a_machine_that_answers_stop_to_each_answer_is_not_answered_for_ever(
    session: Session, text: Callable[..., int]
) -> None:
    for _ in range(8):
        text("STOP")
    assert len(answers(session)) == 5


def test_an_officers_verb_is_answered_at_once_whatever_they_said_to_our_alerts(
    session: Session, text: Callable[..., int], on_duty: dict[Duty, Actor]
) -> None:
    text("STOP", source=PRIMARY.removeprefix("+"))
    text("TAKE 1234", source=PRIMARY.removeprefix("+"))
    assert [lane for lane, _ in answers(session)] == [Lane.TRANSACTIONAL, Lane.PAGING]


def test_a_mobile_of_a_country_to_which_texts_go_is_answered(
    app: Flask, session: Session, text: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    abroad = replace(app.extensions["tsalert_settings"], sms_countries=frozenset({44, 353}))
    monkeypatch.setitem(app.extensions, "tsalert_settings", abroad)
    text("HELP", source="353851234567")
    assert len(answers(session)) == 1


@pytest.mark.parametrize("source", ["442079460001", "12025550100", "60006", "HMRC", "a@example.org", ""])
def test_who_cannot_be_texted_is_heard_and_not_answered(
    session: Session, text: Callable[..., int], source: str
) -> None:
    assert text("HELP me", source=source) == 204
    assert answers(session) == []
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_what_cannot_be_shown_and_nothing_at_all_are_taken_too(session: Session, text: Callable[..., int]) -> None:
    assert (text("\x00\ud83d nul"), text(None), text("x" * 20_000)) == (204, 204, 204)
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 3


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("447700900001", NUMBER),
        ("07700900001", NUMBER),
        (NUMBER, NUMBER),
        ("12025550100", "+12025550100"),
        ("60006", "60006"),
        ("HMRC", "HMRC"),
        ("४४७७००९०००१", "४४७७००९०००१"),
    ],
)
def test_a_senders_number_is_read_in_one_form(given: str, read: str) -> None:
    assert read_source(given) == read
