"""A corrected address tells its postcode, and the ward follows, unless an officer knew better."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.places.conftest import directory, ours
from tests.places.directory_files import OUR_WARD
from tests.places.test_filling_in import AUTUMN, BEYOND, INSIDE, desk
from tsalert.core.actors import Actor
from tsalert.response import correcting, correcting_calls, queries, service
from tsalert.response.facts import Correction, Fact
from tsalert.response.models import Call
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName
from tsalert.staff.rules import RoleName

__all__ = ["desk", "directory", "ours"]
LATER = AUTUMN + timedelta(hours=1)


def log(desk: Actor, **told: str | None) -> int:
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        happening="Men on the roof",
        incident=NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.NONE),
        **told,  # type: ignore[arg-type]
    )
    return service.log_call(call, actor=desk, now=AUTUMN).call_id


def correct(session: Session, call_id: int, actor: Actor, **facts: Any) -> tuple[str | None, str | None, str | None]:
    """Correct a call; returns its place."""
    told = Correction({Fact.of(name): value for name, value in facts.items()}, "Misheard")
    correcting_calls.correct_call(call_id, told, actor=actor, now=LATER)
    call = session.get_one(Call, call_id, populate_existing=True)
    return call.address, call.postcode, call.ward_code


def test_a_postcode_typed_into_a_corrected_address_is_read_and_the_ward_and_the_incident_follow(
    directory: Session, desk: Actor
) -> None:
    call_id = log(desk, address="1 Example Road")
    assert correct(directory, call_id, desk, address=f"2 Example Road, {INSIDE}") == (
        "2 Example Road",
        INSIDE,
        OUR_WARD,
    )
    incident = queries.get_incident(directory, directory.get_one(Call, call_id).incident_id or 0)
    assert incident.household == queries.Household("2 Example Road", INSIDE, OUR_WARD)


def test_a_box_that_was_left_as_it_was_gives_way_to_the_address(directory: Session, desk: Actor) -> None:
    call_id = log(desk, address="1 Example Road", postcode=INSIDE)
    told = {"address": f"9 Other Road {BEYOND}", "postcode": INSIDE, "ward_code": OUR_WARD}
    assert correct(directory, call_id, desk, **told) == ("9 Other Road", BEYOND, None)


def test_a_postcode_that_was_typed_over_goes_before_the_address(directory: Session, desk: Actor) -> None:
    call_id = log(desk, address="1 Example Road", postcode=BEYOND)
    told = {"address": f"9 Other Road {BEYOND}", "postcode": INSIDE}
    assert correct(directory, call_id, desk, **told) == (f"9 Other Road {BEYOND}", INSIDE, OUR_WARD)


def test_a_ward_that_an_officer_chose_stays(directory: Session, desk: Actor) -> None:
    call_id = log(desk, address="1 Example Road", postcode=BEYOND, ward_code=OUR_WARD)
    assert correct(directory, call_id, desk, address=f"2 Example Road, {INSIDE}")[2] == OUR_WARD
    assert correct(directory, call_id, desk, address="2 Example Road", postcode=None)[1:] == (None, None)


def test_an_address_without_a_postcode_leaves_the_one_that_is_held(directory: Session, desk: Actor) -> None:
    call_id = log(desk, address="1 Example Road", postcode=INSIDE)
    assert correct(directory, call_id, desk, address="2 Example Road") == ("2 Example Road", INSIDE, OUR_WARD)


def test_the_incidents_own_correction_reads_it_too(directory: Session, desk: Actor) -> None:
    call_id = log(desk, address="1 Example Road")
    incident_id = directory.get_one(Call, call_id).incident_id or 0
    told = Correction({Fact.ADDRESS: f"2 Example Road, {INSIDE}"}, "Misheard")
    correcting.correct_incident(incident_id, told, actor=desk, now=LATER)
    incident = queries.get_incident(directory, incident_id)
    assert incident.household == queries.Household("2 Example Road", INSIDE, OUR_WARD)


@pytest.mark.parametrize("part", ["calls", "incidents"])
def test_a_program_that_corrects_the_address_gets_the_postcode(
    directory: Session, desk: Actor, client: FlaskClient, bearer: Callable[..., dict[str, str]], part: str
) -> None:
    call_id = log(desk, address="1 Example Road")
    number = call_id if part == "calls" else directory.scalars(select(Call.incident_id)).one()
    told = {"address": f"2 Example Road, {INSIDE}", "reason": "Misheard"}
    head = bearer(RoleName.DUTY_OFFICER)
    answer = client.post(f"/api/v1/{part}/{number}/corrections", json=told, headers=head)
    assert answer.status_code in {200, 201}, answer.text
    shown = client.get(f"/api/v1/{part}/{number}", headers=head).get_json()
    assert (shown["address"], shown["postcode"], shown["ward_code"]) == ("2 Example Road", INSIDE, OUR_WARD)


def test_the_page_reads_it(directory: Session, desk: Actor, signed_in: Callable[..., FlaskClient]) -> None:
    call_id = log(desk, address="1 Example Road")
    incident_id = directory.get_one(Call, call_id).incident_id
    told = {"address": f"2 Example Road, {INSIDE}", "postcode": "", "ward_code": "", "category": "doorstep_crime"}
    told |= {"kind": "roofing", "reason": "Misheard"}
    assert signed_in().post(f"/incidents/{incident_id}/correction", data=told).status_code == 303
    directory.expire_all()
    assert queries.get_incident(directory, incident_id or 0).household.postcode == INSIDE
