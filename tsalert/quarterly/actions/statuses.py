"""The board's words for how far an action has got, as they read in a quarter."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.quarterly.actions.models import BoardActionStatus


class StatusWord(Struct, frozen=True):
    """One version of a word; officers by id."""

    id: int
    name: str
    word: str
    place: int
    is_retired: bool
    first_day: date
    reason: str
    set_by: int | None
    set_at: datetime


def status_versions(session: Session) -> tuple[StatusWord, ...]:
    """Return every version of every word, those that hold later after those before."""
    query = select(BoardActionStatus).order_by(BoardActionStatus.first_day, BoardActionStatus.id)
    return tuple(
        StatusWord(
            row.id,
            row.name,
            row.word,
            row.place,
            row.is_retired,
            row.first_day,
            row.reason,
            row.set_by,
            row.set_at,
        )
        for row in session.scalars(query)
    )


def words_on(versions: Sequence[StatusWord], first_day: date) -> dict[str, StatusWord]:
    """Return each word as it reads in the quarter that begins on a day, retired ones too, in the board's order."""
    found = {each.name: each for each in versions if each.first_day <= first_day}
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[1].id)))


def in_use(words: dict[str, StatusWord]) -> list[StatusWord]:
    """Return the words that an update may be given."""
    return [each for each in words.values() if not each.is_retired]


def versions_of(session: Session, name: str) -> list[StatusWord]:
    """Return every version of a word, the one that holds last first.

    :raises NotFound: the board has no such word.
    """
    found = [each for each in reversed(status_versions(session)) if each.name == name]
    if not found:
        raise NotFound("The board has no such word.")
    return found
