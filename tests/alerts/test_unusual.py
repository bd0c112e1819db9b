"""Who sends to far more people than usual says how many they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.audience import unusual
from tsalert.alerts.rules import Channel, Draft
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.delivery.models import Endpoint
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber, Subscription, Topic

MANY = unusual.SMALL + 1


def to_readers(**changes: Any) -> Draft:
    """Return a draft that goes out by mail alone, and applies for a week from now."""
    return new_draft(channels=(Channel.EMAIL,), expires_at=utc_now() + timedelta(days=7), **changes)


@given(size=st.integers(0, 10**7), usual=st.none() | st.integers(0, 10**6))
def test_an_audience_is_unusual_only_far_beyond_the_usual_and_beyond_a_thousand(size: int, usual: int | None) -> None:
    found = unusual.is_unusual(size, usual)
    assert found == (usual is not None and size > 1000 and size > 10 * usual)


@given(size=st.integers(0, 10**7))
def test_a_number_is_taken_that_differs_by_a_hundredth_at_most(size: int) -> None:
    assert unusual.is_the_number(size, size)
    assert unusual.is_the_number(size + size // 100, size)
    assert not unusual.is_the_number(size + size // 100 + 1, size)
    assert not unusual.is_the_number(None, size)


@pytest.fixture
def crowd(session: Session) -> None:
    """Two people of Bickley, and a thousand who live elsewhere."""
    for name in ("ann", "bob"):
        subscribe(session, f"{name}@example.org", ward="Bickley")
    topic = session.scalars(select(Topic.id).where(Topic.slug == "all")).one()
    numbers = range(10_000_000, 10_000_000 + MANY)  # beyond any number that another test has drawn
    ends = [{"id": n, "channel": "email", "address": f"r{n}@example.org", "address_key": f"k{n}", "status": "active",
             "created_at": NOW} for n in numbers]  # fmt: skip
    people = [{"id": n, "kind": "resident", "language": "en-GB", "formats": [], "ward": "Darwin", "created_at": NOW}
              for n in numbers]  # fmt: skip
    wishes = [{"id": n, "subscriber_id": n, "endpoint_id": n, "topic_id": topic, "frequency": "immediate",
               "source": "phone", "started_at": NOW} for n in numbers]  # fmt: skip
    for model, rows in ((Endpoint, ends), (Subscriber, people), (Subscription, wishes)):
        session.execute(insert(model), rows)
    session.commit()


@pytest.fixture
def pend(officer: Callable[..., Actor]) -> Callable[[Draft], int]:
    """Write an alert and ask for its approval; returns it."""
    author = officer()

    def write(draft: Draft) -> int:
        alert_id = service.write_draft(draft, actor=author, now=utc_now())
        service.submit(alert_id, actor=author, now=utc_now())
        return alert_id

    return write


@pytest.fixture
def to_all(crowd: None, officer: Callable[..., Actor], pend: Callable[[Draft], int]) -> int:
    """An alert to everybody, after three that went to one ward."""
    for _ in range(unusual._FEWEST):
        alert_id = pend(to_readers(wards=("Bickley",)))
        service.approve(alert_id, shown(alert_id), actor=officer(), now=utc_now())
    return pend(to_readers())


def test_the_first_alerts_ask_for_no_number(
    crowd: None, officer: Callable[..., Actor], pend: Callable[..., int]
) -> None:
    alert_id = pend(to_readers())
    assert service.approve(alert_id, shown(alert_id), actor=officer(), now=utc_now()) == MANY + 2


@pytest.mark.parametrize("typed", [None, 0, 2, 10 * MANY])
def test_an_unusual_audience_gets_nothing_until_its_number_is_typed(
    session: Session, to_all: int, officer: Callable[..., Actor], typed: int | None
) -> None:
    approver = officer()
    with pytest.raises(RuleViolation, match="1,003 addresses; 2 are usual") as refused:
        service.approve(to_all, shown(to_all), readers=typed, actor=approver, now=utc_now())
    assert refused.value.field == "readers"
    session.rollback()
    assert queries.get_alert(session, to_all).published_at is None
    assert service.approve(to_all, shown(to_all), readers=MANY + 2, actor=approver, now=utc_now()) == MANY + 2


def test_who_sends_alone_types_it_too(to_all: int, officer: Callable[..., Actor]) -> None:
    alone = officer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)
    reason = "Nobody else is on duty tonight."
    with pytest.raises(RuleViolation, match="are usual"):
        service.send_alone(to_all, shown(to_all), reason, actor=alone, now=utc_now())
    assert service.send_alone(to_all, shown(to_all), reason, readers=1003, actor=alone, now=utc_now()) == MANY + 2


def test_the_page_asks_for_the_number_and_takes_it(
    session: Session, to_all: int, signed_in: Callable[..., FlaskClient]
) -> None:
    desk, page, form = signed_in(RoleName.MANAGER), f"/alerts/{to_all}", {"digest": shown(to_all)}
    assert "more than ten times as many as usual (2)" in desk.get(page).text
    for typed in ("", "2", "many"):
        refused = desk.post(f"{page}/approve", data=form | {"readers": typed})
        assert (refused.status_code, 'id="readers-error"' in refused.text) == (422, True)
    assert desk.post(f"{page}/approve", data=form | {"readers": "1003"}).status_code == 303
    assert queries.get_alert(session, to_all).published_at is not None


def test_the_interface_takes_the_number(
    client: FlaskClient, to_all: int, bearer: Callable[..., dict[str, str]]
) -> None:
    head, place = bearer(RoleName.MANAGER), f"/api/v1/alerts/{to_all}/approve"
    assert client.post(place, json={"digest": shown(to_all)}, headers=head).status_code == 422
    assert client.post(place, json={"digest": shown(to_all), "readers": 1003}, headers=head).status_code == 200


def test_a_page_whose_audience_is_usual_asks_for_no_number(
    crowd: None, pend: Callable[[Draft], int], signed_in: Callable[..., FlaskClient]
) -> None:
    page = signed_in(RoleName.MANAGER).get(f"/alerts/{pend(to_readers())}").text
    assert "How many addresses it goes to" not in page
