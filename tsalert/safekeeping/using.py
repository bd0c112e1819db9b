"""Whether anybody used a database before, and what would be lost with it."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from tsalert.core.words import counted
from tsalert.safekeeping.folders import count_files

# Whatever is done here leaves one of these; what migrations lay is in none of them.
_TELLING = {
    "officer": ("officer", "officers"),
    "call": ("call", "calls"),
    "incident": ("incident", "incidents"),
    "case_file": ("case", "cases"),
    "subscriber": ("subscriber", "subscribers"),
    "alert": ("alert", "alerts"),
    "audit_event": ("entry in the trail", "entries in the trail"),
    "ward": ("ward", "wards"),
    "postcode_place": ("postcode", "postcodes"),
}


def told_in_words(connection: Connection, folder: Path | None = None) -> str:
    """Say what is in a database, and in a folder of files; nothing where neither was ever used."""
    there = set(inspect(connection).get_table_names())
    found = {name: _count(connection, name) for name in _TELLING if name in there}
    words = [counted(number, *_TELLING[name]) for name, number in found.items() if number]
    files = count_files(folder) if folder else 0
    if files:
        words.append(counted(files, "file"))
    return ", ".join(words)


def _count(connection: Connection, name: str) -> int:
    return connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608 - our own names
