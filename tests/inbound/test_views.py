"""What Twilio posts: signed, once, and never lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from tests.conftest import NOW
from tsalert.config import TwilioSettings
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import Base
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.inbound.models import InboundMessage
from tsalert.installation.service import mark_demo
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.service import Wish

TOKEN, NUMBER = "t" * 32, "+447700900001"
PUBLIC = "https://alerts.example.org"
OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_SUBSCRIBERS}), Via.COMMAND)


@pytest.fixture(autouse=True)
def twilio(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure Twilio, and a public address that is not the one requests come to."""
    account = TwilioSettings("AC" + "0" * 32, TOKEN, sender="+441632960000")
    chosen = replace(app.extensions["tsalert_settings"], twilio=account, public_url=PUBLIC)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    mark_demo(session)
    session.commit()


Post = Callable[..., tuple[int, str]]


@pytest.fixture
def post(client: FlaskClient) -> Post:
    """Post as Twilio does: signed over the public address and every parameter."""

    def send(path: str, *, query: str = "", url: str = PUBLIC, **form: str) -> tuple[int, str]:
        signature = RequestValidator(TOKEN).compute_signature(f"{url}{path}{query}", form)
        answer = client.post(f"{path}{query}", data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.text

    return send


@pytest.fixture
def text(post: Post) -> Callable[..., tuple[int, str]]:
    """Text the service: ``text("STOP")``."""
    sids = iter(f"SM{number:032}" for number in range(1000))

    def send(body: str, *, sender: str = NUMBER, sid: str | None = None) -> tuple[int, str]:
        return post(
            "/webhooks/twilio/message", MessageSid=sid or next(sids), From=sender, To="+441632960000", Body=body
        )

    return send


def everything(session: Session) -> list[object]:
    return [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]


def join(number: str = NUMBER) -> None:
    subscribers.add_by_phone(number, Wish(("scams",)), actor=OPERATOR, now=NOW)


def state(session: Session) -> tuple[EndpointStatus, bool]:
    end = delivery_queries.find_endpoint(session, Channel.SMS, NUMBER)
    assert end is not None
    return end.status, end.is_suppressed


ACTIVE, LEFT = (EndpointStatus.ACTIVE, False), (EndpointStatus.OPTED_OUT, True)


@pytest.mark.parametrize("path", ["/webhooks/twilio/status", "/webhooks/twilio/message"])
@pytest.mark.parametrize(
    "forge",
    [
        pytest.param({"X-Twilio-Signature": "forged"}, id="forged"),
        pytest.param({}, id="missing"),
        pytest.param({"X-Twilio-Signature": "é"}, id="not-ascii"),
    ],
)
def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(
    client: FlaskClient, session: Session, path: str, forge: dict[str, str]
) -> None:
    before = everything(session)
    form = {"MessageSid": "SM" + "0" * 32, "From": NUMBER, "Body": "STOP", "MessageStatus": "delivered"}
    assert client.post(path, data=form, headers=forge).status_code == 403
    assert everything(session) == before


def test_a_signature_over_the_address_that_the_request_claims_is_refused(post: Post) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "From": NUMBER, "Body": "STOP"}
    assert post("/webhooks/twilio/message", url="http://localhost", **form)[0] == 403


def test_a_parameter_added_on_the_way_is_refused(client: FlaskClient) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "From": NUMBER, "Body": "hello"}
    signed = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/webhooks/twilio/message", form)
    answer = client.post(
        "/webhooks/twilio/message", data=form | {"Body": "STOP"}, headers={"X-Twilio-Signature": signed}
    )
    assert answer.status_code == 403


def test_without_twilio_there_is_no_such_page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(app.extensions["tsalert_settings"], twilio=None)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    assert client.post("/webhooks/twilio/status").status_code == 404
    assert client.post("/webhooks/twilio/message").status_code == 404


@pytest.mark.parametrize("word", ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "QUIT."])
def test_a_word_of_leaving_stops_texts_without_an_answer(
    session: Session, text: Callable[..., tuple[int, str]], word: str
) -> None:
    join()
    status, answer = text(word)
    assert (status, "<Message>" in answer) == (200, False)
    assert state(session) == LEFT


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_a_word_of_joining_brings_texts_back(session: Session, text: Callable[..., tuple[int, str]], word: str) -> None:
    join()
    text("STOP")
    assert "you will get our scam alerts" in text(word)[1]
    assert state(session) == ACTIVE


@pytest.mark.parametrize("word", ["HELP", "info"])
def test_a_word_of_asking_is_answered(text: Callable[..., tuple[int, str]], word: str) -> None:
    status, answer = text(word)
    assert status == 200
    for words in ("<Message>", "Testshire", "07700 900461", "999", "STOP"):
        assert words in answer


def test_a_repeated_message_is_answered_as_the_first_time_and_changes_nothing_twice(
    session: Session, text: Callable[..., tuple[int, str]]
) -> None:
    join()
    text("STOP", sid="SM" + "a" * 32)
    first = text("START", sid="SM" + "b" * 32)
    before = everything(session)
    assert text("STOP", sid="SM" + "a" * 32)[0] == 200
    assert text("START", sid="SM" + "b" * 32) == first
    assert everything(session) == before
    assert state(session) == ACTIVE


