"""The demonstration: the published figures from records, on both databases."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import commands_of, make_app, settings
from tests.quarterly.figures.conftest import Assembled
from tests.spare_apps import standing_on
from tsalert.activities.figures import activity_totals
from tsalert.activities.queries import ActivityFilter, behind_savings, list_activities
from tsalert.activities.recognition_queries import count_presented
from tsalert.activities.vocabulary import ActivityKind, RecognitionKind, State
from tsalert.activities.zone_queries import count_zones
from tsalert.alerts import queries as alerts
from tsalert.alerts.figures import quoting
from tsalert.alerts.withdrawing.service import find_correction
from tsalert.audit import queries as audit
from tsalert.audit.models import AuditEvent
from tsalert.circulation import ledger
from tsalert.circulation.queries import list_partners
from tsalert.core.actors import SERVICE
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import Conflict
from tsalert.core.periods import financial_year, parse_period
from tsalert.db import db
from tsalert.demo import service
from tsalert.digests import queries as digests
from tsalert.displays import queries as displays
from tsalert.installation.service import is_demo, is_whole_demo
from tsalert.parties.models import PartyWarning
from tsalert.parties.queries import get_party
from tsalert.parties.rules import Sought
from tsalert.quarterly import editions, keeping
from tsalert.quarterly import queries as reports
from tsalert.quarterly.content import Prose
from tsalert.quarterly.figures.assembling import assemble
from tsalert.quarterly.texts import texts_of
from tsalert.quarterly.vocabulary import Edition, SectionKey
from tsalert.reports.memory import FiguresMemory
from tsalert.response import waiting
from tsalert.response.board import read_board
from tsalert.response.clock import ClockState
from tsalert.response.matches import look_up
from tsalert.response.models import Incident
from tsalert.response.party_search import search
from tsalert.response.timeline import timeline
from tsalert.rota import alarms
from tsalert.rota.queries import on_duty
from tsalert.rota.vocabulary import Duty
from tsalert.savings import queries as savings
from tsalert.savings.rules import InterventionType
from tsalert.subscribers.models import SubscriberMerge, SubscriberWard
from tsalert.subscribers.observing import count_observed
from tsalert.subscribers.queries import circulation

Run = Callable[..., CompletedProcess[str]]
PASSWORD = "a long demonstration password"
PUBLISHED_FRIENDS = {"2021/22": 953, "2022/23 Q1": 112}
SHOWN = ("enquiries", "scam_doorstep_abuse_cases", "detriment", "reports", "immediate", "total_savings")


@pytest.fixture
def loaded(copied_demonstration: Callable[[Path], AbstractContextManager[str]], tmp_path: Path) -> Iterator[Flask]:
    """The demonstration at the moment at which it was there; on PostgreSQL, where alerts may cost next to nothing."""
    folder = tmp_path / "demonstration"
    with copied_demonstration(folder) as url, standing_on(settings(url, folder), make_app) as app:
        with app.app_context():
            done = db.session.scalars(select(func.max(AuditEvent.at))).one()
            db.session.remove()
        with time_machine.travel(done):
            yield app


def test_the_demonstration_is_what_was_published_and_a_live_board(loaded: Flask) -> None:
    with commands_of(loaded) as run:
        assert_published(run)
    with loaded.app_context():
        assert is_demo()
        assert is_whole_demo()
        assert_reported()
        assert_signed()
        assert_live()
        assert [each.standing for each in displays.list_displays(db.session(), now=utc_now())] == ["good", "revoked"]
        assert_rota()
        assert_list_of_subscribers()
        assert_mornings()
        assert_quoted()
        assert_known_people()
        assert_every_type_is_shown()
        assert_prevention()
        assert audit.verify_chain(db.session()).is_whole
        with pytest.raises(Conflict, match="holds something already"):
            service.load(password=PASSWORD, now=utc_now(), tell=lambda _: None)


def test_one_that_was_cut_short_is_not_taken_for_whole(
    fresh_app: Flask, run_command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(text: str) -> None:
        if "2021/22" in text:
            raise KeyboardInterrupt

    monkeypatch.setenv("TSALERT_DEMO_PASSWORD", PASSWORD)
    with fresh_app.app_context(), pytest.raises(KeyboardInterrupt):
        service.load(password=PASSWORD, now=utc_now(), tell=give_up)
    again = run_command("demo", "load", "--once")
    assert (again.returncode, again.stdout) == (1, "")
    assert "not loaded to its end" in again.stderr


def assert_published(run_command: Run) -> None:
    first, second = figures(run_command, "quarter", "2022/23", "Q1"), figures(run_command, "quarter", "2022/23 Q2")
    year = figures(run_command, "year", "2021/22")
    assert [first["figures"][name] for name in SHOWN] == [233, 76, "505804.50", 30, 7, "146333"]
    assert [second["figures"][name] for name in SHOWN] == [248, 60, "99761.00", 34, 5, "0"]
    assert cells(first) == {
        "scams": ["600", "324", None],
        "doorstep_crime": ["40500", "21870", None],
        "friends_against_scams": ["2586", None, "4035"],
        "call_blockers": ["49622", "26796", None],
    }
    named = ("financial_savings", "health_savings", "friends_savings", "total_savings", "rapid_response_interventions")
    assert [year["figures"][name] for name in named] == ["292738", "158078", "56341", "507157", 26]
    assert cells(year)["call_blockers"][1] == "44659"
    assert {single["amount"] for single in year["single_savings"]} == {"12000.00", "36833.00", "18000.00"}
    assert "Figures may not sum due to rounding." in year["savings"]["notes"]


def assert_reported() -> None:
    """Both published quarters stand in the board's report to the pound."""
    first, second = (
        Assembled(assemble(db.session(), FiguresMemory(), parse_period(label), now=utc_now()))
        for label in ("2022/23 Q1", "2022/23 Q2")
    )
    for found, figures in ((first, ["233", "76", "157", "£505,804.50"]), (second, ["248", "60", "188", "£99,761"])):
        quarter = found.tables["demand_trend"].rows[-1]
        assert [figure.shown for figure in quarter.figures] == figures
    assert [first.shown("glance_count", name, "current") for name in ("reports", "immediate")] == ["30", "7"]
    assert [second.shown("glance_count", name, "current") for name in ("reports", "immediate")] == ["34", "5"]
    table = [[figure.shown for figure in row.figures] for row in first.tables["savings_table"].rows]
    assert table == [
        ["2", "£600", "£324", "n/a", "£924"],
        ["7", "£40,500", "£21,870", "n/a", "£62,370"],
        ["112", "£2,586", "n/a", "£4,035", "£6,621"],
        ["3", "£49,622", "£26,796", "n/a", "£76,417"],
        ["n/a", "£93,308", "£48,990", "£4,035", "£146,333"],
    ]
    assert first.shown("glance_money", "total_savings", "current") == "£146,333"
    assert second.shown("savings_table", "total", "total") == "£0"


