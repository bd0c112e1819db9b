"""Which tables the program has, by its own models, and what kind of value each of their columns holds."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Double, Float, Integer, LargeBinary, Table, Text, Time
from sqlalchemy.types import TypeEngine

from tsalert.db import Base, ExactDecimal, Money, UTCDateTime
from tsalert.safekeeping.lines import Kind
from tsalert.safekeeping.rules import Column, Outline

_KINDS: dict[type[TypeEngine[Any]], Kind] = {
    Integer: Kind.INTEGER,
    BigInteger: Kind.INTEGER,
    Money: Kind.INTEGER,
    Text: Kind.TEXT,
    Boolean: Kind.BOOLEAN,
    UTCDateTime: Kind.INSTANT,
    Date: Kind.DATE,
    Time: Kind.TIME,
    ExactDecimal: Kind.EXACT,
    Float: Kind.FLOAT,
    Double: Kind.FLOAT,
    JSON: Kind.JSON,
    LargeBinary: Kind.BYTES,
}


def outlines() -> tuple[Outline, ...]:
    """Return every table, those first to which others point."""
    return tuple(_outline(table) for table in Base.metadata.sorted_tables)


def _outline(table: Table) -> Outline:
    # A column that the program adds at a kind of its own must be given one above: it stops every backup until then.
    columns = tuple(Column(str(column.name), _KINDS[type(column.type)]) for column in table.columns)
    return Outline(str(table.name), columns, tuple(str(column.name) for column in table.primary_key.columns))
