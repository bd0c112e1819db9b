"""Alerts of a neighbour are read from its feed, shown, and begun anew as alerts of ours."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.exchange.conftest import Installation
from tests.linked.conftest import Authority
from tests.linked.test_linking import link
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.linked import service as linking
from tsalert.nearby import queries, reading
from tsalert.nearby import service as using
from tsalert.nearby.rules import FEED_PATH, State, Words, begin_with
from tsalert.staff.rules import RoleName


def item(number: int = 1, **facts: Any) -> dict[str, Any]:
    told = {
        "reference": f"A26-{number}",
        "headline": f"Loose tiles {number}",
        "body": "They *knock*.",
        "advice": "Say no.",
        "state": "current",
        "topic": "doorstep-crime",
        "urgency": "urgent",
        "wards": [{"code": "E1", "name": "Northham"}],
        "expires_at": "2026-06-20T12:00:00Z",
    }
    published = f"2026-06-0{number}T12:00:00Z"
    return {"id": f"https://x/{number}", "date_published": published, "title": "T", "_alert": told | facts}


def publish(other: Authority, *items: object) -> None:
    other.pages[FEED_PATH] = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def headlines(session: Session) -> list[tuple[str, str]]:
    return [(each.row.headline, each.state.value) for each in queries.list_alerts(session, now=NOW).items]


def test_alerts_are_kept_as_their_feed_has_them_now_and_what_was_withdrawn_is_marked(
    session: Session, online: Authority, administrator: Actor
) -> None:
    link(online, administrator)
    publish(online, item(1), item(2), {"id": "no alert"}, 7, item(3, body="x\u0000"))
    reading.read_feeds(NOW)
    assert headlines(session) == [("Loose tiles 2", "current"), ("Loose tiles 1", "current")]
    publish(online, item(1, state="withdrawn", withdrawn_because="It was a colleague."), item(2, headline="Tiles"))
    reading.read_feeds(NOW)
    assert headlines(session) == [("Tiles", "current"), ("Loose tiles 1", "withdrawn")]
    assert reading.forget_old(NOW + timedelta(days=356, hours=12)) == 1


def test_what_has_left_their_feed_is_not_used_since_nobody_would_hear_that_it_was_withdrawn(
    session: Session, online: Authority, administrator: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    link(online, administrator)
    publish(online, item(1), item(2))
    reading.read_feeds(NOW)
    publish(online, item(2), item(3))
    reading.read_feeds(NOW + timedelta(minutes=5))
    reading.read_feeds(NOW + timedelta(minutes=10))
    found = [("Loose tiles 3", "current"), ("Loose tiles 2", "current"), ("Loose tiles 1", "left")]
    assert headlines(session) == found
    (*_, gone) = (each.row.id for each in queries.list_alerts(session, now=NOW).items)
    browser = signed_in()
    page = browser.get(f"/nearby-alerts/{gone}").text
    assert ("no longer in their feed" in page, "Use this one" in page) == (True, False)
    refused = browser.post(f"/nearby-alerts/{gone}/use")
    assert (refused.status_code, "no longer in their feed" in refused.text) == (409, True)
    publish(online, item(1), item(2), item(3))
    reading.read_feeds(NOW + timedelta(minutes=15))
    assert {state for _, state in headlines(session)} == {"current"}


def test_an_alert_of_more_than_a_year_ago_does_not_come_back_from_their_feed(
    session: Session, online: Authority, administrator: Actor
) -> None:
    link(online, administrator)
    publish(online, item(1), item(2))
    later = NOW + timedelta(days=356, hours=12)
    reading.read_feeds(later)
    assert [headline for headline, _ in headlines(session)] == ["Loose tiles 2"]
    assert reading.forget_old(later) == 0


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{}", b"\xff", b"[]", b'{"items": 1}', b"x" * 2_100_000])
def test_a_feed_that_cannot_be_read_says_so_and_what_was_read_before_stays(
    session: Session, online: Authority, administrator: Actor, body: bytes
) -> None:
    link(online, administrator)
    publish(online, item(1))
    reading.read_feeds(NOW)
    online.pages[FEED_PATH] = body
    reading.read_feeds(NOW)
    (feed,) = queries.list_feeds(session)
    assert (feed.fault is not None, feed.read_at) == (True, NOW)
    assert headlines(session) == [("Loose tiles 1", "current")]


def test_an_officer_uses_one_as_the_beginning_of_an_alert_of_ours(
    session: Session,
    client: FlaskClient,
    online: Authority,
    administrator: Actor,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
) -> None:
    link(online, administrator)
    publish(online, item(1), item(2, state="withdrawn"))
    reading.read_feeds(NOW)
    taken_back, standing = (each.row.id for each in queries.list_alerts(session, now=NOW).items)
    browser = signed_in()
    assert "Loose tiles 1" in browser.get("/nearby-alerts").text
    used = browser.post(f"/nearby-alerts/{standing}/use")
    assert used.status_code == 303
    form = browser.get(used.headers["Location"]).text
    assert all(words in form for words in ("Loose tiles 1", "Otherborough has given this warning.", "They *knock*."))
    refused = browser.post(f"/nearby-alerts/{taken_back}/use")
    assert (refused.status_code, "have withdrawn this alert" in refused.text) == (409, True)
    begun: Any = client.post(f"/api/v1/nearby-alerts/{standing}/use", headers=bearer())
    assert (begun.status_code, begun.json["fields"]["topic"]) == (201, "doorstep-crime")
    reader = bearer(RoleName.SAFEGUARDING_LEAD)
    assert client.get("/api/v1/nearby-alerts", headers=reader).json["feeds"][0]["fault"] is None  # type: ignore[index]
    assert client.post(f"/api/v1/nearby-alerts/{standing}/use", headers=reader).status_code == 403


def test_alerts_of_an_ended_link_are_not_used_and_come_back_once_when_it_is_linked_again(
    session: Session, online: Authority, administrator: Actor, officer: Callable[..., Actor]
) -> None:
    authority_id, author = link(online, administrator), officer()
    publish(online, item(1), item(2))
    reading.read_feeds(NOW)
    number = queries.list_alerts(session, now=NOW).items[0].row.id
    using.use(number, actor=author, now=NOW)
    linking.end(authority_id, "They left.", actor=administrator, now=NOW)
    assert headlines(session) == []
    assert queries.get_alert(session, number, now=NOW).state is State.UNLINKED
    with pytest.raises(Conflict, match="has ended"):
        using.use(number, actor=author, now=NOW)
    link(online, administrator)
    reading.read_feeds(NOW)
    assert headlines(session) == [("Loose tiles 2", "current"), ("Loose tiles 1", "current")]
    assert queries.get_alert(session, number, now=NOW).row.used_by == author.officer_id


def test_words_that_are_longer_than_ours_may_be_come_whole_for_the_officer_to_shorten() -> None:
    words = Words("Tiles " * 60, "Door. " * 3_330 + "Ring 101.", "", None, "routine")
    begun = begin_with(words, "Otherborough", topics=())
    assert (begun["headline"], begun["body"][-9:]) == (words.headline, "Ring 101.")


def test_a_running_neighbours_feed_is_read_and_only_once_while_nothing_changes(
    linked: tuple[Installation, Installation],
) -> None:
    here, _ = linked
    assert here.does(lambda _actor, now: reading.read_feeds(now)) == 1
    assert here.does(lambda _actor, now: reading.read_feeds(now)) == 0
    (feed,) = here.does(lambda *_: queries.list_feeds(db.session()))
    assert (feed.authority, feed.fault) == ("Otherborough", None)
