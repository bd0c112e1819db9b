"""What officers text: with the code from their own telephone, each verb is the button; without it, nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.paging.conftest import BACKUP, PRIMARY, PUBLIC, Night, Team, at
from tests.standins.called import Post
from tsalert.db import Base, db
from tsalert.inbound.models import InboundMessage
from tsalert.paging import codes
from tsalert.response import dispatching, queries, rows, service
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.models import Milestone
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import Outcome, RemoteResolution
from tsalert.staff import queries as staff

pytestmark = pytest.mark.db

Text = Callable[[str, str], str]
Page = Callable[..., int]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let webhooks come shortly after the page."""
    monkeypatch.setattr("tsalert.inbound.views.utc_now", lambda: at(120))


def state(incident_id: int) -> IncidentState:
    return queries.get_incident(db.session(), incident_id).state


def test_a_night_by_text_alone(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    reference = queries.get_incident(db.session(), incident_id).reference
    code = night.code(team.primary, incident_id)
    assert text(PRIMARY, f"TAKE {code}") == f"You have {reference}. Then text ENROUTE {code}."
    assert state(incident_id) is IncidentState.ACKNOWLEDGED
    assert text(PRIMARY, f"enroute {code}") == f"On the way to {reference}, recorded. Then text ARRIVED {code}."
    assert text(PRIMARY, f"Arrived {code}.") == f"On scene at {reference}, recorded. Then text CLEAR {code}."
    assert text(PRIMARY, f"OK {code}") == f"Safe at {reference}, recorded."
    assert text(PRIMARY, f"CLEAR {code}") == f"You have left {reference}, recorded."
    assert state(incident_id) is IncidentState.CLEARED
    steps = db.session().scalars(select(Milestone).order_by(Milestone.id)).all()
    assert [each.step for each in steps] == ["acknowledged", "en_route", "on_scene", "cleared"]
    assert {(each.source, each.recorded_by) for each in steps} == {("text message", team.primary.officer_id)}


def test_passing_by_text_pages_the_next(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    assert text(PRIMARY, f"PASS {night.code(team.primary, incident_id)}").endswith("is passed on.")
    assert night.reached[1:] == [("sms", BACKUP), ("voice", BACKUP)]


@pytest.mark.parametrize("verb", ["TAKE", "PASS", "ENROUTE", "ARRIVED", "CLEAR", "OK"])
@pytest.mark.parametrize("code", ["", " 12", " 99999"])
def test_a_verb_without_the_code_of_a_page_changes_nothing(
    session: Session, team: Team, page: Page, text: Text, verb: str, code: str
) -> None:
    incident_id = page()
    assert text(PRIMARY, f"{verb}{code}").startswith("Which one? Add the code:")
    assert state(incident_id) is IncidentState.PAGED
    assert session.scalar(select(func.count()).select_from(Milestone)) == 0


def test_a_forged_arrival_without_the_code_stops_no_clock(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    right = night.code(team.primary, incident_id)
    wrong = f"{(int(right) + 1) % 10000:04}"
    assert "Which one?" in text(PRIMARY, f"ARRIVED {wrong}")
    assert rows.attendances_of(db.session(), incident_id) == []
    clock = queries.get_incident(db.session(), incident_id).clock
    assert clock is not None
    assert clock.stopped_at is None


def test_after_five_wrong_codes_none_is_taken_for_an_hour(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    right = night.code(team.primary, incident_id)
    for number in range(1, 6):
        assert "Which one?" in text(PRIMARY, f"TAKE {(int(right) + number) % 10000:04}")
    assert text(PRIMARY, f"TAKE {right}").startswith("Too many wrong codes")
    assert state(incident_id) is IncidentState.PAGED


def test_with_two_open_incidents_a_verb_without_a_code_asks_which(
    team: Team, night: Night, page: Page, text: Text
) -> None:
    first, second = page(), page(30)
    answer = text(PRIMARY, "ARRIVED")
    for incident_id in (first, second):
        reference = queries.get_incident(db.session(), incident_id).reference
        assert f"ARRIVED {night.code(team.primary, incident_id)} for {reference}" in answer
    text(PRIMARY, f"TAKE {night.code(team.primary, second)}")
    assert (state(first), state(second)) == (IncidentState.PAGED, IncidentState.ACKNOWLEDGED)


def test_one_officers_code_is_nothing_in_anothers_text(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    night.tick(300)
    mine, theirs = night.code(team.primary, incident_id), night.code(team.backup, incident_id)
    if mine != theirs:
        assert "Which one?" in text(BACKUP, f"TAKE {mine}")
    assert state(incident_id) is IncidentState.PAGED


def test_an_unknown_number_texts_no_verb(session: Session, team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    assert "has your message" in text("+447700900999", f"TAKE {night.code(team.primary, incident_id)}")
    assert session.scalars(select(InboundMessage.taken_as)).all() == ["message"]
    assert state(incident_id) is IncidentState.PAGED


def test_words_of_an_officer_that_are_no_verb_are_for_people(
    session: Session, team: Team, page: Page, text: Text
) -> None:
    page()
    assert "An officer will read your words." in text(PRIMARY, "OK thanks, I take it they have gone")
    assert session.scalars(select(InboundMessage.taken_as)).all() == ["message"]


@pytest.mark.parametrize("words", ["{code}", "On my way", "I'll take it {code}", ""])
def test_a_paged_officer_whose_words_do_nothing_is_told_so_each_time(
    team: Team, night: Night, page: Page, text: Text, words: str
) -> None:
    incident_id = page()
    reference = queries.get_incident(db.session(), incident_id).reference
    code = night.code(team.primary, incident_id)
    for _ in range(2):
        answer = text(PRIMARY, words.format(code=code))
        assert answer.startswith("No step was recorded.")
        assert f"TAKE, ENROUTE, ARRIVED or CLEAR with the code: {code} for {reference}" in answer
    assert state(incident_id) is IncidentState.PAGED


def test_an_officer_without_a_page_who_texts_is_answered_like_anybody(team: Team, text: Text) -> None:
    assert "has your message" in text(PRIMARY, "A man is at my neighbour's door")


def test_an_illegal_step_is_answered_with_the_legal_ones(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    answer = text(PRIMARY, f"CLEAR {night.code(team.primary, incident_id)}")
    assert "The officer is already recorded as not attending. You can: on the way, on scene." in answer
    assert "You are not recorded on scene" in text(PRIMARY, f"OK {night.code(team.primary, incident_id)}")


def test_a_second_officer_is_told_by_text_who_has_it(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    night.tick(300)
    text(PRIMARY, f"TAKE {night.code(team.primary, incident_id)}")
    assert "Pat Primary has it already." in text(BACKUP, f"TAKE {night.code(team.backup, incident_id)}")


def test_a_repeated_text_is_answered_as_the_first_time(
    session: Session, team: Team, night: Night, page: Page, post: Post
) -> None:
    incident_id = page()
    body = f"TAKE {night.code(team.primary, incident_id)}"
    form = {"MessageSid": "SM" + "a" * 32, "From": PRIMARY, "To": "+441632960000", "Body": body}
    first = post(f"{PUBLIC}/webhooks/twilio/message", form)
    before = [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    assert post(f"{PUBLIC}/webhooks/twilio/message", form) == first
    assert [session.execute(table.select()).all() for table in Base.metadata.sorted_tables] == before


def test_closing_an_incident_makes_its_codes_mean_nothing(team: Team, night: Night, page: Page, text: Text) -> None:
    incident_id = page()
    code = night.code(team.primary, incident_id)
    dispatching.resolve_remotely(incident_id, Resolution(RemoteResolution.TRADER_LEFT), actor=team.backup, now=at(50))
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=team.backup, now=at(51))
    service.close_incident(incident_id, actor=team.backup, now=at(52))
    assert text(PRIMARY, f"ARRIVED {code}") == "You have no page that is open. Nothing was recorded."


def test_an_officer_who_may_not_run_incidents_any_more_does_nothing_by_text(
    session: Session, team: Team, night: Night, page: Page, text: Text
) -> None:
    incident_id = page()
    staff.get_officer_by_id(db.session(), team.primary.officer_id).roles = []
    db.session().commit()
    answer = text(PRIMARY, f"TAKE {night.code(team.primary, incident_id)}")
    assert "You are not allowed to" in answer
    assert state(incident_id) is IncidentState.PAGED


def test_a_verb_works_for_who_was_never_paged_once_they_were_asked(
    team: Team, night: Night, page: Page, text: Text
) -> None:
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.backup, now=at(60))
    night.tick(60 + 1800)
    assert night.reached[-1] == ("sms", BACKUP)
    assert text(BACKUP, f"OK {night.code(team.backup, incident_id)}").startswith("Safe at")


def test_an_officer_with_more_incidents_than_codes_keeps_the_newest(
    session: Session, team: Team, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "CODE_LENGTH", 1)
    numbers = [page(number * 60) for number in range(12)]
    held = dict(codes.codes_in_use(session, team.primary.officer_id or 0, most=100))
    assert len(held) == 10
    references = [queries.get_incident(session, number).reference for number in numbers]
    assert set(references[-3:]) <= set(held.values())
