"""When pages do not go out: everybody is told, whom to ring stands there, and it goes away by itself."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.delivery.conftest import Provider
from tests.paging.conftest import MANAGER, PRIMARY, Night, Team, at
from tsalert.db import db
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.installation import signs
from tsalert.paging import queries, troubles
from tsalert.paging.models import Outage
from tsalert.response import answering, dispatching
from tsalert.response.dispatching import NewMilestone
from tsalert.response.steps import Step

Page = Callable[..., int]
DOWN = RetryLater("503: down")


def warnings(after: float = 0) -> list[str]:
    known = queries.troubles(db.session(), now=at(after))
    found = [f"{each.text} {each.reference or ''}".strip() for each in known]
    db.session.rollback()
    return found


def told(night: Night) -> list[str]:
    return sorted(each.subject for each in night.sent if each.channel == "email")


def test_a_page_that_is_not_taken_in_time_is_told_by_mail_and_above_every_page(
    team: Team, night: Night, page: Page
) -> None:
    night.answer = DOWN
    incident_id = page()
    night.tick(29)
    assert (warnings(), told(night)) == ([], [])
    night.tick(30)
    night.tick(31)
    assert [words[:35] for words in warnings()] == [
        "Text messages to officers do not go",
        "A page did not go out. Ring by hand",
    ]
    assert len(told(night)) == 3
    assert all(subject.startswith("Ring by hand: pages for R26-") for subject in told(night))
    ring = queries.to_ring(db.session(), incident_id, now=at(31))
    assert [(each.name, each.mobile) for each in ring][:1] == [("Pat Primary", PRIMARY)]
    assert (ring[-1].name, ring[-1].mobile) == ("Mo Manager", MANAGER)
    assert len(ring) == 3
    assert any("Pages do not go out: ring by hand" in line for line in night.story(incident_id))


def test_when_the_provider_is_back_the_page_goes_out_and_the_warnings_go(team: Team, night: Night, page: Page) -> None:
    night.answer = DOWN
    incident_id = page()
    night.tick(40)
    night.answer = Accepted("taken")
    night.tick(58)
    night.tick(59)
    assert warnings() == []
    assert "Paged by text, Pat Primary: Accepted by the provider" in night.story(incident_id)
    assert queries.to_ring(db.session(), incident_id, now=at(60)) == []
    outage = db.session().scalars(select(Outage)).one()
    assert outage.ended_at is not None


@pytest.mark.parametrize(
    ("answer", "warned", "said"),
    [
        (InDoubt("cut"), 2, "In doubt, so it may have come or come twice: cut"),
        (Rejected("21614: not a mobile"), 1, "Refused: 21614: not a mobile"),
    ],
)
def test_a_page_in_doubt_or_refused_is_told_at_once_and_never_sent_again_in_silence(
    team: Team, night: Night, page: Page, answer: Answer, warned: int, said: str
) -> None:
    night.answer = answer
    incident_id = page()
    night.tick(1)
    night.answer = Accepted("taken")
    night.tick(2)
    assert len(warnings()) == warned
    assert f"Paged by text, Pat Primary: {said}" in night.story(incident_id)
    assert len(told(night)) == 3
    assert [each for each in night.reached if each[0] == "sms"] == [("sms", PRIMARY)]
    night.tick(60)
    assert ("voice", PRIMARY) in night.reached
    answering.take_incident(incident_id, actor=team.primary, now=at(70))
    assert [words for words in warnings() if "Ring by hand" in words] == []


@pytest.fixture
def asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Note when the provider is asked whether it is back; it answers from ten minutes past noon."""
    times: list[datetime] = []

    class Telephone(Provider):
        def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
            assert not db.session().in_transaction()
            times.append(since)
            if len(times) < 3:
                raise Unavailable("still gone")
            return []

    monkeypatch.setitem(app.extensions, "tsalert_gateways", (Telephone(Channel.SMS), Telephone(Channel.VOICE)))
    return times


def test_with_no_page_left_to_send_the_provider_is_asked_until_it_answers(
    team: Team, night: Night, page: Page, asked: list[datetime]
) -> None:
    night.answer = DOWN
    incident_id = page()
    night.tick(40)
    troubles.ask_providers(at(70))
    assert asked == []
    answering.take_incident(incident_id, actor=team.primary, now=at(80))
    night.tick(81)
    for number in range(4):
        troubles.ask_providers(at(100 + number))
        db.session.rollback()
    assert len(asked) == 3
    assert warnings() == []


def test_a_round_that_nobody_answered_stands_above_every_page(
    session: Session, team: Team, night: Night, page: Page
) -> None:
    page()
    for second in (0, 60, 300, 600):
        night.tick(second)
    assert warnings() == []
    night.tick(900)
    assert [words[:41] for words in warnings()] == ["Everybody was paged and nobody has taken "[:41]]


def test_every_page_says_whom_to_ring_where_no_worker_runs(team: Team, page: Page) -> None:
    incident_id = page()
    assert warnings(60) == []
    assert [words[:36] for words in warnings(61)] == ["A page did not go out. Ring by hand "]
    ring = queries.to_ring(db.session(), incident_id, now=at(61))
    assert (ring[0].name, ring[0].mobile) == ("Pat Primary", PRIMARY)


def test_where_the_worker_is_known_to_be_gone_whom_to_ring_stands_there_from_the_first_second(
    team: Team, page: Page
) -> None:
    incident_id = page()
    assert queries.to_ring(db.session(), incident_id, now=at(1)) == []
    signs.give_sign(at(-181))
    ring = queries.to_ring(db.session(), incident_id, now=at(1))
    assert (ring[0].name, ring[0].mobile) == ("Pat Primary", PRIMARY)
    answering.take_incident(incident_id, actor=team.primary, now=at(2))
    assert queries.to_ring(db.session(), incident_id, now=at(3)) == []


def test_every_page_says_that_the_worker_stopped_before_the_backup_was_paged(
    team: Team, night: Night, page: Page
) -> None:
    incident_id = page()
    for second in (0, 60, 62):
        night.tick(second)
    assert warnings(360) == []
    assert [words[:49] for words in warnings(361)] == ["The worker does not run, so nobody is paged. Ring"]
    answering.take_incident(incident_id, actor=team.primary, now=at(370))
    assert warnings(370 + 15 * 60) == []
    assert len(warnings(371 + 16 * 60)) == 1
    night.tick(372 + 16 * 60)
    assert warnings(373 + 16 * 60) == []


def test_every_page_says_that_nobody_watches_over_an_officer_where_no_worker_runs(
    team: Team, night: Night, page: Page
) -> None:
    incident_id = page()
    there = NewMilestone(Step.ON_SCENE)
    dispatching.record_milestone(incident_id, there, actor=team.primary, now=at(100))
    half_an_hour = 100 + 30 * 60
    assert warnings(half_an_hour + 60) == []
    assert [words[:46] for words in warnings(half_an_hour + 61)] == ["The worker does not run, so nobody watches ove"]
    night.tick(half_an_hour + 62)
    assert warnings(half_an_hour + 63) == []


def test_looking_at_pages_twice_tells_once(team: Team, night: Night, page: Page) -> None:
    night.answer = DOWN
    page()
    for second in range(40, 50):
        night.tick(second)
    assert len(told(night)) == 3
    assert len(db.session().scalars(select(Outage)).all()) == 1
