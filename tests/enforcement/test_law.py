"""Conduct is judged by the law of its own day, and the time to prosecute runs out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.enforcement.law import (
    DMCC_BEGAN,
    OFFENCES,
    TimeLimit,
    last_day_to_prosecute,
    offence_of,
    require_law_of_the_day,
)

EVE = DMCC_BEGAN - timedelta(days=1)
DAYS = st.dates(date(1970, 1, 1), date(2035, 12, 31))


def refusal(code: str, first: date, last: date) -> str:
    with pytest.raises(RuleViolation) as refused:
        require_law_of_the_day(offence_of(code), first, last)
    assert refused.value.field == "offence"
    return refused.value.message


def test_the_unfair_practices_changed_law_on_6_april_2025() -> None:
    assert date(2025, 4, 6) == DMCC_BEGAN
    require_law_of_the_day(offence_of("cprs_misleading_action"), EVE, EVE)
    require_law_of_the_day(offence_of("dmcc_misleading_action"), DMCC_BEGAN, DMCC_BEGAN)
    late = refusal("cprs_misleading_action", DMCC_BEGAN, DMCC_BEGAN)
    assert "Digital Markets, Competition and Consumers Act 2024, sections 225, 226 and 237 applied" in late
    early = refusal("dmcc_misleading_action", EVE, EVE)
    assert "Consumer Protection from Unfair Trading Regulations 2008, regulations 5 and 9 applied" in early


def test_conduct_under_two_laws_is_recorded_as_two() -> None:
    said = refusal("dmcc_banned", EVE, DMCC_BEGAN)
    assert "regulation 12 and Schedule 1 applied to conduct from 26 May 2008 to 5 April 2025" in said
    assert "Schedule 20 applied to conduct from 6 April 2025" in said
    assert said.endswith("Record the conduct of each law by itself.")


@pytest.mark.parametrize(
    ("code", "on", "named"),
    [
        ("fraud_representation", date(2006, 12, 31), "Theft Act 1968, section 15"),
        ("deception", date(2020, 1, 1), "Fraud Act 2006, sections 1 and 2"),
        ("contracts_no_notice", date(2014, 6, 12), "Home or Place of Work etc Regulations 2008, regulation 17"),
        ("home_no_notice", date(2014, 6, 13), "Additional Charges) Regulations 2013, regulation 19"),
        ("dmcc_misleading_action", date(2008, 5, 25), "Trade Descriptions Act 1968, section 14"),
        ("cprs_aggressive", date(2000, 1, 1), "No offence like it was the law on those days."),
    ],
)
def test_an_offence_outside_its_dates_is_refused_with_the_one_that_applied(code: str, on: date, named: str) -> None:
    assert named in refusal(code, on, on)


def test_there_is_no_such_offence() -> None:
    with pytest.raises(RuleViolation, match="from the list"):
        offence_of("piracy")


@given(st.sampled_from(sorted(OFFENCES)), DAYS, st.integers(0, 3000))
def test_conduct_is_taken_or_refused_and_what_is_named_reaches_a_day_of_it(code: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    offence = offence_of(code)
    try:
        require_law_of_the_day(offence, first, last)
    except RuleViolation as refused:
        named = [each for each in OFFENCES.values() if f"{each.label} applied" in refused.message]
        assert not offence.reaches(first, last)
        assert all(each.reaches(first, first) or each.reaches(last, last) for each in named)
    else:
        assert offence.reaches(first, last)


@pytest.mark.parametrize("offence", OFFENCES.values(), ids=str)
def test_no_day_lies_under_an_offence_and_the_one_that_followed_it(offence: object) -> None:
    followed = OFFENCES.get(getattr(offence, "follows", None) or "")
    first = getattr(offence, "first", None)
    if followed is not None:
        assert followed.last is not None
        assert first is not None
        assert followed.last < first


@pytest.mark.parametrize(
    ("committed", "discovered", "last"),
    [
        (date(2025, 6, 1), date(2025, 6, 1), date(2026, 5, 31)),
        (date(2025, 6, 1), date(2028, 1, 1), date(2028, 5, 31)),
        (date(2028, 2, 29), date(2028, 2, 29), date(2029, 2, 28)),
        (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_unfair_practices_are_prosecuted_within_three_years_or_one_from_discovery(
    committed: date, discovered: date, last: date
) -> None:
    assert last_day_to_prosecute(offence_of("dmcc_banned"), committed, discovered) == last


def test_a_summary_offence_has_six_months_and_fraud_no_limit() -> None:
    assert last_day_to_prosecute(offence_of("contracts_no_notice"), date(2025, 8, 31), None) == date(2026, 2, 28)
    assert last_day_to_prosecute(offence_of("fraud_representation"), date(2020, 1, 1), None) is None


def test_nobody_knows_the_deadline_who_does_not_say_when_it_was_discovered() -> None:
    with pytest.raises(RuleViolation) as refused:
        last_day_to_prosecute(offence_of("cprs_banned"), date(2024, 1, 1), None)
    assert refused.value.field == "discovered_on"


@given(DAYS, st.integers(0, 2000))
def test_the_deadline_is_never_later_than_either_limit(committed: date, later: int) -> None:
    discovered = committed + timedelta(days=later)
    last = last_day_to_prosecute(offence_of("dmcc_banned"), committed, discovered)
    assert last is not None
    assert committed < last <= committed + timedelta(days=3 * 365 + 1)
    assert last <= discovered + timedelta(days=365)
    assert last >= min(committed + timedelta(days=3 * 365 - 1), discovered + timedelta(days=364))


def test_every_limit_says_where_it_stands() -> None:
    assert all(limit is TimeLimit.NONE or any(digit.isdigit() for digit in limit.value) for limit in TimeLimit)
