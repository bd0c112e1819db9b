"""No-cold-calling zones: streets, reviews, and what a call from one of them is told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.activities.conftest import OTHER_WARD, WARD
from tests.conftest import NOW
from tests.response.conftest import roof_call
from tsalert.activities import zone_queries, zones
from tsalert.activities.models import ZoneEvent
from tsalert.activities.zone_queries import ZoneFilter, ZoneShowing
from tsalert.activities.zone_rules import (
    NewZone,
    Renewal,
    Street,
    ZoneEnding,
    check_ending,
    check_renewal,
    check_zone,
    is_due,
)
from tsalert.activities.zones import SeenZone
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.response import service as response

pytestmark = pytest.mark.db

TODAY = date(2026, 6, 10)
ZONE = NewZone(
    name="Sample Road and Close",
    set_up_on=date(2024, 5, 1),
    review_due_on=date(2026, 5, 1),
    streets=(Street("BR1 3UH", "Sample Road"), Street("BR1 3UJ")),
    ward_code=WARD,
    homes=84,
    signs=6,
    stickers=70,
)
FORM = {
    "name": "Sample Road and Close",
    "set_up_on": "2024-05-01",
    "review_due_on": "2026-05-01",
    "streets": "br13uh Sample Road\r\n\r\nBR1 3UJ, Sample Close",
    "ward_code": WARD,
    "homes": "84",
    "signs": "6",
    "stickers": "70",
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"set_up_on": date(1899, 1, 1)}, "set_up_on"),
        ({"set_up_on": TODAY + timedelta(days=1)}, "set_up_on"),
        ({"review_due_on": ZONE.set_up_on}, "review_due_on"),
        ({"review_due_on": date(2099, 1, 1)}, "review_due_on"),
        ({"streets": ()}, "streets"),
        ({"streets": (Street("BR1 3UH"), Street("BR1 3UH"))}, "streets"),
        ({"streets": tuple(Street(f"BR{n}") for n in range(501))}, "streets"),
        ({"homes": -1}, "homes"),
        ({"signs": 10**6}, "signs"),
        ({"stickers": -3}, "stickers"),
    ],
)
def test_a_zone_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    check_zone(ZONE, today=TODAY)
    with pytest.raises(RuleViolation) as refused:
        check_zone(replace(ZONE, **changes), today=TODAY)
    assert refused.value.field == field


def test_reviews_and_ends_lie_in_the_life_of_a_zone() -> None:
    first = ZONE.set_up_on
    for day in (first - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(RuleViolation):
            check_renewal(Renewal(day, date(2028, 1, 1), 1, 1), set_up_on=first, today=TODAY)
        with pytest.raises(RuleViolation):
            check_ending(ZoneEnding(day, "x"), set_up_on=first, today=TODAY)
    with pytest.raises(RuleViolation):
        check_renewal(Renewal(TODAY, TODAY, 1, 1), set_up_on=first, today=TODAY)
    assert is_due(TODAY, None, today=TODAY)
    assert not is_due(TODAY + timedelta(days=1), None, today=TODAY)
    assert not is_due(TODAY, TODAY, today=TODAY)


@pytest.fixture
def actor(officer: Callable[..., Actor], wards: None) -> Actor:
    return officer()


@pytest.fixture
def zone_id(actor: Actor) -> int:
    return zones.set_up_zone(ZONE, actor=actor, now=NOW)


def test_a_zone_is_due_renewed_and_ended(session: Session, actor: Actor, zone_id: int) -> None:
    due = ZoneFilter(ZoneShowing.DUE)
    assert [each.row.id for each in zone_queries.list_zones(session, due, today=TODAY).items] == [zone_id]
    renewal = Renewal(TODAY, date(2028, 6, 1), 5, 66, "All but one want it.")
    zones.renew_zone(SeenZone(zone_id, 1), renewal, actor=actor, now=NOW)
    assert zone_queries.list_zones(session, due, today=TODAY).items == []
    with pytest.raises(Conflict, match="meanwhile"):
        zones.end_zone(SeenZone(zone_id, 1), ZoneEnding(TODAY, "x"), actor=actor, now=NOW)
    zones.end_zone(SeenZone(zone_id, 2), ZoneEnding(TODAY, "Built over"), actor=actor, now=NOW)
    with pytest.raises(Conflict, match="ended already"):
        zones.renew_zone(SeenZone(zone_id, 3), renewal, actor=actor, now=NOW)
    acts = [event.act for event in zone_queries.events_of(session, zone_id)]
    assert acts == ["ended", "renewed", "set_up"]


def test_a_postcode_lies_in_a_zone_from_its_first_day_until_the_day_before_it_ended(
    session: Session, actor: Actor, zone_id: int
) -> None:
    zones.end_zone(SeenZone(zone_id, 1), ZoneEnding(TODAY, "Built over"), actor=actor, now=NOW)
    first = ZONE.set_up_on
    days = (first - timedelta(days=1), first, TODAY - timedelta(days=1), TODAY)
    assert [len(zone_queries.zones_at(session, "BR1 3UJ", on=day)) for day in days] == [0, 1, 1, 0]
    assert zone_queries.zones_at(session, "BR1 3UK", on=first) == []


def test_a_zone_set_right_keeps_what_stood_before(session: Session, actor: Actor, zone_id: int) -> None:
    right = replace(ZONE, homes=85, streets=(Street("BR1 3UH", "Sample Road"),), ward_code=OTHER_WARD)
    zones.change_zone(SeenZone(zone_id, 1), right, "One home was missed", actor=actor, now=NOW)
    assert zone_queries.get_zone(session, zone_id).streets == right.streets
    event = zone_queries.events_of(session, zone_id)[0]
    assert event.before is not None
    assert (event.before["homes"], len(event.before["streets"]), event.note) == (84, 2, "One home was missed")
    for statement in (update(ZoneEvent).values(note="x"), delete(ZoneEvent)):
        with pytest.raises(DBAPIError, match="stays"), session.begin_nested():
            session.execute(statement)


def test_two_zones_never_share_a_name(actor: Actor, zone_id: int) -> None:
    with pytest.raises(RuleViolation, match="of this name"):
        zones.set_up_zone(ZONE, actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="no such ward"):
        zones.set_up_zone(replace(ZONE, name="Other", ward_code="E1"), actor=actor, now=NOW)


def test_a_call_from_a_zone_says_so(browser: FlaskClient, actor: Actor, zone_id: int) -> None:
    logged = response.log_call(roof_call(postcode="BR1 3UH"), actor=actor, now=NOW)
    words = "In the no-cold-calling zone"
    assert words in browser.get(f"/incidents/{logged.incident_id}").text
    assert words in browser.get(f"/calls/{logged.call_id}").text
    typed = browser.post("/borders/look-up", data={"postcode": "br1 3uh"}, headers={"HX-Request": "true"})
    assert words in typed.text
    assert words not in browser.post("/borders/look-up", data={"postcode": "BR1 3UK", "on": "2025-01-01"}).text
    assert words in browser.post("/borders/look-up", data={"postcode": "BR1 3UH", "on": "2025-01-01"}).text
    assert words not in browser.post("/borders/look-up", data={"postcode": "BR1 3UH", "on": "2020-01-01"}).text
    assert "Incidents here while in force" in browser.get(f"/zones/{zone_id}").text


def test_a_zone_on_pages(browser: FlaskClient) -> None:
    made = browser.post("/zones", data=FORM)
    assert made.status_code == 303, made.text
    address = made.headers["Location"]
    page = browser.get(address).text
    assert "Sample Close" in page
    assert "review has been due" in page
    assert "Sample Road and Close" in browser.get("/zones?show=due").text
    assert "Sample Road and Close" in browser.get("/activities?period=2024/25").text
    assert "BR1 3UH Sample Road" in browser.get(f"{address}/edit").text
    changed = FORM | {"homes": "85", "of_version": "1", "reason": "One was missed"}
    assert browser.post(f"{address}/edit", data=changed).status_code == 303
    assert browser.get(f"{address}/renew").status_code == 200
    renewal = {"of_version": "2", "on_date": "2026-05-20", "review_due_on": "2028-05-20", "signs": "6", "stickers": "0"}
    assert browser.post(f"{address}/renew", data=renewal).status_code == 303
    assert browser.get(f"{address}/end").status_code == 200
    ending = {"of_version": "3", "on_date": "2026-05-21", "reason": "Built over"}
    assert (
        "It ended on 21 May 2026: Built over" in browser.post(f"{address}/end", data=ending, follow_redirects=True).text
    )
    assert browser.get(f"{address}/edit").status_code == 409
    assert "BR1 3UH Sample Road; BR1 3UJ Sample Close" in browser.get("/zones.csv?show=ended").text


def test_streets_without_a_postcode_come_back_as_they_were_typed(browser: FlaskClient) -> None:
    answer = browser.post("/zones", data=FORM | {"streets": "Sample Road"})
    assert (answer.status_code, "Begin each line with a full postcode" in answer.text) == (422, True)
    assert browser.post("/zones", data=FORM | {"homes": "-4"}).status_code == 422


def test_zones_over_the_api(client: FlaskClient, bearer: Callable[..., dict[str, str]], wards: None) -> None:
    headers = bearer()
    body: dict[str, Any] = FORM | {"streets": [{"postcode": "BR1 3UH", "name": "Sample Road"}]}
    body |= {"homes": 84, "signs": 6, "stickers": 70}
    made = client.post("/api/v1/zones", json=body, headers=headers)
    assert made.status_code == 201, made.text
    address = f"/api/v1/zones/{made.get_json()['id']}"
    sought = client.post("/api/v1/zones/look-up", json={"postcode": "BR1 3UH"}, headers=headers).get_json()
    assert [zone["name"] for zone in sought["items"]] == ["Sample Road and Close"]
    changed = client.put(address, json=body | {"of_version": 1, "reason": "x", "homes": 90}, headers=headers)
    assert changed.get_json()["homes"] == 90
    renewal = {"of_version": 2, "on_date": "2026-05-20", "review_due_on": "2028-05-20", "signs": 6, "stickers": 0}
    assert client.post(f"{address}/renewal", json=renewal, headers=headers).get_json()["stickers"] == 0
    ending = {"of_version": 3, "on_date": "2026-05-21", "reason": "Built over"}
    ended = client.post(f"{address}/end", json=ending, headers=headers).get_json()
    assert {event["act"] for event in ended["events"]} == {"ended", "renewed", "changed", "set_up"}
    assert client.get("/api/v1/zones?show=ended", headers=headers).get_json()["items"][0]["ended_on"] == "2026-05-21"
    assert client.get(address, headers=headers).get_json()["incidents"] == 0
