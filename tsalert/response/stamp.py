"""The stamp of the live board: a fresh one with every transaction that changes a row the board shows.

Two readings of the same stamp are readings of the same rows. The stamp is drawn by lot, so that neither an undone
transaction nor a restored backup ever brings back one that stood for other rows.
"""

from functools import cache
from secrets import token_urlsafe

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session

from tsalert.response.models import BoardStamp

# The tables the board is drawn from, by name: some belong to capabilities below, whose rows are not ours to import.
SHOWN = frozenset(
    {
        "incident",
        "incident_clock",
        "attendance",
        "grade",
        "ward",
        "officer",
        "officer_mobile",
        "rota_shift",
        "rota_leave",
        "restriction",
        "page_run",
    }
)
# A further call gives its incident a new version and shows nobody anything else.
_NOT_SHOWN = frozenset({"version"})
_CHANGED = "board_changed"


def read_stamp(session: Session) -> str:
    """Return the board's stamp, as the caller's transaction sees it."""
    return session.scalars(select(BoardStamp.stamp)).one()


def hold(session: Session) -> None:
    """Let nobody else change what the board shows until this transaction ends; a step, taken before the trail's."""
    session.scalars(select(BoardStamp.stamp).with_for_update()).one_or_none()


@cache  # a listener that is added twice listens twice
def watch_sessions() -> None:
    """Renew the stamp from now on with whatever a session of this process changes; called by every program there is."""
    event.listen(Session, "before_flush", _notice_rows)
    event.listen(Session, "do_orm_execute", _notice_statement)
    event.listen(Session, "before_commit", _renew, insert=True)  # always before the head of the trail
    event.listen(Session, "after_rollback", _forget)


def _notice_rows(session: Session, _context: object, _instances: object) -> None:
    changed = [*session.new, *session.deleted, *(row for row in session.dirty if _changed(row) - _NOT_SHOWN)]
    if any(row.__tablename__ in SHOWN for row in changed):
        session.info[_CHANGED] = True


def _changed(row: object) -> set[str]:
    """Return the columns of a row that hold something else than the database."""
    return {each.key for each in inspect(row).attrs if each.history.has_changes()}


def _notice_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and any(mapper.class_.__tablename__ in SHOWN for mapper in state.all_mappers):
        state.session.info[_CHANGED] = True


def _renew(session: Session) -> None:
    """Renew the stamp at the very end, so that its one row is locked briefly."""
    session.flush()
    if session.info.pop(_CHANGED, False):
        session.execute(update(BoardStamp).values(stamp=token_urlsafe(12)))


def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)
