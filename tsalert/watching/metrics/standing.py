"""How the service stands, read from the database when somebody asks: the same whichever process answers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.paging.counting import count_pages
from tsalert.response.board import read_board
from tsalert.response.waiting import count_waiting
from tsalert.watching.status.queries import Status, read_status

_DATABASE_UP = ("tsalert_database_up", "1 while the database answers.")
_Labelled = Sequence[tuple[Sequence[str], float]]


class _Kept(Collector):
    """Hands over what was read already."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Sequence[Metric]:
        """Return it."""
        return self._found


def standing(session: Session, settings: Settings, *, now: datetime) -> bytes:
    """Return how the service stands, as Prometheus reads it; with the database gone, that it is gone."""
    try:
        found = [_number(*_DATABASE_UP, 1), *_read(session, settings, now)]
    except SQLAlchemyError:
        session.rollback()
        found = [_number(*_DATABASE_UP, 0)]
    registry = CollectorRegistry()
    registry.register(_Kept(found))
    return generate_latest(registry)


def _read(session: Session, settings: Settings, now: datetime) -> Iterator[Metric]:
    status = read_status(session, settings, now=now)
    yield from _of_workers(status)
    yield from _of_jobs(status)
    yield from _of_sending(status)
    yield from _of_records(status)
    yield from _of_response(session, now)


def _of_workers(status: Status) -> Iterator[Metric]:
    yield _numbers("tsalert_build", "The version that runs; always 1.", ("version",), [((status.version,), 1)])
    heard = sum(not each.is_silent for each in status.workers)
    yield _number("tsalert_workers", "Workers heard of within three minutes.", heard)
    if status.worker_heard_at is not None:
        age = (as_utc(status.at) - status.worker_heard_at).total_seconds()
        yield _number("tsalert_timetable_silent_seconds", "Seconds since a worker kept the timetable.", age)


def _of_jobs(status: Status) -> Iterator[Metric]:
    jobs, labels = status.jobs, ("job",)
    runs = CounterMetricFamily("tsalert_job_runs", "Runs of a job of the timetable.", labels=labels)
    failures = CounterMetricFamily("tsalert_job_failures", "Runs that failed.", labels=labels)
    for job in jobs:
        runs.add_metric((job.name,), job.runs)
        failures.add_metric((job.name,), job.failures)
    yield from (runs, failures)
    last = [((job.name,), job.started_at.timestamp()) for job in jobs if job.started_at]
    yield _numbers("tsalert_job_last_run_timestamp_seconds", "When a job began last.", labels, last)
    took = [((job.name,), job.seconds) for job in jobs if job.seconds is not None]
    yield _numbers("tsalert_job_seconds", "How long its last run took.", labels, took)
    bad = [((job.name,), int(job.is_alarming)) for job in jobs]
    yield _numbers("tsalert_job_alarming", "1 while a job hangs or goes on failing.", labels, bad)


def _of_sending(status: Status) -> Iterator[Metric]:
    labels, at = ("channel", "lane"), as_utc(status.at)
    waiting = [((each.channel.value, each.lane.value), each.count) for each in status.queues]
    yield _numbers("tsalert_queue_messages", "Messages that wait to be sent.", labels, waiting)
    oldest = [
        ((each.channel.value, each.lane.value), (at - each.due_since).total_seconds())
        for each in status.queues
        if each.due_since is not None
    ]
    yield _numbers("tsalert_queue_oldest_seconds", "Seconds that the oldest has been due.", labels, oldest)
    answers = CounterMetricFamily("tsalert_provider_answers", "What providers answered.", labels=("channel", "answer"))
    for provider in status.providers:
        for kind, count in sorted(provider.answers.items()):
            answers.add_metric((provider.channel.value, kind.value), count)
    yield answers
    down = [((each.channel.value,), int(each.down_since is not None)) for each in status.providers]
    yield _numbers("tsalert_provider_outage", "1 while a provider takes no pages.", ("channel",), down)


def _of_records(status: Status) -> Iterator[Metric]:
    yield _number("tsalert_database_bytes", "How much room the database takes.", status.database.size)
    is_newest = status.database.schema == status.database.newest_schema
    yield _number("tsalert_database_migrated", "1 while its tables are those of this version.", int(is_newest))
    free = [((each.what,), each.free) for each in status.rooms]
    yield _numbers("tsalert_disk_free_bytes", "Room left on a disk of this machine.", ("what",), free)
    if status.backup_at is not None:
        yield _number("tsalert_last_backup_timestamp_seconds", "The last backup.", status.backup_at.timestamp())


def _of_response(session: Session, now: datetime) -> Iterator[Metric]:
    clocks = read_board(session, now=now).counts
    labelled = [((state,), count) for state, count in sorted(clocks.items())]
    yield _numbers("tsalert_incidents_open", "Open incidents by their clock.", ("clock",), labelled)
    waiting = count_waiting(session)
    yield _number("tsalert_calls_waiting", "Calls that wait to be written up.", waiting.total)
    yield _number("tsalert_calls_missed", "Of these, those that nobody took.", waiting.missed)
    pages = count_pages(session)
    states = [(("waiting",), pages.waiting), (("taken",), pages.taken), (("failing",), pages.failing)]
    yield _numbers("tsalert_pages", "Open pages; failing ones wait too.", ("state",), states)
    yield _number("tsalert_page_messages_unsettled", "Single texts and calls not known to be out.", pages.unsettled)
    yield _number("tsalert_officers_unanswered", "Officers on scene who do not answer.", pages.unanswered)


def _number(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _numbers(name: str, words: str, labels: Sequence[str], values: _Labelled) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for labelled, value in values:
        family.add_metric(labelled, value)
    return family
