"""Which wards lie next to each other, by where their postcodes are: no map of borders is needed for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.places.grid import Point, cell_of, cells_near, metres_between
from tsalert.places.models import PostcodePlace, Ward

# Two wards adjoin where doors of both are nearer than this: across a park or a railway, but not across another ward.
NEAR = 500
_Places = list[tuple[str, Point]]


def wards_next_to(session: Session, codes: Collection[str]) -> set[str]:
    """Return the wards of this authority that adjoin any of some wards, without those."""
    own = select(PostcodePlace.ward_code, PostcodePlace.lat, PostcodePlace.long).where(
        PostcodePlace.ward_code.in_(select(Ward.code)),
        PostcodePlace.cell.is_not(None),
        PostcodePlace.until.is_(None),
        PostcodePlace.ended_on.is_(None),
    )
    ours: list[Point] = []
    others: defaultdict[int, _Places] = defaultdict(list)
    for code, lat, long in session.execute(own):
        assert code is not None and lat is not None and long is not None  # noqa: PT018 - as the query asks
        point = Point(lat, long)
        if code in codes:
            ours.append(point)
        else:
            others[cell_of(point)].append((code, point))
    return set(_adjoining(ours, others))


def lie_somewhere(session: Session) -> bool:
    """Tell whether it is known where any ward of this authority lies."""
    known = select(PostcodePlace.postcode).where(
        PostcodePlace.ward_code.in_(select(Ward.code)), PostcodePlace.cell.is_not(None)
    )
    return session.execute(known.limit(1)).first() is not None


def _adjoining(ours: Iterable[Point], others: defaultdict[int, _Places]) -> Iterator[str]:
    found: set[str] = set()
    for point in ours:
        for code, place in _around(point, others):
            if code not in found and metres_between(point, place) <= NEAR:
                found.add(code)
                yield code


def _around(point: Point, others: defaultdict[int, _Places]) -> Iterator[tuple[str, Point]]:
    for cell in cells_near(point, NEAR):
        if cell in others:
            yield from others[cell]
