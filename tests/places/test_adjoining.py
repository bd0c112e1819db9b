"""Which wards lie next to each other."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.places.conftest import add_postcode
from tsalert.places.adjoining import NEAR, lie_somewhere, wards_next_to
from tsalert.places.grid import Point, cell_of, cells_near, metres_between
from tsalert.places.models import PostcodePlace, Ward

_STEP = 0.004  # degrees of latitude: 445 m


def place(session: Session, **wards: tuple[float, float]) -> None:
    """Put one postcode of each ward where it is said to lie, in steps north and east of one point."""
    for number, (code, (north, east)) in enumerate(wards.items()):
        session.merge(Ward(code=code, name=code))
        point = Point(51.4 + north * _STEP, 0.02 + east * _STEP * 1.6)
        add_postcode(session, f"ZZ1 {number}AA", code, point)
    session.flush()


def test_wards_whose_doors_are_near_each_other_adjoin_and_others_do_not(session: Session) -> None:
    place(session, A=(0, 0), B=(1, 0), C=(2, 0), D=(0, 1), E=(9, 9))
    assert wards_next_to(session, ["A"]) == {"B", "D"}
    assert wards_next_to(session, ["B"]) == {"A", "C"}
    assert wards_next_to(session, ["A", "B"]) == {"C", "D"}
    assert wards_next_to(session, ["E"]) == set()


def test_a_ward_that_nobody_knows_has_no_neighbours(session: Session) -> None:
    assert not lie_somewhere(session)
    place(session, A=(0, 0), B=(1, 0))
    assert lie_somewhere(session)
    assert wards_next_to(session, ["X"]) == set()
    assert wards_next_to(session, []) == set()


def test_wards_of_others_and_postcodes_given_up_count_for_nothing(session: Session) -> None:
    place(session, A=(0, 0), B=(1, 0), C=(0, 1))
    session.delete(session.get_one(Ward, "B"))
    session.get_one(PostcodePlace, ("ZZ1 2AA", date(1980, 1, 1))).ended_on = date(2020, 1, 1)
    session.flush()
    assert wards_next_to(session, ["A"]) == set()


@given(st.floats(50, 60), st.floats(-7, 1.7), st.floats(-0.006, 0.006), st.floats(-0.012, 0.012))
def test_whatever_is_near_enough_lies_in_a_square_that_is_looked_at(
    lat: float, long: float, north: float, east: float
) -> None:
    here, there = Point(lat, long), Point(lat + north, long + east)
    if metres_between(here, there) <= NEAR:
        assert cell_of(there) in cells_near(here, NEAR)
