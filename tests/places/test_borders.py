"""Exceptions near the border, and whom we know beyond it, by every door."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.web.overtaking import mark_in, refused_for_second
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.places import borders
from tsalert.places.borders import Contact
from tsalert.staff.rules import RoleName

PLACES = "/api/v1/places"
THEM: dict[str, Any] = {
    "authority_code": "E09000011",
    "name": "Otherborough Trading Standards",
    "phone": "020 7946 0011",
}


@pytest.fixture
def desk(officer: Callable[..., Actor]) -> Actor:
    """An officer on duty."""
    return officer(name="Dee Example")


def test_a_contact_is_verified_by_whoever_saw_it(session: Session, desk: Actor) -> None:
    number = borders.add_neighbour(Contact(**THEM), actor=desk, now=NOW)
    assert borders.get_neighbour(session, number).verified_on is None
    borders.verify_neighbour(number, actor=desk, now=NOW)
    row = borders.get_neighbour(session, number)
    assert (row.verified_on, row.verified_by, row.verified_name) == (date(2026, 6, 10), desk.officer_id, "Dee Example")
    assert [entry.action for entry in entries_about(session, "neighbour", number)] == ["added", "verified"]


def test_what_has_changed_is_no_longer_verified(session: Session, desk: Actor) -> None:
    number = borders.add_neighbour(Contact(**THEM, is_verified=True), actor=desk, now=NOW)
    borders.change_neighbour(number, Contact(**THEM), actor=desk, now=NOW)
    assert borders.get_neighbour(session, number).verified_on is not None
    borders.change_neighbour(number, Contact(**THEM | {"phone": "020 7946 0012"}), actor=desk, now=NOW)
    assert borders.get_neighbour(session, number).verified_on is None


def test_an_authority_has_one_entry_with_a_way_to_reach_it(session: Session, desk: Actor) -> None:
    borders.add_neighbour(Contact(**THEM), actor=desk, now=NOW)
    with pytest.raises(RuleViolation, match="in the list already"):
        borders.add_neighbour(Contact(**THEM), actor=desk, now=NOW)
    with pytest.raises(RuleViolation, match="telephone number or an email"):
        borders.add_neighbour(Contact("E09000004", "Nobody's"), actor=desk, now=NOW)


def test_a_postcode_is_listed_once_and_taken_off_once(session: Session, desk: Actor) -> None:
    number = borders.list_exception("ZZ1 1AA", "Both sides.", actor=desk, now=NOW)
    with pytest.raises(Conflict, match="listed already"):
        borders.list_exception("ZZ1 1AA", "Again.", actor=desk, now=NOW)
    borders.end_exception(number, actor=desk, now=NOW)
    with pytest.raises(Conflict, match="taken off"):
        borders.end_exception(number, actor=desk, now=NOW)
    with pytest.raises(NotFound):
        borders.end_exception(number + 1, actor=desk, now=NOW)
    borders.list_exception("ZZ1 1AA", "After all.", actor=desk, now=NOW)
    assert [each.reason for each in borders.list_exceptions(session)] == ["After all."]


def test_pages_list_change_and_verify(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in(name="Dee Example")
    shown = desk.post("/borders/neighbours", data=THEM, follow_redirects=True)
    assert "Never verified" in shown.text
    number = borders.list_neighbours(session)[0].id
    assert "Dee Example" in desk.post(f"/borders/neighbours/{number}/verify", follow_redirects=True).text
    moved = desk.post(f"/borders/neighbours/{number}", data=THEM | {"hours": "9 to 5"}, follow_redirects=True)
    assert ("9 to 5" in moved.text, "Never verified" in moved.text) == (True, True)
    listed = desk.post(
        "/borders/exceptions", data={"postcode": "sw1a1aa", "reason": "Both sides"}, follow_redirects=True
    )
    assert "SW1A 1AA" in listed.text
    entry = borders.list_exceptions(session)[0].id
    taken_off = desk.post(f"/borders/exceptions/{entry}/end", follow_redirects=True)
    assert "No postcode is listed." in taken_off.text


def test_of_two_who_change_a_neighbour_the_second_loses_nothing_of_the_first(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    desk = signed_in()
    desk.post("/borders/neighbours", data=THEM)
    here = f"/borders/neighbours/{borders.list_neighbours(session)[0].id}"
    first, second = THEM | {"email": "new@example.org"}, THEM | {"hours": "9 to 5"}
    refused = refused_for_second(desk, here, first, second)
    assert "It differs from what stands now in: email address, when they answer." in refused
    assert "new@example.org" in desk.get("/borders").text
    assert desk.post(here, data=second | {"seen": mark_in(refused)}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"phone": ""}, "telephone number or an email"),
        ({"authority_code": "Greenwich"}, "code, like E09000011"),
        ({"email": "nobody"}, "Enter an email address"),
        ({"name": "x\x00"}, "cannot be seen"),
    ],
)
def test_a_contact_that_cannot_be_comes_back(
    session: Session, signed_in: Callable[..., FlaskClient], typed: dict[str, str], message: str
) -> None:
    answer = signed_in().post("/borders/neighbours", data=THEM | typed)
    assert answer.status_code == 422
    assert message in answer.text


def test_a_postcode_is_looked_up_as_a_page_and_as_part_of_a_form(
    directory: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    desk = signed_in()
    page = desk.post("/borders/look-up", data={"postcode": "SE9 1AA", "on": "2026-09-01"})
    assert (page.status_code, "does not have this postcode" in page.text) == (200, True)
    part = desk.post("/borders/look-up", data={"postcode": "half a post"}, headers={"HX-Request": "true"})
    assert (part.status_code, part.text.strip()) == (200, "")
    assert desk.post("/borders/look-up", data={"postcode": "nowhere"}).status_code == 422


def test_the_interface_does_all_that_the_pages_do(
    directory: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    token = bearer()
    made = client.post(f"{PLACES}/neighbours", json=THEM, headers=token)
    assert (made.status_code, made.json and made.json["verified_on"]) == (201, None)
    number = made.json["id"] if made.json else 0
    seen = client.post(f"{PLACES}/neighbours/{number}/verify", headers=token).json
    assert seen
    assert seen["verified_by"] == "Api Example"
    changed = client.put(f"{PLACES}/neighbours/{number}", json=THEM | {"email": "ts@example.org"}, headers=token).json
    assert changed
    assert (changed["email"], changed["verified_on"]) == ("ts@example.org", None)
    listed = client.post(f"{PLACES}/exceptions", json={"postcode": "SE9 1AA", "reason": "Both"}, headers=token)
    assert (listed.status_code, listed.json and listed.json["items"][0]["postcode"]) == (201, "SE9 1AA")
    found = client.post(f"{PLACES}/look-up", json={"postcode": "SE9 1AA"}, headers=token).json
    assert found
    assert (found["must_ask"], found["listed"], found["is_known"]) == (True, "Both", False)
    imports = client.get(f"{PLACES}/imports", headers=token).json
    assert imports
    assert (imports["items"][0]["added"], imports["items"][0]["edition"]) == (7, "2026-08-01")
    entry = client.get(f"{PLACES}/exceptions", headers=token).json
    assert entry
    left = client.post(f"{PLACES}/exceptions/{entry['items'][0]['id']}/end", headers=token).json
    assert left == {"items": [], "next": None}


def test_whoever_may_not_run_incidents_changes_nothing(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    administrator = signed_in(RoleName.ADMINISTRATOR)
    assert administrator.post("/borders/neighbours", data=THEM).status_code == 403
    assert administrator.get("/borders").status_code == 403
