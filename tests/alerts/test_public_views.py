"""What anybody reads of alerts: found by words, ward and topic, and told apart from what is none of ours."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tsalert.alerts import queries, service
from tsalert.alerts.models import Alert
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places.models import Ward

pytestmark = pytest.mark.db

Send = Callable[..., str]


@pytest.fixture
def send(session: Session, author: Actor, approver: Actor, people: None) -> Send:
    """Write, approve and send an alert that applies for a week from now; returns its reference."""
    session.merge(Ward(code="E05013990", name="Bickley & Sundridge"))
    session.merge(Ward(code="E05013991", name="Darwin"))
    session.commit()

    def make(*, wards: tuple[str, ...] = (), **changes: str) -> str:
        now = utc_now()
        draft = new_draft(expires_at=now + timedelta(days=7), **changes)
        alert_id = service.write_draft(draft, actor=author, now=now)
        service.submit(alert_id, actor=author, now=now)
        service.approve(alert_id, shown(alert_id), actor=approver, now=now)
        session.execute(update(Alert).where(Alert.id == alert_id).values(wards=list(wards)))
        session.commit()
        return queries.get_alert(session, alert_id).reference

    return make


def found(client: FlaskClient, **asked: str) -> str:
    answer = client.get("/alerts/published", query_string=asked)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("roofers", True, id="a-word-of-the-headline"),
        pytest.param("TILE loose", True, id="words-of-the-text-in-any-order"),
        pytest.param("roofers drains", False, id="a-word-that-is-not-there"),
        pytest.param("sundridge", True, id="a-ward"),
        pytest.param("doorstep", True, id="a-topic"),
        pytest.param("100%", False, id="a-sign-that-would-stand-for-anything"),
        pytest.param("_", False, id="a-sign-that-would-stand-for-any-letter"),
        pytest.param("'; DROP TABLE alert; --", False, id="an-order-to-the-database"),
        pytest.param("/", False, id="the-sign-that-takes-the-meaning-of-another-away"),
    ],
)
def test_alerts_are_found_by_their_words(client: FlaskClient, send: Send, words: str, *, is_found: bool) -> None:
    reference = send(wards=("E05013990",))
    assert (reference in found(client, q=words)) is is_found


def test_an_alert_is_found_by_its_number_however_it_is_typed(client: FlaskClient, send: Send) -> None:
    first, second = send(), send(headline="Drains in Darwin")
    page = found(client, q=second.lower().replace("-", " "))
    assert second in page
    assert first not in page


def test_a_ward_shows_its_own_alerts_and_those_for_everywhere(client: FlaskClient, send: Send) -> None:
    own, other, everywhere = send(wards=("E05013990",)), send(wards=("E05013991",)), send()
    by_name = send(wards=("Bickley & Sundridge",))
    page = found(client, ward="E05013990")
    for reference in (own, everywhere, by_name):
        assert reference in page
    assert other not in page


def test_a_topic_shows_its_own_alerts_and_those_for_every_topic(client: FlaskClient, send: Send) -> None:
    own, other, everybody = send(), send(topic="scams"), send(topic="all")
    page = found(client, topic="doorstep-crime")
    assert own in page
    assert everybody in page
    assert other not in page


def test_past_alerts_are_searched_too_page_by_page(client: FlaskClient, session: Session, send: Send) -> None:
    references = [send() for _ in range(queries.PAGE + 1)]
    session.execute(update(Alert).values(expires_at=utc_now() - timedelta(days=1)))
    session.commit()
    first = found(client, q="roofers", topic="doorstep-crime")
    assert "No current alert matches" in first
    assert references[0] not in first
    older = re.search(r"after=([\w-]+)&amp;q=roofers&amp;topic=doorstep-crime", first)
    assert older is not None
    second = found(client, q="roofers", topic="doorstep-crime", after=older[1])
    assert references[0] in second
    assert references[1] not in second


@pytest.mark.parametrize(
    "query", ["after=x", "after=99999999999999999999", "unknown=1", "ward=%00", "q=" + "x" * 101, "topic=none"]
)
def test_an_address_that_nobody_made_by_hand_breaks_nothing(client: FlaskClient, query: str) -> None:
    assert client.get(f"/alerts/published?{query}").status_code in {200, 422}


def test_public_pages_change_as_soon_as_an_alert_is_sent_ends_or_is_withdrawn(
    client: FlaskClient, session: Session, send: Send, approver: Actor
) -> None:
    first = send()
    paths = ("/welcome", "/alerts/published", f"/check/{first}")

    def read() -> list[tuple[str | None, str]]:
        answers = [client.get(path) for path in paths]
        return [(answer.headers["ETag"], answer.text) for answer in answers]

    seen = [read()]
    assert seen[0] == read()
    second = send()
    seen.append(read())
    assert second in seen[-1][0][1]
    service.withdraw(_id(second), "It was about another firm.", actor=approver, now=utc_now())
    seen.append(read())
    assert second not in seen[-1][0][1]
    assert "Withdrawn" in seen[-1][1][1]
    session.execute(update(Alert).where(Alert.reference == first).values(expires_at=utc_now()))
    session.commit()
    seen.append(read())
    assert first not in seen[-1][0][1]
    assert "It has ended" in seen[-1][2][1]
    for before, after in pairwise(seen):
        for (old, _), (new, _) in zip(before, after, strict=True):
            assert old != new


def test_the_page_that_vouches_for_an_alert_has_the_words_of_its_texts_and_calls(
    client: FlaskClient, session: Session, send: Send
) -> None:
    said = {
        "sms": "They\u2019re in Bickley \u2013 say \u201cno\u201d.",
        "voice": "Two men are about. Do not let them in.",
    }
    page = client.get(f"/check/{send(**said)}").text
    assert "They&#39;re in Bickley - say &#34;no&#34;." in page
    assert "Two men are about" not in page
    by_call = send(**said)
    session.execute(update(Alert).where(Alert.reference == by_call).values(channels=["voice"]))
    session.commit()
    page = client.get(f"/check/{by_call}").text
    assert "Two men are about. Do not let them in." in page
    assert "As a text message" not in page


def test_an_alert_leads_to_the_one_that_continues_it_and_back(
    client: FlaskClient, session: Session, send: Send
) -> None:
    first, second = send(), send(headline="They are back")
    changed = {"kind": "update", "in_reply_to": _id(first)}
    session.execute(update(Alert).where(Alert.reference == second).values(**changed))
    session.commit()
    assert "There is later news" in client.get(f"/check/{first}").text
    page = client.get(f"/check/{second}").text
    assert "continues an earlier alert" in page
    assert f"<strong>This is an update to our alert {first}.</strong>" in page


def test_a_pasted_message_leads_to_the_alert_that_it_names(client: FlaskClient, session: Session, send: Send) -> None:
    reference = send()
    message = f"WARNING {reference}: pay at www.fraud.example/now\n" + "x" * 9000
    answer = client.post("/check", data={"message": message})
    assert answer.status_code == 200
    assert "They <em>knock</em>" in answer.text
    assert "Anybody can copy our number" in answer.text
    assert "a site that is not ours" in answer.text
    assert "fraud.example" not in answer.text


@pytest.mark.parametrize("message", ["You have won", "TS-2099-123 pay now", "<script>alert(1)</script>"])
def test_a_message_that_names_no_alert_of_ours_is_met_with_advice(client: FlaskClient, message: str) -> None:
    answer = client.post("/check", data={"message": message})
    assert answer.status_code == 404
    assert "it may be a scam" in answer.text
    assert 'href="/report"' in answer.text
    assert "<script>alert" not in answer.text


def test_nothing_is_an_empty_message(client: FlaskClient) -> None:
    answer = client.post("/check", data={"message": "  "})
    assert answer.status_code == 422
    assert "Paste the message" in answer.text


def _id(reference: str) -> int:
    alert = queries.find_published(db.session(), reference)
    assert alert is not None
    return alert.id
