"""A period's rapid-response figures through every door, worked out from what officers recorded."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import LONDON, in_london, london_offsets
from tsalert.core.periods import Period, month, parse_span, quarter
from tsalert.db import db
from tsalert.places.models import Ward
from tsalert.response import dispatching, figures, queries, service
from tsalert.response.clock import ClockState
from tsalert.response.counting import By
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.figure_telling import tell
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import (
    CallSource,
    Category,
    Disposition,
    GradeName,
    Line,
    Outcome,
    RemoteResolution,
    StandDownReason,
    StartBasis,
)
from tsalert.staff.rules import RoleName
from tsalert.web.exports import csv_text

MAY = datetime(2022, 5, 3, 10, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Q1 = quarter(2022, 1)
PATHS = tuple(f"/response-figures{ending}" for ending in ("", ".csv", "/incidents", "/incidents.csv"))


def log(duty: Actor, at: datetime = MAY, **changes: Any) -> int:
    incident_id = service.log_call(roof_call(**changes), actor=duty, now=at).incident_id
    assert incident_id is not None
    return incident_id


def arrive(incident_id: int, duty: Actor, at: datetime, *, told: datetime | None = None) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE, at=at), actor=duty, now=told or at)


@pytest.fixture
def a_quarter(session: Session, duty: Actor) -> dict[str, int]:
    """Eight immediate reports that came out in every way, one prompt one, two that are none, and calls besides."""
    session.add(Ward(code="E05000001", name="=Example Park"))
    session.commit()
    bank: dict[str, Any] = {"source": CallSource.BANK, "ward_code": "E05000001"}
    made = {name: log(duty, **bank) for name in ("quick", "slow", "backfilled", "remote", "withdrawn")}
    made |= {name: log(duty) for name in ("ended late", "waits", "waits too long")}
    arrive(made["quick"], duty, MAY + 30 * MINUTE)
    arrive(made["slow"], duty, MAY + 150 * MINUTE)
    how = RemoteResolution.BANK_STOPPED_PAYMENT
    dispatching.resolve_remotely(made["remote"], Resolution(how), actor=duty, now=MAY + 20 * MINUTE)
    dispatching.stand_down(made["withdrawn"], StandDownReason.WITHDRAWN, actor=duty, now=MAY + HOUR)
    dispatching.stand_down(made["ended late"], StandDownReason.NO_OFFENCE, actor=duty, now=MAY + 3 * HOUR)
    service.record_breaches(MAY + 3 * HOUR)
    arrive(made["backfilled"], duty, MAY + 90 * MINUTE, told=MAY + 4 * HOUR)
    service.record_outcome(made["quick"], Outcome.TRADER_SENT_AWAY, actor=duty, now=MAY + HOUR)
    calm = NewIncident(Category.SCAM, "Romance ", GradeName.PROMPT, "Nobody is there now")
    log(duty, incident=calm, at=MAY + 9 * HOUR)
    log(duty, line=Line.OTHER)
    log(duty, incident=NewIncident(Category.OTHER, None, GradeName.IMMEDIATE))
    advice = roof_call(disposition=Disposition.ADVICE, incident=None)
    service.log_call(advice, actor=duty, now=MAY)
    return made


def test_every_clock_stands_under_its_heading_and_the_share_is_worked_out(
    session: Session, a_quarter: dict[str, int]
) -> None:
    told = tell(session, Q1, now=MAY)
    total = told.total
    assert (total.reports, total.immediate) == (9, 8)
    assert dict(total.states) == {
        ClockState.MET: 3,
        ClockState.LATE: 1,
        ClockState.NOT_APPLICABLE: 1,
        ClockState.BREACHED_THEN_ENDED: 1,
        ClockState.OVERDUE: 2,
    }
    assert (total.counted, total.met_percent) == (7, 43)
    assert total.to_scene == (30 * MINUTE, 150 * MINUTE, 90 * MINUTE)
    assert (str(total.median_minutes), str(total.p90_minutes)) == ("90.0", "150.0")
    assert (total.told_late, total.stopped, total.told_late_percent) == (1, 4, None)
    assert told.is_provisional


def test_an_arrival_told_after_the_breach_is_listed_with_its_officer(
    session: Session, a_quarter: dict[str, int]
) -> None:
    (late,) = tell(session, Q1, now=MAY).met_after_breach
    assert (late.incident_id, late.officer) == (a_quarter["backfilled"], "Dee Example")
    assert (late.due_at, late.stopped_at) == (MAY + 2 * HOUR, MAY + 90 * MINUTE)
    assert late.recorded_at == MAY + 4 * HOUR


def test_exclusions_are_told_with_their_reasons(session: Session, a_quarter: dict[str, int]) -> None:
    told = tell(session, Q1, now=MAY)
    assert [(each.state, each.label, each.clocks) for each in told.ended] == [
        (ClockState.BREACHED_THEN_ENDED, "No scam or offence found", 1),
        (ClockState.NOT_APPLICABLE, "The caller withdrew", 1),
    ]
    assert [(each.label, each.number) for each in told.not_immediate] == [("Prompt", 1)]
    assert sorted(each.number for each in told.no_reports) == [1, 1]
    assert [(each.label, each.number) for each in told.outcomes] == [
        ("The trader was sent away", 1),
        ("Not recorded yet", 8),
    ]


def test_calls_are_counted_by_line_and_by_what_became_of_them(session: Session, a_quarter: dict[str, int]) -> None:
    counted = {(each.line, each.disposition): each.calls for each in tell(session, Q1, now=MAY).calls}
    assert counted == {
        (Line.RAPID_VOICE, Disposition.NEW_INCIDENT): 10,
        (Line.RAPID_VOICE, Disposition.ADVICE): 1,
        (Line.OTHER, Disposition.NEW_INCIDENT): 1,
    }


def test_groups_add_up_to_the_whole_and_have_their_own_shares(session: Session, a_quarter: dict[str, int]) -> None:
    told = tell(session, Q1, now=MAY)
    for by, groups in told.groups.items():
        assert sum(group.tally.reports for group in groups) == told.total.reports, by
        assert sum(group.tally.immediate for group in groups) == told.total.immediate, by
        assert sum(group.tally.counted for group in groups) == told.total.counted, by
    assert [(group.label, group.tally.immediate) for group in told.groups[By.SOURCE]] == [
        ("Bank or building society", 5),
        ("Not given", 3),
    ]
    assert [group.label for group in told.groups[By.HOUR]] == ["11:00 to 11:59", "20:00 to 20:59"]
    assert {group.label for group in told.groups[By.TYPE]} == {"Doorstep crime: roofing", "Scam: romance"}
    assert [group.tally.met_percent for group in told.groups[By.SOURCE]] == [None, None], "four and three clocks"


def test_the_boards_figures_and_these_agree(session: Session, a_quarter: dict[str, int]) -> None:
    board, total = queries.response_figures(session, Q1), tell(session, Q1, now=MAY).total
    assert (board.reports, board.immediate, board.met, board.late) == (total.reports, total.immediate, 3, 1)
    assert board.met_after_breach == total.met_after_breach
    assert (board.overdue, board.running) == (total.states[ClockState.OVERDUE], total.states[ClockState.RUNNING])


def test_an_empty_period_has_no_figures(session: Session) -> None:
    told = tell(session, month(2019, 2), now=MAY)
    assert (told.total.reports, told.total.met_percent, told.total.median_minutes) == (0, None, None)
    assert not any(told.groups.values())
    assert not told.is_provisional


def test_an_incident_that_was_reopened_or_graded_again_counts_each_clock(session: Session, duty: Actor) -> None:
    incident_id = log(duty)
    lowered = GradeDecision(GradeName.PROMPT, "Calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, lowered, actor=duty, now=MAY + MINUTE)
    raised = GradeDecision(GradeName.IMMEDIATE, "He is back", StartBasis.NEW_FACTS, MAY + HOUR)
    service.grade_incident(incident_id, raised, actor=duty, now=MAY + HOUR)
    arrive(incident_id, duty, MAY + 2 * HOUR)
    told = tell(session, Q1, now=MAY)
    assert (told.total.reports, told.total.states[ClockState.MET]) == (1, 1)
    assert [each.label for each in told.ended] == ["Graded again"]
    assert told.total.to_scene == (HOUR,)


@pytest.mark.parametrize(
    "period",
    [
        pytest.param(month(2022, 3), id="the-clocks-go-forward"),
        pytest.param(month(2022, 10), id="the-clocks-go-back"),
        pytest.param(parse_span("2021/22"), id="a-year-with-both"),
    ],
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_the_hour_is_that_of_londons_clocks(session: Session, duty: Actor, period: Period, data: st.DataObject) -> None:
    span = int((period.ends_at - period.starts_at).total_seconds()) - 1
    near = [int((at - period.starts_at).total_seconds()) for at, _ in london_offsets(period.starts_at, period.ends_at)]
    around = st.sampled_from(near).flatmap(lambda at: st.integers(max(0, at - 7200), min(span, at + 7200)))
    at = period.starts_at + timedelta(seconds=data.draw(st.one_of(st.integers(0, span), around)))
    known = {incident.id for incident in figures.counted_incidents(session, period, only_immediate=True)}
    incident_id = log(duty, at=at)
    found = figures.counted_incidents(session, period, only_immediate=True)
    (made,) = (incident for incident in found if incident.id not in known)
    assert (made.id, int(made.keys[By.HOUR])) == (incident_id, in_london(at).hour)


def test_london_is_ahead_of_utc_in_summer_alone() -> None:
    found = london_offsets(datetime(2022, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
    assert [(at.isoformat(), length // HOUR) for at, length in found] == [
        ("2022-01-01T00:00:00+00:00", 0),
        ("2022-03-27T01:00:00+00:00", 1),
        ("2022-10-30T01:00:00+00:00", 0),
    ]
    within = london_offsets(datetime(2022, 7, 1, tzinfo=LONDON), datetime(2022, 7, 2, tzinfo=LONDON))
    assert [length for _, length in within] == [HOUR]


@pytest.fixture
def reader(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(name="Rae Example")


@pytest.mark.parametrize(
    "query", ["period=2022/23+Q1", "period=May+2022", "first_day=2022-05-01&last_day=2022-05-03", "period=2022/23"]
)
def test_the_page_shows_the_figures_of_any_days(reader: FlaskClient, a_quarter: dict[str, int], query: str) -> None:
    page = reader.get(f"/response-figures?{query}")
    assert page.status_code == 200
    for words in ("3 of 7 (43%)", "Dee Example", "The caller withdrew", "Bank or building society", "150.0"):
        assert words in page.text, words


def test_days_that_cannot_be_are_refused_in_words(reader: FlaskClient) -> None:
    for query in ("period=soon", "first_day=2022-05-01", "first_day=2022-05-02&last_day=2022-05-01"):
        assert reader.get(f"/response-figures?{query}").status_code in {400, 422}, query


def test_each_figure_leads_to_its_incidents(reader: FlaskClient, session: Session, a_quarter: dict[str, int]) -> None:
    references = {name: queries.get_incident(session, number).reference for name, number in a_quarter.items()}
    for result, names in {
        "met": {"quick", "backfilled", "remote"},
        "late": {"slow"},
        "breached": {"waits", "waits too long"},
        "not_applicable": {"withdrawn"},
        "breached_then_ended": {"ended late"},
        "met_after_breach": {"backfilled"},
        "told_late": {"backfilled"},
        "running": set(),
    }.items():
        page = reader.get(f"/response-figures/incidents?period=2022/23+Q1&result={result}").text
        assert {name for name, reference in references.items() if reference in page} == names, result
    banks = "/response-figures/incidents?period=2022/23+Q1&result=immediate&by=source&key=bank"
    assert "Immediate: 5" in reader.get(banks).text


@pytest.mark.parametrize("by", By)
def test_a_group_that_is_none_has_no_incidents(reader: FlaskClient, a_quarter: dict[str, int], by: By) -> None:
    page = reader.get(f"/response-figures/incidents?period=2022/23+Q1&by={by}&key=none+such")
    assert (page.status_code, "Not given" in page.text) == (200, True)


def test_the_list_and_the_page_hold_nobodys_name_or_address(reader: FlaskClient, a_quarter: dict[str, int]) -> None:
    for path in (
        "/response-figures?",
        "/response-figures.csv?",
        "/response-figures/incidents?",
        "/response-figures/incidents.csv?",
    ):
        text = reader.get(f"{path}?period=2022/23+Q1").text
        for private in ("Alex Example", "1 Example Road", "900123", "£4,000"):
            assert private not in text, (path, private)


def test_figures_are_given_out_as_csv(reader: FlaskClient, a_quarter: dict[str, int]) -> None:
    answer = reader.get("/response-figures.csv?period=2022/23+Q1")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="rapid-response 2022-23 Q1.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (rows[0]["By"], rows[0]["Calls"], rows[0]["Incidents"], rows[0]["Reports"]) == ("All", "12", "11", "9")
    assert (rows[0]["Met %"], rows[0]["Breached"]) == ("43", "2")
    by_group = {(row["By"], row["Group"]): row for row in rows}
    assert ("Ward", "'=Example Park") in by_group, "a spreadsheet would work out what a ward is called"
    assert by_group["Not applicable because", "The caller withdrew"]["Not applicable"] == "1"


def test_a_list_is_given_out_as_csv_in_london_time(reader: FlaskClient, a_quarter: dict[str, int]) -> None:
    answer = reader.get("/response-figures/incidents.csv?period=2022/23+Q1&result=late")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["First call"], row["Stopped"]) == ("2022-05-03 11:00:00", "2022-05-03 13:30:00")
    assert (row["Came out"], row["Minutes to scene"], row["Breach on record"]) == ("Late", "150.0", "yes")
    assert row["Officer"] == "Dee Example"


@pytest.mark.parametrize("value", ["=1+1", "+44", "@x", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert next(csv.reader(io.StringIO(csv_text(["A"], [[value]]).partition("\r\n")[2], newline="")))[0] == f"'{value}"


def test_the_interface_gives_the_same_figures(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], a_quarter: dict[str, int]
) -> None:
    head = bearer()
    found = client.get("/api/v1/response-figures?period=2022/23 Q1", headers=head).get_json()
    assert (found["total"]["met"], found["total"]["counted"], found["total"]["met_percent"]) == (3, 7, 43)
    assert (found["first_day"], found["is_provisional"]) == ("2022-04-01", False)
    assert found["groups"]["source"][0]["tally"]["met_percent"] is None
    assert found["met_after_breach"][0]["officer"] == "Dee Example"
    path = "/api/v1/response-figures/incidents?period=2022/23 Q1&result=late"
    (late,) = client.get(path, headers=head).get_json()["items"]
    assert (late["incident_id"], late["state"]) == (a_quarter["slow"], "late")
    assert client.get("/api/v1/response-figures", headers=head).status_code == 422
    assert client.get("/api/v1/response-figures?period=2022/23 Q1").status_code == 401


def test_a_long_list_comes_in_pages(
    client: FlaskClient, reader: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, duty: Actor
) -> None:
    made = [log(duty, at=MAY + number * MINUTE) for number in range(205)]
    path = "/api/v1/response-figures/incidents?period=May 2022"
    first = client.get(path, headers=bearer()).get_json()
    last = client.get(f"{path}&after={first['next']}", headers=bearer()).get_json()
    assert [each["incident_id"] for each in (*first["items"], *last["items"])] == made
    assert last["next"] is None
    shown = reader.get("/response-figures/incidents?period=May+2022").text
    after = shown.partition("incidents?after=")[2].partition("&")[0]
    page = reader.get(f"/response-figures/incidents?period=May+2022&after={after}").text
    assert "Incidents 101 to 200" in page
    assert "The first ones" in page
    assert "Later ones" in page
    gone = client.get(f"{path}&after={made[-1] + 1}", headers=bearer())
    assert (gone.status_code, list(gone.get_json()["errors"])) == (422, ["after"])


def test_the_command_prints_the_figures(fresh_app: Flask, run_command: Callable[..., Any]) -> None:
    plain = run_command("response", "figures", "2022/23", "Q1")
    assert plain.returncode == 0, plain.stderr
    assert "Share met" in plain.stdout
    assert json.loads(run_command("response", "figures", "May 2022", "--json").stdout)["total"]["reports"] == 0
    assert run_command("response", "figures", "2022/23 Q1", "--csv").stdout.startswith("By,Group,Calls,")
    assert run_command("response", "figures", "soon").returncode == 1
    with fresh_app.app_context():
        db.session.remove()


def test_an_administrator_reads_no_figures(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    for path in PATHS:
        assert browser.get(f"{path}?period=2022/23").status_code == 403, path
