"""How a postcode stands to our border."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.places.conftest import AUGUST
from tests.places.directory_files import OURS
from tsalert.core.actors import Actor, Permission, Via
from tsalert.places import borders
from tsalert.places.finding import Place, nearby_authorities, stand
from tsalert.places.grid import REACH, Point, cell_of, metres_between
from tsalert.places.models import PostcodePlace
from tsalert.places.rules import Standing

CLERK_AT_WORK = Actor(None, "Dee Example", frozenset({Permission.RUN_INCIDENT}), Via.PAGE)


def told(session: Session, postcode: str, on: date = AUGUST, own: str = OURS) -> Standing:
    found = stand(session, postcode, own=own, on=on)
    assert found is not None
    return found


def test_an_address_well_inside_raises_no_question(directory: Session) -> None:
    found = told(directory, "ZZ1 1AB")
    assert (found.is_ours, found.must_ask, found.warnings, found.where) == (True, False, (), "Park, Ourborough")


def test_an_address_near_the_border_is_checked_with_the_caller(directory: Session) -> None:
    found = told(directory, "ZZ1 1AA")
    assert found.is_ours
    assert found.warnings == ("Near the border: check with the caller (Otherborough, 222 m away).",)


def test_an_address_across_the_border_is_a_warning_and_no_error(directory: Session) -> None:
    found = told(directory, "ZZ2 1AB")
    assert found.is_ours is False
    assert found.warnings == ("Out of our area: it is in Otherborough. Log it anyway.",)
    assert [near.is_ours for near in told(directory, "ZZ2 1AA").near] == [True]


def test_a_postcode_given_up_says_so_from_then_on(directory: Session) -> None:
    assert told(directory, "ZZ1 1AC").warnings == ("The post office gave this postcode up in May 2019.",)
    assert told(directory, "ZZ1 1AC", date(2019, 4, 30)).warnings == ()


def test_one_that_nobody_knows_is_checked_and_one_without_a_place_is_not_near_anything(directory: Session) -> None:
    assert told(directory, "ZZ9 9ZZ").warnings == (
        "The directory does not have this postcode. Check it with the caller.",
    )
    nowhere = told(directory, "ZZ1 1AD")
    assert (nowhere.is_ours, nowhere.near, nowhere.warnings) == (None, (), ())


def test_without_our_own_code_nothing_is_called_out_of_area(directory: Session) -> None:
    assert told(directory, "ZZ2 1AB", own="").warnings == ()


def test_without_a_directory_nothing_is_said(session: Session) -> None:
    assert stand(session, "ZZ1 1AB", own=OURS, on=AUGUST) is None


def test_a_listed_exception_is_told_with_its_reason_until_it_is_taken_off(directory: Session) -> None:
    number = borders.list_exception("ZZ1 1AB", "The close is reached from Otherborough.", actor=CLERK_AT_WORK, now=NOW)
    assert told(directory, "ZZ1 1AB").warnings == ("Check with the caller: The close is reached from Otherborough.",)
    borders.end_exception(number, actor=CLERK_AT_WORK, now=NOW)
    assert told(directory, "ZZ1 1AB").warnings == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spots=st.lists(
        st.tuples(st.floats(-0.006, 0.006), st.floats(-0.012, 0.012), st.sampled_from(["E1", "E2", OURS])),
        min_size=1,
        max_size=60,
    ),
    middle=st.tuples(st.floats(50, 60.8), st.floats(-7, 1.5)),
)
def test_the_nearest_of_each_authority_is_found_as_if_every_postcode_were_measured(
    session: Session, spots: list[tuple[float, float, str]], middle: tuple[float, float]
) -> None:
    here = Point(*middle)
    points = [(Point(here.lat + north, here.long + east), code) for north, east, code in spots]
    session.execute(delete(PostcodePlace))
    session.add_all(
        PostcodePlace(
            postcode=f"P{number}", since=AUGUST, authority_code=code, lat=at.lat, long=at.long, cell=cell_of(at)
        )
        for number, (at, code) in enumerate(points)
    )
    session.flush()
    measured: dict[str, float] = {}
    for at, code in points:
        if code != OURS:
            measured[code] = min(metres_between(here, at), measured.get(code, REACH))
    place = Place("P", OURS, None, None, None, here, None)
    found = nearby_authorities(session, place, own=OURS)
    assert {near.code: near.metres for near in found} == {
        code: round(metres) for code, metres in measured.items() if metres < REACH
    }
