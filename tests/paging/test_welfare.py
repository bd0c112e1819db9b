"""Officers alone on scene: asked when they are silent, and never forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.paging.conftest import BACKUP, MANAGER, PRIMARY, Night, Sent, Team, at
from tests.standins.called import Call
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.paging import policies, welfare
from tsalert.paging.codes import code_of
from tsalert.paging.queries import troubles
from tsalert.response import answering, dispatching
from tsalert.response.dispatching import NewMilestone
from tsalert.response.steps import Step
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

HALF_HOUR, ANSWER = 1800, 300


@pytest.fixture
def incident_id(team: Team, night: Night, page: Callable[..., int]) -> int:
    """An incident at which the officer on duty arrived at noon."""
    incident_id = page()
    night.deliver(0)
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.primary, now=at(0))
    return incident_id


def since_arrival(night: Night) -> list[tuple[str, str]]:
    return night.reached[1:]


def test_half_an_hour_without_a_sign_asks_by_text_with_the_code(team: Team, night: Night, incident_id: int) -> None:
    night.tick(HALF_HOUR - 1)
    assert since_arrival(night) == []
    night.tick(HALF_HOUR)
    night.tick(HALF_HOUR + 1)
    assert since_arrival(night) == [("sms", PRIMARY)]
    code = night.code(team.primary, incident_id)
    assert f"Reply OK {code}, or CLEAR {code} if you have left." in night.sent[-1].words
    assert "Asked whether they are safe by text, Pat Primary: Accepted by the provider" in night.story(incident_id)


def test_no_answer_asks_again_and_then_the_managers_phone_rings(night: Night, incident_id: int) -> None:
    for second in (HALF_HOUR, HALF_HOUR + ANSWER, HALF_HOUR + 2 * ANSWER):
        night.tick(second)
        night.tick(second + 1)
    assert since_arrival(night) == [("sms", PRIMARY), ("sms", PRIMARY), ("voice", MANAGER)]
    assert night.sent[-1].words.startswith("Welfare check missed.")
    story = night.story(incident_id)
    assert story.count("Did not answer the welfare check, Pat Primary: ") == 2
    assert "Rung because an officer does not answer by call, Mo Manager: Ringing" in story


def test_the_next_person_is_rung_until_somebody_deals_with_it(
    team: Team, night: Night, incident_id: int, ring: Callable[[Sent, str], Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        night.tick(HALF_HOUR + number * ANSWER)
    assert since_arrival(night)[2:] == [("voice", MANAGER), ("voice", BACKUP)]
    monkeypatch.setattr("tsalert.inbound.views.utc_now", lambda: at(HALF_HOUR + 3 * ANSWER + 20))
    heard = ring(night.sent[-1], "presses:1")
    assert heard.answers == ["You are dealing with it. The officer and the incident are in tsalert."]
    assert "Deals with the missed welfare check, Bo Backup: " in night.story(incident_id)
    night.tick(HALF_HOUR + 4 * ANSWER + 20)
    assert len(since_arrival(night)) == 4
    assert ring(night.sent[-2], "presses:1").answers == ["Thank you. There has been a sign since."]
    night.tick(2 * HALF_HOUR + 3 * ANSWER + 20)
    assert since_arrival(night)[4:] == [("sms", PRIMARY)]


def test_one_key_deals_with_all_at_an_incident_who_do_not_answer(
    team: Team, night: Night, incident_id: int, ring: Callable[[Sent, str], Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.backup, now=at(10))
    for number in range(3):
        night.tick(HALF_HOUR + 10 + number * ANSWER)
    rung = [each for each in since_arrival(night) if each[0] == "voice"]
    assert rung == [("voice", MANAGER)]
    monkeypatch.setattr("tsalert.inbound.views.utc_now", lambda: at(HALF_HOUR + 10 + 2 * ANSWER + 20))
    heard = ring(night.sent[-1], "presses:1")
    assert heard.answers == ["You are dealing with it. The officer and the incident are in tsalert."]
    night.tick(HALF_HOUR + 10 + 4 * ANSWER)
    assert [each for each in since_arrival(night) if each[0] == "voice"] == rung


def test_a_voicemail_deals_with_nothing(night: Night, incident_id: int, ring: Callable[[Sent, str], Call]) -> None:
    for number in range(3):
        night.tick(HALF_HOUR + number * ANSWER)
    ring(night.sent[-1], "voicemail")
    night.tick(HALF_HOUR + 3 * ANSWER)
    assert since_arrival(night)[2:] == [("voice", MANAGER), ("voice", BACKUP)]


def test_an_alarm_that_nobody_answers_ends_with_a_warning_above_every_page(
    session: Session, team: Team, night: Night, incident_id: int
) -> None:
    for number in range(9):
        night.tick(HALF_HOUR + number * ANSWER)
    rung = [("voice", MANAGER), ("voice", BACKUP), ("voice", MANAGER)]
    assert since_arrival(night)[2:5] == rung
    assert {channel for channel, _ in since_arrival(night)[5:]} == {"email"}
    ended = "Everybody was rung about the missed welfare check and nobody deals with it, : "
    assert night.story(incident_id).count(ended) == 1
    (trouble,) = troubles(session, now=night.seen)
    assert (trouble.incident_id, "nobody deals with it" in trouble.text) == (incident_id, True)
    answering.take_alarm(incident_id, actor=team.backup, now=at(HALF_HOUR + 9 * ANSWER))
    assert troubles(session, now=night.seen) == []
    with pytest.raises(Conflict, match="deals with it already"):
        answering.take_alarm(incident_id, actor=team.backup, now=at(HALF_HOUR + 9 * ANSWER))
    before = len(night.sent)
    night.tick(2 * HALF_HOUR + 9 * ANSWER)
    assert night.reached[before:] == [("sms", PRIMARY)]


def test_a_sign_ends_an_alarm_that_nobody_answered(
    session: Session, team: Team, night: Night, incident_id: int
) -> None:
    for number in range(7):
        night.tick(HALF_HOUR + number * ANSWER)
    assert len(troubles(session, now=night.seen)) == 1
    answering.report_safe(incident_id, actor=team.primary, now=at(HALF_HOUR + 8 * ANSWER))
    assert troubles(session, now=night.seen) == []


def test_whom_the_alarm_rings_is_the_policys_to_say(
    session: Session, team: Team, night: Night, page: Callable[..., int], officer: Callable[..., Actor]
) -> None:
    policy = replace(policies.policy_in_force(session, at=at(0)).policy, welfare_chain=(Duty.BACKUP,))  # type: ignore[union-attr]
    policies.set_policy(policy, actor=officer(RoleName.MANAGER), now=at(0))
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.primary, now=at(1))
    for number in range(5):
        night.tick(HALF_HOUR + 1 + number * ANSWER)
    assert [each for each in night.reached if each[0] == "voice"] == [("voice", BACKUP)]


def test_a_sign_begins_the_half_hour_anew(team: Team, night: Night, incident_id: int) -> None:
    night.tick(HALF_HOUR)
    answering.report_safe(incident_id, actor=team.primary, now=at(HALF_HOUR + 60))
    night.tick(HALF_HOUR + 2 * ANSWER)
    assert since_arrival(night) == [("sms", PRIMARY)]
    night.tick(2 * HALF_HOUR + 59)
    assert len(since_arrival(night)) == 1
    night.tick(2 * HALF_HOUR + 60)
    assert len(since_arrival(night)) == 2
    assert "Said to be safe, Pat Primary: " in night.story(incident_id)


def test_leaving_ends_the_watch(team: Team, night: Night, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=team.primary, now=at(1700))
    night.tick(3 * HALF_HOUR)
    assert since_arrival(night) == []
    with pytest.raises(Conflict, match="not recorded on scene"):
        answering.report_safe(incident_id, actor=team.primary, now=at(3 * HALF_HOUR))


def test_each_officer_on_scene_is_watched_over_alone(
    session: Session, team: Team, night: Night, incident_id: int
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.backup, now=at(600))
    dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=team.backup, now=at(700))
    night.tick(HALF_HOUR)
    assert since_arrival(night) == [("sms", PRIMARY)]


def test_one_watch_that_fails_leaves_nobody_else_unwatched(
    team: Team, night: Night, incident_id: int, page: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = page(1, team.backup)
    dispatching.record_milestone(other, NewMilestone(Step.ON_SCENE), actor=team.backup, now=at(1))

    def fail(session: Session, at_incident: int, officer_id: int, **told: Any) -> str:
        if at_incident == incident_id:
            raise KeyError(at_incident)
        return code_of(session, at_incident, officer_id, **told)

    monkeypatch.setattr(welfare, "code_of", fail)
    with pytest.raises(ExceptionGroup):
        night.tick(HALF_HOUR + 1)
    assert [each.to for each in night.sent if "Are you safe" in each.words] == [BACKUP]


def test_a_manager_on_scene_is_not_rung_about_themselves(
    officer: Callable[..., Actor], session: Session, night: Night, page: Callable[..., int]
) -> None:
    lone = officer(RoleName.MANAGER, name="Lo Lone")
    incident_id = page(0, lone)
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=lone, now=at(0))
    for number in range(3):
        night.tick(HALF_HOUR + number * ANSWER)
    assert [each.subject[:7] for each in night.sent[1:]] == ["Welfare"]


def test_a_clock_that_is_put_back_delays_no_check_by_more_than_its_time(night: Night, incident_id: int) -> None:
    night.tick(HALF_HOUR)
    night.tick(-3600)
    night.tick(-3600 + ANSWER)
    assert since_arrival(night) == [("sms", PRIMARY)] * 2
