"""Callers' messages on the disk: written whole or not at all, under random names, and never changed."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from time import time

from flask import current_app
from msgspec import Struct

from tsalert.config import Settings
from tsalert.core.errors import Conflict, NotFound
from tsalert.telephone.ports import NotReady
from tsalert.telephone.rules import LARGEST_RECORDING

_STALE_SECONDS = 60 * 60
_PART, _SOUND = ".part", ".wav"


class Unusable(Exception):
    """What came is no recording that can be kept; fetching it again would bring the same."""


class Kept(Struct, frozen=True):
    """A sound on the disk."""

    storage_key: str
    sha256: str
    size: int


def keep(pieces: Iterable[bytes]) -> Kept:
    """Write a sound to the disk, hashing it as it comes, and give it its place once it is whole.

    :raises NotReady: the disk is full, or takes no file so large.
    :raises Unusable: it is no WAV sound, or too large.
    """
    key = token_hex(16)
    final = path_of(key)
    part = final.with_name(final.name + _PART)
    try:
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = _write(part, key, pieces)
        part.chmod(0o400)
        part.replace(final)
        _sync(final.parent)
    except OSError as error:
        raise NotReady(f"It cannot be written to the disk: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return kept


def open_checked(storage_key: str, expected: str) -> Path:
    """Return the path of a sound that is as it was fetched.

    :raises NotFound: it is not on the disk.
    :raises Conflict: it was changed.
    """
    path = path_of(storage_key)
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise NotFound("The recording is not on the disk of this service.") from error
    if found != expected:
        raise Conflict("The recording on the disk is not the one that was fetched. Tell the administrator.")
    return path


def discard(storage_key: str) -> None:
    """Delete a sound; one that is gone already is deleted."""
    path_of(storage_key).unlink(missing_ok=True)


def sweep(known: Callable[[list[str]], set[str]]) -> int:
    """Delete what processes left behind that were killed an hour ago or longer: halves, and sounds of no recording.

    :param known: tells which of some storage keys belong to recordings.
    """
    old = [path for path in _folder().glob("*/*") if path.stat().st_mtime < time() - _STALE_SECONDS]
    kept = known([path.stem for path in old if path.suffix == _SOUND])
    strays = [path for path in old if path.suffix != _SOUND or path.stem not in kept]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def path_of(storage_key: str) -> Path:
    """Return where a sound is kept."""
    return _folder() / storage_key[:2] / f"{storage_key}{_SOUND}"


def _write(part: Path, key: str, pieces: Iterable[bytes]) -> Kept:
    digest, size = sha256(), 0
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            if not size:
                _require_wav(piece)
            size += len(piece)
            if size > LARGEST_RECORDING:
                raise Unusable(f"It is larger than {LARGEST_RECORDING // 2**20} MB.")
            digest.update(piece)
            file.write(piece)
        if not size:
            raise Unusable("It is empty.")
        file.flush()
        os.fsync(file.fileno())
    return Kept(key, digest.hexdigest(), size)


def _sync(folder: Path) -> None:
    """Make sure that a file's name outlives a power cut, since its sound is deleted elsewhere next."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_wav(piece: bytes) -> None:
    if piece[:4] != b"RIFF" or piece[8:12] != b"WAVE":
        raise Unusable("It is no sound file of the kind that callers' messages are (WAV).")


def _folder() -> Path:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.files.absolute() / "recordings"
