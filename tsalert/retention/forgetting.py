"""What else must forget a record once it names nobody: indexes that keep copies of words. Each joins the list below."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tsalert.retention.reaching import Reach

# A step that takes (session, reach) and removes every copy that it keeps of the words of those records.
INDEXES: tuple[Callable[[Session, Reach], None], ...] = ()


def forget(session: Session, reach: Reach) -> None:
    """Let every index forget the words of some records; part of the transaction that takes them out."""
    for index in INDEXES:
        index(session, reach)
