"""The ONS Postcode Directory: read line by line, kept batch by batch, taken up where it was left."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.bulk import count_anew
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.records import Record, require_text
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.places.directory import DirectoryRow, Layout, read_layout, read_row
from tsalert.places.keeping import keep_rows
from tsalert.places.models import PlaceImport, PostcodePlace
from tsalert.places.wards import adopt_own_wards

BATCH = 5000
_LONGEST_LINE = 100_000  # bytes; a longer one is read in pieces, none of which is a row
_LARGEST_BATCH = 16_000_000  # bytes, so that no file fills the memory


class Source(Struct, frozen=True):
    """A file of the directory and the month that it describes."""

    path: Path
    edition: date


class ImportReport(Struct, frozen=True):
    """What became of a file, over all the runs that it took; ``was_done`` where it had been imported before."""

    added: int
    moved: int
    changed: int
    bad: int
    wards: int = 0
    was_done: bool = False


def import_directory(
    source: Source,
    *,
    own: str,
    actor: Actor,
    now: datetime,
    on_progress: Callable[[int], object] = lambda _: None,
    on_fault: Callable[[int, str], object] = lambda _line, _reason: None,
) -> ImportReport:
    """Keep every postcode of a file of the directory, with its end where it has one.

    Each batch is a transaction of its own and says how far it came, so a file that was cut off by a kill goes on
    behind the last batch. Good rows are kept, whatever the others hold.

    :param own: the code of this authority, whose wards officers then choose from.
    :param on_progress: told how many bytes of the file are done.
    :param on_fault: told the line of every row that is not kept, and why.
    :raises RuleViolation: the file has another layout, or is an older edition than one that was imported.
    :raises Conflict: somebody else imports the same file at this moment.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    with source.path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        layout = read_layout(_read_header(file))
        begun = _begin(source, digest, file.tell(), now)
        if begun.finished_at is not None:
            return _report(begun, was_done=True)
        file.seek(begun.bytes_done)
        done = _Place(begun.bytes_done, begun.lines_done)
        on_progress(done.bytes)
        for lines in _batches(file):
            rows = _good_rows(lines, layout, done.lines, on_fault)
            reached = _Place(file.tell(), done.lines + len(lines))
            _keep(digest, rows, (done, reached), actor=actor, now=now)
            done = reached
            on_progress(done.bytes)
    return _finish(digest, own, actor=actor, now=now)


def _read_header(file: BinaryIO) -> list[str]:
    """Return the names of the columns.

    :raises RuleViolation: the file is none of lines with commas.
    """
    try:
        header = next(csv.reader([_decode(file.readline(_LONGEST_LINE))]), [])
    except csv.Error as error:
        raise RuleViolation("This is no CSV file with a line for each postcode.") from error
    require_text(Record(1, tuple(header)))
    return header


class _Place(Struct, frozen=True):
    """How far a file is read; the header is line 1."""

    bytes: int
    lines: int


def _begin(source: Source, digest: str, start: int, now: datetime) -> PlaceImport:
    """Return how far this file came before; a new one begins behind its header."""
    with transaction() as session:
        newest = session.scalar(select(func.max(PlaceImport.edition)))
        if newest is not None and source.edition < newest:
            raise RuleViolation(
                f"This is the edition of {source.edition:%B %Y}, and that of {newest:%B %Y} was imported already. "
                "Import editions oldest first."
            )
        nothing = dict.fromkeys(("added", "moved", "changed", "bad"), 0)
        values = {"digest": digest, "name": source.path.name, "edition": source.edition, "started_at": now, **nothing}
        fresh = values | {"bytes_done": start, "lines_done": 1}
        session.execute(insert_ignoring_conflicts(session, PlaceImport).values(fresh))
    return db.session().get_one(PlaceImport, digest)


def _keep(
    digest: str,
    rows: tuple[Sequence[DirectoryRow], int],
    places: tuple[_Place, _Place],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep one batch with the place up to which the file is done."""
    (before, after), (good, bad) = places, rows
    with transaction() as session:
        record = session.get_one(PlaceImport, digest, with_for_update=True)
        if record.bytes_done != before.bytes:
            raise Conflict("Somebody else is importing this file at this moment.")
        tally = keep_rows(session, good, record.edition)
        record.bytes_done, record.lines_done = after.bytes, after.lines
        record.added, record.moved = record.added + tally.added, record.moved + tally.moved
        record.changed, record.bad = record.changed + tally.changed, record.bad + bad
        counts: dict[str, Detail] = {**asdict(tally), "digest": digest}
        audit.record(session, actor, "postcodes imported", "postcode", None, now=now, **counts)


def _finish(digest: str, own: str, *, actor: Actor, now: datetime) -> ImportReport:
    with transaction() as session:
        record = session.get_one(PlaceImport, digest)
        record.finished_at = now
        wards = adopt_own_wards(session, own, actor=actor, now=now)
        count_anew(session, PostcodePlace.__tablename__)
        audit.record(session, actor, "directory imported", "postcode", None, now=now, digest=digest, wards=wards)
        return _report(record, wards=wards)


def list_imports(session: Session) -> Sequence[PlaceImport]:
    """Return every import, newest edition first."""
    order = (PlaceImport.edition.desc(), PlaceImport.started_at.desc())
    return session.scalars(select(PlaceImport).order_by(*order)).all()


def _report(record: PlaceImport, *, wards: int = 0, was_done: bool = False) -> ImportReport:
    return ImportReport(record.added, record.moved, record.changed, record.bad, wards, was_done)


def _batches(file: BinaryIO) -> Iterator[list[str]]:
    lines, size = list[str](), 0
    while line := file.readline(_LONGEST_LINE):
        lines.append(_decode(line))
        size += len(line)
        if len(lines) == BATCH or size > _LARGEST_BATCH:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


def _decode(line: bytes) -> str:
    """Read a line as UTF-8; what is none stays in it as characters that no row may hold."""
    return line.decode("utf-8", errors="surrogateescape")


def _good_rows(
    lines: Sequence[str], layout: Layout, before: int, on_fault: Callable[[int, str], object]
) -> tuple[list[DirectoryRow], int]:
    """Return the rows that can be kept, and how many cannot; a blank line is neither."""
    good, bad = list[DirectoryRow](), 0
    for number, cells in enumerate(_cells(lines), before + 1):
        if cells is not None and not any(cells):
            continue
        try:
            good.append(read_row(cells or [], layout))
        except RuleViolation as error:
            bad += 1
            on_fault(number, error.message)
    return good, bad


def _cells(lines: Sequence[str]) -> Iterator[list[str] | None]:
    """Take lines apart, all at once where each is a row; None for one that is no CSV."""
    try:
        rows = list(csv.reader(lines, strict=True))
    except csv.Error:
        rows = []
    if len(rows) == len(lines):
        yield from rows
        return
    for line in lines:
        try:
            yield next(csv.reader([line], strict=True), [])
        except csv.Error:
            yield None