def kept(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(InboundMessage.taken_as, InboundMessage.body).order_by(InboundMessage.id))
    return [(taken_as, body) for taken_as, body in rows]


def test_anything_else_is_kept_for_an_officer_to_read(
    session: Session,
    text: Callable[..., tuple[int, str]],
    signed_in: Callable[..., FlaskClient],
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
) -> None:
    bodies = ["There is a man at my door <b>now</b>", "", "Nul\x00l", "x" * 20_000, "👍"]
    for body in bodies:
        assert text(body)[0] == 200
    assert [taken_as for taken_as, _ in kept(session)] == ["message"] * len(bodies)
    page = signed_in(RoleName.DUTY_OFFICER).get("/messages").text
    assert "There is a man at my door &lt;b&gt;now&lt;/b&gt;" in page
    assert "07700 900001" in page
    told = client.get("/api/v1/messages", headers=bearer(RoleName.DUTY_OFFICER)).get_json()
    assert (told["items"][-1]["sender"], told["items"][-1]["body"], told["next"]) == (NUMBER, bodies[0], None)
    assert client.get("/api/v1/messages?limit=3", headers=bearer(RoleName.DUTY_OFFICER)).status_code == 422
    assert client.get("/api/v1/messages").status_code == 401


def test_a_start_that_means_nothing_and_a_stop_from_no_number_are_kept(
    session: Session, text: Callable[..., tuple[int, str]]
) -> None:
    text("YES")
    text("STOP", sender="EXAMPLE")
    text("STOP", sender="60006")
    assert [taken_as for taken_as, _ in kept(session)] == ["message"] * 3


def test_a_stop_from_abroad_is_heeded(session: Session, text: Callable[..., tuple[int, str]]) -> None:
    text("STOP", sender="+12025550100")
    assert delivery_queries.is_suppressed(session, Channel.SMS, "+12025550100")


def sent(session: Session, reference: str) -> int:
    """Put a text on its way under a provider's reference and return its delivery."""
    join()
    end = delivery_queries.find_endpoint(session, Channel.SMS, NUMBER)
    assert end is not None
    mailing_id = delivery.create_mailing(session, Content(sms="Beware"), lane=Lane.BULK, now=NOW)
    delivery.enqueue_one(session, mailing_id, end.id, now=NOW)
    one = session.scalars(select(Delivery)).one()
    one.status, one.provider_ref = "accepted", reference
    session.commit()
    return one.id


def test_a_receipt_raises_its_delivery_and_repeats_change_nothing(session: Session, post: Post) -> None:
    reference = "SM" + "c" * 32
    delivery_id = sent(session, reference)
    for status in ("queued", "sent", "delivered", "delivered", "sent"):
        assert post("/webhooks/twilio/status", MessageSid=reference, MessageStatus=status) == (204, "")
    assert session.get_one(Delivery, delivery_id, populate_existing=True).status == "delivered"
    assert session.scalar(select(func.count()).select_from(DeliveryEvent)) == 2


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"CallSid": "CA" + "0" * 32, "CallStatus": "completed"}, id="a-call"),
        pytest.param({"MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered"}, id="before-its-message"),
        pytest.param({"MessageSid": "SM" + "0" * 32, "MessageStatus": "transmogrified"}, id="a-word-not-yet-invented"),
        pytest.param({"MessageSid": "SM" + "0" * 32, "Anything": "else"}, id="without-a-status"),
        pytest.param({}, id="without-anything"),
    ],
)
def test_a_receipt_that_is_unknown_or_early_is_taken(post: Post, form: dict[str, str]) -> None:
    assert post("/webhooks/twilio/status", **form)[0] == 204


def test_a_reference_that_is_none_is_refused(post: Post) -> None:
    for reference in ("'; DROP TABLE delivery", "x" * 5000, "SM\x00"):
        assert post("/webhooks/twilio/status", MessageSid=reference, MessageStatus="sent")[0] == 422


def test_a_query_string_is_part_of_what_is_signed(post: Post) -> None:
    assert post("/webhooks/twilio/status", query="?a=1&b=%20", MessageSid="SM1", MessageStatus="sent")[0] == 204


def test_a_long_list_of_messages_comes_in_pages(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    for number in range(60):
        values = {"sender": NUMBER, "body": f"Message {number:03}", "taken_as": "message", "answer": ""}
        session.add(InboundMessage(provider_ref=f"SM{number}", received_at=NOW, **values))
    session.commit()
    browser = signed_in()
    first = browser.get("/messages").text
    assert ("Message 059" in first, "Message 009" in first) == (True, False)
    older = first.split("?after=")[1].split('"')[0]
    assert "Message 009" in browser.get(f"/messages?after={older}").text
    assert browser.get(f"/messages?after={2**63}").status_code == 422


def test_bytes_in_the_address_are_refused_like_any_forgery(client: FlaskClient) -> None:
    answer = client.post("/webhooks/twilio/status", environ_overrides={"QUERY_STRING": "\xff"})
    assert answer.status_code == 403
