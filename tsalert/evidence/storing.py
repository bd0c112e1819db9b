"""Evidence on the disk: written as it comes, read-only, under random names; what is recorded is never deleted here.

A file is written under a temporary name. Once its row is saved it gets its final name; if the process dies
between the two, whoever looks for it first gives it that name. So a temporary name without a row is waste, and
a final name is evidence whatever the database says of it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from secrets import token_hex
from typing import IO

from flask import current_app

from tsalert.config import Settings
from tsalert.core.errors import Conflict, NotFound, RuleViolation, Unavailable
from tsalert.evidence.kinds import FIELD, HEAD, TAIL, Content, TextProbe
from tsalert.web.uploads import Receiver, shown_size

PIECE = 2**18
_PART = ".part"
_STALE = timedelta(days=1)
_NO_ROOM = (
    "The disk of this service cannot take the file, so nothing was kept. Tell the administrator, and try again later."
)


class Incoming:
    """A file on its way in: hashed and looked at while it is written, gone unless somebody keeps it."""

    def __init__(self) -> None:
        self.key = token_hex(16)
        self.size = 0
        self.head = b""
        self.is_kept = False
        self._digest = sha256()
        self._probe = TextProbe()
        self._file: IO[bytes] | None = None

    @property
    def sha256(self) -> str:
        """The hash of what has come so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def part(self) -> Path:
        """Where it lies until it is recorded."""
        return _part_of(path_of(self.key))

    def write(self, piece: bytes) -> int:
        """Write the next piece.

        :raises RuleViolation: the file is larger than is allowed.
        :raises Unavailable: the disk is full, or takes no file so large.
        """
        if not piece:
            return 0
        self._note(piece)
        try:
            self._file = self._file or _begin(self.part)
            written = memoryview(piece)
            while written:
                written = written[self._file.write(written) :]
        except OSError as error:
            raise Unavailable(_NO_ROOM) from error
        return len(piece)

    def seek(self, *_: int) -> int:
        """Stay where it is: nobody reads a file back from here."""
        return 0

    def close(self) -> None:
        """Close the file; what it holds stays until it is kept or discarded."""
        if self._file is not None:
            self._file.close()

    def finish(self) -> Content:
        """Bring every byte to the disk, let nobody write to it any more, and return what its kind is told by.

        :raises Unavailable: the disk does not take it.
        """
        assert self._file is not None  # an empty file never comes this far
        try:
            os.fsync(self._file.fileno())
            self.close()
            self.part.chmod(0o400)
            _sync(self.part.parent)
            with self.part.open("rb") as file:
                file.seek(max(0, self.size - TAIL))
                tail = file.read()
        except OSError as error:
            raise Unavailable(_NO_ROOM) from error
        return Content(self.head, tail, self._probe.is_text)

    def keep(self) -> None:
        """Give it its final name, now that it is recorded."""
        self.is_kept = True
        settle(self.key)

    def discard(self) -> None:
        """Leave nothing behind, unless it was kept."""
        self.close()
        if not self.is_kept:
            self.part.unlink(missing_ok=True)

    def _note(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > largest():
            raise RuleViolation(f"A file may have up to {shown_size(largest())}. Nothing was kept.", field=FIELD)
        self._digest.update(piece)
        self.head += piece[: HEAD - len(self.head)]
        self._probe.feed(piece)


def largest() -> int:
    """Return how many bytes a file may have here."""
    return _settings().evidence_largest


RECEIVER = Receiver(largest, Incoming)


def path_of(storage_key: str) -> Path:
    """Return where a file is kept."""
    return folder() / storage_key[:2] / storage_key


def folder() -> Path:
    """Return where all evidence is kept."""
    return _settings().files.absolute() / "evidence"


def settle(storage_key: str) -> None:
    """Give a recorded file its final name, if it has none yet."""
    final = path_of(storage_key)
    with suppress(FileNotFoundError):
        _part_of(final).rename(final)
        _sync(final.parent)


def discard(storage_key: str) -> bool:
    """Delete a file whose time is over; tells whether it was there."""
    found = [path for path in (path_of(storage_key), _part_of(path_of(storage_key))) if path.exists()]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


def open_kept(storage_key: str) -> BufferedReader:
    """Open a recorded file for reading.

    :raises NotFound: it is not on the disk.
    """
    path = path_of(storage_key)
    if not path.exists():
        settle(storage_key)
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound("The file is not on the disk of this service. Tell the administrator.") from error


def outline(storage_key: str) -> Content:
    """Return the beginning and the end of a recorded file, by which it is told what it is.

    :raises NotFound: it is not on the disk.
    """
    with open_kept(storage_key) as file:
        head, size = file.read(HEAD), file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        return Content(head, file.read(), is_text=False)


def open_checked(storage_key: str, expected: str) -> BufferedReader:
    """Open a recorded file that is as it was stored; what is checked is what is read afterwards.

    :raises NotFound: it is not on the disk.
    :raises Conflict: it was changed.
    """
    file = open_kept(storage_key)
    if file_digest(file, "sha256").hexdigest() != expected:
        file.close()
        raise Conflict("The file on the disk is not as it was stored. Do not use it, and tell the administrator.")
    file.seek(0)
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file piece by piece, and close it."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def kept_keys() -> Iterator[str]:
    """Yield the key of every file that has its final name."""
    for path in folder().glob("??/*"):
        if path.suffix != _PART:
            yield path.name


def sweep(known: Callable[[list[str]], set[str]], now: datetime) -> int:
    """Delete what uploads left behind that were cut off a day ago or longer; returns how many there were.

    :param known: tells which of some keys are recorded; their files get their final names instead.
    """
    before = (now - _STALE).astimezone(UTC).timestamp()
    old = [path for path in folder().glob(f"??/*{_PART}") if _changed(path) < before]
    recorded = known([path.stem for path in old])
    for path in old:
        if path.stem in recorded:
            settle(path.stem)
        else:
            path.unlink(missing_ok=True)
    return len(old) - len(recorded)


def _begin(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)


def _changed(path: Path) -> float:
    """Return when a file was last written; one that is gone meanwhile is as good as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(at: Path) -> None:
    """Make sure that a file's name outlives a power cut."""
    handle = os.open(at, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _part_of(final: Path) -> Path:
    return final.with_name(final.name + _PART)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
