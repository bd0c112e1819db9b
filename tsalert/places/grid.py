"""Where two points lie to each other, and the squares in which neighbours are looked for. Pure.

A square is at least ``REACH`` high and wide anywhere in the United Kingdom, so whatever lies within reach of a point
lies in its own square or one of the eight around it.
"""

from math import ceil, cos, floor, hypot, radians

from msgspec import Struct

REACH = 250  # metres: nearer than this to another authority's nearest centroid, somebody asks the caller
_METRES_A_DEGREE = 111_195  # of a great circle of the mean earth
_HEIGHT, _WIDTH = 0.0025, 0.005  # degrees: 278 m, and 268 m at Shetland's northern end, where it is least
_SOUTH, _WEST = 49.0, -10.0  # of the first square
_ROW = 10_000  # squares in one row are numbered below this


class Point(Struct, frozen=True):
    """A place by its degrees north and east."""

    lat: float
    long: float


def cell_of(point: Point) -> int:
    """Return the number of the square in which a point lies."""
    return _number(*_square(point))


def cells_around(point: Point) -> list[int]:
    """Return the numbers of the square in which a point lies and of the eight around it."""
    return cells_near(point, REACH)


def cells_near(point: Point, metres: int) -> list[int]:
    """Return the numbers of the square in which a point lies and of all around it as far as some metres."""
    north, east = _square(point)
    rings = ceil(metres / REACH)
    rows, columns = range(north - rings, north + rings + 1), range(east - rings, east + rings + 1)
    return [_number(row, column) for row in rows for column in columns]


def metres_between(one: Point, other: Point) -> float:
    """Return how far two points of the same town are apart, to well under a metre."""
    middle = radians((one.lat + other.lat) / 2)
    return _METRES_A_DEGREE * hypot(one.lat - other.lat, (one.long - other.long) * cos(middle))


def _square(point: Point) -> tuple[int, int]:
    return floor((point.lat - _SOUTH) / _HEIGHT), floor((point.long - _WEST) / _WIDTH)


def _number(north: int, east: int) -> int:
    return north * _ROW + east
