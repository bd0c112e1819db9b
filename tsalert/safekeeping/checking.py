"""Reading a backup from its beginning to its end, and believing nothing of it that its digests do not bear out."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from tarfile import TarInfo
from typing import Protocol

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.installation.rules import address_key_check
from tsalert.safekeeping import archives
from tsalert.safekeeping.archives import Entry, Hashed, Sums, entries
from tsalert.safekeeping.progress import Progress
from tsalert.safekeeping.rules import Count, Head, Manifest, Outline, Tally, damaged

_LONGEST = 2**24  # what a backup says of itself is read whole
_OTHER_KEY = (
    "This backup was made with another TSALERT_ADDRESS_KEY: by another installation, or before the key was lost. "
    "People who left would get mail again. Nothing was changed."
)


class Taker(Protocol):
    """Takes what is in a backup, in its order; what it takes may turn out to be damaged only afterwards."""

    def take_head(self, head: Head) -> None:
        """Learn what kind of backup it is, before anything else comes."""
        ...

    def take_table(self, table: Outline, pieces: Iterator[bytes]) -> None:
        """Take the lines of a table that has any."""
        ...

    def take_file(self, name: str, info: TarInfo, pieces: Iterable[bytes]) -> None:
        """Take a file."""
        ...


class Onlooker:
    """Takes nothing: the backup is only looked through."""

    def take_head(self, head: Head) -> None:
        """Go on."""

    def take_table(self, _table: Outline, pieces: Iterator[bytes]) -> None:
        """Let it pass."""
        for _ in pieces:
            pass

    def take_file(self, _name: str, _info: TarInfo, pieces: Iterable[bytes]) -> None:
        """Let it pass."""
        for _ in pieces:
            pass


class Backup(Struct, frozen=True):
    """What a backup that is whole says of itself."""

    head: Head
    manifest: Manifest


def check(path: Path, address_key: str, progress: Progress) -> Backup:
    """Read a backup through, and change nothing.

    :raises RuleViolation: it is damaged, cut off, not of tsalert, or was made with another address key.
    """
    with progress.stage("Checking", path.stat().st_size, "B") as advance, entries(path, advance) as found:
        return read_through(found, address_key, Onlooker())


def read_through(found: Iterator[Entry], address_key: str, taker: Taker) -> Backup:
    """Hand over everything in a backup, and compare it with its manifest at the end.

    :raises RuleViolation: as ``check``.
    """
    reading = _Reading(taker)
    head = _read_head(next(found, None), address_key)
    written = head.write()
    taker.take_head(head)
    manifest = _read_rest(found, reading, {table.name: table for table in head.tables}, address_key)
    if manifest is None:
        raise damaged("it was cut off")
    if manifest.head != sha256(written).hexdigest():
        raise damaged("its beginning is not the one that was written")
    reading.require(manifest)
    return Backup(head, manifest)


def _read_head(entry: Entry | None, address_key: str) -> Head:
    if entry is None or entry.name != archives.HEAD:
        raise RuleViolation("This is not a backup that tsalert made. Nothing was changed.")
    head = Head.read(entry.content.read(_LONGEST))
    if head.key_check != address_key_check(address_key):
        raise RuleViolation(_OTHER_KEY)
    return head


def _read_rest(
    found: Iterator[Entry], reading: "_Reading", tables: dict[str, Outline], address_key: str
) -> Manifest | None:
    for table, group in groupby(found, _table_of):
        if table is None:
            for entry in group:
                if entry.name == archives.MANIFEST:
                    return Manifest.read(entry.content.read(_LONGEST), address_key)
                reading.take_other(entry)
        elif table in tables:
            reading.take_table(tables[table], group)
        else:
            raise damaged("a table in it is not among those that it names")
    return None


def _table_of(entry: Entry) -> str | None:
    return entry.name.split("/")[1] if entry.name.startswith(archives.TABLES) else None


class _Reading:
    """One reading of a backup: what was found in it so far."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._tables: dict[str, Count] = {}
        self._sums = Sums()
        self._listed = sha256().hexdigest()

    def take_table(self, table: Outline, group: Iterator[Entry]) -> None:
        if table.name in self._tables:
            raise damaged(f"the table {table.name} stands in it twice")
        tally = Tally()

        def pieces() -> Iterator[bytes]:
            for entry in group:
                piece = entry.content.read(entry.info.size)
                tally.add(piece)
                yield piece

        self._taker.take_table(table, pieces())
        self._tables[table.name] = tally.count

    def take_other(self, entry: Entry) -> None:
        source = Hashed(entry.content)
        kept = Entry(entry.info, source)
        if entry.name == archives.FILE_LIST:
            Onlooker().take_file(entry.name, entry.info, kept.pieces())
            self._listed = source.sha256
            return
        if not entry.name.startswith(archives.FILES):
            raise damaged("something in it is of no kind that tsalert keeps")
        name = entry.name.removeprefix(archives.FILES)
        self._taker.take_file(name, entry.info, kept.pieces())
        self._sums.add(name, source.sha256, entry.info.size)

    def require(self, manifest: Manifest) -> None:
        """Compare what was found with what must be there."""
        for name, count in self._tables.items():
            if manifest.tables.get(name) != count:
                raise damaged(f"the table {name} is not the one that was written")
        for name, count in manifest.tables.items():
            if count.number and name not in self._tables:
                raise damaged(f"the table {name} is missing")
        found = Count(self._sums.number, self._sums.sha256)
        if manifest.files != found or self._listed != found.sha256:
            raise damaged("its files are not those that were written")
