"""The status of the service: what its page and its operation tell, and what counts as something to see to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.answers import AnswerCount
from tsalert.delivery.ports import Accepted
from tsalert.delivery.rules import Channel
from tsalert.installation import signs, workers
from tsalert.installation.job_runs import RunLog
from tsalert.jobs import TIMETABLE
from tsalert.paging.models import Outage
from tsalert.staff.rules import RoleName
from tsalert.watching.status.rules import SHORT_OF_ROOM, Job, JobState, Room, in_bytes, is_old

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Heard = Callable[[timedelta], None]


def job(**changes: Any) -> Job:
    told: dict[str, Any] = {
        "name": "page officers",
        "every": timedelta(seconds=1),
        "started_at": NOW,
        "seconds": 0.01,
        "fault": None,
        "failed_since": None,
        "running_since": None,
        "runs": 1,
        "failures": 0,
        "read_at": NOW,
    }
    return Job(**told | changes)


@pytest.mark.parametrize(
    ("changes", "state", "alarms"),
    [
        ({"started_at": None, "runs": 0}, JobState.WAITING, False),
        ({}, JobState.DONE, False),
        ({"read_at": NOW + timedelta(seconds=181)}, JobState.DONE, False),
        ({"read_at": NOW + timedelta(seconds=182)}, JobState.LATE, False),
        ({"every": HOUR, "read_at": NOW + 3 * HOUR}, JobState.DONE, False),
        ({"every": HOUR, "read_at": NOW + 3 * HOUR + MINUTE}, JobState.LATE, False),
        ({"running_since": NOW, "read_at": NOW + 10 * MINUTE}, JobState.RUNNING, False),
        ({"running_since": NOW, "read_at": NOW + 11 * MINUTE}, JobState.STUCK, True),
        ({"running_since": NOW, "every": HOUR, "read_at": NOW + 3 * HOUR}, JobState.RUNNING, False),
        ({"fault": "KeyError", "failed_since": NOW - 15 * MINUTE}, JobState.FAILED, False),
        ({"fault": "KeyError", "failed_since": NOW - 16 * MINUTE}, JobState.FAILED, True),
    ],
)
def test_how_a_job_stands(changes: dict[str, Any], *, state: JobState, alarms: bool) -> None:
    assert (job(**changes).state, job(**changes).is_alarming) == (state, alarms)


def test_room_is_short_below_a_gigabyte() -> None:
    assert Room("files", SHORT_OF_ROOM - 1, 10 * SHORT_OF_ROOM).is_short
    assert not Room("files", SHORT_OF_ROOM, 10 * SHORT_OF_ROOM).is_short


@pytest.mark.parametrize(("at", "old"), [(None, False), (NOW - 48 * HOUR, False), (NOW - 49 * HOUR, True)])
def test_a_backup_is_old_after_two_days_and_one_that_is_not_known_is_not(at: datetime | None, *, old: bool) -> None:
    assert is_old(at, now=NOW) is old


@pytest.mark.parametrize(
    ("size", "words"), [(999, "999 bytes"), (2048, "2 kB"), (5 * 1024**2, "5 MB"), (3.4 * 1024**3, "3.4 GB")]
)
def test_sizes_are_written_for_people(size: float, words: str) -> None:
    assert in_bytes(int(size)) == words


@pytest.fixture
def at_work(session: Session, heard: Heard) -> None:
    """A worker that leads, jobs of which one fails, and a provider that answered."""
    heard(timedelta(seconds=5))
    now = utc_now()
    workers.be_seen(session, workers.new_name(), is_leading=True, now=now)
    log = RunLog((each.name, each.seconds) for each in TIMETABLE)
    for name, fault, at in (("repair deliveries", None, now), ("page officers", "OperationalError", now - HOUR)):
        log.begin(name, at)
        log.end(name, seconds=0.25, fault=fault)
    session.commit()
    log.keep()
    counted = AnswerCount()
    counted.note(Channel.EMAIL, [Accepted("1")] * 3)
    counted.keep(now=now)
    signs.note(session, signs.BACKUP, now=now - HOUR)
    session.commit()


@pytest.mark.parametrize("role", [RoleName.MANAGER, RoleName.ADMINISTRATOR])
@pytest.mark.usefixtures("at_work")
def test_administrators_and_managers_see_everything_on_one_page(
    signed_in: Callable[..., FlaskClient], role: RoleName
) -> None:
    browser = signed_in(role)
    page = browser.get("/status").text
    assert 'href="/status"' in page
    for words in (
        "Keeps the timetable",
        "Repair deliveries",
        "0.25\u00a0s",
        "Text messages",
        "Calls",
        "The outbox",
        "SQLite" if _is_sqlite() else "PostgreSQL",
    ):
        assert words in page, words
    shown, _, folded = page.partition("All jobs of the timetable: ")
    assert "<details" in shown[-300:]
    assert [("Page officers" in part, "Repair deliveries" in part) for part in (shown, folded)] == [
        (True, False),
        (True, True),
    ], "only what somebody should see to stands before the fold"
    assert "The job “page officers” has failed since" in page
    assert "(newest)" in page


@pytest.mark.parametrize(
    ("ahead", "said"), [(-45, "45 s behind the database&#39;s"), (3, "Right"), (60, "60 s ahead of")]
)
def test_a_worker_whose_clock_went_wrong_after_its_start_is_something_to_see_to(
    session: Session, signed_in: Callable[..., FlaskClient], heard: Heard, ahead: int, said: str
) -> None:
    heard(timedelta(seconds=5))
    now, off = utc_now(), timedelta(seconds=ahead)
    workers.be_seen(session, workers.new_name(), is_leading=True, now=now, ahead=off)
    session.commit()
    page = signed_in(RoleName.ADMINISTRATOR).get("/status").text
    assert said in page
    assert ("The clock of the worker on" in page) == (said != "Right")


def test_of_two_that_said_they_keep_the_timetable_the_one_heard_of_last_does(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    killed, next_one = workers.new_name(), workers.new_name()
    now = utc_now()
    workers.be_seen(session, killed, is_leading=True, now=now - timedelta(seconds=90))
    workers.be_seen(session, next_one, is_leading=True, now=now - timedelta(seconds=5))
    session.commit()
    told = client.get("/api/v1/status", headers=bearer(RoleName.MANAGER)).get_json()
    assert [(each["is_leading"], each["is_silent"]) for each in told["workers"]] == [(False, False), (True, False)]


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@pytest.mark.parametrize("role", [RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER])
def test_other_officers_do_not(signed_in: Callable[..., FlaskClient], role: RoleName) -> None:
    assert signed_in(role).get("/status").status_code == 403


def test_an_empty_database_has_a_page_too(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in(RoleName.ADMINISTRATOR).get("/status")
    assert page.status_code == 200
    for words in (
        "No worker was heard of in the last day.",
        "Nothing is waiting to be sent.",
        "No worker has kept the",
    ):
        assert words in page.text


@pytest.mark.usefixtures("at_work")
def test_the_operation_tells_the_same(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    told = client.get("/api/v1/status", headers=bearer(RoleName.ADMINISTRATOR)).json
    assert told is not None
    assert [each["is_leading"] for each in told["workers"]] == [True]
    by_name = {each["name"]: each for each in told["jobs"]}
    assert set(by_name) == {each.name for each in TIMETABLE}
    assert (by_name["repair deliveries"]["state"], by_name["repair deliveries"]["every_seconds"]) == ("done", 60)
    assert by_name["page officers"]["fault"] == "OperationalError"
    assert told["providers"][0]["answers"] == {"accepted": 3}
    assert told["database"]["schema"] == told["database"]["newest_schema"]
    assert told["database"]["size"] > 0
    assert any("page officers" in each for each in told["problems"])
    assert client.get("/api/v1/status", headers=bearer()).status_code == 403


def test_a_provider_that_is_down_is_told_without_whom_the_message_was_for(
    session: Session, heard: Heard, signed_in: Callable[..., FlaskClient]
) -> None:
    heard(MINUTE)
    session.add(Outage(channel="sms", began_at=NOW, reason="no permission for +447700900123"))
    session.commit()
    page = signed_in(RoleName.ADMINISTRATOR).get("/status").text
    assert "no permission for •••" in page.partition("Providers")[2]


def test_the_timetables_names_are_short_enough_to_be_labels() -> None:
    names = [each.name for each in TIMETABLE]
    assert len(set(names)) == len(names)
