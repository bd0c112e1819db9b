"""Long lists in pages: each begins after a row of the page before, whatever was added or taken away meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")
Told = TypeVar("Told")
Query = TypeVar("Query", bound=Select[Any])
PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list; ``next`` is the ``after`` of the page that follows, None on the last one."""

    items: Sequence[Row]
    next: int | None

    def told_by(self, tell: Callable[[Row], Told]) -> "Page[Told]":
        """Return the page with what is told of each row in its place."""
        return Page([tell(row) for row in self.items], self.next)


@dataclass(frozen=True, slots=True)
class Order:
    """In which order a list stands.

    :param number: tells its rows apart, and those that are alike in all else.
    :param by: what comes first in the order; none of it may be NULL.
    :param is_rising: the smallest first; else the newest.
    """

    number: ColumnElement[int] | InstrumentedAttribute[int]
    by: tuple[SQLColumnExpression[Any], ...] = ()
    is_rising: bool = False


def read_page(session: Session, query: Select[Row], order: Order, *, after: int | None, size: int = PAGE) -> Page[Row]:
    """Return the first rows of a query that follow the one numbered ``after``, or its first rows of all."""
    rows = session.scalars(following(query, order, after=after).limit(size + 1)).all()
    return cut(rows, str(order.number.key), size=size)


def following(query: Query, order: Order, *, after: int | None) -> Query:
    """Return a query in an order, from what follows the row numbered ``after``.

    Nothing follows a row that is gone where the list stands by more than its numbers.
    """
    if after is not None:
        query = query.where(_follows(order, after))
    return query.order_by(*(each.asc() if order.is_rising else each.desc() for each in (*order.by, order.number)))


def cut(rows: Sequence[Row], number: str, *, size: int = PAGE) -> Page[Row]:
    """Return the page that rows make of which one more was read than it holds, if there is one more.

    :param number: the attribute that tells them apart.
    """
    items = rows[:size]
    return Page(items, getattr(items[-1], number) if len(rows) > size else None)


def _follows(order: Order, after: int) -> ColumnElement[bool]:
    if not order.by:
        return order.number > after if order.is_rising else order.number < after
    key = (*order.by, order.number)
    last = select(*key).where(order.number == after).scalar_subquery()
    return tuple_(*key) > last if order.is_rising else tuple_(*key) < last
