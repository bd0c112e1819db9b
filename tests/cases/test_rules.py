"""What may happen to a case, and what its money adds up to."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.cases import rules
from tsalert.cases.rules import NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import KINDS, MoneyKind, NoteKind, Outcome, Status, kind_label, kind_options
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.response.vocabulary import Category

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
LINES = st.lists(
    st.tuples(st.sampled_from(MoneyKind), st.decimals(Decimal(0), Decimal(100_000), places=2)),
    max_size=12,
)
LEGAL = {
    (Status.OPEN, Status.OPEN),
    (Status.OPEN, Status.INVESTIGATING),
    (Status.OPEN, Status.CLOSED),
    (Status.INVESTIGATING, Status.INVESTIGATING),
    (Status.INVESTIGATING, Status.DECISION),
    (Status.INVESTIGATING, Status.CLOSED),
    (Status.DECISION, Status.DECISION),
    (Status.DECISION, Status.INVESTIGATING),
    (Status.DECISION, Status.ACTION),
    (Status.DECISION, Status.CLOSED),
    (Status.ACTION, Status.ACTION),
    (Status.ACTION, Status.DECISION),
    (Status.ACTION, Status.CLOSED),
    (Status.CLOSED, Status.INVESTIGATING),
}


@pytest.mark.parametrize("wanted", Status)
@pytest.mark.parametrize("current", Status)
def test_every_step_of_a_case_is_either_legal_or_refused_with_the_legal_ones(current: Status, wanted: Status) -> None:
    step = Progress(wanted, outcome=Outcome.ADVICE_GIVEN, reason="New facts")
    if (current, wanted) in LEGAL:
        rules.require_step(current, step, "D26-00031-U")
        return
    with pytest.raises(Conflict) as refused:
        rules.require_step(current, step, "D26-00031-U")
    assert set(refused.value.legal) == {after for before, after in LEGAL if before == current}


def test_a_case_is_not_closed_before_somebody_says_what_came_of_it() -> None:
    with refused(RuleViolation, "what came of the case", field="outcome"):
        rules.require_step(Status.ACTION, Progress(Status.CLOSED), "D26-00031-U")


def test_a_case_is_not_reopened_without_a_reason() -> None:
    with refused(RuleViolation, "why the case is reopened", field="reason"):
        rules.require_step(Status.CLOSED, Progress(Status.INVESTIGATING), "D26-00031-U")


def test_the_gardeners_work_is_shown_at_its_worth_and_never_deducted() -> None:
    charged = [(MoneyKind.PAID, Decimal("1433.85"))] * 12 + [(MoneyKind.PAID, Decimal("1433.80"))]
    totals = rules.add_up([*charged, (MoneyKind.VALUATION, Decimal(1600))])
    assert totals.detriment == totals.net_detriment == Decimal(18640)
    assert totals.of(MoneyKind.VALUATION) == Decimal(1600)


def test_only_money_that_came_back_lowers_the_net_loss() -> None:
    totals = rules.add_up([(kind, Decimal(100)) for kind in MoneyKind] + [(MoneyKind.PAID, Decimal(900))])
    assert totals.detriment == Decimal(1000)
    assert totals.returned == Decimal(300), "recovered, refunded by the bank, compensation paid"
    assert totals.net_detriment == Decimal(700)


@given(first=LINES, second=LINES)
def test_the_loss_of_two_cases_is_the_loss_of_their_lines_together(
    first: list[tuple[MoneyKind, Decimal]], second: list[tuple[MoneyKind, Decimal]]
) -> None:
    apart = [rules.add_up(lines) for lines in (first, second)]
    together = rules.add_up(first + second)
    assert together.detriment == sum(totals.detriment for totals in apart)
    assert together.net_detriment == sum(totals.net_detriment for totals in apart)


@given(lines=LINES, kind=st.sampled_from(MoneyKind), amount=st.decimals(Decimal(0), Decimal(100_000), places=2))
def test_a_line_never_brings_back_more_than_was_paid_and_never_makes_it_worse(
    lines: list[tuple[MoneyKind, Decimal]], kind: MoneyKind, amount: Decimal
) -> None:
    before = rules.add_up(lines)
    for others in (lines, lines[1:]):  # a new line, and one that takes the first one's place
        after = rules.add_up([*others, (kind, amount)])
        is_worse = after.net_detriment < 0 and after.net_detriment < before.net_detriment
        if not is_worse:
            rules.require_no_more_back_than_paid(before, after)
            continue
        with refused(field="amount"):
            rules.require_no_more_back_than_paid(before, after)


@given(st.lists(st.tuples(st.sampled_from(MoneyKind), st.decimals(Decimal(0), Decimal(1000), places=2)), max_size=20))
def test_a_ledger_that_was_kept_line_by_line_never_has_a_net_loss_below_nought(
    lines: list[tuple[MoneyKind, Decimal]],
) -> None:
    kept: list[tuple[MoneyKind, Decimal]] = []
    for line in lines:
        with suppress(RuleViolation):
            rules.require_no_more_back_than_paid(rules.add_up(kept), rules.add_up([*kept, line]))
            kept.append(line)
    assert rules.add_up(kept).net_detriment >= 0


@pytest.mark.parametrize(
    ("at", "message"),
    [
        pytest.param(NOW + timedelta(minutes=2), None, id="two-minutes-ahead-is-a-clock-that-runs-fast"),
        pytest.param(NOW + timedelta(minutes=2, seconds=1), "has not come", id="more-than-two-minutes-ahead"),
        pytest.param(datetime(1969, 12, 31, tzinfo=UTC), "Check the year", id="before-1970"),
        pytest.param(datetime.min.replace(tzinfo=UTC), "Check the year", id="the-year-one"),
        pytest.param(datetime.max.replace(tzinfo=UTC), "has not come", id="the-year-9999"),
    ],
)
def test_a_time_that_cannot_be_is_refused(at: datetime, message: str | None) -> None:
    if message is None:
        rules.require_possible(at, NOW, field="opened_at")
        return
    with refused(RuleViolation, message, field="opened_at"):
        rules.require_possible(at, NOW, field="opened_at")


@pytest.mark.parametrize("day", [None, date(2026, 6, 10), date(1970, 1, 1)], ids=["not-known", "today", "long-ago"])
def test_money_moves_on_a_day_that_has_come(day: date | None) -> None:
    rules.require_possible_day(day, NOW, field="on_date")


@pytest.mark.parametrize(
    "day", [date(2026, 6, 11), date(1869, 1, 1), date.max], ids=["tomorrow", "before-1970", "the-year-9999"]
)
def test_money_moves_on_no_other_day(day: date) -> None:
    with refused(field="on_date"):
        rules.require_possible_day(day, NOW, field="on_date")


def test_the_day_is_londons_where_midnight_has_passed_there_and_not_in_utc() -> None:
    rules.require_possible_day(date(2026, 6, 11), datetime(2026, 6, 10, 23, 30, tzinfo=UTC), field="on_date")


def test_nought_is_only_an_amount_where_it_takes_a_line_back() -> None:
    rules.require_amount(NewMoneyLine(MoneyKind.PAID, Decimal(0), supersedes=7))
    with refused(RuleViolation, "above £0", field="amount"):
        rules.require_amount(NewMoneyLine(MoneyKind.PAID, Decimal(0)))


@pytest.mark.parametrize("category", Category)
def test_every_category_takes_its_own_types_and_no_others(category: Category) -> None:
    for owner, kinds in KINDS.items():
        for kind in kinds:
            assert rules.fits(category, kind) is (owner is category)
    assert rules.fits(category, "other")


def test_every_type_has_a_name_that_people_read() -> None:
    assert kind_label("roofing") == "Roofing"
    assert kind_label("other") == "Other"
    assert kind_label("a type of long ago") == "a type of long ago"
    codes = [code for code, _ in kind_options()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("category", "words", "kind"),
    [
        (Category.DOORSTEP_CRIME, "roofing", "roofing"),
        (Category.DOORSTEP_CRIME, " Courier fraud ", "courier_fraud"),
        (Category.DOORSTEP_CRIME, "gardening or TREE work", "gardening"),
        (Category.SCAM, "bank_impersonation", "bank_impersonation"),
        (Category.SCAM, "roofing", None),
        (Category.SCAM, "", None),
    ],
)
def test_a_type_is_known_by_the_words_that_an_officer_typed(category: Category, words: str, kind: str | None) -> None:
    assert rules.kind_named(category, words) == kind


@pytest.mark.parametrize(
    ("paid", "worth", "visits", "words"),
    [
        (18640, 1600, 13, "charged £18,640 for work worth £1,600 over 13 visits"),
        (500, 50, 1, "charged £500 for work worth £50 on one visit"),
        (500, 50, 0, "charged £500 for work worth £50"),
        (500, 0, 1, None),
        (0, 50, 1, None),
    ],
)
def test_what_was_charged_is_said_beside_what_the_work_was_worth(
    paid: int, worth: int, visits: int, words: str | None
) -> None:
    totals = rules.add_up([(MoneyKind.PAID, Decimal(paid)), (MoneyKind.VALUATION, Decimal(worth))])
    assert rules.charge_in_words(totals, visits) == words


def test_an_entry_that_takes_anothers_place_says_why() -> None:
    rules.require_reason(NewNote(NoteKind.FACT, "x"))
    rules.require_reason(NewNote(NoteKind.FACT, "x", supersedes=1, reason="Another road."))
    with refused(RuleViolation, "Say why the earlier entry", field="reason"):
        rules.require_reason(NewNote(NoteKind.FACT, "x", supersedes=1))
    with refused(RuleViolation, "Only an entry that takes another's place", field="reason"):
        rules.require_reason(NewNote(NoteKind.FACT, "x", reason="Another road."))


def test_a_type_of_another_category_is_refused() -> None:
    rules.require_kind(Category.DOORSTEP_CRIME, "roofing")
    with refused(RuleViolation, "Choose a type that belongs", field="kind"):
        rules.require_kind(Category.SCAM, "roofing")


@pytest.mark.parametrize("status", Status)
def test_a_closed_case_can_only_be_read(status: Status) -> None:
    if status is not Status.CLOSED:
        rules.require_open(status, "D26-00031-U")
        return
    with refused(Conflict, "D26-00031-U is closed", legal=["reopen the case and give a reason"]):
        rules.require_open(status, "D26-00031-U")


@pytest.mark.parametrize(("amount", "visit"), [("0.01", None), ("999999999.99", 1), ("5", 1000)])
def test_an_amount_and_its_visit_that_can_be(amount: str, visit: int | None) -> None:
    rules.require_amount(NewMoneyLine(MoneyKind.PAID, Decimal(amount), visit=visit))


@pytest.mark.parametrize(
    ("amount", "visit", "supersedes", "field", "says"),
    [
        ("0.001", None, None, None, "fraction of a penny"),
        ("5", 0, None, "visit", "Enter the number of the visit"),
        ("5", 1001, None, "visit", "Enter the number of the visit"),
        ("-1", None, 7, "amount", "Enter an amount above £0"),
        ("1000000000", None, None, "amount", "Enter an amount below £1,000,000,000"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(
    amount: str, visit: int | None, supersedes: int | None, field: str | None, says: str
) -> None:
    with refused(RuleViolation, says, field=field):
        rules.require_amount(NewMoneyLine(MoneyKind.PAID, Decimal(amount), visit=visit, supersedes=supersedes))
