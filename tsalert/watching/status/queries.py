"""Reading how the service runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert import __version__
from tsalert.config import Settings
from tsalert.delivery.answers import AnswerKind, answers_so_far
from tsalert.delivery.rules import Channel, Lane
from tsalert.delivery.waiting import what_waits
from tsalert.installation import job_runs, signs, storage, workers
from tsalert.installation.outward import ways
from tsalert.installation.rules import clock_fault
from tsalert.logs.faults import without_addresses
from tsalert.paging import troubles
from tsalert.watching.status.rules import Job, Room


class Worker(Struct, frozen=True):
    """One worker process, as it was heard of last; ``clock_fault`` says how its clock was off, if it was."""

    machine: str
    process: int
    version: str
    is_leading: bool
    started_at: datetime
    seen_at: datetime
    is_silent: bool
    clock_ahead_seconds: int
    clock_fault: str | None


class Queue(Struct, frozen=True):
    """What waits to be sent on one channel in one lane; ``due_since`` is of the oldest that is due."""

    channel: Channel
    lane: Lane
    count: int
    due_since: datetime | None


class Provider(Struct, frozen=True):
    """Who takes the messages of one channel, and what was answered so far.

    :param by: whom they go to; "" where they stay in the outbox.
    :param down_since: since when pages are not taken; ``down_reason`` is what was said.
    """

    channel: Channel
    by: str
    down_since: datetime | None
    down_reason: str | None
    answers: dict[AnswerKind, int]


class Database(Struct, frozen=True):
    """The database: its kind, its size in bytes, the version of its tables and the one that is needed."""

    kind: str
    size: int
    schema: str
    newest_schema: str


class Status(Struct, frozen=True):
    """How the service runs at one moment."""

    at: datetime
    version: str
    workers: Sequence[Worker]
    worker_heard_at: datetime | None
    jobs: Sequence[Job]
    queues: Sequence[Queue]
    providers: Sequence[Provider]
    database: Database
    rooms: Sequence[Room]
    backup_at: datetime | None


def read_status(session: Session, settings: Settings, *, now: datetime) -> Status:
    """Return how the service runs."""
    return Status(
        at=now,
        version=__version__,
        workers=_workers(session, now),
        worker_heard_at=signs.last_sign(session),
        jobs=known_jobs(session, now=now),
        queues=queues(session, now=now),
        providers=_providers(session, settings),
        database=_database(session),
        rooms=rooms(settings),
        backup_at=signs.last_sign(session, signs.BACKUP),
    )


def known_jobs(session: Session, *, now: datetime) -> list[Job]:
    """Return the jobs of the timetable that a worker has told of."""
    return [
        Job(
            row.name,
            timedelta(seconds=row.every_seconds),
            row.started_at,
            row.seconds,
            row.fault,
            row.failed_since,
            row.running_since,
            row.runs,
            row.failures,
            read_at=now,
        )
        for row in job_runs.known_jobs(session)
    ]


def queues(session: Session, *, now: datetime) -> list[Queue]:
    """Return what waits to be sent."""
    found = what_waits(session, now=now)
    return [Queue(Channel(each.channel), Lane(each.lane), each.count, each.due_since) for each in found]


def rooms(settings: Settings) -> list[Room]:
    """Return the room that is left on this machine."""
    return [Room(*each) for each in storage.room(settings)]


def _workers(session: Session, now: datetime) -> list[Worker]:
    known = workers.known_workers(session)
    # One that was killed could not say that another took the timetable over.
    leader = max((row for row in known if row.is_leading), key=attrgetter("seen_at"), default=None)
    return [
        Worker(
            row.machine,
            row.process,
            row.version,
            row is leader,
            row.started_at,
            row.seen_at,
            workers.is_silent(row, now=now),
            row.clock_ahead_seconds,
            clock_fault(timedelta(seconds=row.clock_ahead_seconds)),
        )
        for row in known
    ]


def _providers(session: Session, settings: Settings) -> list[Provider]:
    said: dict[str, dict[AnswerKind, int]] = {}
    for row in answers_so_far(session):
        said.setdefault(row.channel, {})[AnswerKind.of(row.answer)] = row.count
    down = {each.channel: each for each in troubles.open_outages(session)}
    return [
        Provider(
            channel,
            way.by if way.is_served else "nobody",
            down[channel].began_at if channel in down else None,
            without_addresses(down[channel].reason) if channel in down else None,
            said.get(channel, {}),
        )
        for channel, way in zip(Channel, ways(settings), strict=True)
    ]


def _database(session: Session) -> Database:
    kind = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[session.get_bind().dialect.name]
    return Database(
        kind, storage.database_size(session), storage.schema_of(session.connection()), storage.newest_schema()
    )
