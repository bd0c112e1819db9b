"""All evidence of a case as one ZIP file, written while it is sent; no more than a piece of it is ever in memory."""

import io
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from msgspec import Struct

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.evidence import manifests, queries, removing, storing
from tsalert.evidence.manifests import MANIFEST, READABLE, Heading
from tsalert.evidence.models import EvidenceFile
from tsalert.staff import queries as staff

BUNDLED = "bundled"
_OLDEST = (1980, 1, 1, 0, 0, 0)  # ZIP knows no earlier time, and the manifest tells the true one
_log = logging.getLogger(__name__)


class Bundle(Struct, frozen=True):
    """A bundle that is about to be sent; the pieces can be taken once."""

    name: str
    pieces: Iterator[bytes]


class _Member(Struct, frozen=True):
    path: str
    kept_at: Path
    digest: str


class _Pipe(io.RawIOBase):
    """What the ZIP writer writes to, and what is sent is taken from."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]
        self._written.append(taken)
        return len(taken)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def open_bundle(case_id: int, *, actor: Actor, now: datetime) -> Bundle:
    """Return all evidence of a case; that it was asked for, and the manifest's hash, are in the trail first.

    Of a file that retention removed the manifest tells that it was there, and when it went.

    :raises NotFound: there is no such case, or a file is not on the disk.
    """
    actor.require(Permission.EXPORT)
    with transaction() as session:
        case = queries.get_case(session, case_id)
        dossier, removed = queries.dossier(session, case_id), removing.removed_from(session, case_id)
        heading = Heading(case.reference, actor.name, now)
        described = manifests.describe(heading, dossier, removed, staff.officer_names(session))
        manifest, readable = manifests.write(described)
        kept = [(reference, file) for reference, file in dossier.labelled_files if file.id not in removed]
        members = [_member(file, reference) for reference, file in kept]
        keys = [file.storage_key for _, file in kept]
        said: dict[str, Detail] = {"files": len(members), "manifest": sha256(manifest).hexdigest()}
        audit.record(session, actor, BUNDLED, "case", case_id, now=now, **said)
        name = f"{case.reference}-evidence.zip"
    for key in keys:
        storing.open_kept(key).close()
    return Bundle(name, _send([(MANIFEST, manifest), (READABLE, readable)], members))


def _member(file: EvidenceFile, exhibit: str | None) -> _Member:
    path = manifests.path_in_bundle(file, exhibit)
    return _Member(path, storing.path_of(file.storage_key), file.sha256)


def _send(written: Iterable[tuple[str, bytes]], members: Iterable[_Member]) -> Iterator[bytes]:
    """Yield the ZIP file; one that is cut off has no list at its end, so that nobody takes it for whole."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_STORED) as archive:
        for path, content in written:
            archive.writestr(_info(path), content)
        for member in members:
            with archive.open(_info(member.path), "w", force_zip64=True) as entry:
                for piece in _checked(member):
                    entry.write(piece)
                    yield pipe.take()
    yield pipe.take()


def _checked(member: _Member) -> Iterator[bytes]:
    """Read a file, and break off at its end where it is not as it was stored."""
    digest = sha256()
    for piece in storing.pieces(member.kept_at.open("rb")):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != member.digest:
        _log.error("a bundle was cut off: %s is not as it was stored", member.path)
        raise OSError(f"{member.path} is not as it was stored")


def _info(path: str) -> ZipInfo:
    info = ZipInfo(path, _OLDEST)
    info.external_attr = 0o400 << 16
    return info
