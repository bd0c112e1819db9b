"""A night of pages: who is reached when, and what ends it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.paging.conftest import BACKUP, MANAGER, NOON, PRIMARY, SHIFT, Night, Team, at, stand
from tests.plans import asking, plans
from tests.response.conftest import roof_call
from tests.rota.conftest import give_mobile, put_on_shift
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, EndpointStatus, SuppressionReason
from tsalert.delivery.service import NewEndpoint, find_or_add_endpoints, suppress
from tsalert.paging import queries
from tsalert.paging.counting import count_pages
from tsalert.paging.models import PageRun
from tsalert.response import answering, dispatching, handing_over, service
from tsalert.response import queries as response_queries
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.handing_over import Acceptance
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import Category, GradeName, Outcome, RemoteResolution, StandDownReason, StartBasis
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

Page = Callable[..., int]


def state(incident_id: int) -> IncidentState:
    return response_queries.get_incident(db.session(), incident_id).state


def test_the_first_page_is_enqueued_with_the_grade(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    (first,) = night.sent
    assert (first.channel, first.to) == ("sms", PRIMARY)
    code = night.code(team.primary, incident_id)
    reference = response_queries.get_incident(db.session(), incident_id).reference
    assert first.words == f"{reference} immediate, due 15:00. Reply TAKE {code} or PASS {code}."
    assert state(incident_id) is IncidentState.PAGED


def test_nobody_who_is_graded_otherwise_wakes_anybody(team: Team, night: Night, desk: Actor) -> None:

    prompt = NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.PROMPT, "They have gone")
    service.log_call(roof_call(incident=prompt), actor=desk, now=at(0))
    assert night.sent == []


def test_the_policy_goes_on_step_by_step_until_somebody_acts(team: Team, night: Night, page: Page) -> None:
    page()
    expected = {
        0: [("sms", PRIMARY)],
        59: [],
        60: [("voice", PRIMARY)],
        299: [],
        300: [("sms", BACKUP), ("voice", BACKUP)],
        599: [],
        600: [("sms", MANAGER), ("voice", MANAGER)],
        899: [],
        900: [("sms", PRIMARY)],
        960: [("voice", PRIMARY)],
    }
    seen: list[tuple[str, str]] = []
    for second, new in expected.items():
        night.tick(second)
        night.tick(second)
        assert night.reached[len(seen) :] == new, second
        seen += new


def test_whoever_takes_it_stops_the_pages(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    assert answering.take_incident(incident_id, actor=team.primary, now=at(40))
    assert not answering.take_incident(incident_id, actor=team.primary, now=at(41))
    for second in (60, 300, 600, 899):
        night.tick(second)
    assert night.reached == [("sms", PRIMARY)]
    assert state(incident_id) is IncidentState.ACKNOWLEDGED
    assert "Taken, Pat Primary: " in night.story(incident_id)
    reading = response_queries.get_incident(db.session(), incident_id).clock
    assert reading is not None
    assert reading.stopped_at is None


def test_the_first_to_take_it_has_it_and_the_second_is_told_who(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answering.take_incident(incident_id, actor=team.backup, now=at(40))
    with pytest.raises(Conflict, match="Bo Backup has it already"):
        answering.take_incident(incident_id, actor=team.primary, now=at(41))
    with pytest.raises(Conflict, match="Bo Backup has it already"):
        answering.pass_incident(incident_id, actor=team.primary, now=at(42))


def test_taking_it_withdraws_what_has_not_left(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answering.take_incident(incident_id, actor=team.primary, now=at(1))
    assert set(db.session().scalars(select(Delivery.status))) == {"cancelled"}


def test_passing_it_on_pages_the_next_duty_at_once_and_leaves_the_first_in_peace(
    team: Team, night: Night, page: Page
) -> None:
    incident_id = page()
    answering.pass_incident(incident_id, actor=team.primary, now=at(20))
    assert night.reached == [("sms", PRIMARY), ("sms", BACKUP), ("voice", BACKUP)]
    night.tick(60)
    assert len(night.reached) == 3
    answering.pass_incident(incident_id, actor=team.backup, now=at(70))
    assert night.reached[3:] == [("sms", MANAGER), ("voice", MANAGER)]
    assert not answering.pass_incident(incident_id, actor=team.backup, now=at(71))
    assert "Passed it on, Pat Primary: " in night.story(incident_id)


def test_when_everybody_has_passed_another_round_begins(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    for number, officer in enumerate((team.primary, team.backup, team.manager)):
        answering.pass_incident(incident_id, actor=officer, now=at(10 + number))
    night.tick(311)
    assert len(night.reached) == 5
    night.tick(312)
    assert night.reached[5:] == [("sms", PRIMARY)]
    assert any("Nobody has taken it: paged again" in line for line in night.story(incident_id))
    assert [trouble.incident_id for trouble in queries.troubles(db.session(), now=night.seen)] == [incident_id]


def test_giving_back_what_was_taken_pages_the_others_at_once(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answering.take_incident(incident_id, actor=team.primary, now=at(40))
    answering.pass_incident(incident_id, actor=team.primary, now=at(300))
    assert night.reached[1:] == [("sms", BACKUP), ("voice", BACKUP)]
    assert state(incident_id) is IncidentState.PAGED
    assert answering.take_incident(incident_id, actor=team.backup, now=at(310))


def test_taken_but_not_on_the_way_in_fifteen_minutes_is_paged_again(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answering.take_incident(incident_id, actor=team.primary, now=at(40))
    night.tick(40 + 899)
    assert len(night.reached) == 1
    night.tick(40 + 900)
    again = night.sent[1:]
    assert [(each.channel, each.to) for each in again] == [("sms", PRIMARY), ("voice", PRIMARY)]
    assert "not on the way yet" in again[0].words
    assert state(incident_id) is IncidentState.PAGED
    assert any(line.startswith("Not on the way in time: paged again, Pat Primary") for line in night.story(incident_id))
    night.tick(40 + 900 + 300)
    assert night.reached[-1] == ("voice", BACKUP)
    assert answering.take_incident(incident_id, actor=team.backup, now=at(1300))


def test_the_one_who_took_it_is_asked_first_whoever_is_on_duty_by_then(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answering.take_incident(incident_id, actor=team.backup, now=at(40))
    night.tick(940)
    assert night.reached[1:] == [("sms", BACKUP), ("voice", BACKUP), ("sms", PRIMARY)]


END = {
    "on-the-way": lambda incident, who: dispatching.record_milestone(
        incident, NewMilestone(Step.EN_ROUTE), actor=who, now=at(50)
    ),
    "on-scene": lambda incident, who: dispatching.record_milestone(
        incident, NewMilestone(Step.ON_SCENE), actor=who, now=at(50)
    ),
    "resolved": lambda incident, who: dispatching.resolve_remotely(
        incident, Resolution(RemoteResolution.BANK_STOPPED_PAYMENT), actor=who, now=at(50)
    ),
    "stood-down": lambda incident, who: dispatching.stand_down(
        incident, StandDownReason.WITHDRAWN, actor=who, now=at(50)
    ),
    "handed-over": lambda incident, who: handing_over.hand_over(
        incident, Acceptance("Greenwich"), actor=who, now=at(50)
    ),
    "graded-lower": lambda incident, who: service.grade_incident(
        incident, GradeDecision(GradeName.PROMPT, "A mistake", StartBasis.WRONG_TRIAGE), actor=who, now=at(50)
    ),
}


@pytest.mark.parametrize("ending", END.values(), ids=END.keys())
def test_nobody_is_paged_once_nobody_need_go(
    team: Team, night: Night, page: Page, ending: Callable[[int, Actor], object]
) -> None:
    incident_id = page()
    ending(incident_id, team.backup)
    for second in (60, 300, 600, 900):
        night.tick(second)
    assert night.reached == [("sms", PRIMARY)]
    with pytest.raises(Conflict):
        answering.pass_incident(incident_id, actor=team.primary, now=at(901))


def test_taking_it_after_the_pages_ended_changes_nothing(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=team.backup, now=at(50))
    before = night.story(incident_id)
    with pytest.raises(Conflict, match="officer on the way"):
        answering.take_incident(incident_id, actor=team.primary, now=at(60))
    assert night.story(incident_id) == before


def test_closing_ends_everything(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    dispatching.resolve_remotely(incident_id, Resolution(RemoteResolution.TRADER_LEFT), actor=team.backup, now=at(50))
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=team.backup, now=at(51))
    service.close_incident(incident_id, actor=team.backup, now=at(52))
    assert [run.is_open for run in queries.runs_of(db.session(), incident_id, now=NOON)] == [False]


def test_an_officer_who_turns_back_leaves_nobody_waiting_alone(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=team.primary, now=at(50))
    dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=team.primary, now=at(120))
    assert night.reached[1:] == [("sms", PRIMARY)]
    assert state(incident_id) is IncidentState.PAGED
    assert answering.take_incident(incident_id, actor=team.backup, now=at(130))


def test_reopening_pages_again_with_a_fresh_code(team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    first = night.code(team.primary, incident_id)
    dispatching.resolve_remotely(incident_id, Resolution(RemoteResolution.TRADER_LEFT), actor=team.backup, now=at(50))
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=team.backup, now=at(51))
    service.close_incident(incident_id, actor=team.backup, now=at(52))
    service.reopen_incident(incident_id, "They came back", actor=team.backup, now=at(600))
    assert night.reached[1:] == [("sms", PRIMARY)]
    assert state(incident_id) is IncidentState.PAGED
    assert night.sent[1].words != night.sent[0].words or first == night.code(team.primary, incident_id)


def test_with_nobody_on_duty_the_managers_are_told_at_once_and_the_gap_stands_in_the_log(
    session: Session, officer: Callable[..., Actor], night: Night, page: Page
) -> None:

    for number, name in enumerate(("Ma One", "Ma Two")):
        manager = officer(RoleName.MANAGER, name=name)
        give_mobile(session, manager.officer_id or 0, f"+44770090020{number}")
        session.commit()
    incident_id = page()
    assert set(night.reached) == {
        (channel, f"+44770090020{number}") for channel in ("sms", "voice") for number in (0, 1)
    }
    story = night.story(incident_id)
    assert "Nobody could be paged, : Nobody with a verified mobile is on duty." in story
    assert "Nobody could be paged, : There is no backup with a verified mobile." in story


def test_with_nobody_reachable_every_manager_gets_a_mail_and_the_next_shift_is_paged(
    session: Session, officer: Callable[..., Actor], night: Night, page: Page
) -> None:

    officer(RoleName.MANAGER, name="Ma One")
    incident_id = page()
    assert [each.channel for each in night.sent] == ["email"]
    assert night.sent[0].subject.startswith("Nobody could be paged for R26-")
    assert state(incident_id) is IncidentState.TRIAGED
    assert [trouble.incident_id for trouble in queries.troubles(db.session(), now=night.seen)] == [incident_id]
    lines = len(night.story(incident_id))
    night.tick(300)
    assert (len(night.sent), len(night.story(incident_id))) == (1, lines)
    late = officer(name="Li Late")
    stand(session, late, Duty.PRIMARY, "+447700900300")
    session.commit()
    night.tick(600)
    assert night.reached[1:] == [("sms", "+447700900300")]
    assert state(incident_id) is IncidentState.PAGED
    assert queries.troubles(db.session(), now=night.seen) == []


def test_an_officer_without_a_verified_mobile_is_passed_over(
    session: Session, officer: Callable[..., Actor], night: Night, page: Page
) -> None:
    stand(session, officer(name="Si Silent"), Duty.PRIMARY, None)
    stand(session, officer(name="Bo Backup"), Duty.BACKUP, BACKUP)
    session.commit()
    incident_id = page()
    assert night.reached == [("sms", BACKUP), ("voice", BACKUP)]
    assert "Nobody could be paged, : Nobody with a verified mobile is on duty." in night.story(incident_id)


def test_a_stop_to_alerts_never_holds_back_a_page(session: Session, team: Team, night: Night, page: Page) -> None:
    new = NewEndpoint(Channel.SMS, PRIMARY, EndpointStatus.ACTIVE)
    (endpoint_id,) = find_or_add_endpoints(session, [new], now=at(-100))
    suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, at(-90))
    session.commit()
    page()
    assert night.reached == [("sms", PRIMARY)]


def test_a_worker_that_slept_through_the_night_pages_everybody_at_once_and_once(
    team: Team, night: Night, page: Page
) -> None:
    page()
    night.deliver(1)
    night.tick(5 * 3600)
    assert night.reached == [
        ("sms", PRIMARY),
        ("voice", PRIMARY),
        ("sms", BACKUP),
        ("voice", BACKUP),
        ("sms", MANAGER),
        ("voice", MANAGER),
    ]
    night.tick(5 * 3600 + 1)
    assert len(night.reached) == 6


def test_a_clock_that_is_put_back_delays_no_page_by_more_than_one_wait(team: Team, night: Night, page: Page) -> None:
    incident_id = page(3600)
    night.tick(0)
    night.tick(59)
    assert night.reached == [("sms", PRIMARY)]
    night.tick(60)
    assert night.reached == [("sms", PRIMARY), ("voice", PRIMARY)]
    assert any("clock was put back" in line for line in night.story(incident_id))


def test_the_shift_that_has_begun_by_then_is_paged(
    session: Session, team: Team, officer: Callable[..., Actor], night: Night, page: Page
) -> None:
    end = (SHIFT[1] - at(0)).total_seconds()
    page(end - 30)
    late = officer(name="Li Late")

    give_mobile(session, late.officer_id or 0, "+447700900300")
    put_on_shift(session, late.officer_id or 0, Duty.PRIMARY, SHIFT[1], SHIFT[1] + (SHIFT[1] - at(0)))
    session.commit()
    night.tick(end + 30)
    assert night.reached == [("sms", PRIMARY), ("voice", "+447700900300")]


def test_one_incident_has_one_run_however_often_it_is_graded(
    session: Session, team: Team, night: Night, page: Page
) -> None:
    incident_id = page()
    change = GradeDecision(GradeName.PROMPT, "A mistake", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, change, actor=team.primary, now=at(100))
    back = GradeDecision(GradeName.IMMEDIATE, "It was right", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, back, actor=team.primary, now=at(200))
    runs = session.scalars(select(PageRun).order_by(PageRun.id)).all()
    assert [run.end_reason for run in runs] == ["regraded", None]
    assert night.reached == [("sms", PRIMARY)] * 2


def test_however_many_were_paged_before_a_run_reads_what_is_its_own(
    session: Session, team: Team, night: Night, page: Page
) -> None:
    with asking("SELECT") as asked:
        page()
        night.tick(6)
        count_pages(session)
        queries.troubles(session, now=at(6))
    found = dict(zip([said for said, _ in asked], plans(session, asked), strict=True))
    whole = r"(SCAN|Seq Scan on) (page_run|page_attempt|page_event|welfare_watch)\b(?! USING)"
    assert len([said for said in found if "page_attempt" in said]) >= 5
    assert [said for said, plan in found.items() if re.search(whole, plan)] == []
