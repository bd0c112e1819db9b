"""Finding out whether evidence is still what it was: a bundle against its manifest, the store against the records."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import file_digest, sha256
from json import JSONDecodeError
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from msgspec import Struct, field
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.cases import queries as cases
from tsalert.core.errors import NotFound
from tsalert.evidence import queries, removing, storing
from tsalert.evidence.bundles import BUNDLED
from tsalert.evidence.manifests import FORMAT, MANIFEST, READABLE
from tsalert.evidence.models import EvidenceFile, Exhibit

_LARGEST_MANIFEST = 256 * 2**20
_BATCH = 200


# What the library raises of a damaged archive: NotImplementedError of a version, a way of packing or a lock that it
# does not know, UnicodeDecodeError of a name that is no text.
_UNREADABLE = (BadZipFile, OSError, EOFError, NotImplementedError, UnicodeDecodeError)


class Fault(Struct, frozen=True):
    """A file that is not what it was, and how."""

    name: str
    problem: str


class Verdict(Struct, frozen=True):
    """What was found; ``strays`` lie on the disk, and no record knows them; ``removed`` went on purpose."""

    checked: int
    faults: list[Fault]
    strays: list[str]
    removed: list[Fault] = field(default_factory=list)


class Broken(Exception):
    """A bundle cannot even be read so far that its files could be checked; the message names the part."""


def verify_bundle(session: Session, path: Path) -> Verdict:
    """Compare every file of a bundle with its manifest, and the manifest with what this service made.

    Nothing is unpacked, and no more is read of a file than the manifest says that it has.

    :raises Broken: it is no bundle, or its manifest is damaged.
    """
    try:
        with ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            described = _parse(manifest)
            faults = list(_faults(archive, described))
    except _UNREADABLE as error:
        raise Broken(f"{path.name}: it cannot be read as a ZIP file ({error})") from error
    if not faults and not _was_made_here(session, described["case"], sha256(manifest).hexdigest()):
        faults.append(Fault(MANIFEST, "the files fit it, but this service made no bundle with this manifest"))
    return Verdict(len(described["files"]) + 2, faults, [])


def verify_store(session: Session, tell: Callable[[int], None]) -> Verdict:
    """Compare every recorded file with what is on the disk; ``tell`` hears how many were compared so far."""
    checked, faults, removed, last = 0, [], [], 0
    while batch := queries.files_after(session, last, _BATCH):
        gone = removing.removed_by(session, [file.id for file, _, _ in batch])
        session.expunge_all()
        session.rollback()  # hashing takes its time, and the database need not wait for it
        for file, case, exhibit in batch:
            name = _name(file, case, exhibit)
            fault = _removed_fault(file, name) if file.id in gone else _stored_fault(file, name)
            faults += [fault] if fault else []
            if file.id in gone and not fault:
                removed.append(Fault(name, f"it was removed under retention run {gone[file.id]}"))
            checked, last = checked + 1, file.id
            tell(checked)
    return Verdict(checked, faults, list(_strays(session)), removed)


def _name(file: EvidenceFile, case: str, exhibit: Exhibit | None) -> str:
    label = f"exhibit {exhibit.reference}" if exhibit else "attachment"
    return f"{case}, {label}, file {file.id}: {storing.path_of(file.storage_key)}"


def _removed_fault(file: EvidenceFile, name: str) -> Fault | None:
    is_there = storing.path_of(file.storage_key).exists()
    return Fault(name, "it was to be removed, and it is still on the disk") if is_there else None


def _stored_fault(file: EvidenceFile, name: str) -> Fault | None:
    try:
        with storing.open_kept(file.storage_key) as opened:
            found = file_digest(opened, "sha256").hexdigest()
    except NotFound:
        return Fault(name, "it is missing")
    except OSError as error:
        return Fault(name, f"it cannot be read ({error.strerror})")
    return None if found == file.sha256 else Fault(name, "it is not as it was stored")


def _strays(session: Session) -> Iterator[str]:
    keys = list(storing.kept_keys())
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        known = queries.recorded_keys(session, some)
        yield from (str(storing.path_of(key)) for key in some if key not in known)


def _parse(manifest: bytes) -> dict[str, Any]:
    """Return a manifest whose shape is that of ours."""
    try:
        described = json.loads(manifest)
        fits = described["format"] == FORMAT and isinstance(described["case"], str)
        hash(described["readable_sha256"])
        fits = fits and all(isinstance(each["path"], str) and each["size"] >= 0 for each in described["files"])
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, RecursionError, ValueError):
        fits = False
    if not fits:
        raise Broken(f"{MANIFEST}: it is damaged, or not the manifest of a bundle")
    return dict(described)


def _faults(archive: ZipFile, described: dict[str, Any]) -> Iterator[Fault]:
    wanted = {each["path"]: (each["sha256"], each["size"]) for each in described["files"]}
    readable = archive.NameToInfo.get(READABLE)
    wanted[READABLE] = (described["readable_sha256"], readable.file_size if readable else 0)
    names = archive.namelist()
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield Fault(name, "it is in the bundle more than once")
    for name in sorted(set(names) - {*wanted, MANIFEST}):
        yield Fault(name, "it is in the bundle, and the manifest does not name it")
    for name, (digest, size) in wanted.items():
        problem = _member_problem(archive, name, digest, size)
        if problem:
            yield Fault(name, problem)


def _member_problem(archive: ZipFile, name: str, digest: str, size: int) -> str | None:
    info = archive.NameToInfo.get(name)
    if info is None:
        return "it is missing"
    try:
        with _open(archive, info) as member:
            found, length = _digest(member, size)
    except _UNREADABLE as error:
        return f"it cannot be read ({error})"
    return None if (found, length) == (digest, size) else "it is not as it was stored"


def _open(archive: ZipFile, info: ZipInfo) -> IO[bytes]:
    """Open a member as we write them: a packed one is none of ours, and nothing is ever unpacked."""
    if info.compress_type != ZIP_STORED or info.flag_bits & 1:
        raise BadZipFile("it is packed or locked, as no file of a bundle is")
    return archive.open(info)


def _digest(member: IO[bytes], size: int) -> tuple[str, int]:
    """Return the hash and the length of a member, of which no more than one byte over its size is read."""
    digest, length = sha256(), 0
    while length <= size and (piece := member.read(min(storing.PIECE, size + 1 - length))):
        digest.update(piece)
        length += len(piece)
    return digest.hexdigest(), length


def _read_manifest(archive: ZipFile) -> bytes:
    info = archive.NameToInfo.get(MANIFEST)
    if info is None or info.file_size > _LARGEST_MANIFEST:
        raise Broken(f"{MANIFEST}: it is missing, so this is no bundle of evidence")
    try:
        with _open(archive, info) as member:
            return member.read(_LARGEST_MANIFEST)
    except _UNREADABLE as error:
        raise Broken(f"{MANIFEST}: it cannot be read ({error})") from error


def _was_made_here(session: Session, reference: str, digest: str) -> bool:
    """Tell whether the trail knows of a bundle of this case with this manifest."""
    case_id = cases.find_case_id(session, reference)
    entries = audit.entries_about(session, "case", case_id) if case_id else []
    return any(entry.action == BUNDLED and entry.detail.get("manifest") == digest for entry in entries)
