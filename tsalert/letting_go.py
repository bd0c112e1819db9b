"""Letting go of a connection that may have died meanwhile, and taking none that has.

Nothing is lost with it: what was saved is saved, and what was not is undone by the database itself. Without this, who
was answered already would hear of a fault instead, and who was refused would not hear why.
"""

from select import POLLIN, poll
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, Pool


class LettingGoSession(Session):
    """A session whose end cannot fail; the next statement asks for another connection."""

    def rollback(self) -> None:
        """Undo what is not saved."""
        try:
            super().rollback()
        except DBAPIError:
            self.invalidate()

    def close(self) -> None:
        """Give the connection back, or up where it is gone."""
        try:
            super().close()
        except DBAPIError:
            self.invalidate()


@event.listens_for(Pool, "checkout")
def _pass_over_the_dead(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Take none from the pool that its server closed while nobody used it, as one does that is started again.

    Nothing comes unasked over a connection that lives, so whatever can be read is its end; to look takes no time.

    :raises InvalidatePoolError: it is dead, and so are those that are as old.
    """
    if not type(connection).__module__.startswith("psycopg"):
        return
    was_used = record.info.get("was_used", False)
    record.info["was_used"] = True
    if was_used and _can_be_read(connection.fileno()):
        raise InvalidatePoolError("the server closed it meanwhile")


def _can_be_read(file: int) -> bool:
    looking = poll()
    looking.register(file, POLLIN)
    return bool(looking.poll(0))
