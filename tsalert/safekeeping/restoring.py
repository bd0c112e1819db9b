"""Putting a backup in the place of what is there: all of it or nothing, and nothing before it proved to be whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_hex
from tarfile import TarInfo

from msgspec import Struct
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.delivery import stopping
from tsalert.installation import marks
from tsalert.safekeeping import filling
from tsalert.safekeeping.archives import entries
from tsalert.safekeeping.carrying import TakenBack, carry, gather
from tsalert.safekeeping.checking import Backup, check, read_through
from tsalert.safekeeping.filling import Filling
from tsalert.safekeeping.folders import Exchange, refuse_inside
from tsalert.safekeeping.making import OPERATOR
from tsalert.safekeeping.progress import Surroundings
from tsalert.safekeeping.rules import Head, Outline
from tsalert.safekeeping.settling import settle
from tsalert.safekeeping.stillness import require_still
from tsalert.safekeeping.using import told_in_words

_HELD = "A backup was restored: what it calls waiting may have been sent since it was made."


class Restored(Struct, frozen=True):
    """What was restored, and what was taken back again since it was made."""

    backup: Backup
    taken_back: TakenBack


def restore(path: Path, engine: Engine, around: Surroundings, *, replaces: bool) -> Restored:
    """Fill the database and the folder of files from a backup; sending to many is stopped until somebody starts it.

    A backup of an older version is brought to this one's tables afterwards, in the same transaction. Who left or was
    erased since, as far as the database that is replaced tells, is taken out again.

    :param replaces: whether what is there may go.
    :raises RuleViolation: the backup is damaged, cut off, foreign, newer, or was made with another address key.
    :raises Conflict: others are connected, something is there and may not go, or the backup lies among the files.
    :raises Unavailable: a disk is full.
    """
    settings = around.settings
    refuse_inside(settings.files, path)
    backup = check(path, settings.address_key, around.progress)
    if not filling.is_known(backup.head.schema):
        raise RuleViolation("This backup was made by a newer tsalert. Update this one first. Nothing was changed.")
    require_still(engine)
    settle(settings.files, engine)
    exchange = Exchange(settings.files, token_hex(8))
    try:
        with filling.rebuilding(engine) as connection:
            _refuse_use(connection, settings.files, replaces=replaces)
            taken_back = gather(connection, backup.head)
            _fill(path, _Restoring(connection, exchange), backup, around)
            _note(connection, exchange.attempt, Restored(backup, taken_back), around)
            exchange.swap()
    except BaseException:
        settle(settings.files, engine)
        raise
    exchange.finish()
    return Restored(backup, taken_back)


def _refuse_use(connection: Connection, folder: Path, *, replaces: bool) -> None:
    filling.refuse_unfit(connection)
    used = told_in_words(connection, folder)
    if used and not replaces:
        raise Conflict(f"This would replace {used}. Say --replace to lose them. Nothing was changed.")


def _fill(path: Path, restoring: "_Restoring", backup: Backup, around: Surroundings) -> None:
    with around.progress.stage("Restoring", path.stat().st_size, "B") as advance, entries(path, advance) as found:
        read_through(found, around.settings.address_key, restoring)
    restoring.finish()
    filling.compare(restoring.connection, backup.head.tables, backup.manifest.tables, around.progress)
    filling.migrate(restoring.connection, "head")


def _note(connection: Connection, attempt: str, restored: Restored, around: Surroundings) -> None:
    """Enter it in the trail that came back, hold what would be sent a second time, and let nobody come back by it."""
    made_at = restored.backup.head.made_at
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        marks.mark_restored(session, attempt)
        stopping.hold(session, _HELD, actor=OPERATOR, now=around.now)
        audit.record(session, OPERATOR, "restored", "backup", None, now=around.now, made_at=made_at)
        carry(session, restored.taken_back, actor=OPERATOR, now=around.now)


class _Restoring(Struct):
    """Takes a backup into the transaction that is open, and beside the files that are there."""

    connection: Connection
    exchange: Exchange
    _filling: Filling | None = None
    _tables: tuple[Outline, ...] = ()

    def take_head(self, head: Head) -> None:
        self.exchange.begin()
        self._filling, self._tables = filling.lay(self.connection, head.schema), head.tables

    def take_table(self, table: Outline, pieces: Iterator[bytes]) -> None:
        assert self._filling is not None  # the head comes first
        self._filling.load(table, pieces)

    def take_file(self, name: str, info: TarInfo, pieces: Iterable[bytes]) -> None:
        self.exchange.take(name, info, pieces)

    def finish(self) -> None:
        assert self._filling is not None  # as above
        self._filling.dress(self._tables)
