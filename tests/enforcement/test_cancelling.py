"""Until when a contract made at home may be cancelled."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.enforcement.cancelling import Contract, cancellation_period
from tsalert.enforcement.vocabulary import ContractKind, Exclusion, Place

DAYS = st.dates(date(2014, 6, 13), date(2035, 12, 31))
# Where calendars break: ends of months, above all of February.
MONTH_ENDS = st.builds(
    lambda year, month, back: date(year + month // 12, month % 12 + 1, 1) - timedelta(days=back),
    st.integers(2015, 2035),
    st.integers(0, 12),
    st.integers(0, 16),
)
EITHER = DAYS | MONTH_ENDS


def contract(made: date, **changes: object) -> Contract:
    usual = {"kind": ContractKind.SERVICE, "place": Place.OFF_PREMISES, "made_on": made}
    return Contract(**usual | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "changes", "last"),
    [
        pytest.param(date(2026, 3, 2), {"notice_on": date(2026, 3, 2)}, date(2026, 3, 16), id="services-with-notice"),
        pytest.param(date(2028, 2, 20), {"notice_on": date(2028, 2, 1)}, date(2028, 3, 5), id="over-a-leap-day"),
        pytest.param(date(2026, 3, 2), {}, date(2027, 3, 16), id="no-notice-twelve-months-more"),
        pytest.param(date(2028, 2, 15), {}, date(2029, 2, 28), id="no-notice-from-the-leap-day"),
        pytest.param(date(2026, 3, 2), {"notice_on": date(2026, 3, 3)}, date(2026, 3, 17), id="notice-a-day-late"),
        pytest.param(date(2026, 3, 2), {"notice_on": date(2027, 3, 2)}, date(2027, 3, 16), id="on-the-last-day"),
        pytest.param(date(2026, 3, 2), {"notice_on": date(2027, 3, 3)}, date(2027, 3, 16), id="notice-after-12-months"),
        pytest.param(date(2028, 2, 28), {"notice_on": date(2029, 2, 28)}, date(2029, 3, 14), id="from-a-leap-day"),
        pytest.param(
            date(2026, 3, 2),
            {"kind": ContractKind.GOODS, "delivered_on": date(2026, 4, 10), "notice_on": date(2026, 3, 2)},
            date(2026, 4, 24),
            id="goods-from-delivery",
        ),
        pytest.param(
            date(2026, 3, 2),
            {"kind": ContractKind.DIGITAL, "notice_on": date(2026, 3, 2)},
            date(2026, 3, 16),
            id="digital",
        ),
    ],
)
def test_the_last_day_to_cancel(made: date, changes: dict[str, object], last: date) -> None:
    period = cancellation_period(contract(made, **changes))
    assert period.last_day == last
    assert period.is_open(last)
    assert not period.is_open(last + timedelta(days=1))
    assert "regulation" in period.reason


def test_goods_that_have_not_come_can_still_be_cancelled() -> None:
    period = cancellation_period(contract(date(2026, 3, 2), kind=ContractKind.GOODS))
    assert (period.last_day, period.has_right, period.is_open(date(2030, 1, 1))) == (None, True, True)


@pytest.mark.parametrize("exclusion", Exclusion)
def test_what_is_excluded_has_no_last_day_and_says_where_that_stands(exclusion: Exclusion) -> None:
    period = cancellation_period(contract(date(2026, 3, 2), exclusion=exclusion))
    assert (period.last_day, period.has_right, period.is_open(date(2026, 3, 3))) == (None, False, False)
    assert "regulation" in period.reason


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"made_on": date(2014, 6, 12)}, "made_on", id="before-the-regulations"),
        pytest.param({"delivered_on": date(2026, 3, 9)}, "delivered_on", id="services-are-not-delivered"),
        pytest.param(
            {"kind": ContractKind.GOODS, "delivered_on": date(2026, 3, 1)}, "delivered_on", id="before-the-contract"
        ),
        pytest.param(
            {"place": Place.DISTANCE, "exclusion": Exclusion.UNDER_42_POUNDS}, "exclusion", id="42-pounds-at-a-distance"
        ),
    ],
)
def test_a_contract_that_cannot_be_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        cancellation_period(contract(date(2026, 3, 2), **changes))
    assert refused.value.field == field


@given(made=EITHER, late=st.none() | st.integers(-30, 800))
def test_nobody_has_less_than_14_days_or_more_than_12_months_beyond_them(made: date, late: int | None) -> None:
    notice = made + timedelta(days=late) if late is not None else None
    last = cancellation_period(contract(made, notice_on=notice)).last_day
    assert last is not None
    normal = made + timedelta(days=14)
    assert normal <= last <= normal + timedelta(days=366)


@given(made=EITHER, sooner=st.integers(0, 800), later=st.integers(0, 800))
def test_a_later_notice_never_leaves_less_time(made: date, sooner: int, later: int) -> None:
    first, second = sorted((sooner, later))
    early, late = (
        cancellation_period(contract(made, notice_on=made + timedelta(days=days))).last_day for days in (first, second)
    )
    never = cancellation_period(contract(made)).last_day
    assert early is not None
    assert late is not None
    assert never is not None
    assert early <= late <= never + timedelta(days=1)


@given(made=EITHER, later=EITHER)
def test_a_later_contract_never_ends_sooner(made: date, later: date) -> None:
    first, second = sorted((made, later))
    ends = [cancellation_period(contract(each)).last_day for each in (first, second)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] <= ends[1]


@given(made=EITHER, days=st.integers(0, 400))
def test_goods_and_work_of_one_day_end_on_one_day(made: date, days: int) -> None:
    came = made + timedelta(days=days)
    goods = contract(made, kind=ContractKind.GOODS, delivered_on=came, notice_on=made)
    assert cancellation_period(goods).last_day == came + timedelta(days=14)
