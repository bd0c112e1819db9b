"""How a database finds what a piece of work asks it for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

Asked = tuple[str, Any]


@contextmanager
def asking(words: str) -> Iterator[list[Asked]]:
    """Keep each statement of this time in which some words stand, with its values."""
    asked: list[Asked] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if words in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def plans(session: Session, asked: Sequence[Asked]) -> list[str]:
    """Return how each of them is carried out, of PostgreSQL as with tables so long that it needs an index."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    return [str(session.connection().exec_driver_sql(explain + said, values).all()) for said, values in asked]
