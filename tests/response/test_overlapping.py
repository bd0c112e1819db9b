"""An officer who is said to be at two places at once is warned of, and nothing is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tests.response.test_clock_facts import arrive, leave
from tsalert.core.actors import Actor
from tsalert.response import queries, service
from tsalert.response.overlapping import overlaps_of
from tsalert.staff.rules import RoleName

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def other_id(session: Session, duty: Actor) -> int:
    """A second incident."""
    return service.log_call(roof_call(address="9 Sample Street"), actor=duty, now=NOON).incident_id or 0


def test_two_visits_of_one_officer_at_a_time_are_warned_of_at_both_incidents(
    session: Session, duty: Actor, incident_id: int, other_id: int
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 2 * HOUR)
    arrive(other_id, duty, at=NOON + 90 * MINUTE, now=NOON + 3 * HOUR)
    (here,), (there,) = overlaps_of(session, incident_id), overlaps_of(session, other_id)
    assert (here.incident_id, here.since, here.until) == (other_id, NOON + 90 * MINUTE, None)
    reference = queries.get_incident(session, incident_id).reference
    assert (there.reference, there.since, there.until) == (reference, NOON + HOUR, NOON + 2 * HOUR)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOON + 2 * HOUR + 20 * SECOND, id="at-the-moment-of-leaving"),
        pytest.param(NOON + 2 * HOUR, id="earlier-within-the-same-minute"),
        pytest.param(NOON + 3 * HOUR, id="later"),
    ],
)
def test_one_visit_after_the_other_is_no_overlap(
    session: Session, duty: Actor, incident_id: int, other_id: int, at: datetime
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 2 * HOUR + 20 * SECOND)
    arrive(other_id, duty, at=at, now=NOON + 4 * HOUR)
    assert overlaps_of(session, incident_id) == []


def test_two_officers_at_two_places_are_nothing_odd(
    session: Session, duty: Actor, incident_id: int, other_id: int, officer: Callable[..., Actor]
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    arrive(other_id, officer(name="Another"), at=NOON + HOUR)
    assert overlaps_of(session, incident_id) == overlaps_of(session, other_id) == []


def test_the_page_and_the_interface_warn(
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    duty: Actor,
    incident_id: int,
    other_id: int,
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    arrive(other_id, duty, at=NOON + 90 * MINUTE)
    desk = signed_in(RoleName.DUTY_OFFICER)
    assert "Dee Example is also recorded at" in desk.get(f"/incidents/{incident_id}").text
    answer = desk.get(f"/api/v1/incidents/{other_id}", headers=bearer(RoleName.DUTY_OFFICER)).get_json()
    assert [each["incident_id"] for each in answer["overlapping_visits"]] == [incident_id]