def assert_signed() -> None:
    """The first quarter's report is signed and published with a study and every action; the second's is begun."""
    row = reports.get_report(db.session(), parse_period("2022/23 Q1"))
    assert (row.status, row.digest) == ("published", keeping.digest(row.frozen or ""))
    public = editions.thawed(row)[Edition.PUBLIC]
    assert "£146,333" in {figure.shown for table in public.tables() for row in table.rows for figure in row.figures}
    studies = next(section for section in public.sections if section.key is SectionKey.CASE_STUDIES)
    assert [block.title for block in studies.blocks if isinstance(block, Prose) and block.title]
    assert len(public.head.signatures) == 2
    draft = reports.get_report(db.session(), parse_period("2022/23 Q2"))
    written = [text for text in texts_of(db.session(), parse_period(draft.quarter)).values() if text.is_written]
    assert (draft.status, len(written)) == ("draft", 2)


def assert_live() -> None:
    board = read_board(db.session(), now=utc_now()).lines
    states = Counter(row.reading.state for row in board)
    assert (len(board), states[ClockState.OVERDUE], states[ClockState.MET]) == (6, 1, 1)
    kinds = db.session.scalars(select(Incident.kind).where(Incident.kind.contains("_", autoescape=True)))
    assert kinds.all() == [], "a code is shown where an officer would have typed words"
    stories = [event for row in board for event in timeline(db.session(), row.id, now=utc_now())]
    assert not any(event.note.startswith(("Ringing", "No answer was reported")) for event in stories)
    assert sum("Corrected" in event.what or "Corrected" in event.note for event in stories) == 3
    waits = waiting.waiting_calls(db.session()).items
    assert [each.call.line for each in waits] == ["rapid_voicemail", "rapid_voice", "rapid_sms", "web"]
    assert waits[0].story is not None
    assert waits[0].story.message is not None
    assert waits[0].story.message.is_kept


def assert_mornings() -> None:
    """Readers of one mail a day or a week, a partner among them, have had some; what was withdrawn is told next."""
    now = utc_now()
    sent = [each for each in digests.list_sent(db.session()).items if each.progress is not None]
    assert {each.frequency for each in sent} == {"daily", "weekly"}
    assert {(each.frequency, each.progress and each.progress.sent) for each in sent} == {("daily", 4), ("weekly", 5)}
    last = alerts.published(db.session(), limit=2)[-1]
    told = [(each.told, each.told_withdrawn, each.waiting) for each in digests.of_alert(db.session(), last, now=now)]
    assert told == [(4, 0, 0), (5, 0, 0)]
    withdrawn = alerts.past(db.session(), now=now).items[-1]
    told = [
        (each.told, each.told_withdrawn, each.waiting) for each in digests.of_alert(db.session(), withdrawn, now=now)
    ]
    assert told == [(4, 0, 4), (5, 0, 5)]
    correction = find_correction(db.session(), withdrawn.id)
    assert correction is not None
    assert correction.id in {line.id for line in alerts.waiting(db.session())}


