"""Past activities from a file, and a period in numbers."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.activities.conftest import WARD, session_plan
from tests.conftest import NOW
from tsalert.activities import queries, service
from tsalert.activities.figures import activity_totals, total_rows
from tsalert.activities.importing import HEADER, import_activities
from tsalert.activities.queries import ActivityFilter
from tsalert.activities.rules import Reach, Result
from tsalert.activities.service import Seen
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import parse_period
from tsalert.savings.recording import sessions
from tsalert.savings.recording.sessions import Told

Q1, Q2 = parse_period("2022/23 Q1"), parse_period("2022/23 Q2")
HEAD = ",".join(HEADER)
GOOD = "friends_session,Lunch club,2022-05-03,,Clock House,Hall,older_people,A club,,,,,20,12,3,2,25,Good,\n"
TALK = "talk,Church,2022-05-04,2022-05-04,clock house; MOTTINGHAM,,,,,,,,31,,,,,,\n"


@pytest.fixture
def actor(officer: Callable[..., Actor], wards: None) -> Actor:
    return officer()


def test_good_rows_are_kept_and_bad_ones_told_with_their_line(session: Session, actor: Actor) -> None:
    rows = [
        f"\ufeff{HEAD}\n",
        GOOD,
        "friends_session,No date,,,,,,,,,,,20,12,3,2,,,\n",
        "picnic,Park,2022-05-03,,,,,,,,,,20,,,,,,\n",
        "talk,Old,1899-05-03,,,,,,,,,,20,,,,,,\n",
        "talk,Future,2031-05-03,,,,,,,,,,20,,,,,,\n",
        "talk,Backwards,2022-05-03,2022-05-02,,,,,,,,,20,,,,,,\n",
        "talk,Nobody,2022-05-03,,,,,,,,,,-20,,,,,,\n",
        "talk,Too many,2022-05-03,,Atlantis,,,,,,,,20,,,,,,\n",
        "talk,Short row,2022-05-03\n",
        TALK,
    ]
    faults: list[tuple[int, str]] = []
    report = import_activities(rows, actor=actor, now=NOW, on_fault=lambda line, why: faults.append((line, why)))
    assert (report.added, report.known, report.bad) == (2, 0, 8)
    assert [line for line, _ in faults] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert "no ward Atlantis" in faults[6][1]
    found = queries.list_activities(session, ActivityFilter()).items
    assert [len(each.plan.ward_codes) for each in found] == [2, 1]
    again = import_activities([f"{HEAD}\n", GOOD, TALK], actor=actor, now=NOW)
    assert (again.added, again.known, again.bad) == (0, 2, 0)


def test_a_file_of_another_layout_is_refused_with_the_columns_expected(actor: Actor) -> None:
    for lines in (["name,when\n"], [], ["\0\n"], ["x" * 100_000]):
        with pytest.raises(RuleViolation, match=r"kind,title,first_day|choose Save As"):
            import_activities(lines, actor=actor, now=NOW)


def test_a_period_in_numbers_counts_what_was_held_by_its_last_day(session: Session, actor: Actor) -> None:
    import_activities([f"{HEAD}\n", GOOD, TALK], actor=actor, now=NOW)
    campaign = session_plan(
        kind=ActivityKind.CAMPAIGN, first_day=date(2022, 6, 20), last_day=date(2022, 7, 3), channels=(Channel.RADIO,)
    )
    radio = Result(reach=(Reach(Channel.RADIO, 90_000, "The station's figures"),))
    made = service.plan_activity(campaign, actor=actor, now=NOW)
    sessions.hold_activity(Seen(made, 1), Told(radio), actor=actor, now=NOW)
    training = session_plan(kind=ActivityKind.TRAINING, audience=Audience.BANKS, topic="Calls", given_by="Us")
    made = service.plan_activity(training, actor=actor, now=NOW)
    sessions.hold_activity(Seen(made, 1), Told(Result(present=9, trained=9)), actor=actor, now=NOW)
    service.plan_activity(session_plan(title="Not told yet"), actor=actor, now=NOW)
    totals = activity_totals(session, Q1)
    assert (totals.sessions, totals.friends_trained, totals.practitioners_trained) == (3, 12, 9)
    friends = totals.kinds[ActivityKind.FRIENDS_SESSION]
    assert (friends.held, friends.planned, friends.refreshers, friends.champions, friends.leaflets) == (1, 1, 3, 2, 25)
    assert totals.trained_by_audience == {Audience.BANKS: 9}
    assert totals.reach == {}
    assert activity_totals(session, Q2).reach == {Channel.RADIO: 90_000}
    assert ("Practitioners trained", "Banks and building societies", 9) in total_rows(totals)


def test_an_empty_quarter_is_all_noughts(session: Session) -> None:
    assert {number for _, _, number in total_rows(activity_totals(session, Q1))} == {0}


def test_the_commands_import_a_file_and_print_a_quarter(
    run_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    wards = tmp_path / "wards.csv"
    wards.write_text(f"code,name\n{WARD},Clock House\n", encoding="utf-8")
    run_command("places", "wards", str(wards))
    file = tmp_path / "past.csv"
    file.write_bytes(f"{HEAD}\n{GOOD}".encode() + b"talk,\xff,2022-05-03,,,,,,,,,,3,,,,,,\n")
    done = run_command("activities", "import", str(file))
    assert (done.returncode, "1 added, 0 known before, 1 bad." in done.stdout) == (1, True), done.stderr
    assert "line 3: title" in done.stderr
    told = run_command("activities", "totals", "2022/23 Q1")
    assert "Friends Against Scams session,People trained for the first time,12" in told.stdout
