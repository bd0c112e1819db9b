"""A backup on the disk: one compressed tar file, written under another name until it is whole, read as it comes.

In it stand what the backup is, the tables in pieces of whole rows, the files, a list of their digests as ``sha256sum``
reads it, and at the end the manifest: a file that was cut off has none.
"""

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tarfile import TarFile, TarInfo
from typing import IO, Protocol

from msgspec import Struct

from tsalert.core.errors import Conflict, Unavailable
from tsalert.safekeeping.rules import damaged

HEAD, MANIFEST, FILE_LIST, TABLES, FILES = "tsalert-backup.json", "manifest.json", "files.sha256", "tables/", "files/"
# More would halve the file again and take three times as long.
_LEVEL = 1
_BLOCK = 2**20


class Source(Protocol):
    """Something that is read from its beginning to its end."""

    def read(self, size: int, /) -> bytes:
        """Read on."""
        ...


class Entry(Struct, frozen=True):
    """One entry of a backup; its content is read in order, and once."""

    info: TarInfo
    content: Source

    @property
    def name(self) -> str:
        """The name under which it stands in the file."""
        return self.info.name

    def pieces(self) -> Iterator[bytes]:
        """Yield its content."""
        while piece := self.content.read(_BLOCK):
            yield piece


class Writer:
    """Puts entries into a backup that is being made."""

    def __init__(self, tar: TarFile, made_at: int) -> None:
        self._tar = tar
        self._made_at = made_at

    def add(self, name: str, content: bytes) -> None:
        """Add what is in memory."""
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, content: Source, size: int, like: os.stat_result | None = None) -> None:
        """Add so many bytes of something open, with the mode and the time of a file."""
        entry = self._entry(name, size)
        if like is not None:
            entry.mode, entry.mtime = like.st_mode & 0o777, int(like.st_mtime)
        self._tar.addfile(entry, content)  # type: ignore[arg-type]  # it asks for more than it uses

    def _entry(self, name: str, size: int) -> TarInfo:
        entry = TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, self._made_at, 0o600
        return entry


@contextmanager
def written(path: Path, *, made_at: int) -> Iterator[Writer]:
    """Write a backup that has its name once it is whole; whatever goes wrong, nothing is left.

    :raises Conflict: there is such a file.
    :raises Unavailable: the disk is full, or cannot be written to.
    """
    if path.exists():
        raise Conflict(f"{path} is there already. Name a file that is not.")
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with _writing(part, made_at) as writer:
            yield writer
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(f"The backup cannot be written: {error.strerror or error}. Nothing was kept.") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _writing(part: Path, made_at: int) -> Iterator[Writer]:
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        with (
            gzip.GzipFile("", "wb", _LEVEL, file, mtime=made_at) as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=_BLOCK, format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar, made_at)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def entries(path: Path, on_bytes: Callable[[int], object]) -> Iterator[Iterator[Entry]]:
    """Read a backup from its beginning to its end, past its last entry.

    :param on_bytes: told how many more bytes of the file were read.
    :raises RuleViolation: it is no compressed tar file, or damaged, or cut off.
    """
    with telling_damage(), path.open("rb") as file:
        packed = gzip.GzipFile(fileobj=_Counted(file, on_bytes), mode="rb")
        with packed, tarfile.open(fileobj=packed, mode="r|", bufsize=_BLOCK) as tar:
            yield _each(tar)
            while packed.read(_BLOCK):
                pass  # the checksum of the whole stands at the very end


def _each(tar: TarFile) -> Iterator[Entry]:
    for info in tar:
        content = tar.extractfile(info) if info.isfile() else None
        if content is None:
            raise damaged("something in it is no file")
        yield Entry(info, content)


@contextmanager
def telling_damage() -> Iterator[None]:
    """Say in words what it means where a file cannot be unpacked."""
    try:
        yield
    except EOFError as error:
        raise damaged("it was cut off") from error
    except (gzip.BadGzipFile, zlib.error, tarfile.TarError, UnicodeDecodeError) as error:
        raise damaged("it cannot be unpacked") from error


class _Counted(io.RawIOBase):
    """A file of which every reading is told."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], object]) -> None:
        self._file, self._tell = file, tell

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._tell(len(piece))
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Hashed:
    """Something open that is hashed while it is read."""

    def __init__(self, source: Source) -> None:
        self._source, self._digest = source, sha256()

    def read(self, size: int, /) -> bytes:
        """Read on."""
        piece = self._source.read(size)
        self._digest.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """The digest of what was read so far."""
        return self._digest.hexdigest()


class Sums:
    """The list of files with their digests, as it grows, and how much they are together."""

    def __init__(self) -> None:
        self.number = self.bytes = 0
        self._digest = sha256()

    def add(self, name: str, digest: str, size: int) -> bytes:
        """Take one file, and return its line."""
        line = f"{digest}  {name}\n".encode()
        self._digest.update(line)
        self.number, self.bytes = self.number + 1, self.bytes + size
        return line

    @property
    def sha256(self) -> str:
        """The digest of all lines so far."""
        return self._digest.hexdigest()