def assert_quoted() -> None:
    """The words of one call name the latest alert, and an officer has linked another."""
    latest = alerts.published(db.session(), limit=1)[0]
    calls = quoting.calls_of(db.session(), latest.id, SERVICE, now=utc_now()).items
    assert [each.linked_by is None for each in calls] == [False, True]


def assert_rota() -> None:
    now = utc_now()
    gaps = alarms.gaps_ahead(db.session(), now=now)
    assert [gap.duty for gap in gaps] == [Duty.PRIMARY]
    assert timedelta(days=3) < gaps[0].span.starts_at - now < timedelta(days=6)
    for hours in (-24 * 14, 0, 24 * 50):
        assert len(on_duty(db.session(), at=now + timedelta(hours=hours))) == 3


def assert_known_people() -> None:
    found = look_up(db.session(), Sought(vehicle="ZZ99 ZZZ"), reader=SERVICE, is_demo=True, now=utc_now())
    assert len(found.incidents) == 1
    (van,) = found.lines
    assert van.words.startswith("same vehicle, 4 earlier calls, last ")
    (warning,) = db.session.scalars(select(PartyWarning))
    number = get_party(db.session(), warning.party_id).identifiers[0].raw
    (caller,) = search(db.session(), number, reader=SERVICE, is_demo=True, now=utc_now())
    assert "2 earlier calls" in caller.words
    assert "warning note" in caller.words
    (trader,) = search(db.session(), "Makebelieve Driveways", reader=SERVICE, is_demo=True, now=utc_now())
    assert "same name" in trader.words
    assert search(db.session(), "01632 960777", reader=SERVICE, is_demo=True, now=utc_now()) == []


def assert_every_type_is_shown() -> None:
    for kind in InterventionType:
        assert savings.list_interventions(db.session(), savings.Filter(type=kind)).items, kind
    looked_at = savings.Filter(attention=savings.Attention.MONEY_LINE)
    assert len(savings.list_interventions(db.session(), looked_at).items) == 1


def assert_prevention() -> None:
    """The sessions trained as many as the published savings rest on, and a neighbour has certificate and medal."""
    session = db.session()
    trained = {label: activity_totals(session, parse_period(label)).friends_trained for label in PUBLISHED_FRIENDS}
    assert trained == PUBLISHED_FRIENDS
    friends = savings.Filter(type=InterventionType.FRIENDS_AGAINST_SCAMS, period=parse_period("2022/23 Q1"))
    counted = savings.list_interventions(session, friends).items
    assert sum(each.content.units for each in counted) == PUBLISHED_FRIENDS["2022/23 Q1"]
    assert len(behind_savings(session, [each.reference for each in counted])) == len(counted)
    everything = list_activities(session, ActivityFilter(), size=None).items
    assert {each.plan.kind for each in everything} == set(ActivityKind)
    assert {each.state for each in everything} == set(State)
    thanked = count_presented(session, financial_year(2021))
    assert {kind for kind, number in thanked.items() if number} == {RecognitionKind.CERTIFICATE, RecognitionKind.MEDAL}
    assert all(count_zones(session, today=london_date(utc_now())).values())


def assert_list_of_subscribers() -> None:
    session, now = db.session(), utc_now()
    known = circulation(session)
    assert (known.subscribers, known.declared_reach) == (650, 47_000)
    shown = (SubscriberWard.ward, SubscriberMerge.merged_id)
    assert [len(session.scalars(select(each)).all()) for each in shown] == [2, 1]
    published = ledger.figures(session, parse_period("2022/23 Q1"), now=now)
    assert (published.declared, published.declaring_partners) == (47_000, 50)
    assert sum(count_observed(session).values()) == 9
    asked = Counter((line.is_due, line.is_overdue) for line in list_partners(session, now=now))
    assert asked == {(True, True): 1, (True, False): 3, (False, False): 46}


def figures(run_command: Run, *period: str) -> dict[str, Any]:
    answer = run_command("savings", *period, "--json")
    assert answer.returncode == 0, answer.stderr
    read: dict[str, Any] = json.loads(answer.stdout)
    return read


def cells(answer: dict[str, Any]) -> dict[str, list[str | None]]:
    columns = ("financial", "health", "other")
    return {
        row["slug"]: [row[column] and row[column]["shown"] for column in columns] for row in answer["savings"]["rows"]
    }
