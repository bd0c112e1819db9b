r"""Rows as lines of text that mean the same on both databases, so that they can be compared byte by byte.

The lines are those of PostgreSQL's COPY: a tab between values, ``\N`` for none, instants in UTC. PostgreSQL writes and
reads them by itself; what is here writes them of SQLite's values, and makes SQLite's values of them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

_NONE = r"\N"
_BYTES = r"\\x"
# PostgreSQL takes no character zero; it is written so that SQLite gets its own back.
_WRITTEN = {
    "\0": r"\000",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
    "\\": r"\\",
}
_READ = {written[1:]: character for character, written in _WRITTEN.items()}
_SPECIAL, _ESCAPED = re.compile(r"[\x00\x08-\x0d\\]"), re.compile(r"\\(000|.)")

Encoder = Callable[[Any], str]
Kept = str | int | float | bytes
Decoder = Callable[[str], Kept]


class Kind(StrEnum):
    """What a column holds."""

    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    DATE = "date"
    TIME = "time"
    EXACT = "exact"
    FLOAT = "float"
    JSON = "json"
    BYTES = "bytes"


def write_lines(rows: Iterable[Sequence[Any]], kinds: Sequence[Kind]) -> bytes:
    """Return SQLite's rows as lines.

    :raises ValueError: a value is not of its column's kind.
    """
    encoders = [_ENCODERS[kind] for kind in kinds]
    lines = ("\t".join(map(_write, encoders, row)) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def read_lines(lines: bytes, kinds: Sequence[Kind]) -> Iterator[tuple[Kept | None, ...]]:
    """Yield the values that SQLite keeps for each line.

    :raises ValueError: a line does not have these kinds.
    """
    decoders = [_DECODERS[kind] for kind in kinds]
    for line in lines.decode().removesuffix("\n").split("\n"):
        fields = line.split("\t")
        yield tuple([_read(decode, field) for decode, field in zip(decoders, fields, strict=True)])


def _write(encode: Encoder, value: Any) -> str:
    return _NONE if value is None else encode(value)


def _read(decode: Decoder, field: str) -> Kept | None:
    return None if field == _NONE else decode(field)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WRITTEN[found[0]], text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _READ[found[1]], text) if "\\" in text else text


def _write_instant(kept: str) -> str:
    moment = datetime.fromisoformat(kept)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{_short(moment.isoformat(' '))}+00"


def _read_instant(text: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ", "microseconds")


def _short(text: str) -> str:
    return text.rstrip("0") if "." in text else text


def _write_float(number: float) -> str:
    return repr(float(number)).removesuffix(".0")


def _write_json(kept: Any) -> str:
    # SQLite makes a number of JSON that is nothing but one.
    return _escape(kept if isinstance(kept, str) else json.dumps(kept))


_ENCODERS: dict[Kind, Encoder] = {
    Kind.INTEGER: lambda number: str(int(number)),
    Kind.TEXT: _escape,
    Kind.BOOLEAN: lambda kept: "t" if kept else "f",
    Kind.INSTANT: _write_instant,
    Kind.DATE: lambda kept: date.fromisoformat(kept).isoformat(),
    Kind.TIME: lambda kept: _short(time.fromisoformat(kept).isoformat()),
    Kind.EXACT: lambda digits: format(Decimal(str(digits)), "f"),
    Kind.FLOAT: _write_float,
    Kind.JSON: _write_json,
    Kind.BYTES: lambda kept: f"{_BYTES}{kept.hex()}",
}
_DECODERS: dict[Kind, Decoder] = {
    Kind.INTEGER: int,
    Kind.TEXT: _unescape,
    Kind.BOOLEAN: lambda text: int(text == "t"),
    Kind.INSTANT: _read_instant,
    Kind.DATE: str,
    Kind.TIME: lambda text: time.fromisoformat(text).isoformat("microseconds"),
    Kind.EXACT: str,
    Kind.FLOAT: float,
    Kind.JSON: _unescape,
    Kind.BYTES: lambda text: bytes.fromhex(text.removeprefix(_BYTES)),
}
