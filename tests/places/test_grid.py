"""Distances, and the squares in which neighbours are looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.places.grid import REACH, Point, cell_of, cells_around, metres_between

POINTS = st.builds(Point, st.floats(49.8, 60.9), st.floats(-8.2, 1.8))
# As far as one walks in degrees and still may be within reach, at any latitude.
STEPS = st.tuples(st.floats(-0.003, 0.003), st.floats(-0.006, 0.006))


@given(here=POINTS, step=STEPS)
def test_whatever_lies_within_reach_lies_in_the_squares_around(here: Point, step: tuple[float, float]) -> None:
    there = Point(here.lat + step[0], here.long + step[1])
    if metres_between(here, there) < REACH:
        assert cell_of(there) in cells_around(here)


@given(one=POINTS, step=STEPS)
def test_it_is_as_far_there_as_back(one: Point, step: tuple[float, float]) -> None:
    other = Point(one.lat + step[0], one.long + step[1])
    assert metres_between(one, other) == pytest.approx(metres_between(other, one))


def test_a_known_distance_is_right_to_a_metre() -> None:
    # A thousandth of a degree: 111.2 m to the north anywhere, 69.4 m to the east at 51.4 degrees.
    assert metres_between(Point(51.4, 0), Point(51.401, 0)) == pytest.approx(111.2, abs=0.5)
    assert metres_between(Point(51.4, 0), Point(51.4, 0.001)) == pytest.approx(69.4, abs=0.5)


def test_a_point_has_nine_squares_around_it_and_lies_in_the_middle_one() -> None:
    around = cells_around(Point(51.4, 0.05))
    assert len(set(around)) == 9
    assert around[4] == cell_of(Point(51.4, 0.05))
