"""The published figures through every door, and the same records by class, ward, quarter and basis."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.savings.test_sums import NOW, store
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.savings.figures import claims, explaining_views
from tsalert.savings.figures.claims import Claim
from tsalert.savings.rates import approving
from tsalert.savings.rules import InterventionType as Type
from tsalert.staff.rules import RoleName

Command = Callable[..., Result]
Bearer = Callable[..., dict[str, str]]
PUBLISHED = {
    "scams": ["600", "324", None, "924"],
    "doorstep_crime": ["40500", "21870", None, "62370"],
    "friends_against_scams": ["2586", None, "4035", "6621"],
    "call_blockers": ["49622", "26796", None, "76417"],
}
COLUMNS = ("financial", "health", "other", "total")
WARD = "E05000001"


def of(kind: Type, day: date, *, ward: str | None = None, **what: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    units = what.pop("units", 1)
    row = {"type": kind, "units": units, "counted_units": units} | what
    return row, {"on_date": day, "ward_code": ward, "overlaps": None, "ended": what.pop("ended", [])}


def quarter_one(money: str) -> Sequence[tuple[dict[str, Any], dict[str, Any]]]:
    def evidenced(kind: Type, day: date, pounds: int, ward: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        row, details = of(kind, day, ward=ward)
        return row | {money: Decimal(pounds)}, details

    return [
        evidenced(Type.SCAM_VICTIM, date(2022, 5, 3), 600, WARD),
        evidenced(Type.DOORSTEP_CRIME, date(2022, 4, 1), 36_500),
        evidenced(Type.DOORSTEP_CRIME, date(2022, 6, 30), 4_000, WARD),
        of(Type.FRIENDS_AGAINST_SCAMS, date(2022, 5, 12), units=112),
        of(Type.CALL_BLOCKER, date(2022, 6, 1), units=2, ward=WARD),
        of(Type.CALL_BLOCKER, date(2022, 6, 2)),
    ]


@pytest.fixture
def recorded(session: Session, officer: Callable[..., Actor]) -> Callable[[str], None]:
    """Wards, an approved prudent set, and the records of the published quarter."""
    actor = officer(RoleName.MANAGER)
    approving.approve_rate_set("prudent-2026", actor=actor, now=NOW)
    places.add_wards([NamedWard(WARD, "Invented Ward")], now=NOW)

    def record(money: str = "prevented") -> None:
        store(session, [(row | {"beneficiary": "resident"}, details) for row, details in quarter_one(money)])
        session.commit()

    return record


def shown(table: dict[str, Any]) -> dict[str, list[str | None]]:
    return {row["slug"]: [row[name] and row[name]["shown"] for name in COLUMNS] for row in table["rows"]}


@pytest.mark.parametrize("money", ["prevented", "future"])
def test_the_published_quarter_comes_through_page_command_interface_and_file(
    command: Command,
    signed_in: Callable[..., FlaskClient],
    bearer: Bearer,
    recorded: Callable[[str], None],
    money: str,
) -> None:
    recorded(money)
    desk = signed_in(RoleName.MANAGER)
    query = {"period": "2022/23 Q1"}
    told = desk.get("/api/v1/savings/tables", query_string=query, headers=bearer()).get_json()["table"]
    assert shown(told) == PUBLISHED
    assert Decimal(told["column_totals"]["total"]["exact"]) == Decimal("146332.55")
    printed = json.loads(command("savings", "table", "2022/23", "Q1", "--json").output)
    assert shown(printed) == PUBLISHED
    assert "146,333" in command("savings", "table", "2022/23 Q1").output
    page = desk.get("/savings", query_string=query).text
    figures = ("£600", "£324", "£40,500", "£21,870", "£2,586", "£4,035", "£49,622", "£26,796", "£76,417", "£146,333")
    for figure in figures:
        assert f">{figure}\n" in page or f">{figure}<" in page, figure
    rows = {row[0]: row for row in csv.reader(io.StringIO(desk.get("/savings.csv", query_string=query).text))}
    financial, health = ["93308", "93307.58"], ["48990", "48989.61"]
    printed_totals = list(map(Decimal, [*financial, *health, "4035", "4035.36", "146333", "146332.55"]))
    assert [Decimal(cell) for cell in rows["Total"][2:]] == printed_totals
    book = load_workbook(io.BytesIO(desk.get("/savings.xlsx", query_string=query).data))
    cells = {row[0].value: [cell.value for cell in row] for row in book["Savings"].iter_rows()}
    assert cells["Call blockers"][1:4] == [3, 49_622, 49_621.5]
    assert cells["Total"][-2] == 146_333
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert "have not been audited" in str([cell.value for row in book["Notes"].iter_rows() for cell in row])


def test_commands_take_the_words_that_addresses_and_the_interface_take(
    command: Command, recorded: Callable[[str], None]
) -> None:
    recorded("prevented")
    words = ["--basis", "prudent-low", "--recognition", "yearly", "--json"]
    for asked in (["table", "2022/23 Q1", "--by", "ward"], ["what-if", "prudent-2026", "2022/23 Q1"]):
        told = command("savings", *asked, *words)
        assert told.exit_code == 0, told.output
        table = json.loads(told.output).get("tried", json.loads(told.output))
        assert (table["basis"], table["recognition"]) == ("prudent-low", "yearly")


def test_by_ward_class_and_quarter_the_total_is_the_same(
    signed_in: Callable[..., FlaskClient], bearer: Bearer, recorded: Callable[[str], None]
) -> None:
    recorded("prevented")
    client, headers = signed_in(RoleName.MANAGER), bearer()

    def ask(**query: str) -> dict[str, Any]:
        answer = client.get("/api/v1/savings/tables", query_string=query, headers=headers)
        assert answer.status_code == 200, answer.text
        found = answer.get_json()
        table: dict[str, Any] = found["table"] | {"bases": found["bases"]}
        return table

    by_ward = ask(period="2022/23", by="ward")
    assert [row["title"] for row in by_ward["rows"]] == ["Invented Ward", "Ward not known"]
    by_quarter = ask(period="2022/23", by="quarter")
    assert [row["title"] for row in by_quarter["rows"]] == [f"2022/23 Q{number}" for number in (1, 2, 3, 4)]
    assert {found["column_totals"]["total"]["shown"] for found in (by_ward, by_quarter)} == {"146333"}
    by_class = ask(period="2022/23", by="class", basis="prudent")
    kinds = ["prevented", "recovered", "future_financial", "health_qol", "other_societal"]
    assert [row["slug"] for row in by_class["rows"]] == kinds
    assert by_class["rows"][0]["total"]["shown"] == "41100"
    assert by_class["rows"][2]["total"]["exact"] == "15772.65"  # 3 × £5,257.55
    rolling = ask(since="2006-04-01", by="quarter", profile="classes")
    assert rolling["column_totals"]["prevented"]["shown"] == "41100"
    assert sorted(by_ward["bases"]) == ["prudent-central", "prudent-high", "prudent-low", "published"]
    low, central, high = (
        Decimal(by_ward["bases"][f"prudent-{end}"]["total"]["exact"]) for end in ("low", "central", "high")
    )
    assert low < central < high


def test_in_the_prudent_basis_what_has_no_rate_says_so_and_is_not_zero(
    signed_in: Callable[..., FlaskClient], recorded: Callable[[str], None]
) -> None:
    recorded("prevented")
    desk = signed_in(RoleName.MANAGER)
    page = desk.get("/savings?period=2022/23+Q1&basis=prudent-low").text
    assert "no approved rate" in page
    assert "Friends Against Scams: no approved rate for this date (112 of 12 May 2022)" in page
    assert "£1,385" in page  # 3 × £461.56


def test_a_claim_is_quoted_beside_cumulative_savings_and_added_to_none(
    command: Command,
    signed_in: Callable[..., FlaskClient],
    recorded: Callable[[str], None],
    officer: Callable[..., Actor],
) -> None:
    recorded("prevented")
    claims.quote_claim(Claim("£2.5 million since 2006", "An invented paper"), actor=officer(RoleName.MANAGER), now=NOW)
    page = signed_in(RoleName.MANAGER).get("/savings?since=2006-04-01").text
    assert "£2.5 million since 2006" in page
    assert "An invented paper" in page
    assert "£146,333" in page
    assert "2,646,333" not in page
    assert "Quoted, and in no figure" in command("savings", "table", "--since", "2006-04-01").output


def test_a_draft_is_tried_beside_what_stands_and_nothing_is_written(
    command: Command,
    signed_in: Callable[..., FlaskClient],
    bearer: Bearer,
    recorded: Callable[[str], None],
) -> None:
    recorded("prevented")
    desk, headers = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    head = {"slug": "board-2022", "title": "Board 2022", "basis": "published", "effective_from": "2022-05-01",
            "source": "A proposal", "evidence_note": "None yet"}  # fmt: skip
    rates = [
        {"intervention_type": "call_blocker", "component": "future_financial", "kind": "per_unit", "value": "12088",
         "unit": "each", "evidence_grade": "C", "term_years": 5},
    ]  # fmt: skip
    made = desk.post("/api/v1/savings/rate-sets", json=head | {"rates": rates}, headers=headers)
    assert made.status_code == 201, made.text
    query = {"trial": "board-2022", "period": "2022/23 Q1"}
    told = desk.get("/api/v1/savings/tables/what-if", query_string=query, headers=headers).get_json()
    blockers = next(row for row in told["differences"] if row["slug"] == "call_blockers")
    assert Decimal(blockers["total"]["exact"]) == Decimal(
        "-40153.11"
    )  # 3 × (12,088 − 16,540.50), and no health share any more
    assert told["standing"]["column_totals"]["total"]["shown"] == "146333"
    page = desk.get("/savings/what-if", query_string=query).text
    assert "-£40,153" in page
    assert "£36,264" in page
    link = next(
        each for each in re.findall(r'href="(/savings/explain\?[^"]+)"', page) if "trial" in each and "call" in each
    )
    assert "3 × £12,088.00 = £36,264.00 → £36,264" in desk.get(link.replace("&amp;", "&")).text
    assert "holds on no day" not in page
    printed = command("savings", "what-if", "board-2022", "2022/23", "Q1").output
    assert "-£40,153" in printed
    for kind in ("csv", "xlsx"):
        assert desk.get(f"/savings/what-if.{kind}", query_string=query).status_code == 200
    assert shown(desk.get("/api/v1/savings/tables?period=2022/23+Q1", headers=headers).get_json()["table"]) == PUBLISHED


def test_a_draft_that_is_to_hold_later_is_tried_as_though_it_had_held_throughout(
    command: Command,
    signed_in: Callable[..., FlaskClient],
    bearer: Bearer,
    recorded: Callable[[str], None],
) -> None:
    recorded("prevented")
    desk, headers = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    body = {
        "slug": "board-2030", "title": "Board 2030", "basis": "published", "effective_from": "2030-04-01",
        "source": "A proposal", "evidence_note": "None yet",
        "rates": [{"intervention_type": "call_blocker", "component": "future_financial", "kind": "per_unit",
                   "value": "12088", "unit": "each", "evidence_grade": "C", "term_years": 5}],
    }  # fmt: skip
    assert desk.post("/api/v1/savings/rate-sets", json=body, headers=headers).status_code == 201
    query = {"trial": "board-2030", "period": "2022/23 Q1"}
    note = "Board 2030 holds on no day of April to June 2022: it is tried as though it had held throughout."
    page = desk.get("/savings/what-if", query_string=query).text
    assert note in page
    assert "-£40,153" in page
    link = next(
        each for each in re.findall(r'href="(/savings/explain\?[^"]+)"', page) if "trial" in each and "call" in each
    )
    assert "3 × £12,088.00 = £36,264.00 → £36,264" in desk.get(link.replace("&amp;", "&")).text
    told = desk.get("/api/v1/savings/tables/what-if", query_string=query, headers=headers).get_json()
    assert note in told["tried"]["notes"]
    assert note not in told["standing"]["notes"]
    printed = command("savings", "what-if", "board-2030", "2022/23", "Q1").output
    assert f"Note: {note}" in printed
    assert "-£40,153" in printed


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/savings?period=2022/24", "not a financial year"),
        ("/savings?period=2022/23&since=2006-04-01", "not both"),
        ("/savings?since=2199-01-01", "in the future"),
        ("/savings?since=1901-01-01", "60 years"),
        ("/savings?by=colour", "Choose one of: type, class, ward, quarter"),
        ("/savings?basis=bold", "Choose one of: published"),
        ("/savings?profile=none", "no report profile"),
        ("/savings/what-if?trial=hmt-2026&period=2022/23", "reference basis"),
        ("/savings/explain?period=2022/23&column=prevented", "no figure in that column"),
    ],
)
def test_what_cannot_be_shown_is_told(signed_in: Callable[..., FlaskClient], address: str, message: str) -> None:
    answer = signed_in(RoleName.MANAGER).get(address)
    assert answer.status_code == 422
    assert message in answer.text


def test_an_administrator_reads_no_savings(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    for address in ("/savings", "/savings.csv", "/savings.xlsx", "/savings/what-if", "/savings/explain?period=2022/23"):
        assert browser.get(address).status_code == 403


def test_files_of_two_bases_are_told_apart_by_their_names(
    signed_in: Callable[..., FlaskClient], recorded: Callable[[str], None]
) -> None:
    recorded("prevented")
    desk = signed_in(RoleName.MANAGER)

    def name(address: str) -> str:
        return desk.get(address).headers["Content-Disposition"].partition("filename=")[2].strip('"')

    quarter = "period=2022/23 Q1"
    assert name(f"/savings.csv?{quarter}") == "savings 2022-23 Q1 by type.csv"
    prudent = f"{quarter}&basis=prudent-low&recognition=yearly&profile=classes"
    assert name(f"/savings.csv?{prudent}") == "savings 2022-23 Q1 by type classes prudent-low yearly.csv"
    explained = f"{quarter}&row=total&basis=prudent-low&ward={WARD}"
    assert name(f"/savings/explain.xlsx?{explained}") == f"savings 2022-23 Q1 total total {WARD} prudent-low.xlsx"
    assert name(f'/savings/explain.csv?{quarter}&ward=a"é') == "savings 2022-23 Q1 total total a--.csv"


def test_text_in_a_file_is_never_a_formula(
    session: Session, signed_in: Callable[..., FlaskClient], recorded: Callable[[str], None]
) -> None:
    places.add_wards([NamedWard(WARD, "=HYPERLINK(1)")], now=NOW)
    recorded("prevented")
    desk = signed_in(RoleName.MANAGER)
    assert "'=HYPERLINK(1)" in desk.get("/savings.csv?period=2022/23&by=ward").text
    book = load_workbook(io.BytesIO(desk.get("/savings.xlsx?period=2022/23&by=ward").data))
    (cell,) = [row[0] for row in book["Savings"].iter_rows() if row[0].value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"
    assert len(book["Savings"].tables) <= 1


def test_evidenced_money_without_a_row_is_not_called_without_value(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    advice = of(Type.ADVICE, date(2022, 5, 31), prevented=Decimal(15_610))
    talk = of(Type.TALK, date(2022, 5, 31))
    memo = of(Type.ENFORCEMENT_OUTCOME, date(2022, 5, 31), memo=Decimal(3000), outcome="fine")
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in (advice, talk, memo)])
    session.commit()
    page = signed_in(RoleName.MANAGER).get("/savings?period=2022/23 Q1").text
    assert "Evidenced; this table has no row for it" in page
    assert "Counted, not valued" in page
    assert "Class M is never a saving" in page


def test_a_record_that_adds_nothing_stands_in_every_explanation_with_the_reason(
    command: Command, session: Session, signed_in: Callable[..., FlaskClient], bearer: Bearer
) -> None:
    first = of(Type.CALL_BLOCKER, date(2022, 5, 1), units=1)
    row, details = of(Type.CALL_BLOCKER, date(2022, 5, 2), units=1)
    second = row | {"counted_units": 0, "not_counted_reason": "in_place"}, details
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in (first, second)])
    session.commit()
    why, asked = "Another call blocker was in place", "period=2022/23 Q1&row=call_blockers"
    desk = signed_in(RoleName.MANAGER)
    assert why in desk.get(f"/savings/explain?{asked}").text
    assert why in desk.get(f"/savings/explain.csv?{asked}").text
    told = desk.get(f"/api/v1/savings/explanation?{asked}", headers=bearer()).get_json()
    assert [each["why_nothing"] for each in told["records"]] == [None, why]
    assert why in command("savings", "explain", "2022/23 Q1", "--row", "call_blockers").output


def test_a_file_that_cannot_name_every_record_says_how_to_get_the_rest(
    session: Session, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    blockers = [of(Type.CALL_BLOCKER, date(2022, 5, day), units=1) for day in (1, 2)]
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in blockers])
    session.commit()
    desk, asked = (
        signed_in(RoleName.MANAGER),
        "/savings/explain.csv?period=2022/23 Q1&row=call_blockers&column=financial",
    )
    assert "More records follow" not in desk.get(asked).text
    monkeypatch.setattr(explaining_views, "_MOST", 1)
    _, named, last = desk.get(asked).text.splitlines()
    after = last.partition("with after=")[2].partition(",")[0]
    _, other = desk.get(f"{asked}&after={after}").text.splitlines()
    assert named.partition(",")[0] != other.partition(",")[0]


def test_april_and_may_2021_are_a_period_of_their_own(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    advice = of(Type.ADVICE, date(2021, 5, 31), prevented=Decimal(15_610))
    later = of(Type.ADVICE, date(2021, 6, 1), prevented=Decimal(1))
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in (advice, later)])
    session.commit()
    page = signed_in(RoleName.MANAGER).get("/savings?period=2021-04-01+to+2021-05-31&profile=classes").text
    assert "£15,610" in page
    assert "£15,611" not in page


def test_the_year_s_figures_are_explained_as_the_board_tells_them(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    records = [
        of(Type.SCAM_VICTIM, date(2021, 12, 24), prevented=Decimal(210_035)),
        of(Type.FRIENDS_AGAINST_SCAMS, date(2021, 7, 1), units=953),
        of(Type.CALL_BLOCKER, date(2021, 8, 2), units=5),
    ]
    store(session, [(row | {"beneficiary": "resident"}, details) for row, details in records])
    session.commit()
    desk = signed_in(RoleName.MANAGER)
    page = desk.get("/figures?period=2021/22").text
    opened = {}
    for address, text in re.findall(
        r'<a class="govuk-link" href="(/savings/explain[^"]+)">(£[\d,]+)</a></strong>', page
    ):
        told = desk.get(address.replace("&amp;", "&")).text
        opened[text] = re.sub(r"<[^>]+>", " ", told.partition("<h1")[2].partition("</h1>")[0])
    assert list(opened) == ["£292,738", "£158,078", "£56,341", "£507,157"]
    assert "All but Friends Against Scams, financial, 2021/22: £292,738" in " ".join(opened["£292,738"].split())
    assert all(text in heading for text, heading in opened.items())
    assert desk.get("/savings/explain?period=2021/22&row=all-but-total").status_code == 422


def test_a_period_that_is_not_over_says_so_on_every_page_and_in_its_workbook(
    signed_in: Callable[..., FlaskClient],
) -> None:
    desk, today = signed_in(RoleName.MANAGER), london_date(utc_now())
    running, coming = quarter_of(today).label, quarter_of(today + timedelta(days=100)).label
    for path in ("/savings?", "/savings/explain?", "/savings/what-if?trial=prudent-2026&"):
        assert "Provisional: this period has not ended." in desk.get(f"{path}period={running}").text
        assert "Provisional: this period has not begun." in desk.get(f"{path}period={coming}").text
        assert "Provisional" not in desk.get(f"{path}period=2022/23").text
    assert "Provisional" not in desk.get("/savings?since=2022-04-01").text
    book = load_workbook(io.BytesIO(desk.get(f"/savings.xlsx?period={running}").data))
    assert ("Period", "Provisional: this period has not ended.") in {
        tuple(row[:2]) for row in book["Notes"].iter_rows(values_only=True)
    }


def test_the_list_of_what_does_not_count_shows_which_period_it_is_of(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in(RoleName.MANAGER).get("/savings/not-counted?period=2010/11").text
    assert '<option value="2010/11" selected' in page
