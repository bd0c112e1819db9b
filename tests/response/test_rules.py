"""Calls, grades and times, without a database."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.response import rules
from tsalert.response.rules import Danger, GradeDecision, NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName, MoneyState, StartBasis

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADVICE = NewCall(disposition=Disposition.ADVICE)
SCAM = NewCall(
    disposition=Disposition.NEW_INCIDENT, happening="Men are on the roof", incident=NewIncident(Category.DOORSTEP_CRIME)
)


@pytest.mark.parametrize(
    ("ticks", "grade"),
    [
        pytest.param({}, GradeName.NONE, id="nothing"),
        pytest.param({"is_trader_on_site": True}, GradeName.PROMPT, id="trader-there"),
        pytest.param({"is_vulnerable": True}, GradeName.PROMPT, id="vulnerable"),
        pytest.param({"is_work_in_progress": True}, GradeName.PROMPT, id="work-goes-on"),
        pytest.param({"has_threat": True}, GradeName.IMMEDIATE, id="threat"),
        pytest.param({"is_cash_about_to_move": True}, GradeName.IMMEDIATE, id="cash-about-to-move"),
        pytest.param({"is_trader_on_site": True, "is_vulnerable": True}, GradeName.IMMEDIATE, id="with-the-vulnerable"),
        pytest.param({"is_trader_on_site": True, "is_work_in_progress": True}, GradeName.IMMEDIATE, id="at-work"),
        pytest.param({"is_vulnerable": True, "is_work_in_progress": True}, GradeName.PROMPT, id="trader-not-there"),
    ],
)
def test_the_grade_that_five_ticks_propose(ticks: dict[str, bool], grade: GradeName) -> None:
    assert rules.propose_grade(Danger(**ticks)) is grade


@given(st.lists(st.booleans(), min_size=5, max_size=5), st.integers(0, 4))
def test_a_further_tick_never_makes_the_proposal_less_urgent(ticks: list[bool], further: int) -> None:
    before = rules.propose_grade(Danger(*ticks))
    after = rules.propose_grade(Danger(*[tick or place == further for place, tick in enumerate(ticks)]))
    assert rules.most_urgent([before, after]) is after


@pytest.mark.parametrize(
    ("money", "on_site", "moves"),
    [
        pytest.param(MoneyState.AT_THE_BANK, False, True, id="at-the-bank"),
        pytest.param(MoneyState.AGREED, True, True, id="agreed-and-waiting"),
        pytest.param(MoneyState.AGREED, False, False, id="agreed-and-gone"),
        pytest.param(MoneyState.PART_PAID, True, True, id="wants-the-rest"),
        pytest.param(MoneyState.PAID, True, False, id="too-late"),
    ],
)
def test_when_cash_is_about_to_move(money: MoneyState, on_site: bool, moves: bool) -> None:  # noqa: FBT001
    assert rules.is_cash_about_to_move(money, is_trader_on_site=on_site) is moves


@pytest.mark.parametrize(
    ("call", "field"),
    [
        pytest.param(replace(SCAM, incident=None), "category", id="new-incident-of-no-category"),
        pytest.param(replace(SCAM, happening=None), "happening", id="new-incident-with-nothing-happening"),
        pytest.param(replace(ADVICE, incident=SCAM.incident), "disposition", id="advice-with-a-category"),
        pytest.param(replace(ADVICE, incident_reference="R26-00001-A"), "incident", id="advice-with-an-incident"),
        pytest.param(replace(ADVICE, disposition=Disposition.ADDED_TO_INCIDENT), "incident", id="added-to-none"),
        pytest.param(replace(ADVICE, money_amount=Decimal(5)), "money_state", id="an-amount-of-no-money"),
        pytest.param(replace(ADVICE, claimed_at=NOW + 3 * MINUTE), "claimed_at", id="received-in-three-minutes"),
        pytest.param(replace(ADVICE, claimed_at=NOW - timedelta(days=400)), "claimed_at", id="received-last-year"),
        pytest.param(
            replace(SCAM, incident=NewIncident(Category.SCAM, grade=GradeName.IMMEDIATE)),
            "grade_reason",
            id="overruled-without-a-reason",
        ),
    ],
)
def test_a_call_that_contradicts_itself_is_refused(call: NewCall, field: str) -> None:
    with refused(field=field):
        rules.check_call(call, now=NOW)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(ADVICE, id="advice-and-no-more"),
        pytest.param(SCAM, id="graded-later"),
        pytest.param(replace(ADVICE, claimed_at=NOW + 2 * MINUTE), id="a-clock-two-minutes-fast"),
        pytest.param(
            replace(SCAM, incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "They sound afraid")),
            id="overruled-with-a-reason",
        ),
    ],
)
def test_a_call_that_makes_sense_is_taken(call: NewCall) -> None:
    rules.check_call(call, now=NOW)


def decision(**parts: Any) -> GradeDecision:
    return GradeDecision(**{"grade": GradeName.IMMEDIATE, "reason": "He came back", **parts})


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        pytest.param(decision(grade=GradeName.PROMPT, basis=StartBasis.NEW_FACTS), "grade", id="same-grade"),
        pytest.param(decision(reason=None), "grade_reason", id="no-reason"),
        pytest.param(decision(), "basis", id="no-start"),
        pytest.param(decision(basis=StartBasis.REOPENED), "basis", id="a-start-that-is-not-theirs-to-choose"),
        pytest.param(decision(basis=StartBasis.NEW_FACTS), "facts_at", id="facts-at-no-time"),
    ],
)
def test_a_change_of_grade_must_say_why_and_from_when(given_: GradeDecision, field: str) -> None:
    with refused(field=field):
        rules.check_decision(given_, previous=GradeName.PROMPT, proposed=GradeName.IMMEDIATE)


def test_a_clock_starts_at_the_first_call_or_at_the_new_facts() -> None:
    facts_at = NOW + 30 * MINUTE
    wrong = decision(basis=StartBasis.WRONG_TRIAGE, facts_at=facts_at)
    later = NOW + timedelta(hours=1)
    assert rules.start_of_clock(wrong, first_call_at=NOW, now=later) == NOW
    new = decision(basis=StartBasis.NEW_FACTS, facts_at=facts_at)
    assert rules.start_of_clock(new, first_call_at=NOW, now=later) == facts_at


@pytest.mark.parametrize("facts_at", [NOW - MINUTE, NOW + timedelta(hours=2)])
def test_facts_from_before_the_call_or_still_to_come_are_refused(facts_at: datetime) -> None:
    new = decision(basis=StartBasis.NEW_FACTS, facts_at=facts_at)
    with refused(field="facts_at"):
        rules.start_of_clock(new, first_call_at=NOW, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("words", Word.__subclasses__(), ids=lambda words: words.__name__)
def test_every_word_has_a_code_of_its_name_and_a_label(words: type[Word]) -> None:
    for word in words:
        # Where other programs read it, or it stands in a sentence, what parts a name is another sign.
        assert re.sub(r"[ .:-]", "_", word) == word.name.lower()
        assert word.label
        assert words.of(str(word)) is word


def test_the_most_urgent_grade_goes_first() -> None:
    assert rules.most_urgent([]) is GradeName.NONE
    assert rules.most_urgent([GradeName.NONE, GradeName.IMMEDIATE, GradeName.PROMPT]) is GradeName.IMMEDIATE


def test_a_time_within_the_minute_of_what_comes_first_is_that_instant() -> None:
    first = NOW + timedelta(seconds=40)
    later = NOW + timedelta(hours=1)
    assert rules.possible_time(NOW, now=later) == NOW
    assert rules.possible_time(NOW, now=later, not_before=first) == first
    assert rules.possible_time(first + MINUTE, now=later, not_before=first) == first + MINUTE
    with refused(RuleViolation, "That time is before the call", field="at"):
        rules.possible_time(NOW - timedelta(seconds=1), now=later, not_before=first)
    with refused(RuleViolation, "That time is still to come", field="begun"):
        rules.possible_time(later + 2 * MINUTE + timedelta(seconds=1), now=later, field="begun")


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [({}, True), ({"address": "1 Example Road"}, False), ({"postcode": "BR1 3UH"}, False), ({"phone": "0300"}, False)],
)
def test_whoever_goes_at_once_needs_a_way_there_or_a_number(changes: dict[str, Any], *, lacks: bool) -> None:
    immediate = replace(SCAM, incident=NewIncident(Category.SCAM, grade=GradeName.IMMEDIATE))
    assert rules.lacks_way_there(replace(immediate, **changes)) is lacks
    assert not rules.lacks_way_there(replace(SCAM, **changes))
    assert not rules.lacks_way_there(replace(ADVICE, **changes))


def test_a_form_was_opened_within_half_an_hour_unless_somebody_says_when_the_call_came() -> None:
    rules.check_call(replace(ADVICE, opened_at=NOW - 30 * MINUTE), now=NOW)
    rules.check_call(replace(ADVICE, opened_at=NOW + 2 * MINUTE), now=NOW)
    rules.check_call(replace(ADVICE, opened_at=NOW - 31 * MINUTE, claimed_at=NOW - 31 * MINUTE), now=NOW)
    rules.check_call(replace(ADVICE, claimed_at=NOW - timedelta(days=366)), now=NOW)
    with refused(RuleViolation, "This page was opened more than half an hour ago", field="claimed_at"):
        rules.check_call(replace(ADVICE, opened_at=NOW - 30 * MINUTE - timedelta(seconds=1)), now=NOW)
    with refused(RuleViolation, "By its clock this form is not open yet", field="opened"):
        rules.check_call(replace(ADVICE, opened_at=NOW + 2 * MINUTE + timedelta(seconds=1)), now=NOW)


@pytest.mark.parametrize("disposition", [Disposition.ADDED_TO_INCIDENT, Disposition.DUPLICATE])
def test_a_call_may_join_an_incident(disposition: Disposition) -> None:
    rules.check_call(replace(ADVICE, disposition=disposition, incident_reference="R26-00001-A"), now=NOW)


def test_a_first_grade_starts_at_the_first_call() -> None:
    for basis in (None, StartBasis.FIRST_CALL):
        rules.check_decision(decision(basis=basis), previous=None, proposed=GradeName.IMMEDIATE)
    with refused(RuleViolation, "It has no grade yet", field="basis"):
        rules.check_decision(decision(basis=StartBasis.NEW_FACTS), previous=None, proposed=GradeName.IMMEDIATE)
    with refused(RuleViolation, "Say why it is “immediate”", field="grade_reason"):
        rules.check_decision(decision(reason=None), previous=None, proposed=GradeName.NONE)
    for basis in (StartBasis.NEW_FACTS, StartBasis.WRONG_TRIAGE):
        given_ = decision(basis=basis, facts_at=NOW)
        rules.check_decision(given_, previous=GradeName.PROMPT, proposed=GradeName.NONE)


def test_the_five_ticks_of_a_call_are_those_from_which_its_grade_is_proposed() -> None:
    call = replace(ADVICE, is_trader_on_site=True, has_threat=True, money_state=MoneyState.AGREED)
    assert call.danger == Danger(is_trader_on_site=True, is_cash_about_to_move=True, has_threat=True)
    assert replace(ADVICE, is_vulnerable=True, is_work_in_progress=True).danger == Danger(
        is_vulnerable=True, is_work_in_progress=True
    )
