"""The folder of files: what of it belongs into a backup, and how one that is restored takes its place whole.

What was unpacked waits in a folder of its own inside, on the same disk. It changes places with what is there just
before the database's transaction ends, and a fact in that transaction says whose turn it is. So whoever finds both,
after a process was killed, can tell which of the two belongs to the database, and lets the other go.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from shutil import rmtree
from stat import S_IWUSR
from tarfile import TarInfo

from tsalert.core.errors import Conflict, Unavailable
from tsalert.installation.rules import RESTORING
from tsalert.safekeeping.archives import sync_folder
from tsalert.safekeeping.rules import damaged

_PROBE, _PART = ".probe-", ".part"
# The second is a disk's own, where the folder is one.
_LEFT_ALONE = frozenset({RESTORING, "lost+found"})
_NEW, _OLD, _PLAN = "new", "old", "plan.json"


def kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file with its name inside the folder; uploads that still come in are left out."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_ALONE)
        for name in sorted(names):
            path = Path(place, name)
            if _is_kept(path):
                yield path.relative_to(folder).as_posix(), path


def count_files(folder: Path) -> int:
    """Return how many files would be kept."""
    return sum(1 for _ in kept_files(folder))


def refuse_inside(folder: Path, backup: Path) -> None:
    """Refuse a backup that lies among the files: the next would hold it, and a restore deletes what it replaces.

    :raises Conflict: it does.
    """
    if backup.resolve().is_relative_to(folder.resolve()):
        raise Conflict(f"{backup} is in TSALERT_FILES, whose files a restore replaces. Keep backups elsewhere.")


def waiting_attempts(folder: Path) -> list["Exchange"]:
    """Return every exchange that was begun and neither finished nor undone."""
    return [Exchange(folder, path.name) for path in sorted((folder / RESTORING).glob("*"))]


class Exchange:
    """Files that are to take the place of those in the folder.

    :param attempt: names it, here and in the database.
    """

    def __init__(self, folder: Path, attempt: str) -> None:
        self.attempt = attempt
        self._folder = folder
        self._room = folder / RESTORING / attempt
        self._new, self._old, self._plan = self._room / _NEW, self._room / _OLD, self._room / _PLAN

    def begin(self) -> None:
        """Make room.

        :raises Unavailable: the disk takes nothing.
        """
        try:
            self._new.mkdir(parents=True)
            self._old.mkdir()
        except OSError as error:
            raise _no_room(error) from error

    def take(self, name: str, info: TarInfo, pieces: Iterable[bytes]) -> None:
        """Keep one file with its mode and its time.

        :raises RuleViolation: its name leads out of the folder.
        :raises Unavailable: the disk is full.
        """
        path = self._new / _inside(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
            path.chmod(info.mode & 0o700)
            os.utime(path, (info.mtime, info.mtime))
        except OSError as error:
            raise _no_room(error) from error

    def swap(self) -> None:
        """Put what was unpacked in the place of what is there.

        :raises Unavailable: the system refuses it.
        """
        try:
            self._swap()
        except OSError as error:
            raise _no_room(error) from error

    def _swap(self) -> None:
        os.sync()  # thousands of files: once for all is much less waiting
        coming = sorted(path.name for path in self._new.iterdir())
        self._plan.write_text(json.dumps(coming), encoding="utf-8")
        for path in self._standing():
            path.rename(self._old / path.name)
        for name in coming:
            (self._new / name).rename(self._folder / name)
        sync_folder(self._folder)

    def undo(self) -> None:
        """Bring back what was there before, however far the exchange came."""
        for name in self._planned():
            if not (self._new / name).exists():
                (self._folder / name).rename(self._new / name)
        for path in sorted(self._old.glob("*")):
            path.rename(self._folder / path.name)
        self.finish()

    def finish(self) -> None:
        """Let go of what is not wanted any more."""
        rmtree(self._room, ignore_errors=True)
        with suppress(OSError):
            self._room.parent.rmdir()  # another exchange may wait in it

    def _planned(self) -> list[str]:
        if not self._plan.exists():
            return []
        try:
            names: list[str] = json.loads(self._plan.read_text(encoding="utf-8"))
        except ValueError:
            return []  # killed while it was written, before anything moved
        return names

    def _standing(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.name not in _LEFT_ALONE]


def _is_kept(path: Path) -> bool:
    with suppress(OSError):  # deleted meanwhile
        coming_in = path.suffix == _PART and path.lstat().st_mode & S_IWUSR
        return path.is_file() and not path.is_symlink() and not coming_in and not path.name.startswith(_PROBE)
    return False


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0] == RESTORING:
        raise damaged("a file in it leads out of the folder")
    return path


def _no_room(error: OSError) -> Unavailable:
    return Unavailable(f"The files cannot be written to TSALERT_FILES: {error.strerror}. Nothing was changed.")
