"""When a record's time is over, as a rule of its facts."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.months import months_after
from tsalert.response.vocabulary import Disposition
from tsalert.retention import rules
from tsalert.retention.rules import AccessFacts, CallFacts, CaseFacts, Due, Facts, IncidentFacts, WorkFacts
from tsalert.retention.vocabulary import Root, RuleKind

MONTHS = {
    RuleKind.UNREAL_CALL: 3, RuleKind.ADVICE_CALL: 24, RuleKind.INCIDENT: 72, RuleKind.CASE: 72,
    RuleKind.PROSECUTION: 72, RuleKind.ACCESS_REQUEST: 36,
}  # fmt: skip
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
FACTS = st.one_of(
    st.builds(CallFacts, st.sampled_from(Disposition), DAYS),
    st.builds(IncidentFacts, st.none() | DAYS),
    st.builds(CaseFacts, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS),
    st.builds(WorkFacts, DAYS, st.booleans()),
    st.builds(AccessFacts, st.none() | DAYS),
)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        (CallFacts(Disposition.SPAM, date(2026, 1, 31)), Due(RuleKind.UNREAL_CALL, date(2026, 4, 30))),
        (CallFacts(Disposition.MISDIAL, date(2025, 11, 30)), Due(RuleKind.UNREAL_CALL, date(2026, 2, 28))),
        (CallFacts(Disposition.ADVICE, date(2024, 2, 29)), Due(RuleKind.ADVICE_CALL, date(2026, 2, 28))),
        (CallFacts(Disposition.WAITING, date(2020, 1, 1)), None),
        (IncidentFacts(date(2020, 6, 1)), Due(RuleKind.INCIDENT, date(2026, 6, 1))),
        (IncidentFacts(None), None),
        (CaseFacts(date(2020, 6, 1)), Due(RuleKind.CASE, date(2026, 6, 1))),
        (CaseFacts(date(2020, 6, 1), binds_until=date(2022, 6, 1)), Due(RuleKind.CASE, date(2028, 6, 1))),
        (CaseFacts(date(2020, 6, 1), last_court_day=date(2021, 1, 5)), Due(RuleKind.PROSECUTION, date(2027, 1, 5))),
        (CaseFacts(None, last_court_day=date(2010, 1, 5)), None),
        (WorkFacts(date(2020, 6, 1), is_in_place=True), None),
        (WorkFacts(date(2020, 6, 1)), Due(RuleKind.CASE, date(2026, 6, 1))),
        (AccessFacts(date(2020, 6, 1)), Due(RuleKind.ACCESS_REQUEST, date(2023, 6, 1))),
    ],
)
def test_a_records_time(facts: Facts, due: Due | None) -> None:
    assert rules.due(facts, MONTHS) == due


@given(FACTS)
def test_no_record_is_due_before_its_rule_or_without_one(facts: Facts) -> None:
    found = rules.due(facts, MONTHS)
    assert rules.due(facts, {}) is None
    if found is not None:
        assert rules.due(facts, {kind: each for kind, each in MONTHS.items() if kind is not found.kind}) is None


@given(FACTS, st.integers(1, 200))
def test_a_longer_rule_never_makes_a_record_due_earlier(facts: Facts, more: int) -> None:
    first = rules.due(facts, MONTHS)
    later = rules.due(facts, {kind: each + more for kind, each in MONTHS.items()})
    assert (first is None) is (later is None)
    assert first is None or later is None or later.on > first.on


@given(DAYS, DAYS, st.none() | DAYS)
def test_later_days_in_court_or_longer_bonds_only_keep_a_case_longer(
    closed: date, later: date, bound: date | None
) -> None:
    court = rules.due(CaseFacts(closed, bound, later), MONTHS)
    longer = rules.due(CaseFacts(closed, bound, later + timedelta(days=1)), MONTHS)
    assert court is not None
    assert longer is not None
    assert court.on <= longer.on
    assert court.on >= months_after(later, 72)


def test_a_case_whose_trader_is_bound_for_good_is_never_due() -> None:
    facts = CaseFacts(date(2026, 1, 1), binds_until=date(9999, 12, 31))
    assert rules.due(facts, MONTHS) == rules.Due(RuleKind.CASE, date.max)


@given(st.permutations([rules.Listed(Root.CALL, each, RuleKind.ADVICE_CALL, date(2026, 1, 1)) for each in range(5)]))
def test_the_seal_of_a_list_does_not_depend_on_its_order(lines: list[rules.Listed]) -> None:
    seal = rules.digest_of_list(lines)
    assert seal == rules.digest_of_list(reversed(lines))
    assert seal != rules.digest_of_list(lines[1:])


@given(st.dictionaries(st.integers(1, 5), st.booleans(), max_size=2))
def test_nobody_starts_a_list_without_two_people_and_the_protection_officer(given_by: dict[int, bool]) -> None:
    approvals = [("seal", each) for each in given_by.values()]
    if len(approvals) == 2 and any(given_by.values()):
        rules.require_approved(approvals, "seal")
        with refused(Conflict):
            rules.require_approved(approvals, "another list")
    else:
        with refused(Conflict):
            rules.require_approved(approvals, "seal")


@pytest.mark.parametrize("day", [date(2026, 6, 10), date(2026, 6, 9), date(2028, 6, 11)])
def test_a_hold_that_nobody_would_review_is_refused(day: date) -> None:
    with refused(RuleViolation, "after today and within two years", field="review_on"):
        rules.require_review(day, date(2026, 6, 10))


def test_a_note_is_kept_from_the_last_day_on_which_it_stood() -> None:
    facts = rules.NoteFacts(date(2020, 6, 1))
    assert rules.due(facts, {RuleKind.INTELLIGENCE: 12}) == Due(RuleKind.INTELLIGENCE, date(2021, 6, 1))


def test_a_line_of_a_list_is_read_as_it_was_kept() -> None:
    line = rules.Listed(Root.CALL, 1, RuleKind.ADVICE_CALL, date(2026, 1, 1))
    assert rules.Listed.of("call", 1, RuleKind.ADVICE_CALL.value, date(2026, 1, 1)) == line


def test_acts_of_weight_have_a_reason_and_times_of_keeping_an_end() -> None:
    rules.require_reason("They asked for it.")
    with refused(RuleViolation, "Say why.", field="reason"):
        rules.require_reason(" \n")
    rules.require_review(date(2026, 6, 11), date(2026, 6, 10))
    rules.require_review(date(2028, 6, 10), date(2026, 6, 10))
    for months in (1, 1200):
        rules.require_months(months)
    for months in (0, 1201):
        with refused(RuleViolation, "from 1 to 1,200", field="months"):
            rules.require_months(months)
    assert rules.months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)


def approve(so_far: dict[int, bool], officer: int | None, *, is_protection_officer: bool = False) -> None:
    rules.require_approver(so_far, officer, is_protection_officer=is_protection_officer)


def test_two_people_approve_a_list_one_of_them_the_protection_officer() -> None:
    approve({}, 1)
    approve({1: True}, 2)
    approve({1: False}, 2, is_protection_officer=True)
    with refused(NotAllowed, "Only an officer can approve a list"):
        approve({}, None)
    with refused(Conflict, "You approved this list already"):
        approve({1: True}, 1)
    with refused(Conflict, "Two people approved this list already"):
        approve({1: True, 2: False}, 3)
    with refused(RuleViolation, "The second approval must be the data protection officer's"):
        approve({1: False}, 2)


def test_a_certificate_counts_and_names_nobody() -> None:
    items = [("case", "erased", 3), ("call", "erased", 2), ("case", "held", 1)]
    assert rules.certificate({"run": 7}, items, {"names": 5}) == {
        "run": 7,
        "records": {"case": {"erased": 3, "held": 1}, "call": {"erased": 2}},
        "removed": {"names": 5},
    }
    assert list(rules.add_up({"b": 1, "a": 2}, {"c": 3, "b": 4}).items()) == [("a", 2), ("b", 5), ("c", 3)]


def test_a_digest_is_that_of_canonical_json() -> None:
    assert rules.digest_of({"b": "é", "a": [1]}) == sha256('{"a":[1],"b":"é"}'.encode()).hexdigest()
