"""Rate sets as files: JSON as the interface gives it, CSV with a line for each rate. What goes out can come in."""

import csv
import io
import json
from typing import Any

from marshmallow import ValidationError

from tsalert.core.errors import RuleViolation
from tsalert.core.records import decoded
from tsalert.core.spreadsheets import unguarded, write_csv
from tsalert.core.words import counted
from tsalert.savings.rates.rules import NewRateSet
from tsalert.savings.rates.schemas import NewRateSetSchema, RateSchema, RateSetHeadSchema

_HEAD = tuple(RateSetHeadSchema().fields)
_RATE = tuple(RateSchema().fields)
COLUMNS = (*_HEAD, *_RATE)
_LARGEST = 1_000_000


def as_document(known: NewRateSet) -> dict[str, Any]:
    """Return a set as JSON holds it; numbers are strings."""
    head = {name: getattr(known, name) for name in _HEAD if hasattr(known, name)}
    dated = {"effective_from": known.span.first_day, "effective_to": known.span.last_day}
    document: dict[str, Any] = NewRateSetSchema().dump(head | dated | {"rates": known.rates})
    return document


def write_json(known: NewRateSet) -> str:
    """Return a set as a JSON file."""
    return json.dumps(as_document(known), indent=2, ensure_ascii=False) + "\n"


def write_rates_csv(known: NewRateSet) -> str:
    """Return a set as a CSV file; what is said of the set stands in every line, as a flat file must."""
    document = as_document(known)
    rates: list[dict[str, Any]] = document.pop("rates")
    return write_csv(
        COLUMNS, [[(document | rate)[name] for name in COLUMNS] for rate in rates or [dict.fromkeys(_RATE)]]
    )


def read_file(name: str, content: bytes) -> NewRateSet:
    """Read a set from a file whose name ends in ``.json`` or ``.csv``.

    :raises RuleViolation: it is neither, or too large, or no text.
    :raises ValidationError: naming what is wrong in it, by line or by field.
    """
    if len(content) > _LARGEST:
        raise RuleViolation("This file is too large to be a rate set.", field="file")
    if name.lower().endswith(".csv"):
        return read_csv(decoded(content))
    if name.lower().endswith(".json"):
        return _read_json_bytes(content)
    raise RuleViolation("Choose a file whose name ends in .csv or .json.", field="file")


def _read_json_bytes(content: bytes) -> NewRateSet:
    try:
        return read_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RuleViolation("This file is not text in UTF-8.", field="file") from error


def read_json(text: str) -> NewRateSet:
    """Read a set from JSON.

    :raises RuleViolation: it is no JSON.
    :raises ValidationError: naming the fields at fault.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleViolation("This file is not JSON.", field="file") from error
    return _load(document)


def read_csv(text: str) -> NewRateSet:
    """Read a set from CSV.

    :raises RuleViolation: its columns are others, or its lines speak of different sets.
    :raises ValidationError: naming the fields at fault.
    """
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise RuleViolation(f"The first line must be: {','.join(COLUMNS)}", field="file")
    rows = [_row(number, cells) for number, cells in enumerate(lines[1:], start=2) if cells]
    if not rows:
        raise RuleViolation("This file holds no line below its first.", field="file")
    heads = {tuple(row[name] for name in _HEAD) for row in rows}
    if len(heads) > 1:
        raise RuleViolation("The lines of this file speak of more than one rate set.", field="file")
    given = [{name: row[name] for name in _RATE if row[name]} for row in rows]
    head = {name: rows[0][name] for name in _HEAD if rows[0][name]}
    return _load(head | {"rates": [rate for rate in given if rate]})


def _row(number: int, cells: list[str]) -> dict[str, str]:
    if len(cells) != len(COLUMNS):
        raise RuleViolation(f"Line {number} has {counted(len(cells), 'cell')} instead of {len(COLUMNS)}.", field="file")
    return dict(zip(COLUMNS, map(unguarded, cells), strict=True))


def _load(document: Any) -> NewRateSet:
    if not isinstance(document, dict):
        raise ValidationError("This is not a rate set.", "file")
    loaded: NewRateSet = NewRateSetSchema().load(document)
    return loaded
