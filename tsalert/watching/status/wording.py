"""What is wrong with how the service runs, in words; the runbook has a page for each."""

from collections.abc import Iterator

from tsalert.watching.status import rules
from tsalert.watching.status.queries import Status, Worker
from tsalert.watching.status.rules import Job, JobState, Room
from tsalert.web.filters import moment


def alarms(status: Status) -> list[str]:
    """Return what somebody should see to, a line for each."""
    return [
        *(words_of_job(job) for job in status.jobs if job.is_alarming),
        *(words_of_room(each) for each in status.rooms if each.is_short),
        *(words_of_clock(each) for each in status.workers if each.clock_fault and not each.is_silent),
        *_of_database(status),
    ]


def words_of_job(job: Job) -> str:
    """Say that a job hangs or goes on failing."""
    if job.state is JobState.STUCK:
        return f"The job “{job.name}” has been running since {moment(job.running_since)} and holds up its next run."
    return f"The job “{job.name}” has failed since {moment(job.failed_since)}: {job.fault}."


def words_of_room(room: Room) -> str:
    """Say that a disk will be full."""
    return f"The disk will soon be full: {rules.in_bytes(room.free)} are free where {room.what} lie."


def words_of_clock(worker: Worker) -> str:
    """Say that the clock of a worker's machine went wrong after its start."""
    return f"The clock of the worker on {worker.machine} is {worker.clock_fault}: have both set by a time server."


def _of_database(status: Status) -> Iterator[str]:
    database = status.database
    if database.schema != database.newest_schema:
        yield f"The database has tables of version {database.schema}; this program needs {database.newest_schema}."
    if rules.is_old(status.backup_at, now=status.at):
        yield f"The last backup is old: it was made {moment(status.backup_at)}."
