"""What each section of a quarter's figures says, and what it keeps for disclosure control."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.quarterly.figures.conftest import AFTERWARDS, Assemble, Assembled
from tests.quarterly.figures.test_assembling import Q1, Records
from tests.reports.test_partners import published_file
from tests.reports.test_rebasing import LATER, approve_other_rates, record_blockers
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.circulation import telling
from tsalert.circulation.rules import NewPartner, Told
from tsalert.circulation.service import add_partner
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.periods import parse_period
from tsalert.quarterly.content import Chart, Figure, Table
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.kinds import kind_by_name
from tsalert.quarterly.vocabulary import About, Kind, SectionKey, Unit
from tsalert.reports.entering import import_figures
from tsalert.reports.indicators import get_indicator
from tsalert.reports.models import PartnerFigure
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.reports.vocabulary import Audience
from tsalert.response.vocabulary import Category
from tsalert.savings.figures.sheets import NOT_AUDITED
from tsalert.savings.rules import Beneficiary, Evidence, InterventionType, NewIntervention
from tsalert.savings.service import record_intervention
from tsalert.staff.rules import RoleName

MOST_CHARTS = 4


def figure(table: Table, row: str, column: str) -> Figure:
    place = [each.key for each in table.columns].index(column)
    return next(each for each in table.rows if each.key == row).figures[place]


def test_sections_stand_in_their_order_with_unlike_keys_and_few_charts(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).record_first_of_2022_23()
    found = assembled(Q1)
    keys = [section.key for section in found.sections]
    assert keys == [key for key in SectionKey if key in keys]
    blocks = [block for section in found.sections for block in section.blocks]
    tables = [block.key for block in blocks if isinstance(block, Table)]
    assert len(tables) == len(set(tables))
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert len(charts) <= MOST_CHARTS
    for chart in charts:
        drawn = found.tables[chart.table]
        assert set(chart.columns) <= {column.key for column in drawn.columns}
        assert set(chart.rows) <= {row.key for row in drawn.rows}
    for table in found.tables.values():
        assert len({row.key for row in table.rows}) == len(table.rows), table.key


def test_headlines_hold_one_figure_for_each_class_and_say_how_it_changed(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).record_savings_of_first_of_2022_23()
    quarter(parse_period("2021/22 Q1")).record(InterventionType.CALL_BLOCKER, date(2021, 5, 3), units=2)
    found = assembled(Q1)
    assert found.row("headlines_money", "prevented") == ["£41,100", "up from 0"]
    assert found.row("headlines_money", "future_financial") == ["£52,208", "+58%"]
    assert found.row("headlines_money", "recovered") == ["£0", "no change (0 to 0)"]
    assert [row.key[:6] for row in found.tables["headlines_money"].rows].count("health") == 1
    assert found.row("headlines", "friends_trained")[0] == "112"


def test_direct_and_estimated_savings_stand_apart_and_above_the_boards_table(
    quarter: Records, assembled: Assemble
) -> None:
    quarter(Q1).record_savings_of_first_of_2022_23()
    found = assembled(Q1)
    assert found.section(SectionKey.SAVINGS).blocks[0].text == NOT_AUDITED  # type: ignore[union-attr]
    assert found.row("savings_direct", "total") == ["£41,100"]
    assert found.row("savings_estimated", "total") == ["£83,039"]
    assert any("nts-observed-2021-22" in note for note in found.tables["savings_table"].notes)
    assert "Figures may not sum due to rounding." in found.tables["savings_table"].notes
    assert found.row("savings_range", "published")[-1] == "£146,333"


def test_money_of_people_says_how_many_records_are_behind_it_and_the_largest(
    quarter: Records, assembled: Assemble
) -> None:
    records = quarter(Q1)
    for amount in ("600", "900", "40000"):
        records.record(InterventionType.DOORSTEP_CRIME, date(2022, 5, 3), amount)
    records.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)
    table = assembled(Q1).tables["savings_table"]
    doorstep = figure(table, "doorstep_crime", "financial")
    assert (doorstep.value, doorstep.records, doorstep.largest) == (Decimal(41_500), 3, Decimal(40_000))
    assert figure(table, "doorstep_crime", "health").largest == Decimal(21_600)
    assert figure(table, "total", "total").records == 3
    assert figure(table, "call_blockers", "financial").records is None
    abouts = {row.key: row.about for row in table.rows}
    assert (abouts["doorstep_crime"], abouts["call_blockers"]) == (About.PEOPLE, About.SERVICE)
    assert {column.key: column.about for column in table.columns}["other"] is About.SERVICE


def test_losses_say_mean_median_and_how_many_and_can_be_merged(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    at, actor = datetime(2022, 5, 3, tzinfo=UTC), officer()
    losses = {Category.SCAM: (100, 300), Category.DOORSTEP_CRIME: (5000,), Category.FINANCIAL_ABUSE: ()}
    for category, amounts in losses.items():
        case_id = cases.open_case(NewCase("Tells nothing yet", category), actor=actor, now=at)
        for place, amount in enumerate(amounts):
            where = case_id if not place else cases.open_case(NewCase("Another", category), actor=actor, now=at)
            cases.record_money(where, NewMoneyLine(MoneyKind.PAID, Decimal(amount)), actor=actor, now=at)
    found = assembled(Q1)
    assert found.row("demand_typical_by_type", "scam") == ["2", "£200", "£200"]
    assert found.row("demand_by_type", "financial_abuse") == ["0", "1", "1", "£0"]
    assert found.tables["demand_by_type"].merges[0][0] == ("scam", "doorstep_crime")
    assert figure(found.tables["demand_by_type"], "doorstep_crime", "lost").largest == Decimal(5000)
    chart = next(block for block in found.section(SectionKey.DEMAND).blocks if block.key == "demand_by_type")  # type: ignore[union-attr]
    assert isinstance(chart, Chart)
    assert chart.finding == "Money that victims lost in April to June 2022: doorstep crime the most, £5,000 of £5,400"


def test_no_column_is_another_kind_than_its_name_says(assembled: Assemble) -> None:
    """Whoever adds a mean says so in its kind; the name alone hides nothing."""
    for table in assembled(Q1).tables.values():
        for column in table.columns:
            named = kind_by_name(column.key, column.title, is_words=column.unit is Unit.WORDS)
            is_glance = table.key.startswith("glance")
            if is_glance or (column.about is About.PEOPLE and named is not Kind.QUARTER):
                assert column.kind in {named, Kind.SET_BEFOREHAND}, (table.key, column.key)


def test_what_is_for_the_board_alone_stands_in_tables_of_its_own(
    officer: Callable[..., Actor], session: Session, assembled: Assemble
) -> None:
    held = get_indicator(session, "reports", AFTERWARDS.date())
    new = NewVersion(held.label, held.definition, held.rating, Audience.BOARD, "Invented")
    manager = officer(RoleName.MANAGER)
    set_indicator("reports", replace(new, holds_from=date(2023, 4, 1)), actor=manager, now=AFTERWARDS)
    found = assembled(parse_period("2023/24 Q1"), datetime(2023, 7, 3, tzinfo=UTC))
    assert found.tables["glance_count_board"].is_exempt
    assert "reports" in [row.key for row in found.tables["glance_count_board"].rows]
    assert "reports" not in [row.key for row in found.tables["headlines"].rows]
    assert not found.tables["glance_count"].is_exempt


def test_partners_figures_are_those_of_the_time_with_what_they_printed_beside(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    at = datetime(2022, 11, 10, 9, 0, tzinfo=UTC)
    import_figures(published_file(), reason=None, actor=officer(RoleName.MANAGER), now=at)
    found = assembled(Q1)
    assert found.row("partner:police", "Sexual offences") == [
        "496", "606", "+22%", "+19% (not what the counts make)",
    ]  # fmt: skip
    earlier = assembled(parse_period("2020/21 Q1"))
    assert not any(key.startswith("partner:") for key in earlier.tables)


def test_partners_whom_capitals_told_apart_in_earlier_years_keep_a_table_each(
    session: Session, assembled: Assemble
) -> None:
    day = date(2022, 5, 31)
    for name in ("Fire", "fire"):
        what = {"partner": name, "category": "Fires", "first_day": day, "last_day": day, "number": 7}
        session.add(PartnerFigure(**what, entered_at=AFTERWARDS))
    session.flush()
    (first, second) = assembled(Q1).section(SectionKey.PARTNERS).blocks
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert first.key != second.key


def test_rates_stand_with_their_evidence_and_indicators_with_their_rule(assembled: Assemble) -> None:
    found = assembled(Q1)
    assert found.row("method_rates_nts-observed-2021-22", "call_blocker:future_financial")[0] == "£16,540.50"
    assert found.row("method_rates_nts-observed-2021-22", "call_blocker:future_financial")[-1] == "E"
    assert "Evidence E: inferred or unknown." in found.tables["method_rates_nts-observed-2021-22"].notes
    assert "Green at or better than the target of 90%" in found.row("method_indicators", "share_met")[1]
    assert found.row("method_indicators", "enquiries")[1] == "Not rated"


def test_what_came_in_after_the_quarter_is_counted_by_kind(quarter: Records, assembled: Assemble) -> None:
    records = quarter(Q1)
    records.open_cases(2, board=2, detriment=Decimal(300))
    records.record(InterventionType.SCAM_VICTIM, date(2022, 5, 3), "600")
    found = assembled(Q1)
    assert found.row("quality_late", "interventions") == ["1"]
    assert found.row("quality_late", "cases") == ["0"]
    assert found.row("quality_incomplete", "interventions_without_ward") == ["1"]
    assert found.row("quality_incomplete", "to_verify") == ["0"]


def test_blockers_that_the_savings_count_and_no_count_of_units_has_are_told(
    quarter: Records, assembled: Assemble
) -> None:
    quarter(Q1).record(InterventionType.CALL_BLOCKER, date(2022, 5, 3), units=3)
    found = assembled(Q1)
    assert found.row("quality_incomplete", "unknown_units") == ["3"]


@pytest.mark.parametrize(("immediate", "said"), [(0, "No immediate response"), (1, "The one"), (3, "All 3")])
def test_the_chart_of_clocks_says_what_it_shows(
    quarter: Records, assembled: Assemble, immediate: int, said: str
) -> None:
    quarter(Q1).log_reports(4, immediate=immediate, intervened=0)
    found = assembled(Q1)
    chart = found.section(SectionKey.PREVENTION).blocks[0]
    assert isinstance(chart, Chart)
    assert chart.finding.startswith(said)
    assert found.row("prevention_clocks", "visits") == [str(immediate)]
    assert found.row("prevention_times", "median") == ["Fewer than five visits"]


def test_a_future_loss_is_estimated_and_still_one_persons(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    day = date(2022, 5, 3)
    new = NewIntervention(type=InterventionType.SCAM_VICTIM, on_date=day, future=Decimal(800), evidence=Evidence.BANK)
    record_intervention(new, actor=officer(), now=london_midnight(day))
    table = assembled(Q1).tables["savings_estimated"]
    abouts = {row.key: row.about for row in table.rows}
    assert abouts == {
        "future_financial": About.PEOPLE,
        "health_qol": About.PEOPLE,
        "other_societal": About.SERVICE,
        "total": About.PEOPLE,
    }
    assert (figure(table, "future_financial", "amount").records, figure(table, "total", "amount").records) == (1, 1)


def test_a_blocker_that_counts_over_a_visit_tells_the_public_nothing_of_what_was_lost_there(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    actor, kind = officer(), InterventionType
    for number, pounds in enumerate((600, 700, 800, 900)):
        day, home = date(2022, 4, 5), f"BR9 1AA {number + 1}"
        visit = NewIntervention(
            type=kind.SCAM_VICTIM, on_date=day, prevented=Decimal(pounds), evidence=Evidence.BANK, household_key=home
        )
        record_intervention(visit, actor=actor, now=london_midnight(day))
    for home in ("BR9 1AA 1", "BR9 1AA 77"):
        fitted = NewIntervention(type=kind.CALL_BLOCKER, on_date=date(2022, 5, 3), household_key=home)
        record_intervention(fitted, actor=actor, now=london_midnight(date(2022, 5, 3)))
    found = assembled(Q1)
    assert found.row("savings_table", "call_blockers")[:2] == ["2", "£32,481"], "2 × £16,540.50 less £600"
    public = Assembled(for_public(found.sections))
    assert public.row("savings_table", "call_blockers") == ["2", "[c]", "[c]", "n/a", "[c]"]
    assert public.shown("savings_estimated", "future_financial", "amount") == "[c]"
    assert public.shown("savings_by_class", "2022/23 Q1", "future_financial") == "[c]"


def test_what_no_approved_rate_values_is_said_and_not_nought(quarter: Records, assembled: Assemble) -> None:
    late = parse_period("2023/24 Q1")
    quarter(late).record(InterventionType.CALL_BLOCKER, date(2023, 4, 20), units=4)
    found = assembled(late, datetime(2023, 7, 3, tzinfo=UTC))
    assert found.row("savings_table", "call_blockers")[:2] == ["4", "no approved rate"]
    assert found.row("quality_incomplete", "unvalued") == ["1"]
    assert any("no approved rate for this date (4 of" in note for note in found.tables["savings_table"].notes)
    assert "none is approved" in found.tables["savings_table"].notes[0]
    assert found.row("headlines_money", "future_financial")[1] == "not available"


def test_classes_of_a_year_with_other_rates_are_worked_out_anew(
    quarter: Records, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    record_blockers(quarter)
    approve_other_rates(officer)
    found = assembled(LATER, datetime(2023, 8, 1, 9, 0, tzinfo=UTC))
    assert found.row("headlines_money", "future_financial") == ["£36,000", "+33% (rebased)"]


def test_money_that_a_bank_must_reimburse_stands_apart_with_its_largest(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    actor, day = officer(), date(2022, 5, 3)
    for kind, amount in ((InterventionType.SCAM_VICTIM, 800), (InterventionType.DOORSTEP_CRIME, 1200)):
        new = NewIntervention(
            type=kind,
            on_date=day,
            prevented=Decimal(amount),
            evidence=Evidence.BANK,
            beneficiary=Beneficiary.BANK,
        )
        record_intervention(new, actor=actor, now=london_midnight(day))
    found = assembled(Q1)
    (row,) = found.tables["savings_apart"].rows
    assert row.title == "Losses that a bank must reimburse"
    assert (row.figures[1].shown, row.figures[1].records, row.figures[1].largest) == ("£2,000", 2, Decimal(1200))
    assert figure(found.tables["savings_table"], "total", "total").records == 0


def test_how_far_partners_carry_alerts_is_told_in_three_figures_each_with_its_day(
    session: Session, officer: Callable[..., Actor], assembled: Assemble
) -> None:
    manager, last = officer(RoleName.MANAGER), london_midnight(date(2022, 6, 30))
    library, watch = (add_partner(NewPartner(name), actor=manager, now=last) for name in ("Library", "Watch"))
    telling.declare_for(library, Told(700), actor=manager, now=last)
    telling.declare_for(watch, Told(50), on=london_midnight(date(2022, 5, 2)), actor=manager, now=last)
    telling.declare_for(watch, Told(60), actor=manager, now=london_midnight(date(2022, 7, 1)))
    found = assembled(Q1)
    assert found.row("prevention_circulation", "declared") == ["750", "2", "30 June 2022"]
    assert found.row("prevention_circulation", "acknowledged") == ["0", "0", "n/a"]
    assert found.row("prevention_circulation", "observed") == ["0", "n/a", "1 May 2023"]
    assert "never added" in found.tables["prevention_circulation"].notes[0]
    days = {row.title: [each.shown for each in row.figures] for row in found.tables["prevention_declared"].rows}
    assert days == {"30 June 2022": ["1", "700"], "2 May 2022": ["1", "50"]}
    assert all("declare" not in row.key for row in found.tables["prevention_alerts"].rows)
