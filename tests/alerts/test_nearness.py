"""A warning before residents get a second alert of the same case, or one that reads like another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case, new_draft, shown
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.nearness import SAME_CASE_WITHIN, SAME_HEADLINE_WITHIN, find_near
from tsalert.alerts.rules import FollowUp, Kind
from tsalert.alerts.scheduling import service as scheduling
from tsalert.core.actors import Actor


@pytest.fixture
def case_id(session: Session) -> int:
    return add_case(session, summary="Roofers at the door.")


def draft(author: Actor, *, at: datetime = NOW, submitted: bool = False, **changes: object) -> int:
    alert_id = service.write_draft(new_draft(**changes), actor=author, now=at)
    if submitted:
        service.submit(alert_id, actor=author, now=at)
    return alert_id


def send(author: Actor, approver: Actor, *, at: datetime = NOW, **changes: object) -> int:
    alert_id = draft(author, at=at, submitted=True, **changes)
    service.approve(alert_id, shown(alert_id), actor=approver, now=at)
    return alert_id


def near(session: Session, alert_id: int, now: datetime = NOW) -> list[tuple[int, bool, bool]]:
    found = find_near(session, queries.get_alert(session, alert_id), now=now)
    return [(each.alert_id, each.same_case, each.same_headline) for each in found]


@pytest.mark.parametrize(
    ("after", "warned"), [(SAME_CASE_WITHIN, True), (SAME_CASE_WITHIN + timedelta(seconds=1), False)]
)
def test_two_alerts_of_one_case_within_minutes(
    session: Session, author: Actor, approver: Actor, people: None, case_id: int, after: timedelta, *, warned: bool
) -> None:
    first = send(author, approver, case_id=case_id)
    second = draft(author, headline="Another", case_id=case_id)
    other = draft(author, headline="Of no case")
    assert near(session, second, NOW + after) == ([(first, True, False)] if warned else [])
    assert near(session, other, NOW + after) == []


@pytest.mark.parametrize("headline", ["Roofers in Bickley", "  ROOFERS in  bickley!"])
def test_the_same_headline_within_a_day_however_it_is_written(
    session: Session, author: Actor, approver: Actor, people: None, headline: str
) -> None:
    first = send(author, approver)
    second = draft(author, headline=headline)
    assert near(session, second, NOW + SAME_HEADLINE_WITHIN - timedelta(seconds=1)) == [(first, False, True)]
    assert near(session, second, NOW + SAME_HEADLINE_WITHIN) == []


def test_one_that_waits_for_approval_or_is_scheduled_counts_whenever_it_was_written(
    session: Session, author: Actor, approver: Actor, people: None, case_id: int
) -> None:
    waiting = draft(author, headline="Waiting", case_id=case_id, submitted=True)
    later = draft(author, headline="Scheduled", case_id=case_id, submitted=True)
    scheduling.schedule(later, shown(later), NOW + timedelta(days=2), actor=approver, now=NOW)
    mere_draft = draft(author, headline="Draft", case_id=case_id)
    mine = draft(author, headline="Mine", case_id=case_id)
    found = near(session, mine, NOW + timedelta(days=1))
    assert found == [(later, True, False), (waiting, True, False)]
    assert mere_draft not in {number for number, _, _ in found}


def test_an_update_never_warns_of_what_it_continues_nor_of_its_other_updates(
    session: Session, author: Actor, approver: Actor, people: None, case_id: int
) -> None:
    first = send(author, approver, case_id=case_id)
    words = FollowUp(Kind.UPDATE, "Roofers in Bickley", "They have gone.", NOW + timedelta(days=1))
    updates = [service.follow_up(first, words, actor=author, now=NOW) for _ in range(2)]
    service.submit(updates[0], actor=author, now=NOW)
    assert near(session, updates[1]) == []
    assert near(session, first) == []


def test_one_that_was_withdrawn_is_no_reason_to_wait(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    first = send(author, approver)
    service.withdraw(first, "It was the wrong place.", actor=approver, now=NOW)
    assert near(session, draft(author)) == []


def test_page_and_api_warn_and_do_not_refuse(
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    author: Actor,
    people: None,
) -> None:
    now = datetime.now(UTC)
    waiting, mine = (draft(author, at=now, expires_at=now + timedelta(days=1), submitted=True) for _ in range(2))
    page = signed_in().get(f"/alerts/{mine}").text
    assert "Another alert with the same headline, <a" in page
    assert "is about to go out. Make sure that residents need both." in page
    assert f'href="/alerts/{waiting}"' in page
    answer = client.get(f"/api/v1/alerts/{mine}/near", headers=bearer()).json
    assert answer is not None
    assert [each["alert_id"] for each in answer["items"]] == [waiting]
