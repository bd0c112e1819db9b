"""Making a backup while the service goes on: every table as it stood at one moment, then the files."""

import os
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.models import AuditHead
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.installation import signs, storage
from tsalert.installation.rules import address_key_check
from tsalert.safekeeping import archives, folders, reading
from tsalert.safekeeping.archives import Hashed, Sums, Writer
from tsalert.safekeeping.outlines import outlines
from tsalert.safekeeping.progress import Advance, Progress, Surroundings
from tsalert.safekeeping.rules import Count, Head, Manifest, Outline, Tally

OPERATOR = Actor(None, "the command line", frozenset(), Via.COMMAND)
# Smaller files are read whole: the journal of a sender may grow shorter while it is read.
_SMALL = 2**20
_LISTED_IN_MEMORY = 2**20


def make(path: Path, engine: Engine, around: Surroundings) -> Manifest:
    """Write a backup of the database and the files; nothing stands under its name before it is whole.

    What is recorded meanwhile is in the next one. Files come after the tables, so that every file of which the tables
    tell is there, unless it was erased in those minutes. That everything was taken out stands in the trail, and
    when, on the page of the service.

    :raises Conflict: there is such a file, it would lie among the files, or the tables are not those of this program.
    :raises Unavailable: the disk is full.
    """
    folders.refuse_inside(around.settings.files, path)
    with (
        archives.written(path, made_at=int(around.now.timestamp())) as writer,
        reading.moment(engine) as connection,
    ):
        head = _head(connection, around)
        written = head.write()
        writer.add(archives.HEAD, written)
        tables = _add_tables(connection, head.tables, writer, around.progress)
        sums = _add_files(around.settings.files, writer, around.progress)
        manifest = Manifest(sha256(written).hexdigest(), tables, Count(sums.number, sums.sha256), sums.bytes)
        writer.add(archives.MANIFEST, manifest.write(around.settings.address_key))
    with transaction() as session:
        told = {"rows": manifest.rows, "files": manifest.files.number}
        audit.record(session, OPERATOR, "backed up", "backup", None, now=around.now, **told)
        signs.note(session, signs.BACKUP, now=around.now)
    return manifest


def _head(connection: Connection, around: Surroundings) -> Head:
    schema = storage.schema_of(connection)
    if schema != storage.newest_schema():
        raise Conflict(
            "The tables are not those of this version, which backs up no others: make the backup with the version "
            "that the tables are of, or copy the database by other means, before flask --app wsgi db upgrade."
        )
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        trail = session.get(AuditHead, 1)
    return Head(
        schema=schema,
        database=connection.dialect.name,
        made_at=as_utc(around.now).isoformat(),
        made_for=around.settings.public_url,
        key_check=address_key_check(around.settings.address_key),
        trail_length=trail.length if trail else 0,
        trail_seal=trail.seal if trail else "",
        tables=tuple(reading.with_last_number(connection, table) for table in outlines()),
    )


def _add_tables(
    connection: Connection, tables: tuple[Outline, ...], writer: Writer, progress: Progress
) -> dict[str, Count]:
    with progress.stage("Records", reading.count_rows(connection, tables), "rows") as advance:
        return {table.name: _add_table(connection, table, writer, advance) for table in tables}


def _add_table(connection: Connection, table: Outline, writer: Writer, advance: Advance) -> Count:
    tally = Tally()
    for number, piece in enumerate(reading.pieces(connection, table), 1):
        writer.add(f"{archives.TABLES}{table.name}/{number:06}.copy", piece)
        advance(tally.add(piece))
    return tally.count


def _add_files(folder: Path, writer: Writer, progress: Progress) -> Sums:
    sums = Sums()
    with (
        progress.stage("Files", folders.count_files(folder), "files") as advance,
        SpooledTemporaryFile(max_size=_LISTED_IN_MEMORY) as listed,
    ):
        for name, path in folders.kept_files(folder):
            listed.write(_add_file(name, path, writer, sums))
            advance(1)
        size = listed.tell()
        listed.seek(0)
        writer.add_stream(archives.FILE_LIST, listed, size)
    return sums


def _add_file(name: str, path: Path, writer: Writer, sums: Sums) -> bytes:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return _add_settled(name, path, writer, sums)
    with file:
        like = os.fstat(file.fileno())
        source, size = Hashed(file), like.st_size
        if size <= _SMALL:
            content = file.read()
            source, size = Hashed(BytesIO(content)), len(content)
        writer.add_stream(f"{archives.FILES}{name}", source, size, like)
    return sums.add(name, source.sha256, size)


def _add_settled(name: str, path: Path, writer: Writer, sums: Sums) -> bytes:
    """Take a file that got its final name meanwhile; one that was erased is gone."""
    if path.suffix == ".part":
        return _add_file(name.removesuffix(".part"), path.with_suffix(""), writer, sums)
    return b""
