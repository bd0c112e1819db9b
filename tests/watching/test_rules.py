"""How a check reads, and which job of the timetable goes well."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tsalert.watching.checks import rules as checks
from tsalert.watching.status import rules
from tsalert.watching.status.rules import Job, JobState, Room

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
JOB = Job(
    name="send",
    every=MINUTE,
    started_at=NOW - MINUTE,
    seconds=0.5,
    fault=None,
    failed_since=None,
    running_since=None,
    runs=3,
    failures=0,
    read_at=NOW,
)


def test_a_check_says_what_was_tried_how_it_is_and_what_to_do() -> None:
    assert checks.right("database", "answers").line == "right  database: answers"
    assert checks.wrong("clock", "is 9 s late", "Set it.").line == "WRONG  clock: is 9 s late\n       → Set it."
    assert checks.note("mail", "goes nowhere").line == "note   mail: goes nowhere"
    assert checks.note("mail", "goes nowhere", "Set a server.").line.endswith("\n       → Set a server.")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        pytest.param({}, JobState.DONE, id="went-well"),
        pytest.param({"fault": "OSError"}, JobState.FAILED, id="failed"),
        pytest.param({"started_at": None}, JobState.WAITING, id="never-ran"),
        pytest.param({"started_at": NOW - 4 * MINUTE}, JobState.DONE, id="three-minutes-behind"),
        pytest.param({"started_at": NOW - 4 * MINUTE - SECOND}, JobState.LATE, id="more-than-three-minutes-behind"),
        pytest.param({"every": 2 * MINUTE, "started_at": NOW - 6 * MINUTE}, JobState.DONE, id="two-turns-behind"),
        pytest.param(
            {"every": 2 * MINUTE, "started_at": NOW - 6 * MINUTE - SECOND}, JobState.LATE, id="more-than-two-behind"
        ),
        pytest.param({"running_since": NOW - 10 * MINUTE}, JobState.RUNNING, id="runs-ten-minutes"),
        pytest.param({"running_since": NOW - 10 * MINUTE - SECOND}, JobState.STUCK, id="runs-longer"),
        pytest.param(
            {"every": 5 * MINUTE, "running_since": NOW - 15 * MINUTE}, JobState.RUNNING, id="runs-three-turns"
        ),
        pytest.param(
            {"every": 5 * MINUTE, "running_since": NOW - 15 * MINUTE - SECOND}, JobState.STUCK, id="runs-longer-than-3"
        ),
    ],
)
def test_how_a_job_stands(changes: dict[str, Any], state: JobState) -> None:
    job = replace(JOB, **changes)
    assert job.state is state
    assert job.is_alarming is (state is JobState.STUCK)


def test_a_job_that_goes_on_failing_is_alarming_after_a_quarter_of_an_hour() -> None:
    assert JOB.next_at == NOW
    assert not replace(JOB, failed_since=NOW - 15 * MINUTE).is_alarming
    assert replace(JOB, failed_since=NOW - 15 * MINUTE - SECOND).is_alarming


def test_room_is_short_below_a_gibibyte() -> None:
    assert not Room("files", 1024**3, 1024**4).is_short
    assert Room("files", 1024**3 - 1, 1024**4).is_short


def test_a_backup_is_old_after_two_days_and_one_that_is_not_known_is_nobodys_fault() -> None:
    assert not rules.is_old(None, now=NOW)
    assert not rules.is_old(NOW - timedelta(hours=48), now=NOW)
    assert rules.is_old(NOW - timedelta(hours=48) - SECOND, now=NOW)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 kB"),
        (1024**2 - 1, "1,024 kB"),
        (1024**2, "1 MB"),
        (1024**3 - 1, "1,024 MB"),
        (1024**3, "1.0 GB"),
        (3_650_722_202, "3.4 GB"),
        (2000 * 1024**3, "2,000.0 GB"),
    ],
)
def test_a_size_is_written_in_the_largest_unit_that_it_fills(size: int, words: str) -> None:
    assert rules.in_bytes(size) == words
