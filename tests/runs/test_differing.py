"""Why two runs come to different totals, record by record."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.runs.conftest import MADE, Record, question
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.runs import service
from tsalert.runs.differing import Explained, Kind, differences
from tsalert.runs.lines import Line, Stood, Worked
from tsalert.runs.reading import Comparison, compare
from tsalert.runs.tally import Tally, Total, difference, read_totals
from tsalert.savings import service as savings
from tsalert.savings.rates import approving
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.valuing.valuation import Contribution, ValueClass

LATER = MADE + timedelta(days=30)
TOTAL = ("total", "total")


def corrected(amount: int) -> NewIntervention:
    return NewIntervention(
        type=InterventionType.SCAM_VICTIM, on_date=date(2022, 5, 3), prevented=Decimal(amount), evidence=Evidence.BANK
    )


@pytest.fixture
def compared(
    session: Session, published_quarter: dict[str, str], record: Record, maker: Actor
) -> tuple[Comparison, dict[str, str]]:
    """A run, then a correction, a withdrawal and a late record, then another run."""
    first = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    known = published_quarter
    savings.correct_intervention(
        known["scam"], corrected(900), of_version=1, reason="A second receipt", actor=maker, now=LATER
    )
    savings.withdraw_intervention(known["one"], of_version=1, reason="Told twice", actor=maker, now=LATER)
    late = record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 6, 3), now=LATER, units=10)
    second = service.make_run(question(), as_of=None, note=None, actor=maker, now=LATER)
    return compare(session, first, second), known | {"late": late}


def test_each_record_is_told_with_what_became_of_it_and_what_it_did_to_the_total(
    compared: tuple[Comparison, dict[str, str]],
) -> None:
    found, known = compared
    told = {each.reference: (each.kind, each.effects[TOTAL], each.causes) for each in found.items}
    assert told == {
        known["scam"]: (Kind.CHANGED, Decimal("462.00"), ("money prevented: 600, then 900",)),
        known["one"]: (Kind.GONE, Decimal("-25472.37"), ()),
        known["late"]: (Kind.ADDED, Decimal("591.20"), ()),
    }
    assert found.counts == {Kind.ADDED: 1, Kind.GONE: 1, Kind.CHANGED: 1}


def test_the_records_sum_exactly_to_the_difference_of_every_total(
    compared: tuple[Comparison, dict[str, str]],
) -> None:
    found, _ = compared
    assert found.adds_up
    assert found.moved == found.second.total.exact - found.first.total.exact == Decimal("-24419.17")
    assert found.explained["call_blockers", "health"] == Decimal("-8931.87")
    assert found.explained["class", "prevented"] == 300


def test_a_changed_rate_is_named_with_both_values(
    session: Session, published_quarter: dict[str, str], other_rates: str, maker: Actor, manager: Actor
) -> None:
    first = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    approving.approve_rate_set(other_rates, supersedes="nts-observed-2021-22", actor=manager, now=LATER)
    second = service.make_run(question(), as_of=None, note=None, actor=maker, now=LATER)
    found = compare(session, first, second)
    told = next(each for each in found.items if each.reference == published_quarter["two"])
    future = ValueClass.FUTURE_FINANCIAL.label
    assert f"rate, {future}: 16540.5 of nts-observed-2021-22, then 17540.5 of {other_rates}" in told.causes
    assert found.adds_up


def test_two_runs_that_read_the_same_have_no_difference_and_the_same_digests(
    session: Session, published_quarter: dict[str, str], maker: Actor
) -> None:
    runs = [service.make_run(question(), as_of=None, note=None, actor=maker, now=now) for now in (MADE, LATER)]
    found = compare(session, *runs)
    assert (found.items, found.differences) == ([], {})
    assert found.first.digest_of_inputs == found.second.digest_of_inputs


def test_runs_of_other_periods_and_bases_are_compared_and_say_so(
    session: Session, published_quarter: dict[str, str], maker: Actor
) -> None:
    quarter = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    year = service.make_run(question("2022/23", profile="classes"), as_of=None, note=None, actor=maker, now=MADE)
    found = compare(session, quarter, year)
    assert [text.partition(":")[0] for text in found.questions] == ["period", "profile"]
    assert found.adds_up


def test_pages_of_a_difference_do_not_change_its_sums(
    compared: tuple[Comparison, dict[str, str]], session: Session
) -> None:
    whole, _ = compared
    pages, after = [], None
    for _ in range(3):
        page = compare(session, whole.first.id, whole.second.id, after=after, size=1)
        assert page.explained == whole.explained
        pages += page.items
        after = page.next
    assert after is None
    assert [each.reference for each in pages] == [each.reference for each in whole.items]


def test_a_run_that_does_not_exist_is_told(session: Session) -> None:
    for number in (999_999, 2**40, 0):
        with pytest.raises(NotFound):
            compare(session, number, number)


AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=4)
WORLD = st.dictionaries(st.integers(1, 30), st.tuples(AMOUNTS, st.sampled_from(["scams", None])), max_size=20)


def worked(world: dict[int, tuple[Decimal, str | None]]) -> Iterator[Worked]:
    """Make a run of invented records, one line each."""
    nothing = Decimal(0)
    for number in sorted(world):
        amount, row = world[number]
        stood = Stood(
            number, f"S22-{number:05}-A", 1, InterventionType.SCAM_VICTIM, date(2022, 5, 3), 1, 0, amount, nothing,
            nothing, nothing, Decimal(1), is_bank_loss=row is None, counted_units=1, not_counted=None, overlaps_id=None,
        )  # fmt: skip
        part = Contribution(ValueClass.PREVENTED, amount, (amount,))
        yield Worked(stood, None, (), (Line(stood.on_date, "recorded", part, row, row and "financial"),))


def totals(world: dict[int, tuple[Decimal, str | None]]) -> tuple[Total, ...]:
    tally = Tally()
    for each in worked(world):
        for line in each.lines:
            tally.add(line, is_bank_loss=each.stood.is_bank_loss)
    return read_totals(tally.text())


@given(WORLD, WORLD)
def test_whatever_two_runs_hold_the_records_explain_their_difference_to_the_last_digit(
    first: dict[int, tuple[Decimal, str | None]], second: dict[int, tuple[Decimal, str | None]]
) -> None:
    explained = Explained()
    for each in differences(worked(first), worked(second)):
        explained.add(each)
    assert explained.effects == difference(totals(first), totals(second))
    assert explained.counts[Kind.ADDED] == len(second.keys() - first.keys())
    assert explained.counts[Kind.GONE] == len(first.keys() - second.keys())
