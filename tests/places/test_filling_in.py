"""Calls, incidents and cases know where they lie from their postcode."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.places.directory_files import OUR_WARD, THEIR_WARD, THEIRS
from tsalert.cases import queries as cases
from tsalert.cases import service as case_service
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.places.models import PostcodePlace
from tsalert.response import queries, service
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName

AUTUMN = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
INSIDE, BORDER, BEYOND, NEVER = "SE9 1AB", "SE9 1AA", "SE9 2AB", "SE9 9ZZ"


@pytest.fixture
def desk(directory: Session, officer: Callable[..., Actor]) -> Actor:
    """An officer on duty; the directory's postcodes are ones that a form takes."""
    for number in (1, 2):
        for unit in ("AA", "AB"):
            known = PostcodePlace.postcode == f"ZZ{number} 1{unit}"
            directory.execute(update(PostcodePlace).where(known).values(postcode=f"SE9 {number}{unit}"))
    directory.commit()
    return officer()


def log(desk: Actor, postcode: str, ward: str | None = None, at: datetime = AUTUMN) -> int:
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        happening="Men on the roof",
        postcode=postcode,
        ward_code=ward,
        incident=NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.NONE),
    )
    return service.log_call(call, actor=desk, now=at).incident_id or 0


@pytest.mark.parametrize(("postcode", "ward"), [(INSIDE, OUR_WARD), (BORDER, OUR_WARD), (BEYOND, None), (NEVER, None)])
def test_a_ward_that_nobody_chose_is_the_postcodes(
    directory: Session, desk: Actor, postcode: str, ward: str | None
) -> None:
    incident = queries.get_incident(directory, log(desk, postcode))
    assert incident.household.ward_code == ward
    call = queries.list_calls(directory).items[0]
    assert call.ward_code == ward
    new = NewCase("Roof.", Category.DOORSTEP_CRIME, postcode=postcode)
    case_id = case_service.open_case(new, actor=desk, now=AUTUMN)
    assert cases.get_case(directory, case_id).ward_code == ward


def test_a_postcode_that_was_typed_into_the_address_says_where_a_call_lies(directory: Session, desk: Actor) -> None:
    told = NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.NONE)
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT, happening="Men.", address=f"1 Example Road, {INSIDE}", incident=told
    )
    incident = queries.get_incident(directory, service.log_call(call, actor=desk, now=AUTUMN).incident_id or 0)
    assert incident.household == queries.Household("1 Example Road", INSIDE, OUR_WARD)


def test_a_form_says_where_the_postcode_in_its_address_lies(desk: Actor, signed_in: Callable[..., FlaskClient]) -> None:
    told = {"postcode": "", "address": f"1 Example Road, {BEYOND}"}
    assert BEYOND in signed_in().post("/borders/look-up", data=told, headers={"HX-Request": "true"}).text


def test_a_ward_that_was_chosen_stays(directory: Session, desk: Actor) -> None:
    assert queries.get_incident(directory, log(desk, BEYOND, OUR_WARD)).household.ward_code == OUR_WARD


def test_pages_say_what_to_know_of_the_place(
    directory: Session, desk: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    for postcode, words in (
        (BEYOND, "Out of our area: it is in Otherborough"),
        (BORDER, "check with the caller (Otherborough, 222 m away)"),
        (NEVER, "does not have this postcode"),
    ):
        incident_id = log(desk, postcode)
        assert words in browser.get(f"/incidents/{incident_id}").text
        call_id = queries.list_calls(directory).items[0].id
        assert words in browser.get(f"/calls/{call_id}").text
        new = NewCase("Roof.", Category.DOORSTEP_CRIME, postcode=postcode)
        assert words in browser.get(f"/cases/{case_service.open_case(new, actor=desk, now=AUTUMN)}").text
    assert "Warning</span>" not in browser.get(f"/incidents/{log(desk, INSIDE)}").text
    part = browser.post("/borders/look-up", data={"postcode": INSIDE}, headers={"HX-Request": "true"})
    assert "lies in Park, Ourborough" in part.text


def test_a_place_reads_as_of_the_day_of_the_call(
    directory: Session, desk: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    before = log(desk, INSIDE)
    row = directory.get_one(PostcodePlace, (INSIDE, datetime(1980, 1, 1, tzinfo=UTC).date()))
    row.until = datetime(2026, 11, 1, tzinfo=UTC).date()
    moved = {"authority_code": THEIRS, "ward_code": THEIR_WARD, "lat": row.lat, "long": row.long, "cell": row.cell}
    directory.add(PostcodePlace(postcode=INSIDE, since=row.until, **moved))
    directory.commit()
    after = log(desk, INSIDE, at=datetime(2026, 11, 2, tzinfo=UTC))
    browser = signed_in()
    out_of_area = ["Out of our area" in browser.get(f"/incidents/{number}").text for number in (before, after)]
    assert out_of_area == [False, True]
    assert queries.get_incident(directory, after).household.ward_code is None
