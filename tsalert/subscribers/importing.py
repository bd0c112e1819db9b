"""The subscribers' file: read, checked row by row, kept batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.bulk import count_anew
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import RuleViolation
from tsalert.core.records import Record, read_records
from tsalert.db import db, transaction
from tsalert.installation.service import is_demo
from tsalert.places import queries as places
from tsalert.places.finding import own_wards
from tsalert.subscribers import queries
from tsalert.subscribers.asking import ask_imported
from tsalert.subscribers.contacts import texted_countries
from tsalert.subscribers.enrolling import enrol
from tsalert.subscribers.rows import COLUMNS, HEADER, OPTIONAL, ImportRow, Terms, check_header, read_row

_BATCH = 1000
# What an import adds to, and an audience is asked of.
_TABLES = (
    "subscriber", "subscriber_ward", "subscriber_endpoint", "subscription", "consent_event", "endpoint", "suppression",
)  # fmt: skip


class Fault(Struct, frozen=True):
    """A row that was not kept, and why."""

    line: int
    reason: str


class ImportReport(Struct):
    """What became of a file.

    ``left`` counts the rows of people who left or cannot be reached, which were let alone;
    ``unconfirmed`` the addresses that still have to confirm; ``asked`` those that were asked to.
    """

    added: int = 0
    updated: int = 0
    left: int = 0
    unconfirmed: int = 0
    asked: int = 0
    bad: int = 0

    @property
    def kept(self) -> int:
        """How many rows were good."""
        return self.added + self.updated + self.left


def import_subscribers(
    lines: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
    confirm: bool = False,
    on_progress: Callable[[int], object] = lambda _: None,
    on_fault: Callable[[Fault], object] = lambda _: None,
) -> ImportReport:
    """Add and update the subscribers of a CSV file; good rows are kept, whatever the others hold.

    Each batch of a thousand rows is a transaction of its own, so a file of any size holds no lock
    for long and fits in memory. Running it again changes nothing but what the file changed.

    :param lines: the file's lines; bytes that are not UTF-8 come as surrogates (``surrogateescape``).
    :param confirm: ask the addresses without consent to confirm.
    :param on_progress: told how many lines have been read.
    :param on_fault: told of every row that is not kept.
    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: the first line is not the header expected.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    records = read_records(lines)
    columns = check_header(next(records, Record(1)))
    terms, report = _terms(now), ImportReport()
    while batch := list(islice(records, _BATCH)):
        rows = list(_good_rows(batch, columns, terms, report, on_fault))
        _keep(rows, report, actor=actor, now=now, confirm=confirm)
        on_progress(batch[-1].line)
    if report.added >= _BATCH:
        with transaction() as session:
            count_anew(session, *_TABLES)
    return report


def import_rows(
    rows: Sequence[Mapping[str, str]], *, actor: Actor, now: datetime, confirm: bool = False
) -> tuple[ImportReport, list[Fault]]:
    """Add and update one batch of rows, each with values by column; a fault's line is the row's place from 1.

    :raises NotAllowed: the actor may not manage subscribers.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    columns = COLUMNS + OPTIONAL
    batch = [Record(n, tuple(row.get(each, "") for each in columns)) for n, row in enumerate(rows, start=1)]
    report, faults = ImportReport(), list[Fault]()
    good = list(_good_rows(batch, columns, _terms(now), report, faults.append))
    _keep(good, report, actor=actor, now=now, confirm=confirm)
    return report, faults


def _keep(rows: Sequence[ImportRow], report: ImportReport, *, actor: Actor, now: datetime, confirm: bool) -> None:
    """Keep one batch, in a transaction of its own."""
    with transaction() as session:
        rows = _with_wards(session, rows, now)
        tally = enrol(session, rows, topics=queries.topic_ids(session), now=now, recorded_by=actor.officer_id)
        asked = ask_imported(session, tally.unconfirmed, now=now) if confirm else 0
        counts = {"added": tally.added, "updated": tally.updated, "left": tally.left, "asked": asked}
        audit.record(session, actor, "imported", "subscriber", None, now=now, **counts)
    report.added += tally.added
    report.updated += tally.updated
    report.left += tally.left
    report.unconfirmed += len(tally.unconfirmed)
    report.asked += asked


def _with_wards(session: Session, rows: Sequence[ImportRow], now: datetime) -> Sequence[ImportRow]:
    """Give rows with a postcode alone the ward in which it lies, in a few statements for all of them."""
    postcodes = {row.postcode for row in rows if row.postcode and not row.ward}
    wards = own_wards(session, postcodes, on=london_date(now))
    if not wards:
        return rows
    return [replace(row, ward=row.ward or wards.get(row.postcode or "")) for row in rows]


def _terms(now: datetime) -> Terms:
    session = db.session()
    wards = places.ward_options(session)
    by_name = {name.casefold(): code for code, name in wards} | {code.casefold(): code for code, _ in wards}
    topics, codes = [slug for slug, _ in queries.topics(session)], queries.partner_codes(session)
    return Terms(topics, by_name, now, is_demo(), codes, texted_countries())


def _good_rows(
    batch: Iterable[Record],
    columns: Sequence[str],
    terms: Terms,
    report: ImportReport,
    on_fault: Callable[[Fault], object],
) -> Iterator[ImportRow]:
    for record in batch:
        try:
            yield read_row(record, terms, columns)
        except RuleViolation as error:
            report.bad += 1
            on_fault(Fault(record.line, f"{error.field}: {error.message}" if error.field else error.message))


__all__ = ["HEADER", "Fault", "ImportReport", "import_rows", "import_subscribers"]
