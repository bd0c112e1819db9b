"""How much of each record of a household counts."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tsalert.prevention.rules import last_day_of_term
from tsalert.savings.counting.assessing import Record, Unit, assess
from tsalert.savings.counting.uncounted import Uncounted
from tsalert.savings.rules import Beneficiary, InterventionType

FIRST = date(2022, 5, 3)


def blocker(reference: str, on: date, units: int = 1, years: int | None = 5) -> Record:
    ends_on = last_day_of_term(on, years) if years else None
    return Record(reference, InterventionType.CALL_BLOCKER, on, units, term_ends_on=ends_on)


def visit(reference: str, on: date, saved: int = 600, beneficiary: Beneficiary = Beneficiary.RESIDENT) -> Record:
    return Record(reference, InterventionType.SCAM_VICTIM, on, 1, Decimal(saved), beneficiary=beneficiary)


def test_a_second_blocker_inside_the_term_adds_nothing_and_says_which_one_is_there() -> None:
    found = assess([blocker("S1", FIRST), blocker("S2", date(2023, 1, 9))], [])
    assert (found["S1"].counted_units, found["S1"].reasons) == (1, ())
    assert found["S2"].counted_units == 0
    (reason,) = found["S2"].reasons
    assert (reason.kind, reason.other, reason.what) == (Uncounted.IN_PLACE, "S1", "1 call blocker")
    assert reason.text == (
        "S1 fitted a call blocker in this household on 3 May 2022. Its term runs until 2 May 2027, so another adds "
        "nothing."
    )


@pytest.mark.parametrize(
    ("installed", "again", "counts"),
    [
        (date(2022, 5, 3), date(2022, 5, 3), False),
        (date(2022, 5, 3), date(2027, 5, 2), False),
        (date(2022, 5, 3), date(2027, 5, 3), True),
        (date(2024, 2, 29), date(2029, 2, 27), False),
        (date(2024, 2, 29), date(2029, 2, 28), True),
        (date(2023, 2, 28), date(2028, 2, 27), False),
        (date(2023, 2, 28), date(2028, 2, 28), True),
    ],
)
def test_a_term_makes_room_on_its_anniversary(installed: date, again: date, *, counts: bool) -> None:
    found = assess([blocker("S1", installed), blocker("S2", again)], [])
    assert found["S2"].counted_units == counts


@pytest.mark.parametrize(("ended", "counts"), [(FIRST, True), (date(2023, 1, 9), True), (date(2023, 1, 10), False)])
def test_an_ended_unit_makes_room_from_the_day_of_its_end(ended: date, *, counts: bool) -> None:
    found = assess([blocker("S1", FIRST), blocker("S2", date(2023, 1, 9))], [Unit("S1", ended)])
    assert found["S2"].counted_units == counts


def test_the_household_is_free_only_when_the_last_unit_ended_and_unknown_ones_have_not() -> None:
    records = [blocker("S1", FIRST, units=2), blocker("S2", date(2023, 1, 9))]
    for units in ([Unit("S1", FIRST)], [Unit("S1", FIRST), Unit("S1")]):
        assert assess(records, units)["S2"].counted_units == 0
    both = [Unit("S1", FIRST), Unit("S1", date(2023, 1, 1))]
    assert assess(records, both)["S2"].counted_units == 1


def test_a_blocker_that_never_counted_takes_nobodys_place() -> None:
    records = [blocker("S1", FIRST), blocker("S2", date(2026, 5, 3)), blocker("S3", date(2028, 5, 3))]
    assert [found.counted_units for found in assess(records, []).values()] == [1, 0, 1]


def test_of_several_in_one_household_one_counts() -> None:
    (found,) = assess([blocker("S1", FIRST, units=3)], []).values()
    assert found.counted_units == 1
    assert found.reasons[0].text == "One call blocker a household counts at a time: 2 of these 3 do not."


def test_without_an_approved_term_a_blocker_is_in_place_until_somebody_ends_it() -> None:
    records = [blocker("S1", date(2010, 1, 1), years=None), blocker("S2", FIRST)]
    found = assess(records, [])["S2"]
    assert found.counted_units == 0
    assert "until somebody ends it" in found.reasons[0].text
    assert assess(records, [Unit("S1", date(2015, 1, 1))])["S2"].counted_units == 1


@pytest.mark.parametrize(
    ("earlier", "later", "overlaps"),
    [
        (date(2022, 5, 3), date(2022, 5, 3), True),
        (date(2022, 5, 3), date(2023, 5, 3), True),
        (date(2022, 5, 3), date(2023, 5, 4), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
        (date(2023, 2, 28), date(2024, 2, 28), True),
        (date(2023, 2, 28), date(2024, 2, 29), False),
        (date(2022, 8, 31), date(2023, 8, 31), True),
    ],
)
def test_of_a_visit_and_a_blocker_within_twelve_months_the_later_counts_its_excess(
    earlier: date, later: date, *, overlaps: bool
) -> None:
    found = assess([visit("S1", earlier), blocker("S2", later)], [])
    assert found["S2"].overlaps == ("S1" if overlaps else None)
    assert found["S1"].overlaps is None
    assert found["S2"].counted_units == 1
    if earlier != later:
        swapped = assess([blocker("S1", earlier), visit("S2", later)], [])
        assert (swapped["S2"].overlaps, swapped["S1"].overlaps) == ("S1" if overlaps else None, None)


def test_the_reason_for_an_excess_names_the_earlier_record_and_its_day() -> None:
    (reason,) = assess([visit("S1", FIRST), blocker("S2", date(2022, 9, 1))], [])["S2"].reasons
    assert reason.text == (
        "S1, a scam visit of the same household on 3 May 2022, lies within the twelve months before: only what "
        "exceeds it counts."
    )


def test_of_several_earlier_visits_the_largest_is_exceeded() -> None:
    records = [visit("S1", FIRST, 9000), visit("S2", date(2022, 6, 1), 100), blocker("S3", date(2022, 7, 1))]
    assert assess(records, [])["S3"].overlaps == "S1"


def test_neither_a_bank_s_loss_nor_a_visit_without_a_saving_nor_an_uncounted_blocker_is_exceeded() -> None:
    bank = visit("S1", FIRST, beneficiary=Beneficiary.BANK)
    recovered = visit("S2", FIRST, saved=0)
    assert assess([bank, recovered, blocker("S3", FIRST)], [])["S3"].overlaps is None
    records = [blocker("S1", FIRST), blocker("S2", date(2024, 1, 1)), visit("S3", date(2024, 6, 1))]
    assert assess(records, [])["S3"].overlaps is None


def test_two_visits_are_two_events() -> None:
    found = assess([visit("S1", FIRST), visit("S2", FIRST)], [])
    assert all(each.overlaps is None and each.counted_units == 1 for each in found.values())


DAYS = st.integers(0, 4000).map(lambda days: date(2021, 4, 1) + timedelta(days=days))
HOUSEHOLDS = st.lists(
    st.one_of(
        st.tuples(DAYS, st.integers(1, 3)).map(lambda said: ("blocker", *said, (2, 5, None)[said[0].day % 3])),
        st.tuples(DAYS, st.integers(0, 20_000)).map(lambda said: ("visit", *said)),
    ),
    max_size=8,
)


def named(said: list[tuple[object, ...]]) -> list[Record]:
    makers = {"blocker": blocker, "visit": visit}
    return [makers[str(kind)](f"S{place}", *rest) for place, (kind, *rest) in enumerate(said)]  # type: ignore[operator]


@given(HOUSEHOLDS, st.randoms(use_true_random=False))
def test_the_order_of_recording_changes_nothing(said: list[tuple[object, ...]], chance: Random) -> None:
    records = named(said)
    shuffled = chance.sample(records, len(records))
    assert assess(shuffled, []) == assess(records, [])
    again = assess([replace(record, reference=f"S{place}") for place, record in enumerate(shuffled)], [])
    assert sorted(each.counted_units for each in again.values()) == sorted(
        each.counted_units for each in assess(records, []).values()
    )


@given(HOUSEHOLDS)
def test_no_more_counts_than_was_recorded_and_less_never_without_a_reason(said: list[tuple[object, ...]]) -> None:
    records = named(said)
    found = assess(records, [])
    for record in records:
        assessed = found[record.reference]
        assert 0 <= assessed.counted_units <= record.units
        counts_whole = assessed.counted_units == record.units and assessed.overlaps is None
        assert counts_whole == (not assessed.reasons)


@given(HOUSEHOLDS)
def test_at_no_time_do_two_counted_blockers_share_a_household(said: list[tuple[object, ...]]) -> None:
    records = [each for each in named(said) if each.type is InterventionType.CALL_BLOCKER]
    found = assess(records, [])
    counted = sorted((each for each in records if found[each.reference].counted_units), key=lambda each: each.on_date)
    for one, other in pairwise(counted):
        assert one.term_ends_on is not None
        assert one.term_ends_on < other.on_date
