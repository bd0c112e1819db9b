"""What a bundle says of itself: every file with its hash, every exhibit with its chain, for programs and for people."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from tsalert.core.clock import in_london
from tsalert.core.words import counted
from tsalert.evidence.kinds import ENDINGS
from tsalert.evidence.models import CustodyEvent, EvidenceFile, RemovedFile
from tsalert.evidence.queries import Dossier, Held
from tsalert.evidence.vocabulary import CustodyKind, Kind

FORMAT = "tsalert evidence bundle 1"
MANIFEST, READABLE = "manifest.json", "manifest.txt"


class Heading(Struct, frozen=True):
    """Which case a bundle is of, who made it, and when."""

    case: str
    made_by: str
    made_at: datetime


def path_in_bundle(file: EvidenceFile, exhibit: str | None) -> str:
    """Return where a file lies in a bundle; nothing of the name that its sender told is in it."""
    folder = f"exhibits/{exhibit.replace('/', '-')}" if exhibit else "attachments"
    ending = next(ending for ending, kind in ENDINGS.items() if kind == file.kind)
    return f"{folder}/{file.id}.{ending}"


def describe(
    heading: Heading, dossier: Dossier, removed: Mapping[int, RemovedFile], officers: Mapping[int, str]
) -> dict[str, Any]:
    """Return the manifest as plain values; a bundle holds every file but those that retention removed."""
    files = dossier.labelled_files
    return {
        "format": FORMAT,
        "case": heading.case,
        "made_by": heading.made_by,
        "made_at": _instant(heading.made_at),
        "files": [
            {"path": path_in_bundle(file, reference), **_file(reference, file, officers)}
            for reference, file in files
            if file.id not in removed
        ],
        "removed": [
            {**_file(reference, file, officers), **_removal(removed[file.id])}
            for reference, file in files
            if file.id in removed
        ],
        "exhibits": [_exhibit(held, officers) for held in dossier.exhibits],
    }


def write(described: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the manifest for programs, which holds the hash of the one for people, and that one."""
    readable = "\n".join(_lines(described)).encode() + b"\n"
    whole = {**described, "readable_sha256": sha256(readable).hexdigest()}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n", readable


def _file(exhibit: str | None, file: EvidenceFile, officers: Mapping[int, str]) -> dict[str, Any]:
    return {
        "sha256": file.sha256,
        "size": file.size,
        "name": file.name,
        "kind": file.kind,
        "exhibit": exhibit,
        "note": file.note,
        "stored_by": officers.get(file.uploaded_by or 0),
        "stored_at": _instant(file.uploaded_at),
    }


def _removal(row: RemovedFile) -> dict[str, Any]:
    return {"file": row.file_id, "run": row.run_id, "removed_at": _instant(row.removed_at)}


def _exhibit(held: Held, officers: Mapping[int, str]) -> dict[str, Any]:
    row = held.row
    return {
        "reference": row.reference,
        "description": row.description,
        "found_at": _instant(row.found_at),
        "found_where": row.found_where,
        "found_by": row.found_by,
        "made_from": held.original.reference if held.original else None,
        "recorded_by": officers.get(row.recorded_by or 0),
        "recorded_at": _instant(row.recorded_at),
        "custody": [_link(link, held, officers) for link in held.chain],
    }


def _link(link: CustodyEvent, held: Held, officers: Mapping[int, str]) -> dict[str, Any]:
    return {
        "entry": link.id,
        "kind": link.kind,
        "occurred_at": _instant(link.occurred_at),
        "person": link.person,
        "place": link.place,
        "seal_number": link.seal_number,
        "note": link.note,
        "takes_the_place_of": link.supersedes_id,
        "stands": link.id not in held.superseded,
        "recorded_by": officers.get(link.recorded_by or 0),
        "recorded_at": _instant(link.recorded_at),
    }


def _lines(described: Mapping[str, Any]) -> Iterable[str]:
    files, exhibits = [*described["files"], *described["removed"]], described["exhibits"]
    yield f"Evidence of case {described['case']}"
    yield f"Made by {described['made_by']} on {_day(described['made_at'])}."
    holds = f"{counted(len(described['files']), 'file')}, {counted(len(exhibits), 'exhibit')}"
    yield f"{holds}. The long numbers are SHA-256 hashes of the files."
    if described["removed"]:
        yield f"Not in it any more: {counted(len(described['removed']), 'file')} whose time was over."
    for exhibit in exhibits:
        yield from _exhibit_lines(exhibit, [file for file in files if file["exhibit"] == exhibit["reference"]])
    attached = [file for file in files if file["exhibit"] is None]
    yield from ["", "Files that are not exhibits"] if attached else []
    for file in attached:
        yield from _file_lines(file)


def _exhibit_lines(exhibit: Mapping[str, Any], files: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    yield from ["", f"Exhibit {exhibit['reference']}: {_flat(exhibit['description'])}"]
    at = f" on {_day(exhibit['found_at'])}" if exhibit["found_at"] else ""
    where = f", {_flat(exhibit['found_where'])}" if exhibit["found_where"] else ""
    yield f"  Found by {_flat(exhibit['found_by'])}{at}{where}"
    if exhibit["made_from"]:
        yield f"  Made from exhibit {exhibit['made_from']}"
    for file in files:
        yield from _file_lines(file)
    for link in exhibit["custody"]:
        yield f"  {_link_words(link)}"


def _file_lines(file: Mapping[str, Any]) -> Iterable[str]:
    told = f"{Kind.of(file['kind']).label}, {counted(file['size'], 'byte')}"
    if "run" in file:
        yield f"  File {file['file']}: {told}, removed under retention run {file['run']} on {_day(file['removed_at'])}"
    else:
        yield f"  File {file['path']}: {told}, sent as {_flat(file['name'])}"
    yield f"    {file['sha256']}"


def _link_words(link: Mapping[str, Any]) -> str:
    told = (link["person"], link["place"], link["seal_number"] and f"seal {link['seal_number']}", link["note"])
    words = ", ".join(_flat(each) for each in told if each)
    wrong = "" if link["stands"] else " (corrected by a later entry)"
    label = CustodyKind.of(link["kind"]).label
    return f"{_day(link['occurred_at'])}: {label}{': ' if words else ''}{words}{wrong}"


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _day(written: str) -> str:
    return f"{in_london(datetime.fromisoformat(written)):%-d %B %Y, %H:%M}"


def _flat(text: str) -> str:
    """Keep what was typed on one line, so that it cannot pass for another line of the manifest."""
    return " ".join(text.split())
