"""A directory of a few invented postcodes on both sides of a border, and our own code."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.places.directory_files import OUR_WARD, OURS, THEIR_WARD, THEIRS, Line, write
from tsalert.core.actors import Actor, Permission, Via
from tsalert.places.grid import Point, cell_of
from tsalert.places.importing import Source, import_directory
from tsalert.places.models import PostcodePlace
from tsalert.places.wards import import_names

CLERK = Actor(None, "command", frozenset({Permission.MANAGE_RESPONSE}), Via.COMMAND)
AUGUST = date(2026, 8, 1)
NAMES = (
    "WD26CD,WD26NM,LAD26CD,LAD26NM\n",
    f"{OUR_WARD},Park,{OURS},Ourborough\n",
    f"{THEIR_WARD},Hill,{THEIRS},Otherborough\n",
)


def load_directory(folder: Path) -> None:
    """Load postcodes of ours to the south of the border (at 51.400), theirs to the north; 0.001 degrees are 111 m."""
    lines = [
        Line("ZZ1 1AA", lat="51.399"),
        Line("ZZ1 1AB", lat="51.390"),
        Line("ZZ1 1AC", ended="201905", lat="51.390"),
        Line("ZZ1 1AD", "M99999999", "M99999999", "99.999999", "0.0"),
        Line("ZZ2 1AA", THEIRS, THEIR_WARD, "51.401"),
        Line("ZZ2 1AB", THEIRS, THEIR_WARD, "51.410"),
        Line("ZZ2 1AC", THEIRS, THEIR_WARD, "51.3901", ended="201905"),
    ]
    import_directory(Source(write(folder / "a.csv", lines), AUGUST), own=OURS, actor=CLERK, now=NOW)
    import_names(NAMES, own=OURS, actor=CLERK, now=NOW)


def add_postcode(session: Session, postcode: str, ward: str, point: Point) -> None:
    """Put one postcode of a ward where it is said to lie."""
    session.add(
        PostcodePlace(
            postcode=postcode,
            since=date(1980, 1, 1),
            authority_code="E09000099",
            ward_code=ward,
            lat=point.lat,
            long=point.long,
            cell=cell_of(point),
        )
    )


@pytest.fixture
def ours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the service be that of our side of the border."""
    known = replace(app.extensions["tsalert_settings"], authority_code=OURS)
    monkeypatch.setitem(app.extensions, "tsalert_settings", known)
    return OURS


@pytest.fixture
def directory(session: Session, ours: str, tmp_path: Path) -> Session:
    """A session on a database that knows the postcodes of both sides."""
    load_directory(tmp_path)
    return session
