"""Who may sign a run, and which run may supersede which."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import quarter
from tsalert.runs import rules
from tsalert.runs.rules import Question, RunState

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MINUTE, MICROSECOND = timedelta(minutes=1), timedelta(microseconds=1)
QUESTION = Question(quarter(2025, 4), "board", "published", "first_day")
OTHER = replace(QUESTION, period=quarter(2025, 3), basis="prudent")


class Run(Struct, frozen=True):
    id: int
    question: Question
    as_of: datetime
    state: RunState


LEGAL = {
    RunState.DRAFT: ("sign it, as an officer who did not make it", "throw it away"),
    RunState.SIGNED: ("publish it", "let it supersede a published run"),
    RunState.PUBLISHED: ("let a newer signed run supersede it",),
    RunState.SUPERSEDED: (),
}
OLD = Run(1, QUESTION, NOW, RunState.PUBLISHED)
NEW = Run(2, QUESTION, NOW + MINUTE, RunState.SIGNED)


def test_a_question_is_read_out_with_its_period_and_how_it_is_worked_out() -> None:
    assert QUESTION.text == "January to March 2026, profile board, published basis, first day"


def test_a_run_reads_up_to_this_instant_and_not_what_is_to_come() -> None:
    rules.check_as_of(NOW, now=NOW)
    with refused(RuleViolation, "A run reads what stood", field="as_of"):
        rules.check_as_of(NOW + MICROSECOND, now=NOW)


@pytest.mark.parametrize("state", RunState)
def test_a_step_out_of_turn_is_refused_with_what_may_be_done(state: RunState) -> None:
    rules.require_state(state, *RunState)
    with refused(Conflict, f"This run is {state}", legal=LEGAL[state]):
        rules.require_state(state, *(each for each in RunState if each is not state))


def test_another_officer_signs_once_all_records_have_arrived() -> None:
    rules.check_signing(made_by=1, signer=2, as_of=NOW, now=NOW + MINUTE)
    rules.check_signing(made_by=None, signer=2, as_of=NOW, now=NOW + MINUTE)
    with refused(Conflict, "Wait a minute"):
        rules.check_signing(made_by=1, signer=2, as_of=NOW, now=NOW + MINUTE - MICROSECOND)


@pytest.mark.parametrize(("made_by", "signer"), [(1, 1), (1, None), (None, None)])
def test_neither_the_author_nor_nobody_signs(made_by: int | None, signer: int | None) -> None:
    with refused(RuleViolation, "An officer who did not make this run"):
        rules.check_signing(made_by=made_by, signer=signer, as_of=NOW, now=NOW + MINUTE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (OLD, replace(NEW, question=OTHER), "another question: October to December 2025, profile board, prudent"),
        (OLD, replace(NEW, id=1), "Only a newer run"),
        (OLD, replace(NEW, as_of=NOW), "Only a newer run"),
    ],
)
def test_only_a_newer_run_of_the_same_question_supersedes_one(old: Run, new: Run, message: str) -> None:
    assert not rules.can_succeed(old, new)
    with refused(RuleViolation, message, field="by"):
        rules.check_succession(old, new)


@pytest.mark.parametrize("old", RunState)
@pytest.mark.parametrize("new", RunState)
def test_a_signed_run_is_offered_in_the_place_of_a_published_one(old: RunState, new: RunState) -> None:
    rules.check_succession(OLD, NEW)
    is_turn = old is RunState.PUBLISHED and new is RunState.SIGNED
    assert rules.can_succeed(replace(OLD, state=old), replace(NEW, state=new)) is is_turn


def test_what_two_questions_do_not_share_is_named() -> None:
    assert rules.differing(QUESTION, QUESTION) == []
    changed = Question(quarter(2025, 3), "service", "prudent", "whole")
    assert rules.differing(QUESTION, changed) == [
        "period: January to March 2026, then October to December 2025",
        "profile: board, then service",
        "basis: published, then prudent",
        "recognition: first_day, then whole",
    ]
