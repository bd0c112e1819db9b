"""What one record is worth, when it is counted, and what is taken back of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tsalert.savings.rules import InterventionType as Type
from tsalert.savings.valuing.methods import Basis, Method
from tsalert.savings.valuing.profiles import PLAIN, get_profile
from tsalert.savings.valuing.recognition import Recognition, anniversary, years_begun
from tsalert.savings.valuing.valuation import Quantity, Rate, RateKind, ValueClass, financial, total
from tsalert.savings.valuing.worth import Moment, Record, ends_counted, entries, value_record

SHARE = Rate("s", "any", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.54"), "of it", "E")
PRICE = Rate(
    "p", "call_blocker", ValueClass.FUTURE_FINANCIAL, RateKind.PER_UNIT, Decimal("16540.50"), "each", "E", term_years=5
)
STREAM = Rate(
    "s",
    "call_blocker",
    ValueClass.FUTURE_FINANCIAL,
    RateKind.ANNUAL_STREAM,
    Decimal("2417.52"),
    "a year",
    "D",
    term_years=3,
    low=Decimal(313),
    high=Decimal("3308.10"),
    term_low=2,
    term_high=5,
    discount_rate=Decimal("0.035"),
    deadweight=Decimal("0.25"),
)
LOSS = Rate("p", "scam_victim", ValueClass.FUTURE_FINANCIAL, RateKind.PER_AMOUNT, Decimal(1), "of the loss", "E")
PUBLISHED = Method()
YEARLY = Recognition.YEARLY
DAY = date(2022, 5, 3)


def rates_on(kind: Type, day: date) -> Sequence[Rate]:
    return (PRICE, SHARE) if kind is Type.CALL_BLOCKER else (LOSS, SHARE)


def prudent_on(kind: Type, day: date) -> Sequence[Rate]:
    return (STREAM, SHARE) if kind is Type.CALL_BLOCKER else (replace(LOSS, deadweight=Decimal("0.25")), SHARE)


def blockers(units: int = 1, *, ended: tuple[date, ...] = (), earlier: Record | None = None) -> Record:
    return Record(Type.CALL_BLOCKER, DAY, Quantity(units), earlier=earlier, ended=ended)


def scam(amount: str, *, share: str = "1", earlier: Record | None = None) -> Record:
    return Record(Type.SCAM_VICTIM, DAY, Quantity(1, prevented=Decimal(amount)), share=Decimal(share), earlier=earlier)


def worth(record: Record, method: Method = PUBLISHED) -> Decimal:
    on = rates_on if method.basis is Basis.PUBLISHED else prudent_on
    return total(part.exact for part in value_record(record, method, on))


def counted(record: Record, method: Method) -> list[tuple[date, Decimal]]:
    on = rates_on if method.basis is Basis.PUBLISHED else prudent_on
    return [(entry.on, financial(entry.contributions(method))) for entry in entries(record, method, on)]


def test_our_part_of_a_joint_operation_is_our_part_of_every_class() -> None:
    parts = value_record(scam("600", share="0.25"), PUBLISHED, rates_on)
    assert [part.formula for part in parts] == [
        "0.25 × £600.00 as evidenced = £150.00 → £150",
        "0.54 × £150.00 = £81.00 → £81",
    ]


def test_a_blocker_after_a_scam_of_the_same_victim_counts_its_excess_alone() -> None:
    parts = value_record(blockers(earlier=scam("600")), PUBLISHED, rates_on)
    assert [part.formula for part in parts] == [
        "1 × £16,540.50 − £600.00 counted before = £15,940.50 → £15,941",
        "0.54 × £15,940.50 = £8,607.87 → £8,608",
    ]


def test_a_scam_after_a_blocker_that_was_worth_more_adds_nothing() -> None:
    assert worth(scam("600", earlier=blockers())) == 0


@pytest.mark.parametrize(("begun", "left"), [(1, 4), (2, 3), (5, 0)])
def test_a_blocker_is_worth_a_year_on_each_anniversary_until_it_ends(begun: int, left: int) -> None:
    method = Method(recognition=YEARLY)
    ended = anniversary(DAY, begun)
    assert counted(blockers(2, ended=(ended,)), method) == [
        (anniversary(DAY, year), Decimal("3308.10") * (2 if year < begun else 1)) for year in range(5)
    ]
    assert 5 - begun == left


@pytest.mark.parametrize("basis", list(Basis))
def test_the_years_of_a_term_add_up_to_the_whole_of_it(basis: Basis) -> None:
    yearly = worth(blockers(3), Method(basis=basis, recognition=YEARLY))
    assert yearly == worth(blockers(3), Method(basis=basis))


def test_a_unit_that_ends_takes_back_the_years_that_had_not_begun_in_the_prudent_basis_alone() -> None:
    ended = date(2023, 5, 4)
    unit = blockers(3, ended=(ended,))
    (whole, back) = entries(unit, Method(basis=Basis.PRUDENT_CENTRAL), prudent_on)
    assert (whole.on, whole.moment, back.on, back.moment) == (DAY, Moment.RECORDED, ended, Moment.ENDED)
    assert [part.formula for part in back.contributions(Method(basis=Basis.PRUDENT_CENTRAL))] == [
        "1 × -£1,692.58 = -£1,692.58 → -£1,693",
        "0.54 × -£1,692.58 = -£913.9932 → -£914",
    ]
    assert len(entries(unit, PUBLISHED, rates_on)) == 1


def test_a_unit_that_ends_after_its_term_takes_nothing_back() -> None:
    assert len(entries(blockers(ended=(date(2026, 1, 1),)), Method(basis=Basis.PRUDENT_LOW), prudent_on)) == 1


def test_money_that_is_for_information_is_of_its_own_class() -> None:
    fine = Record(Type.ADVICE, DAY, Quantity(1, memo=Decimal(900)))
    assert [part.value_class for part in value_record(fine, PUBLISHED, lambda *_: ())] == [ValueClass.MEMO]


def test_without_rates_evidenced_money_counts_and_the_rest_is_not_there() -> None:
    parts = value_record(scam("600"), PUBLISHED, lambda *_: ())
    assert [part.exact for part in parts] == [Decimal(600)]
    assert value_record(blockers(), PUBLISHED, lambda *_: ()) == ()


@pytest.mark.parametrize(
    ("first", "second", "begun"),
    [
        (date(2022, 5, 3), date(2022, 5, 3), 1),
        (date(2022, 5, 3), date(2023, 5, 3), 1),
        (date(2022, 5, 3), date(2023, 5, 4), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 1),
        (date(2024, 2, 29), date(2025, 3, 1), 2),
    ],
)
def test_a_year_of_use_begins_the_day_after_the_unit_saw_its_anniversary(first: date, second: date, begun: int) -> None:
    assert years_begun(first, second) == begun


AMOUNTS = st.integers(1, 5_000_000).map(lambda pence: f"{Decimal(pence) / 100:.2f}")


@given(
    units=st.integers(1, 4),
    after=st.lists(st.integers(0, 2200), max_size=4),
    before=st.none() | AMOUNTS,
    basis=st.sampled_from([Basis.PRUDENT_LOW, Basis.PRUDENT_CENTRAL, Basis.PRUDENT_HIGH]),
)
def test_what_is_taken_back_leaves_what_yearly_counting_gives_and_never_less_than_nothing(
    units: int, after: list[int], before: str | None, basis: Basis
) -> None:
    ended = tuple(DAY + timedelta(days=days) for days in after)
    record = blockers(units, ended=ended, earlier=scam(before) if before else None)
    whole = worth(record, Method(basis=basis))
    yearly = worth(record, Method(basis=basis, recognition=YEARLY))
    assert whole >= 0
    assert whole == yearly


@given(before=AMOUNTS, own=AMOUNTS, plain=st.booleans())
def test_two_records_of_one_victim_are_worth_the_larger_of_them(before: str, own: str, *, plain: bool) -> None:
    method = Method(get_profile(PLAIN)) if plain else PUBLISHED
    first, second = scam(before), scam(own, earlier=scam(before))
    both = financial([*value_record(first, method, rates_on), *value_record(second, method, rates_on)])
    assert both == max(Decimal(before), Decimal(own))


def test_a_household_of_two_units_of_which_one_counts_gives_back_only_when_the_last_ends() -> None:
    first, last = DAY + timedelta(days=100), DAY + timedelta(days=400)
    assert ends_counted([first], units=2, counted=1) == ()
    assert ends_counted([last, first], units=2, counted=1) == (last,)
    assert ends_counted([first, last], units=2, counted=2) == (first, last)
    assert ends_counted([first], units=1, counted=0) == ()
