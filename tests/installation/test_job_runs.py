"""What is kept of the timetable: how each job's last run went, since when it fails, and how often it ran."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.installation.job_runs import RunLog, known_jobs
from tsalert.installation.models import JobRun

MINUTE = timedelta(minutes=1)
SCHEDULE = (("page officers", 1), ("repair deliveries", 60))


@pytest.fixture
def log(session: Session) -> RunLog:
    return RunLog(SCHEDULE)


def run(log: RunLog, at: datetime, fault: str | None = None) -> None:
    log.begin("page officers", at)
    log.end("page officers", seconds=0.5, fault=fault)


def kept(log: RunLog, session: Session, name: str = "page officers") -> JobRun:
    log.keep()
    session.expire_all()
    (found,) = [each for each in known_jobs(session) if each.name == name]
    return found


def test_every_job_is_there_before_it_has_run(log: RunLog, session: Session) -> None:
    log.keep()
    assert [(each.name, each.every_seconds, each.started_at) for each in known_jobs(session)] == [
        ("page officers", 1, None),
        ("repair deliveries", 60, None),
    ]


def test_runs_and_failures_add_up_over_restarts(log: RunLog, session: Session) -> None:
    run(log, NOW)
    run(log, NOW + MINUTE, "KeyError")
    assert (kept(log, session).runs, kept(log, session).failures) == (2, 1)
    second = RunLog(SCHEDULE)
    run(second, NOW + 2 * MINUTE)
    found = kept(second, session)
    assert (found.runs, found.failures, found.seconds, found.started_at) == (3, 1, 0.5, NOW + 2 * MINUTE)


def test_a_failure_lasts_from_the_first_until_a_run_goes_well(log: RunLog, session: Session) -> None:
    run(log, NOW, "KeyError")
    assert (kept(log, session).failed_since, kept(log, session).fault) == (NOW, "KeyError")
    run(log, NOW + MINUTE, "OSError")
    assert (kept(log, session).failed_since, kept(log, session).fault) == (NOW, "OSError")
    second = RunLog(SCHEDULE)
    assert kept(second, session).failed_since == NOW  # a new worker that has not come to it yet changes nothing
    run(second, NOW + 2 * MINUTE, "OSError")
    assert kept(second, session).failed_since == NOW
    run(second, NOW + 3 * MINUTE)
    run(second, NOW + 4 * MINUTE, "OSError")
    assert kept(second, session).failed_since == NOW + 4 * MINUTE
    run(second, NOW + 5 * MINUTE)
    assert (kept(second, session).failed_since, kept(second, session).fault) == (None, None)


def test_a_run_that_does_not_end_is_seen(log: RunLog, session: Session) -> None:
    log.begin("page officers", NOW)
    assert kept(log, session).running_since == NOW
    assert kept(log, session).running_since == NOW
    log.end("page officers", seconds=90, fault=None)
    assert (kept(log, session).running_since, kept(log, session).runs) == (None, 1)


def test_a_job_that_is_no_longer_in_the_timetable_is_forgotten(log: RunLog, session: Session) -> None:
    log.keep()
    RunLog(SCHEDULE[:1]).keep()
    session.expire_all()
    assert [each.name for each in known_jobs(session)] == ["page officers"]


def test_what_cannot_be_written_is_written_the_next_time(
    log: RunLog, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(log, NOW)
    with monkeypatch.context() as patch:
        patch.setattr("tsalert.installation.job_runs.known_jobs", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            log.keep()
    assert kept(log, session).runs == 1
