"""Long lists in pages: each begins after a row of the page before, whatever was added or taken away meanwhile."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from tsalert.core import cursors
from tsalert.core.cursors import Place, Value
from tsalert.core.errors import RuleViolation
from tsalert.core.keys import LARGEST_ID

Row = TypeVar("Row")
Told = TypeVar("Told")
PAGE = 50


class Page(Struct, Generic[Row], frozen=True):
    """Some rows of a list; ``next`` is the ``after`` of the page that follows, None on the last one.

    It holds what the page's last row stands by: its number, or text where the list stands by more (core/cursors.py).
    """

    items: Sequence[Row]
    next: Any

    def told_by(self, tell: Callable[[Row], Told]) -> "Page[Told]":
        """Return the page with what is told of each row in its place."""
        return Page([tell(row) for row in self.items], self.next)

    def all_told_by(self, tell: Callable[[Sequence[Row]], Sequence[Told]]) -> "Page[Told]":
        """Return the page with what is told of its rows at once in their place."""
        return Page(tell(self.items), self.next)


class Order(Struct, frozen=True):
    """In which order a list stands.

    :param number: tells its rows apart, and those that are alike in all else.
    :param by: what comes first in the order; none of it may be NULL.
    :param is_rising: the smallest first; else the newest.
    """

    number: ColumnElement[int] | InstrumentedAttribute[int]
    by: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...] = ()
    is_rising: bool = False

    @property
    def key(self) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
        """What the rows stand by, their number last."""
        return (*self.by, self.number)  # type: ignore[arg-type] # mypy takes a mapped column in a struct for its value

    def sorts(self, query: Any) -> Any:
        """Return a query in this order."""
        return query.order_by(*(each.asc() if self.is_rising else each.desc() for each in self.key))

    def follows(self, after: Place) -> ColumnElement[bool]:
        """Return the condition that a row stands behind a place of the list, whether or not a row still stands there.

        :raises RuleViolation: it is no place of a list that stands by such values; field ``after``.
        """
        kinds = tuple(each.type.python_type for each in self.key)
        values = zip(cursors.values_of(after, kinds), self.key, strict=True)
        place = tuple_(*(literal(_fitting(value, each.type), each.type) for value, each in values))
        return tuple_(*self.key) > place if self.is_rising else tuple_(*self.key) < place


def _fitting(value: Value, kind: TypeEngine[Any]) -> Value:
    """Return a value that a column can be compared with; of whole numbers few columns hold more than 32 bits."""
    if isinstance(value, int) and abs(value) > LARGEST_ID and not isinstance(kind, BigInteger):
        raise RuleViolation(cursors.NO_PLACE, field="after")
    return value


def read_rows(session: Session, query: Any, order: Order, *, after: Place | None, size: int | None = PAGE) -> Page[Any]:
    """Return the first rows of a query that follow a place, or its first rows of all, each as a tuple of its columns.

    :param size: how many at most; None for all of them.
    :raises RuleViolation: ``after`` is no place of such a list.
    """
    if after is not None:
        query = query.where(order.follows(after))
    asked = order.sorts(query).add_columns(*order.key)
    return _cut(session, asked, order, size)


def _cut(session: Session, asked: Any, order: Order, size: int | None) -> Page[Any]:
    rows = session.execute(asked.limit(None if size is None else size + 1)).all()
    shown, width = rows[:size], len(order.key)
    goes_on = len(rows) > len(shown)
    return Page([row[:-width] for row in shown], cursors.place_of(shown[-1][-width:]) if goes_on else None)


def read_page(
    session: Session, query: Select[Row], order: Order, *, after: Place | None, size: int | None = PAGE
) -> Page[Row]:
    """Return a page of a query of one thing a row, as ``read_rows`` does."""
    return read_rows(session, query, order, after=after, size=size).told_by(lambda row: row[0])


def every(read: Callable[[Any], Page[Row]]) -> Iterator[Row]:
    """Yield each row of a list, page by page.

    :param read: returns the page that begins after a place, or the first for None.
    """
    page = read(None)
    yield from page.items
    while page.next is not None:
        page = read(page.next)
        yield from page.items


def page_among(
    rows: Sequence[Row],
    place: Callable[[Row], tuple[Value, ...]],
    kinds: tuple[type, ...],
    *,
    after: Place | None,
    size: int | None = PAGE,
) -> Page[Row]:
    """Return a page of rows that are in memory; those of one place stand on one page, though it gets longer.

    :param rows: in rising order of their places.
    :param place: what a row stands by, each value of its kind.
    :raises RuleViolation: ``after`` is no place of such a list.
    """
    start = 0 if after is None else bisect_right(rows, cursors.values_of(after, kinds), key=place)
    return _cut_among(rows[start:], place, size)


def _cut_among(rest: Sequence[Row], place: Callable[[Row], tuple[Value, ...]], size: int | None) -> Page[Row]:
    if size is None or size >= len(rest):
        return Page(rest, None)
    last = place(rest[size - 1])
    end = bisect_right(rest, last, key=place)
    return Page(rest[:end], cursors.place_of(last) if end < len(rest) else None)
