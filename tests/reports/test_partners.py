"""Partners' figures: entered, imported, corrected, and their change worked out rather than copied."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.reports.test_change import PUBLISHED
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.reports.entering import correct_figure, enter_figure, import_figures
from tsalert.reports.models import PartnerFigure
from tsalert.reports.partner_files import NewFigure, read_count, read_file, read_percent, read_period
from tsalert.reports.partners import get_figure, partner_tables
from tsalert.staff.rules import RoleName

NOW = datetime(2022, 11, 10, 9, 0, tzinfo=UTC)
TO_2022 = read_period("year to January 2022")
BURGLARY = NewFigure("Police", "Total Burglary", TO_2022, 1577, 8)


def published_file() -> str:
    lines = ["Partner,Category,Period,Count,Printed percent"]
    for category, before, current, _, printed in PUBLISHED:
        lines += [
            f'Police,{category},year to January 2021,"{before:,}",',
            f"Police,{category},year to January 2022,{current},{printed:+}%",
        ]
    return "\n".join(lines)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


@pytest.mark.parametrize(
    ("typed", "first", "last", "label"),
    [
        ("year to January 2022", date(2021, 2, 1), date(2022, 1, 31), "2021-02-01 to 2022-01-31"),
        ("Rolling year to  February 2024", date(2023, 3, 1), date(2024, 2, 29), "2023-03-01 to 2024-02-29"),
        ("year to March 2022", date(2021, 4, 1), date(2022, 3, 31), "2021/22"),
        ("2022-04-01 to 2022-06-30", date(2022, 4, 1), date(2022, 6, 30), "2022/23 Q1"),
        ("may 2022", date(2022, 5, 1), date(2022, 5, 31), "May 2022"),
    ],
)
def test_a_period_is_read_as_partners_write_it(typed: str, first: date, last: date, label: str) -> None:
    found = read_period(typed)
    assert (found.first_day, found.last_day, found.label) == (first, last, label)


@pytest.mark.parametrize(
    "typed", ["", "year to 2022", "2022", "year to Smarch 2022", "1999/00", "year to January 2000"]
)
def test_a_period_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation):
        read_period(typed)


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "many", "12,34", "1e5", "9" * 30, "٣"])
def test_a_count_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation):
        read_count(typed)


@given(number=st.integers(0, 10**12))
def test_a_count_reads_as_it_was_written(number: int) -> None:
    assert read_count(f"{number:,}") == read_count(str(number)) == number


@pytest.mark.parametrize(("typed", "percent"), [("+14%", 14), ("-12", -12), ("\u22127 %", -7), ("", None), ("0", 0)])
def test_a_printed_change_is_read(typed: str, percent: int | None) -> None:
    assert read_percent(typed) == percent


def test_the_published_table_is_imported_and_its_percentages_are_worked_out(session: Session, manager: Actor) -> None:
    report = import_figures(published_file(), reason=None, actor=manager, now=NOW)
    assert (report.entered, report.refusals) == (18, ())
    (table,) = partner_tables(session)
    assert [(row.category, row.change.percent) for row in table.rows] == [
        (category, percent)
        for (category, *_), percent in zip(PUBLISHED, (15, 13, 9, 11, -12, 22, -7, 57, -47), strict=True)
    ]
    assert [row.printed for row in table.rows][5] == "+19%"
    assert sum(row.is_misprinted for row in table.rows) == 6


def test_a_partners_latest_figures_up_to_a_day_leave_out_what_came_later(session: Session, manager: Actor) -> None:
    import_figures(published_file(), reason=None, actor=manager, now=NOW)
    (table,) = partner_tables(session, until=date(2021, 12, 31))
    assert table.period.last_day == date(2021, 1, 31)
    assert partner_tables(session, until=date(2020, 12, 31)) == ()


def test_a_month_hides_no_rolling_year_of_the_same_partner(session: Session, manager: Actor) -> None:
    import_figures(published_file(), reason=None, actor=manager, now=NOW)
    months = "partner,category,period,count\nPolice,Total Burglary,April 2022,120\nPolice,Total Burglary,May 2022,130\n"
    import_figures(months, reason=None, actor=manager, now=NOW)
    year, month = partner_tables(session)
    assert (year.period, month.period) == (TO_2022, read_period("May 2022"))
    assert len(year.rows) == len(PUBLISHED)
    assert [row.current.number for row in month.rows] == [130]


def test_capitals_make_no_other_partner_and_no_other_category(session: Session, manager: Actor) -> None:
    enter_figure(NewFigure("Police", "Burglary", read_period("May 2021"), 100), actor=manager, now=NOW)
    rows = "partner,category,period,count\nPOLICE,burglary,May 2022,150\npolice,Robbery,May 2022,7\n"
    import_figures(rows + "Police,ROBBERY,May 2022,7\n", reason=None, actor=manager, now=NOW)
    with pytest.raises(Conflict, match="150"):
        enter_figure(NewFigure("police", "BURGLARY", read_period("May 2022"), 1), actor=manager, now=NOW)
    (table,) = partner_tables(session)
    assert [(row.category, row.change.text) for row in table.rows] == [
        ("Burglary", "+50%"), ("Robbery", "not available"),
    ]  # fmt: skip


def test_what_capitals_told_apart_in_earlier_years_is_known_as_it_stands(session: Session, manager: Actor) -> None:
    days = {"first_day": date(2022, 5, 1), "last_day": date(2022, 5, 31)}
    names = [("Fire", "Arson"), ("fire", "Arson"), ("fire", "arson")]
    for number, (partner, category) in enumerate(names):
        session.add(PartnerFigure(partner=partner, category=category, number=number, entered_at=NOW, **days))
    session.commit()
    rows = [f"{partner},{category},May 2022,{number}" for number, (partner, category) in enumerate(names)]
    file = "\n".join(["partner,category,period,count", *rows, "FIRE,ARSON,May 2022,0", "fire,ARSON,May 2022,1"])
    report = import_figures(file, reason=None, actor=manager, now=NOW)
    assert (report.entered, report.corrected, report.known, report.refusals) == (0, 0, 5, ())


def test_bad_rows_are_refused_one_by_one_with_their_lines(session: Session, manager: Actor) -> None:
    file = (
        "category,partner,count,period\nBurglary,Police,1577,May 2022\n,Police,1,May 2022\nTheft,Police,lots,May 2022\n"
        "Theft,Police,5,Smarch\n\nTheft,Police,5,May 2030\nTheft,Police,5,May 2022,extra\nBurglary,Police,9,May 2022\n"
    )
    report = import_figures(file, reason=None, actor=manager, now=NOW)
    assert report.entered == 1
    assert [(each.line, each.why.split()[0]) for each in report.refusals] == [
        (3, "Give"), (4, "Give"), (5, "Give"), (7, "This"), (8, "This"), (9, "There"),
    ]  # fmt: skip


@pytest.mark.parametrize("row", ["Police,Burglary,May 2022,24,594", "Police,Burglary,May 2022,24,594,,"])
def test_a_count_that_its_comma_splits_in_two_is_refused_and_not_taken_for_its_first_half(row: str) -> None:
    read = read_file(f"partner,category,period,count\n{row}\n")
    assert (read.figures, [each.line for each in read.refusals]) == ((), [2])
    assert "quotation marks" in read.refusals[0].why


def test_nor_is_its_second_half_taken_for_a_printed_change() -> None:
    head = "partner,category,period,count,printed_percent,source"
    read = read_file(f"{head}\nPolice,Burglary,May 2022,1,200,,\nPolice,Theft,May 2022,1,200,\n")
    assert [figure.category for _, figure in read.figures] == ["Theft"], "a row as long as its head is as it says"
    assert "quotation marks" in read.refusals[0].why


def test_empty_cells_at_the_end_of_a_row_are_nothing() -> None:
    assert len(read_file("partner,category,period,count\nPolice,Burglary,May 2022,24,,,\n").figures) == 1


def test_a_file_that_names_a_column_twice_is_refused() -> None:
    with pytest.raises(RuleViolation, match="count twice"):
        read_file("partner,category,period,count,Count\nPolice,Burglary,May 2022,24,25\n")


def test_a_file_without_a_column_is_refused_naming_those_expected() -> None:
    with pytest.raises(RuleViolation, match=r"column count is missing.*partner, category, period, count"):
        read_file("partner,category,period\n")


@pytest.mark.parametrize("content", ["", "\x00", "a\n" * 10_000, "partner,category,period,count\n" + "a\n" * 2_001])
def test_what_is_no_such_file_is_refused_in_words(content: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_file(content)
    assert refused.value.field == "file"


def test_a_name_in_two_lines_is_one_name() -> None:
    rows = read_file(
        'partner,category,period,count\n"Fire\r\nService",Fires,May 2022,7\n"Fire\nService",Floods,May 2022,8\n'
    )
    assert [(line, each.partner, each.category) for line, each in rows.figures] == [
        (3, "Fire Service", "Fires"), (5, "Fire Service", "Floods"),
    ]  # fmt: skip


def test_the_same_file_twice_changes_nothing(session: Session, manager: Actor) -> None:
    import_figures(published_file(), reason=None, actor=manager, now=NOW)
    report = import_figures(published_file(), reason="Again", actor=manager, now=NOW)
    assert (report.entered, report.corrected, report.known) == (0, 0, 18)


def test_a_file_with_a_reason_corrects_what_differs(session: Session, manager: Actor) -> None:
    import_figures(published_file(), reason=None, actor=manager, now=NOW)
    changed = published_file().replace("1577", "1580")
    assert import_figures(changed, reason="Sent anew", actor=manager, now=NOW).corrected == 1


def test_a_second_figure_for_the_same_is_refused(session: Session, manager: Actor) -> None:
    enter_figure(BURGLARY, actor=manager, now=NOW)
    with pytest.raises(Conflict, match="1,577"):
        enter_figure(BURGLARY, actor=manager, now=NOW)


def test_a_correction_keeps_what_was_entered_and_stands_in_the_trail(session: Session, manager: Actor) -> None:
    first = enter_figure(BURGLARY, actor=manager, now=NOW)
    later = correct_figure(first, 1600, "Their letter", printed_percent=8, actor=manager, now=NOW)
    assert (get_figure(session, first).number, get_figure(session, later).number) == (1577, 1600)
    assert partner_tables(session)[0].rows[0].current.number == 1600
    (entry,) = audit.entries_about(session, "partner_figure", later)
    assert (entry.action, entry.detail["corrects"]) == ("corrected", first)
    with pytest.raises(Conflict, match="already"):
        correct_figure(first, 1700, "Late", printed_percent=None, actor=manager, now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        correct_figure(later, 1600, "Nothing", printed_percent=8, actor=manager, now=NOW)


def test_a_figure_that_is_not_there_cannot_be_corrected(session: Session, manager: Actor) -> None:
    with pytest.raises(NotFound):
        correct_figure(404, 1, "Why", printed_percent=None, actor=manager, now=NOW)


def test_an_officer_enters_nothing(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        enter_figure(BURGLARY, actor=officer(), now=NOW)


@pytest.mark.parametrize("act", ["UPDATE partner_figure SET number = 1", "DELETE FROM partner_figure"])
def test_no_statement_changes_what_was_entered(session: Session, manager: Actor, act: str) -> None:
    enter_figure(BURGLARY, actor=manager, now=NOW)
    with pytest.raises(DBAPIError, match="stays as it was entered"):
        session.execute(text(act))
    session.rollback()


def test_the_pages_enter_import_show_and_correct(signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in(RoleName.MANAGER)
    file = (io.BytesIO(published_file().encode()), "crime.csv")
    imported = desk.post("/partner-figures/import", data={"file": file}, content_type="multipart/form-data")
    assert "18 figures were entered" in imported.text
    again = (io.BytesIO(f"{published_file()}\nPolice,Burglary,May 2022,few,\n".encode()), "crime.csv")
    told = desk.post("/partner-figures/import", data={"file": again}, content_type="multipart/form-data").text
    assert "0 figures were entered, 0 corrected, 18 were known already, and 1 row was refused." in told
    shown = desk.get("/partner-figures").text
    assert "+22%" in shown
    assert "the counts make +22%" in shown
    typed = {"partner": "Fire service", "category": "Home visits", "period": "May 2022", "count": "1,200"}
    entered = desk.post("/partner-figures", data=typed, follow_redirects=True)
    assert "1,200 for May 2022 is entered" in entered.text
    found = re.search(r"/partner-figures/\d+/correction", entered.text)
    assert found
    assert "Home visits" in desk.get(found[0]).text
    corrected = desk.post(found[0], data={"count": "1,300", "reason": "Their letter"}, follow_redirects=True)
    assert "1,300" in corrected.text
    assert desk.post("/partner-figures", data=typed | {"count": "few"}).status_code == 422
    second = desk.post("/partner-figures", data=typed | {"count": "1,400", "source": "Their yearly report"})
    assert (second.status_code, "for this already: 1,300" in second.text, "Their yearly report" in second.text) == (
        409, True, True,
    )  # fmt: skip
    late = desk.post(found[0], data={"count": "1,500", "reason": "A letter of May"})
    assert (late.status_code, "A letter of May" in late.text, "Correct that one" in late.text) == (409, True, True)
    latin = (io.BytesIO(b"\xff\xfe"), "crime.csv")
    refused = desk.post("/partner-figures/import", data={"file": latin}, content_type="multipart/form-data")
    assert (refused.status_code, "choose Save As" in refused.text) == (422, True)


def test_the_interface_enters_imports_corrects_and_lists(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    key, address = bearer(RoleName.MANAGER), "/api/v1/partner-figures"
    one = {"partner": "Police", "category": "Hate Crime", "period": "year to January 2021", "count": 513}
    entered = client.post(address, json=one, headers=key)
    assert (entered.status_code, entered.json and entered.json["count"]) == (201, 513)
    assert client.post(address, json=one, headers=key).status_code == 409
    sent = {"csv": "partner,category,period,count\nPolice,Hate Crime,year to January 2022,805"}
    assert client.post(f"{address}/import", json=sent, headers=key).json == {
        "entered": 1, "corrected": 0, "known": 0, "refusals": [],
    }  # fmt: skip
    listed = client.get(address, headers=key).json
    assert listed is not None
    assert (listed["items"][0]["rows"][0]["change"], listed["items"][0]["rows"][0]["before"]) == ("+57%", 513)
    number = listed["items"][0]["rows"][0]["figure_id"]
    wrong = {"count": 800, "reason": "Their letter"}
    assert client.post(f"{address}/{number}/correction", json=wrong, headers=key).status_code == 201
    assert client.post(f"{address}/{2**70}/correction", json=wrong, headers=key).status_code == 404


def test_indicators_are_read_and_set_through_pages_and_interface(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], signed_in: Callable[..., FlaskClient]
) -> None:
    desk, key = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    new = {
        "label": "Met in time", "definition": "Of those that came out.", "polarity": "higher", "rule": "target",
        "target": "92.5", "tolerance": "5", "audience": "board", "reason": "Board, item 6",
    }  # fmt: skip
    assert "Change this indicator" in desk.get("/indicators/share_met").text
    assert desk.post("/indicators/share_met/change", data=new).status_code == 303
    assert "92.5%" in desk.get("/indicators").text
    assert desk.post("/indicators/share_met/change", data=new | {"target": "much"}).status_code == 422
    again = client.post("/api/v1/indicators/share_met", json=new | {"target": "95"}, headers=key)
    assert (again.status_code, again.json and again.json["target"]) == (201, "95")
    versions = client.get("/api/v1/indicators/share_met", headers=key).json
    assert versions is not None
    assert [each["target"] for each in versions["items"]] == ["95", "92.5", "90"]
    assert client.get("/api/v1/indicators/nothing", headers=key).status_code == 404
    assert client.post("/api/v1/indicators/share_met", json=new, headers=bearer()).status_code == 403
