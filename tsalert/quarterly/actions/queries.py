"""Priority actions as they read in a quarter, and what was told of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.core.periods import Period, quarter_of
from tsalert.quarterly.actions.models import BoardActionUpdate, BoardActionVersion
from tsalert.quarterly.actions.statuses import StatusWord, status_versions, words_on


class ActionVersion(Struct, frozen=True):
    """One version of an action; officers by id."""

    id: int
    action_id: int
    number: int
    title: str
    text: str
    lead: str
    is_from_records: bool
    is_retired: bool
    first_day: date
    reason: str
    set_by: int | None
    set_at: datetime

    @property
    def heading(self) -> str:
        """Its number and title."""
        return f"{self.number}. {self.title}"


class Update(Struct, frozen=True):
    """One version of what is told of an action for a quarter; ``word`` is its status as the board read it then."""

    id: int
    action_id: int
    quarter: Period
    version: int
    status: str
    word: str
    text: str
    written_by: int | None
    written_at: datetime


def action_versions(session: Session) -> tuple[ActionVersion, ...]:
    """Return every version of every action, those that hold later after those before."""
    query = select(BoardActionVersion).order_by(BoardActionVersion.first_day, BoardActionVersion.id)
    return tuple(map(_version, session.scalars(query)))


def actions_on(versions: Sequence[ActionVersion], first_day: date) -> list[ActionVersion]:
    """Return the actions of the quarter that begins on a day, by number; retired ones are none of it."""
    found = {each.action_id: each for each in versions if each.first_day <= first_day}
    return sorted(
        (each for each in found.values() if not each.is_retired), key=lambda each: (each.number, each.action_id)
    )


def versions_of(session: Session, action_id: int) -> list[ActionVersion]:
    """Return every version of an action, the one that holds last first.

    :raises NotFound: there is no such action.
    """
    query = select(BoardActionVersion).where(BoardActionVersion.action_id == action_id)
    query = query.order_by(BoardActionVersion.first_day.desc(), BoardActionVersion.id.desc())
    found = [_version(row) for row in session.scalars(query)] if is_id(action_id) else []
    if not found:
        raise NotFound("There is no such action.")
    return found


def held(versions: Iterable[ActionVersion], quarter: Period) -> ActionVersion | None:
    """Return which of an action's versions, what holds last first, holds in a quarter; None before there was any."""
    return next((each for each in versions if each.first_day <= quarter.first_day), None)


def get_action(session: Session, action_id: int, quarter: Period) -> ActionVersion:
    """Return an action as it reads in a quarter, retired or not.

    :raises NotFound: there is no such action, or none yet in that quarter.
    """
    found = held(versions_of(session, action_id), quarter)
    if found is None:
        raise NotFound(f"The board had no such action in {quarter.label}.")
    return found


def updates_of(session: Session, action_id: int) -> list[Update]:
    """Return everything that was told of an action: the latest quarter first, and of each what stands first."""
    query = select(BoardActionUpdate).where(BoardActionUpdate.action_id == action_id)
    newest = query.order_by(BoardActionUpdate.first_day.desc(), BoardActionUpdate.version.desc())
    return _updates(session, session.scalars(newest))


def find_update(session: Session, action_id: int, quarter: Period) -> Update | None:
    """Return what stands for an action and a quarter; None where nothing was told."""
    return next((each for each in updates_of(session, action_id) if each.quarter == quarter), None)


def standing_updates(session: Session, first_day: date, last_day: date) -> Mapping[tuple[int, date], Update]:
    """Return what stands, by action and first day of the quarter, for the quarters that begin between two days."""
    query = select(BoardActionUpdate).where(BoardActionUpdate.first_day.between(first_day, last_day))
    oldest = query.order_by(BoardActionUpdate.version)
    return {(each.action_id, each.quarter.first_day): each for each in _updates(session, session.scalars(oldest))}


def _updates(session: Session, rows: Iterable[BoardActionUpdate]) -> list[Update]:
    versions = status_versions(session)
    words: dict[date, dict[str, StatusWord]] = {}
    found = []
    for row in rows:
        then = words.setdefault(row.first_day, words_on(versions, row.first_day))
        found.append(_update(row, then[row.status].word))
    return found


def _update(row: BoardActionUpdate, word: str) -> Update:
    return Update(
        row.id,
        row.action_id,
        quarter_of(row.first_day),
        row.version,
        row.status,
        word,
        row.text,
        row.written_by,
        row.written_at,
    )


def _version(row: BoardActionVersion) -> ActionVersion:
    return ActionVersion(
        row.id,
        row.action_id,
        row.number,
        row.title,
        row.text,
        row.lead,
        row.is_from_records,
        row.is_retired,
        row.first_day,
        row.reason,
        row.set_by,
        row.set_at,
    )
