"""Letting go of a connection that may have died meanwhile.

Nothing is lost with it: what was saved is saved, and what was not is undone by the database itself. Without this, who
was answered already would hear of a fault instead, and who was refused would not hear why.
"""

from flask_sqlalchemy.session import Session
from sqlalchemy.exc import DBAPIError


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
