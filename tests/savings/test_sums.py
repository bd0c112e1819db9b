"""What the database adds up is what the records are worth one by one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, parse_period, parse_span
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.prevention.models import InstalledUnit
from tsalert.savings.figures.explaining import Figure, explain
from tsalert.savings.figures.groups import is_in_table
from tsalert.savings.figures.scopes import COUNTED, NO_WARD, Scope
from tsalert.savings.figures.stretches import parts_of
from tsalert.savings.figures.sums import Sums, groups
from tsalert.savings.figures.table import ROUNDING_NOTE
from tsalert.savings.models import Intervention
from tsalert.savings.queries import savings_table
from tsalert.savings.rates import approving
from tsalert.savings.rates.trying import sets_of
from tsalert.savings.rules import Beneficiary
from tsalert.savings.rules import InterventionType as Type
from tsalert.savings.valuing.methods import Basis, Method
from tsalert.savings.valuing.profiles import PROFILES
from tsalert.savings.valuing.recognition import Recognition
from tsalert.savings.valuing.records import rates_of, records_of
from tsalert.savings.valuing.valuation import ValueClass, total
from tsalert.savings.valuing.worth import entries
from tsalert.staff.rules import RoleName

NOW = datetime(2027, 5, 1, 9, 0, tzinfo=UTC)
WARDS = (None, "E05000001", "E05000002")
# Where years, quarters and rate sets meet, and leap days.
EDGES = [date(2020, 2, 29), date(2021, 3, 31), date(2022, 6, 30), date(2023, 3, 31), date(2024, 2, 29)]
DAYS = st.builds(lambda edge, days: edge + timedelta(days=days), st.sampled_from(EDGES), st.integers(-2, 400))
MONEY = st.integers(1, 3_000_000).map(lambda pence: Decimal(pence) / 100)
CLASSES = st.sampled_from(["prevented", "recovered", "future", "memo"])
METHODS = st.builds(
    Method, st.sampled_from(list(PROFILES.values())), st.sampled_from(list(Basis)), st.sampled_from(list(Recognition))
)
PERIODS = st.sampled_from(["2021/22", "2022/23 Q1", "2023/24", "2024-02-28 to 2025-02-28", "2020-01-01 to 2027-04-30"])


def of_money(kind: Type) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda name, amount: {"type": kind, "units": 1, name: amount}, CLASSES, MONEY)


def of_units(kind: Type) -> st.SearchStrategy[dict[str, Any]]:
    counted = st.integers(1, 5).flatmap(lambda units: st.tuples(st.just(units), st.integers(0, units)))
    return counted.map(lambda both: {"type": kind, "units": both[0], "counted_units": both[1]})


ROWS = st.one_of(
    of_money(Type.SCAM_VICTIM),
    of_money(Type.DOORSTEP_CRIME),
    of_money(Type.ADVICE),
    of_units(Type.CALL_BLOCKER),
    of_units(Type.FRIENDS_AGAINST_SCAMS),
    of_units(Type.DOOR_CAMERA),
)
DETAILS = st.fixed_dictionaries(
    {
        "on_date": DAYS,
        "share": st.sampled_from(["1", "1", "0.5", "0.333"]).map(Decimal),
        "beneficiary": st.sampled_from([Beneficiary.RESIDENT, Beneficiary.RESIDENT, Beneficiary.BANK]),
        "ward_code": st.sampled_from(WARDS),
        "overlaps": st.none() | st.integers(0, 5),
        "ended": st.lists(st.integers(0, 2000), max_size=3),
    }
)


@pytest.fixture
def prepared(session: Session, officer: Callable[..., Actor]) -> Session:
    """A database with wards and an approved prudent set."""
    approving.approve_rate_set("prudent-2026", actor=officer(RoleName.MANAGER), now=NOW)
    places.add_wards([NamedWard(code, f"Ward {code[-1]}") for code in WARDS if code], now=NOW)
    return session


def store(session: Session, drawn: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    numbers = count(1)
    kept: list[Intervention] = []
    for row, details in drawn:
        what = {"counted_units": 1, "prevented": Decimal(0), "recovered": Decimal(0), "future": Decimal(0)} | row
        ended, overlaps = details["ended"], details["overlaps"]
        plain = {name: value for name, value in details.items() if name not in {"ended", "overlaps"}}
        made = Intervention(
            reference=f"T{next(numbers)}", version=1, is_current=True, is_withdrawn=False, is_rapid_response=False,
            recorded_at=NOW, needs_verifying=False, **what, **plain,
        )  # fmt: skip
        if overlaps is not None and overlaps < len(kept):
            made.overlaps_id = kept[overlaps].id
        session.add(made)
        session.flush()
        kept.append(made)
        for days in ended[: made.units] if made.type in {Type.CALL_BLOCKER, Type.DOOR_CAMERA} else ():
            session.add(
                InstalledUnit(
                    kind=made.type,
                    serial=f"S{next(numbers)}",
                    installed_on=made.on_date,
                    recorded_at=NOW,
                    intervention_reference=made.reference,
                    ended_on=made.on_date + timedelta(days=days),
                    ended_how="faulty",
                    ended_at=NOW,
                )
            )
    session.flush()


def one_by_one(session: Session, period: Period, method: Method, ward: str | None = None) -> dict[ValueClass, Decimal]:
    rows = list(session.scalars(select(Intervention).where(*COUNTED)))
    if ward is not None:
        rows = [row for row in rows if (row.ward_code or NO_WARD) == ward]
    rates_on = rates_of(sets_of(session, method))
    found: dict[ValueClass, list[Decimal]] = {}
    for record in records_of(session, rows):
        for entry in entries(record, method, rates_on):
            for part in entry.contributions(method) if entry.on in period else ():
                found.setdefault(part.value_class, []).append(part.exact)
    return {kind: total(amounts) for kind, amounts in found.items() if total(amounts)}


def added_up(found: list[Any]) -> dict[ValueClass, Decimal]:
    sums: dict[ValueClass, list[Decimal]] = {}
    for group in found:
        for part in group.contributions:
            sums.setdefault(part.value_class, []).append(part.exact)
    return {kind: total(amounts) for kind, amounts in sums.items() if total(amounts)}


SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@SLOW
@given(drawn=st.lists(st.tuples(ROWS, DETAILS), max_size=8), method=METHODS, label=PERIODS)
def test_grouped_sums_are_the_single_worths_added_up(
    prepared: Session, drawn: list[tuple[dict[str, Any], dict[str, Any]]], method: Method, label: str
) -> None:
    period = parse_span(label)
    with prepared.begin_nested() as undone:
        store(prepared, drawn)
        found = groups(prepared, period, method)
        assert added_up(found) == one_by_one(prepared, period, method)
        sets = sets_of(prepared, method)
        wards = Sums(prepared, Scope(by_ward=True)).groups(parts_of(period), method, sets)
        assert added_up(wards) == added_up(found)
        for ward in (NO_WARD, "E05000001"):
            narrow = Sums(prepared, Scope(ward=ward)).groups([period], method, sets)
            assert added_up(narrow) == one_by_one(prepared, period, method, ward)
        undone.rollback()


@settings(SLOW, max_examples=12)
@given(drawn=st.lists(st.tuples(ROWS, DETAILS), max_size=6), method=METHODS, label=PERIODS)
def test_every_figure_is_explained_by_the_lines_and_the_records_behind_it(
    prepared: Session, drawn: list[tuple[dict[str, Any], dict[str, Any]]], method: Method, label: str
) -> None:
    period = parse_span(label)
    with prepared.begin_nested() as undone:
        store(prepared, drawn)
        table = savings_table(prepared, period, method)
        for row in table.lines:
            for column, cell in row.cells.items():
                if cell is None:
                    continue
                told = explain(prepared, Figure(period, method, row.slug, column))
                lines = total(line.contribution.exact for line in told.lines)
                records = total(part.exact for record in told.records for part in record.contributions)
                assert told.cell.exact == cell.exact == lines == records
        undone.rollback()


@SLOW
@given(drawn=st.lists(st.tuples(ROWS, DETAILS), max_size=8), method=METHODS)
def test_shown_figures_stand_within_half_a_pound_a_cell_and_the_note_tells_when_they_miss(
    prepared: Session, drawn: list[tuple[dict[str, Any], dict[str, Any]]], method: Method
) -> None:
    with prepared.begin_nested() as undone:
        store(prepared, drawn)
        table = savings_table(prepared, parse_period("2022/23"), method)
        misses = []
        for row in table.lines:
            cells = [cell for cell in (row.cell(name) for name in method.profile.parts) if cell]
            assert row.total.exact == total(cell.exact for cell in cells)
            misses.append((abs(row.total.shown - sum(cell.shown for cell in cells)), len(cells)))
        for column in table.columns:
            cells = [cell for cell in (row.cell(column) for row in table.rows) if cell]
            whole = table.column_totals.cell(column)
            assert whole is not None
            misses.append((abs(whole.shown - sum(cell.shown for cell in cells)), len(cells)))
        inner = [cell for row in table.rows for cell in (row.cell(name) for name in method.profile.parts) if cell]
        misses.append((abs(table.grand_total.shown - sum(cell.shown for cell in inner)), len(inner)))
        assert all(miss <= Decimal("0.5") * (cells + 1) for miss, cells in misses)
        assert (ROUNDING_NOTE in table.notes) is any(miss for miss, _ in misses)
        undone.rollback()


@pytest.mark.parametrize(
    ("moment", "quarter", "chosen"),
    [
        pytest.param(datetime(2023, 3, 31, 22, 59, tzinfo=UTC), "2022/23 Q4", "nts-observed-2021-22", id="23:59"),
        pytest.param(datetime(2023, 3, 31, 23, 0, tzinfo=UTC), "2023/24 Q1", "continued", id="midnight-told-in-utc"),
    ],
)
def test_a_minute_around_midnight_in_london_chooses_quarter_and_rate_set(
    session: Session, officer: Callable[..., Actor], moment: datetime, quarter: str, chosen: str
) -> None:
    approving.continue_rate_set(
        "nts-observed-2021-22", date(2023, 4, 1), None, actor=officer(RoleName.MANAGER), now=NOW
    )
    blocker = {"type": Type.CALL_BLOCKER, "units": 1}
    details: dict[str, Any] = {"on_date": london_date(moment), "overlaps": None, "ended": [], "beneficiary": "resident"}
    store(session, [(blocker, details)])
    told = explain(session, Figure(parse_period(quarter), row="call_blockers", column="financial"))
    assert told.cell.shown == 16_541
    (line,) = told.lines
    assert line.rate_set is not None
    assert line.rate_set.slug.startswith("nts-observed-2021-22")
    assert (line.rate_set.slug != "nts-observed-2021-22") is (chosen == "continued")
    other = "2023/24 Q1" if quarter == "2022/23 Q4" else "2022/23 Q4"
    assert savings_table(session, parse_period(other)).grand_total.exact == 0


def test_what_no_profile_row_holds_stands_apart_and_not_in_a_total(prepared: Session) -> None:
    fine = {"type": Type.ENFORCEMENT_OUTCOME, "units": 1, "memo": Decimal(900)}
    details: dict[str, Any] = {"on_date": date(2022, 5, 3), "overlaps": None, "ended": [], "beneficiary": "resident"}
    store(prepared, [(fine, details), ({"type": Type.TALK, "units": 2, "counted_units": 2}, details)])
    for profile in PROFILES.values():
        method = Method(profile)
        table = savings_table(prepared, parse_period("2022/23 Q1"), method)
        assert table.grand_total.exact == 0
        assert ("Enforcement outcome: for information", Decimal(900)) in [
            (item.title, item.amount) for item in table.apart
        ]
        kept = [group for group in groups(prepared, table.period, method) if is_in_table(group, profile)]
        assert {group.type for group in kept} <= {Type.TALK}
    talks = table.row(Type.TALK)
    assert (talks.number, talks.total.text) == (2, "counted, not valued")
