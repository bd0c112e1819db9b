"""What is proposed from the records is what the board's indicators count."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.quarterly.actions.conftest import Q1
from tests.reports.conftest import Quarter
from tsalert.cases import partners
from tsalert.cases import service as cases
from tsalert.cases.partners import NewReferral
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind, PartnerBody
from tsalert.core.periods import Period
from tsalert.quarterly.actions.records import propose, read
from tsalert.response.vocabulary import Category
from tsalert.savings.rules import InterventionType

Records = Callable[[Period], Quarter]


def test_the_records_of_a_quarter_are_read_as_the_indicators_read_them(session: Session, records: Records) -> None:
    made = records(Q1)
    made.open_cases(20, board=15, detriment=Decimal("5804.50"))
    made.log_reports(6, immediate=6, intervened=0)
    for amount in ("600", "500", "400"):
        made.record(InterventionType.DOORSTEP_CRIME, date(2022, 5, 3), amount)
    found = read(session, Q1)
    assert (found.reported, found.financial_abuse, found.reports, found.immediate) == (15, 5, 6, 6)
    assert (found.detriment.amount, found.detriment.records) == (Decimal("5804.50"), 15)
    assert (sorted(found.categories), found.clocks) == ([5, 5, 5], (6, 0, 0, 0, 0, 0))
    assert (found.prevented.amount, found.prevented.records, found.prevented.largest) == (
        Decimal(1500),
        3,
        Decimal(600),
    )


def test_a_loss_that_is_mostly_of_one_victim_is_not_proposed(session: Session, records: Records) -> None:
    records(Q1).open_cases(20, board=15, detriment=Decimal("5804.50"))
    said = propose(session, Q1)
    assert "opened 15 cases" in said
    assert "£" not in said


def test_losses_of_several_are_proposed_and_the_lines_of_one_case_count_as_one(
    session: Session, records: Records
) -> None:
    made = records(Q1)
    at = made.moment(1, 3)
    for _ in range(3):
        told = NewCase("An enquiry", Category.FINANCIAL_ABUSE)
        case_id = cases.open_case(told, actor=made.actor, now=at)
        for _ in range(2):
            cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(50)), actor=made.actor, now=at)
    found = read(session, Q1)
    assert (found.detriment.amount, found.detriment.records, found.detriment.largest) == (Decimal(300), 3, Decimal(100))
    assert "fewer than 5 cases" in propose(session, Q1)


def test_referrals_under_the_banking_protocol_count_until_they_are_taken_back(
    session: Session, records: Records
) -> None:
    made = records(Q1)
    at = made.moment(1, 3)
    case_id = cases.open_case(NewCase("An enquiry", Category.SCAM), actor=made.actor, now=at)
    new = NewReferral(PartnerBody.BANK, at.date(), "A branch (invented)", None, is_banking_protocol=True)
    first = partners.record_referral(case_id, new, actor=made.actor, now=at)
    partners.record_referral(case_id, new, actor=made.actor, now=at)
    partners.take_back_referral(case_id, first, "Twice", actor=made.actor, now=at)
    assert read(session, Q1).protocol == 1
    assert "fewer than 5 referrals came under the Banking Protocol" in propose(session, Q1)
