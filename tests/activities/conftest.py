"""Activities as officers write them down."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.activities.rules import Plan
from tsalert.activities.vocabulary import ActivityKind, Audience
from tsalert.places import service as places
from tsalert.places.rules import NamedWard

WARD, OTHER_WARD = "E05013991", "E05013992"
DAY = date(2022, 5, 3)


def session_plan(**changes: Any) -> Plan:
    """Return a Friends session of 3 May 2022."""
    known: dict[str, Any] = {
        "kind": ActivityKind.FRIENDS_SESSION,
        "title": "Friends session at a lunch club",
        "first_day": DAY,
        "last_day": changes.get("first_day", DAY),
        "ward_codes": (WARD,),
        "audience": Audience.OLDER_PEOPLE,
        "host": "A lunch club (invented)",
    }
    return Plan(**known | changes)


@pytest.fixture
def wards(session: Session) -> None:
    """Two wards to choose from."""
    places.add_wards([NamedWard(WARD, "Clock House"), NamedWard(OTHER_WARD, "Mottingham")], now=NOW)


@pytest.fixture
def browser(signed_in: Callable[..., FlaskClient], wards: None) -> FlaskClient:
    """An officer at a desk."""
    return signed_in()
