"""Files as the ONS names their columns, with rows that are invented: ``ZZ1 1AA`` is no postcode of the post office."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

OLDER = (
    "pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "ced", "oslaua", "osward", "parish", "usertype", "oseast1m",
    "osnrth1m", "osgrdind", "ctry", "rgn", "lat", "long", "imd",
)  # fmt: skip
NEWER = (
    "pcd7", "pcd8", "pcds", "dointr", "doterm", "cty26cd", "ced25cd", "lad26cd", "wd26cd", "parncp26cd", "usrtypind",
    "east1m", "north1m", "gridind", "ctry26cd", "rgn26cd", "wdstl05cd", "wdcas03cd", "lat", "long", "imd25ind",
)  # fmt: skip
OURS, THEIRS, COUNTY, DISTRICT = "E09000006", "E09000011", "E10000016", "E07000111"
OUR_WARD, THEIR_WARD = "E05014000", "E05014072"
_SPAN = 1000


class Line(Struct, frozen=True):
    """What the tests need of one row."""

    postcode: str
    authority: str = OURS
    ward: str = OUR_WARD
    lat: str = "51.400000"
    long: str = "0.050000"
    introduced: str = "198001"
    ended: str = ""
    county: str = "E99999999"


def cells(line: Line, columns: Sequence[str]) -> list[str]:
    """Return a row with every column of an edition, those that nobody reads filled with something."""
    told = {
        "pcds": line.postcode,
        "dointr": line.introduced,
        "doterm": line.ended,
        "oslaua": line.authority,
        "lad26cd": line.authority,
        "osward": line.ward,
        "wd26cd": line.ward,
        "oscty": line.county,
        "cty26cd": line.county,
        "lat": line.lat,
        "long": line.long,
    }
    return [told.get(column, "1") for column in columns]


def write(path: Path, lines: Iterable[Line], columns: Sequence[str] = NEWER) -> Path:
    """Write a file of the directory."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
        writer.writerow(columns)
        writer.writerows(cells(line, columns) for line in lines)
    return path


def many(count: int) -> Iterator[Line]:
    """Yield rows in the directory's order, on a grid of points; every seventh lies in the other authority."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    for number in range(count):
        area, rest = divmod(number, 4000)
        sector, unit = divmod(rest, 400)
        postcode = f"{_outward(area)} {sector}{letters[unit // 20]}{letters[unit % 20]}"
        is_theirs = number % 7 == 0
        yield Line(
            postcode,
            THEIRS if is_theirs else OURS,
            THEIR_WARD if is_theirs else OUR_WARD,
            f"{51 + number // _SPAN % _SPAN * 0.001:.6f}",
            f"{number % _SPAN * 0.002:.6f}",
            ended="201905" if number % 3 == 0 else "",
        )


def _outward(area: int) -> str:
    letters = "ABCDEFGHKLMNPRSTUVWXY"
    first, rest = divmod(area, 400)
    second, number = divmod(rest, 20)
    return f"{letters[second]}{letters[first % 21]}{number:02}"
