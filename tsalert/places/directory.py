"""Reading rows of the ONS Postcode Directory by its own column names, of both generations. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.words import counted
from tsalert.places.grid import Point

# The names that a column has had, as patterns; of several editions' years the newest counts.
_COLUMNS = {
    "postcode": r"pcds",
    "introduced": r"dointr",
    "ended": r"doterm",
    "authority": r"oslaua|laua|lad\d\dcd",
    "ward": r"osward|ward|wd\d\dcd",
    "lat": r"lat",
    "long": r"long",
}
_COUNTY = r"oscty|cty|cty\d\dcd"  # not in every extract
EXPECTED = "pcds, dointr, doterm, oslaua (or lad25cd), osward (or wd25cd), lat, long"
_POSTCODE = re.compile(r"[A-Z][A-Z0-9]{1,3} \d[A-Z]{2}", re.ASCII)
_CODE = re.compile(r"[A-Z]\d{8}", re.ASCII)
_NO_AREA = re.compile(r"[A-Z]9{8}", re.ASCII)
_MONTH = re.compile(r"(\d{4})-?(\d{2})(?:-\d{2})?", re.ASCII)
_SHIRE = "E10"  # a county council with districts below it: trading standards are the county's
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NOWHERE = 99.0  # the directory writes 99.999999 where a postcode has no place on the map
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_EDITION = re.compile(rf"({'|'.join(_MONTHS)})[A-Z]*[_ -]?(\d{{4}})", re.ASCII | re.IGNORECASE)


class DirectoryRow(Struct, frozen=True):
    """One postcode of an edition.

    :param authority: whose trading standards it lies under: the county council's where there is one, as for Kent.
    :param point: None where the directory knows no place for it.
    """

    postcode: str
    introduced_on: date
    ended_on: date | None
    authority: str | None
    ward: str | None
    point: Point | None


class Layout(Struct, frozen=True):
    """At which place of a row each column stands; ``county`` of None means that the file has none."""

    places: dict[str, int]
    county: int | None
    width: int


def read_layout(header: Sequence[str]) -> Layout:
    """Find the columns by their names, in any order and letter case.

    :raises RuleViolation: one is missing, so this is another file.
    """
    titles = [title.strip().strip("\ufeff\"'").lower() for title in header]
    found = {name: _find(titles, pattern) for name, pattern in _COLUMNS.items()}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        raise RuleViolation(
            f"This is not the ONS Postcode Directory: no column for {', '.join(missing)}. Expected: {EXPECTED}."
        )
    places = {name: place for name, place in found.items() if place is not None}
    return Layout(places, _find(titles, _COUNTY), len(titles))


def read_row(cells: Sequence[str], layout: Layout) -> DirectoryRow:
    """Read one row.

    :raises RuleViolation: naming what is wrong with it.
    """
    if len(cells) != layout.width:
        raise RuleViolation(f"has {counted(len(cells), 'value')}; {layout.width} are expected")
    place = layout.places
    postcode = cells[place["postcode"]].strip()
    if not _POSTCODE.fullmatch(postcode):
        raise RuleViolation("pcds is no postcode")
    introduced = read_month(cells[place["introduced"]])
    if introduced is None:
        raise RuleViolation("dointr is empty")
    county = cells[layout.county].strip() if layout.county is not None else ""
    return DirectoryRow(
        postcode,
        introduced,
        read_month(cells[place["ended"]]),
        _code(county) if county.startswith(_SHIRE) else _code(cells[place["authority"]].strip()),
        _code(cells[place["ward"]].strip()),
        _point(cells[place["lat"]], cells[place["long"]]),
    )


@lru_cache(maxsize=2000)
def read_month(text: str) -> date | None:
    """Read a month such as ``198001`` as its first day; None where it is empty.

    :raises RuleViolation: it is no month from 1900 on.
    """
    if not text.strip():
        return None
    found = _MONTH.fullmatch(text.strip())
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR or not 1 <= int(found[2]) <= 12:
        raise RuleViolation("a date is no month like 198001")
    return date(int(found[1]), int(found[2]), 1)


def edition_in(name: str) -> date | None:
    """Return the month told by the name of a file, such as ``ONSPD_AUG_2026_UK.csv``; None where it tells none."""
    found = _EDITION.search(name)
    return date(int(found[2]), _MONTHS.index(found[1].upper()) + 1, 1) if found else None


def _find(titles: Sequence[str], pattern: str) -> int | None:
    matching = [(title, place) for place, title in enumerate(titles) if re.fullmatch(pattern, title)]
    return max(matching)[1] if matching else None


@lru_cache(maxsize=20_000)
def _code(text: str) -> str | None:
    """Return an area's code; None for an empty one and for the directory's way to write that there is no such area.

    :raises RuleViolation: it is no code.
    """
    if not text or _NO_AREA.fullmatch(text):
        return None
    if not _CODE.fullmatch(text):
        raise RuleViolation("an area's code is not a letter and eight digits")
    return text


def _point(lat: str, long: str) -> Point | None:
    if not lat.strip() or not long.strip():
        return None
    try:
        north, east = float(lat), float(long)
    except ValueError as error:
        raise RuleViolation("lat or long is no number") from error
    if north >= _NOWHERE:
        return None
    if not (49 <= north <= 62 and -9 <= east <= 3):
        raise RuleViolation("lat and long do not lie in the United Kingdom")
    return Point(north, east)
