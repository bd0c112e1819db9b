"""How an action reads, and what may be said of people in a text that the public reads too."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import quarter
from tsalert.quarterly.actions import rules
from tsalert.quarterly.actions.rules import AbuseRecords, Sum, Told, may_tell_part, people, plain, propose, report_text

Q1 = quarter(2022, 1)
FULL = AbuseRecords(
    reported=76,
    financial_abuse=25,
    detriment=Sum(Decimal("505804.50"), 70, Decimal(60_000)),
    prevented=Sum(Decimal(41_100), 9, Decimal(12_000)),
    reports=30,
    immediate=7,
    protocol=6,
    sessions=3,
    referrals=8,
)
NOTHING = Sum(Decimal(0), 0, Decimal(0))
EMPTY = AbuseRecords(0, 0, NOTHING, NOTHING, 0, 0, 0, 0, 0)


def test_what_was_recorded_becomes_sentences() -> None:
    assert propose(FULL, Q1) == (
        "In April to June 2022 Trading Standards opened 76 cases of scams, doorstep crime or financial abuse, "
        "25 of them of financial abuse by somebody who was trusted; the victims had paid £505,804.50. "
        "£41,100 was kept from being lost. "
        "The rapid-response number brought 30 reports, 7 of which called for an immediate response; "
        "6 referrals came under the Banking Protocol. "
        "There were 3 sessions of training or talks held and 8 safeguarding referrals made."
    )


def test_a_quarter_without_records_says_so() -> None:
    assert propose(EMPTY, Q1) == (
        "In April to June 2022 Trading Standards opened no cases of scams, doorstep crime or financial abuse. "
        "The rapid-response number brought no reports."
    )


@pytest.mark.parametrize(
    ("change", "told", "kept_back"),
    [
        pytest.param({"reported": 4, "financial_abuse": 0}, "opened fewer than 5 cases", "opened 4", id="few-cases"),
        pytest.param({"financial_abuse": 2}, "opened 76 cases", "of them", id="few-of-abuse"),
        pytest.param({"financial_abuse": 73}, "opened 76 cases", "73", id="few-of-the-others"),
        pytest.param({"immediate": 28}, "30 reports", "28", id="few-that-were-not-immediate"),
        pytest.param({"categories": (49, 2)}, "opened 76 cases", "of them", id="few-of-another-category"),
        pytest.param({"clocks": (5, 2)}, "30 reports", "immediate", id="few-that-were-late"),
        pytest.param({"protocol": 1}, "fewer than 5 referrals came under", "1 referral", id="one-under-the-protocol"),
        pytest.param({"referrals": 3}, "fewer than 5 safeguarding referrals", "3 safeguarding", id="few-referrals"),
        pytest.param({"detriment": Sum(Decimal(9000), 2, Decimal(5000))}, "76 cases", "£9,000", id="money-of-two"),
        pytest.param({"detriment": Sum(Decimal(9000), 5, Decimal(8000))}, "76 cases", "£9,000", id="mostly-of-one"),
        pytest.param({"prevented": Sum(Decimal(700), 2, Decimal(400))}, "76 cases", "£700", id="prevented-for-two"),
    ],
)
def test_nothing_stands_there_that_tells_of_few_people(change: dict[str, object], told: str, kept_back: str) -> None:
    said = propose(replace(FULL, **change), Q1)
    assert told in said
    assert kept_back not in said


COUNTS = st.integers(0, 40)


@given(reported=COUNTS, abuse=COUNTS, reports=COUNTS, immediate=COUNTS, protocol=COUNTS, referrals=COUNTS)
def test_no_count_of_one_to_four_people_is_ever_proposed(**counts: int) -> None:
    found = replace(
        EMPTY,
        reported=counts["reported"],
        financial_abuse=min(counts["abuse"], counts["reported"]),
        reports=counts["reports"],
        immediate=min(counts["immediate"], counts["reports"]),
        protocol=counts["protocol"],
        referrals=counts["referrals"],
    )
    said = propose(found, Q1).replace("2022", "").replace(rules.FEW, "")
    numbers = [int(word) for word in said.replace(",", "").replace(".", "").split() if word.isdecimal()]
    assert all(number >= 5 for number in numbers)


@given(part=COUNTS, rest=COUNTS)
def test_a_part_is_told_only_where_neither_it_nor_the_rest_is_few(part: int, rest: int) -> None:
    assert may_tell_part(part, part + rest) == (part not in range(1, 5) and rest not in range(1, 5))


def test_counts_of_people_read_as_sentences_do() -> None:
    assert [people(number, "cases") for number in (0, 1, 4, 5, 1200)] == [
        "no cases", "fewer than 5 cases", "fewer than 5 cases", "5 cases", "1,200 cases",
    ]  # fmt: skip


def test_an_action_reads_with_its_updates_one_under_another() -> None:
    told = (Told("2022/23 Q2", "In progress", "Two talks."), Told("2022/23 Q1", "Not started", "A plan."))
    assert report_text("What is meant.", "Police", told, None) == (
        "What is meant.\n\nLead: Police.\n\n**2022/23 Q2: In progress**\n\nTwo talks.\n\n"
        "**2022/23 Q1: Not started**\n\nA plan."
    )
    assert "**2022/23 Q3:** nothing is reported yet." in report_text("", "Police", told, "2022/23 Q3")


def test_no_word_of_a_board_is_taken_for_markdown() -> None:
    assert plain("In *progress* [1] <b>") == r"In \*progress\* \[1\] \<b\>"


def test_one_session_is_told_in_the_singular() -> None:
    assert propose(replace(EMPTY, sessions=1), Q1).endswith(" There was 1 session of training or talks held.")
    assert propose(replace(EMPTY, sessions=2), Q1).endswith(" There were 2 sessions of training or talks held.")


def test_a_name_has_letters_in_it() -> None:
    rules.check_word("In progress", field="word")
    with refused(RuleViolation, "Give it a name with letters in it", field="word"):
        rules.check_word("?! ", field="word")
