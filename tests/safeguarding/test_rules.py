"""What is due when, and what a concern must say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.refusals import refused
from tests.safeguarding.conftest import told
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.safeguarding.rules import (
    LEGAL,
    NewStep,
    read_standing,
    require_complete,
    require_legal,
    require_one_subject,
    require_words,
)
from tsalert.safeguarding.vocabulary import Act, Answer, Consent, Late, Means, Outcome, Override, State

FRIDAY = datetime(2026, 6, 12, 16, 0, tzinfo=UTC)


def test_a_concern_of_friday_is_due_to_be_sent_on_monday_and_late_on_tuesday() -> None:
    standing = read_standing(FRIDAY, [])
    assert (standing.state, standing.due_on) == (State.RAISED, date(2026, 6, 15))
    assert standing.late(datetime(2026, 6, 15, 22, 59, tzinfo=UTC)) is None
    assert standing.late(datetime(2026, 6, 15, 23, 0, tzinfo=UTC)) is Late.SENDING


def test_deciding_to_refer_is_not_sending() -> None:
    later = FRIDAY + timedelta(days=3)
    assert read_standing(FRIDAY, [(Act.REFERRED, later)]).due_on == date(2026, 6, 15)


def test_what_was_sent_is_acknowledged_within_three_working_days() -> None:
    standing = read_standing(FRIDAY, [(Act.REFERRED, FRIDAY), (Act.SENT, FRIDAY)])
    assert standing.due_on == date(2026, 6, 17)
    assert standing.late(FRIDAY + timedelta(days=6)) is Late.ACKNOWLEDGEMENT


@pytest.mark.parametrize("act", [Act.NOT_REFERRED, Act.ACKNOWLEDGED, Act.OUTCOME])
def test_nothing_is_late_once_it_was_decided_or_answered(act: Act) -> None:
    assert read_standing(FRIDAY, [(act, FRIDAY)]).late(FRIDAY + timedelta(days=400)) is None


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_every_step_out_of_turn_is_refused_with_those_that_may_be_taken(state: State, act: Act) -> None:
    steps = [] if state is State.RAISED else [(Act(state.value), FRIDAY)]
    standing = read_standing(FRIDAY, steps)
    if act in LEGAL[state]:
        require_legal(standing, NewStep(act), now=FRIDAY)
        return
    with refused(Conflict, legal=tuple(each.label for each in LEGAL[state])):
        require_legal(standing, NewStep(act), now=FRIDAY)


@pytest.mark.parametrize("hours", [-24, 1])
def test_a_step_is_told_neither_before_the_last_one_nor_for_a_time_to_come(hours: int) -> None:
    step = NewStep(Act.NOT_REFERRED, occurred_at=FRIDAY + timedelta(hours=hours), words="Considered with the lead.")
    with refused(field="occurred_at"):
        require_legal(read_standing(FRIDAY, []), step, now=FRIDAY)


@pytest.mark.parametrize(
    ("step", "consent", "field"),
    [
        (NewStep(Act.REFERRED), Consent.REFUSED, "override"),
        (NewStep(Act.REFERRED, override=Override.COERCION), Consent.NOT_ASKED, "words"),
        (NewStep(Act.NOT_REFERRED, words="no"), Consent.GIVEN, "words"),
        (NewStep(Act.SENT, means=Means.PORTAL), Consent.GIVEN, "who"),
        (NewStep(Act.SENT, who="Initial response"), Consent.GIVEN, "means"),
        (NewStep(Act.ACKNOWLEDGED), Consent.GIVEN, "who"),
        (NewStep(Act.OUTCOME), Consent.GIVEN, "outcome"),
    ],
)
def test_a_step_says_what_an_enquiry_would_ask_for(step: NewStep, consent: Consent, field: str) -> None:
    with refused(field=field):
        require_complete(step, consent)


@pytest.mark.parametrize(
    ("step", "consent"),
    [
        (NewStep(Act.REFERRED), Consent.GIVEN),
        (NewStep(Act.REFERRED, override=Override.VITAL_INTEREST, words="Danger to life."), Consent.LACKS_CAPACITY),
        (NewStep(Act.OUTCOME, outcome=Outcome.ENQUIRY), Consent.GIVEN),
    ],
)
def test_a_step_that_says_all_of_it_is_taken(step: NewStep, consent: Consent) -> None:
    require_complete(step, consent)


def test_yes_and_no_need_words_and_not_known_needs_none() -> None:
    require_words(told())
    for name in ("needs", "harm", "unable"):
        with refused(field=f"{name}_words"):
            require_words(told(**{name: Answer.NO, f"{name}_words": None}))


@pytest.mark.parametrize("of", [{}, {"case_id": 1, "incident_id": 1}])
def test_a_concern_is_about_one_case_or_one_incident(of: dict[str, int]) -> None:
    with refused(RuleViolation, "Name the case or the incident", field="case_id"):
        require_one_subject(told(**of))
