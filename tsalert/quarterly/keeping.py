"""What a report says as it is kept: canonical JSON that gives the same report, and the same digest, years later. Pure.

Keys are sorted, nothing stands between them, money and shares are strings with every digit that counts, days are ISO
8601. What holds its usual value is kept too, so that a later usual value changes no old report.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any, TypeVar, get_type_hints

from msgspec.structs import asdict

from tsalert.quarterly.content import Chart, Column, Figure, Prose, Report, Row, Section, Table, TitleBlock
from tsalert.quarterly.kinds import kind_by_name
from tsalert.quarterly.vocabulary import Unit

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Report, TitleBlock, Section, Prose, Chart, Table, Column, Row, Figure)
}
_NAMES = {kind: name for name, kind in _KINDS.items()}

Kept = TypeVar("Kept")


def freeze(value: Any) -> str:
    """Return a report, sections, or editions by name as one line of canonical JSON."""
    return json.dumps(as_data(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(frozen: str) -> str:
    """Return the SHA-256 of what was frozen."""
    return sha256(frozen.encode()).hexdigest()


def thaw(frozen: str, kind: type[Kept]) -> Kept:
    """Return what was frozen.

    :raises TypeError: it is not of that kind.
    """
    found = _value(json.loads(frozen))
    if not isinstance(found, kind):
        raise TypeError(f"this is no {kind.__name__}")
    return found


def thaw_sections(frozen: str) -> tuple[Section, ...]:
    """Return the sections that were frozen."""
    return thaw(frozen, tuple)


def as_data(value: Any) -> Any:
    """Return a part of a report as JSON holds it."""
    if type(value) in _NAMES:
        parts = {name: as_data(part) for name, part in asdict(value).items()}
        return {"part": _NAMES[type(value)]} | parts
    if isinstance(value, Mapping):
        return {str(key): as_data(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_data(each) for each in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return {"part": "decimal", "value": _digits(value)}
    if isinstance(value, date):
        return {"part": "date", "value": value.isoformat()}
    return value


def _digits(value: Decimal) -> str:
    """Write a number without exponent, and without zeros that say nothing."""
    digits = f"{value:f}"
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) if value else "0"


def _value(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(map(_value, data))
    if not isinstance(data, dict):
        return data
    match data.get("part"):
        case "decimal":
            return Decimal(data["value"])
        case "date":
            return date.fromisoformat(data["value"])
        case str() as name if name in _KINDS:
            return _made(_KINDS[name], {key: _value(each) for key, each in data.items() if key != "part"})
    return {key: _value(each) for key, each in data.items()}


def _made(kind: type[Any], values: dict[str, Any]) -> Any:
    """Make a part; words are kept as codes. Parts that came later keep their usual value."""
    words = {name: word(values[name]) for name, word in _WORDS[kind].items() if values.get(name) is not None}
    if kind is Column and "kind" not in values:
        words["kind"] = kind_by_name(values["key"], values["title"], is_words=words["unit"] is Unit.WORDS)
    return kind(**values | words)


def _words_of(kind: Any) -> dict[str, Any]:
    """Return the fields of a part that hold a word, with what makes one of a code."""
    found: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        for each in (hint, *getattr(hint, "__args__", ())):
            if isinstance(each, type) and issubclass(each, Enum):
                found[name] = each
    return found


_WORDS = {kind: _words_of(kind) for kind in _NAMES}
