"""What holds of every handover and every pack."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.cases.sections import Section, digest_of, pack_as_data, pack_from_data, pack_text
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.handover.rules import (
    Act,
    NewHandover,
    State,
    changes_incident,
    has_lapsed,
    legal_acts,
    require_act,
    require_one_subject,
    time_to_answer,
)

TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)
LINES = st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=4).map(tuple)
PACKS = st.lists(st.builds(Section, TYPED, LINES), max_size=4).map(tuple)
# Both nights on which London's clocks change, and the hours around them.
NIGHTS = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])


@given(PACKS)
def test_a_pack_that_was_kept_is_the_one_that_was_offered(pack: tuple[Section, ...]) -> None:
    kept = pack_from_data(json.loads(json.dumps(pack_as_data(pack))))
    assert kept == pack
    assert digest_of("Handover", kept) == digest_of("Handover", pack)


@given(PACKS)
def test_every_word_that_was_written_stands_in_the_text(pack: tuple[Section, ...]) -> None:
    words = set(pack_text("Handover", pack).split())
    assert [word for section in pack for _, said in section.lines for word in said.split() if word not in words] == []


@given(st.sampled_from(list(State)), st.sampled_from(list(Act)))
def test_an_act_that_is_not_legal_is_refused_with_those_that_are(state: State, act: Act) -> None:
    if act in legal_acts(state):
        require_act(state, act)
        return
    with refused(Conflict, legal=tuple(each.label for each in legal_acts(state))):
        require_act(state, act)


def test_what_has_ended_stays_ended() -> None:
    assert {state for state in State if not legal_acts(state)} == {
        State.ACCEPTED, State.REFUSED, State.LAPSED, State.WITHDRAWN,
    }  # fmt: skip


@given(night=NIGHTS, before=st.integers(0, 48), hours=st.integers(1, 72))
def test_a_body_has_so_many_hours_whatever_the_clocks_do(night: datetime, before: int, hours: int) -> None:
    now = night - timedelta(hours=before)
    answer_by = time_to_answer(None, hours=hours, now=now)
    assert answer_by - now == timedelta(hours=hours)
    assert not has_lapsed(answer_by=answer_by, now=answer_by)
    assert has_lapsed(answer_by=answer_by, now=answer_by + timedelta(seconds=1))


@pytest.mark.parametrize("asked", [timedelta(0), timedelta(days=90, seconds=1)])
def test_an_officer_gives_an_hour_to_come_within_ninety_days(asked: timedelta) -> None:
    now = datetime(2026, 6, 10, 12, tzinfo=UTC)
    for fitting in (timedelta(seconds=1), timedelta(days=90)):
        assert time_to_answer(now + fitting, hours=24, now=now) == now + fitting
    with refused(RuleViolation, "Give a time to come, within 90 days", field="answer_by"):
        time_to_answer(now + asked, hours=24, now=now)


@pytest.mark.parametrize("new", [NewHandover("b", "f"), NewHandover("b", "f", incident_id=1, case_id=2)])
def test_a_handover_is_of_one_incident_or_case(new: NewHandover) -> None:
    require_one_subject(NewHandover("b", "f", incident_id=1))
    require_one_subject(NewHandover("b", "f", case_id=1))
    with refused(RuleViolation, "Name the incident or the case", field="incident_id"):
        require_one_subject(new)


def test_whatever_is_done_changes_the_incident_but_to_change_a_draft_or_take_it_back() -> None:
    acts = {(act, state) for state in State for act in legal_acts(state)}
    assert {each for each in acts if not changes_incident(*each)} == {
        (Act.CHANGE, State.DRAFT),
        (Act.WITHDRAWAL, State.DRAFT),
    }
