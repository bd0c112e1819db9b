"""Writing what is told of an action for a quarter; each saving stays, and the newest holds."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.core.periods import Period
from tsalert.db import transaction
from tsalert.quarterly.actions import queries, statuses
from tsalert.quarterly.actions.holding import require_quarter
from tsalert.quarterly.actions.models import BoardActionUpdate
from tsalert.quarterly.actions.queries import Update
from tsalert.quarterly.writing.markdown import check

_OVERTAKEN = "Somebody has saved this update meanwhile."
_LEGAL = ("bring the two together and save again",)


class NewUpdate(Struct, frozen=True):
    """What is told, and how far the action stands.

    :param version: the version that its writer saw; 0 where nothing was told yet.
    """

    status: str
    text: str
    version: int


def write_update(action_id: int, quarter: Period, new: NewUpdate, *, actor: Actor, now: datetime) -> int:
    """Write what is told of an action for a quarter, in the place of what stands; returns the version's number.

    A quarter whose report is published takes updates too; they appear in its next revision.

    :raises NotFound: there is no such action in that quarter.
    :raises Overtaken: somebody saved another version meanwhile.
    :raises RuleViolation: the quarter has not begun, the action is retired in it, the board has no
        such word then, or the text is none that a report takes.
    """
    actor.require(Permission.WRITE_REPORT)
    _require_begun(quarter, now=now)
    check(new.text, field="text")
    with transaction() as session:
        held = queries.get_action(session, action_id, quarter)
        if held.is_retired:
            raise RuleViolation(f"This action is retired in {quarter.label}.", field="quarter")
        standing = queries.find_update(session, action_id, quarter)
        if (standing.version if standing else 0) != new.version:
            raise Overtaken(_OVERTAKEN, legal=_LEGAL)
        _refuse_word(session, quarter, new.status, standing)
        if standing and (standing.status, standing.text) == (new.status, new.text):
            raise RuleViolation("That is what is recorded already.")
        row = _add(session, action_id, quarter, new, actor=actor, now=now)
        told: dict[str, Detail] = {"quarter": quarter.label, "version": row.version, "status": new.status}
        audit.record(session, actor, "corrected" if standing else "told", "board action", action_id, now=now, **told)
        return row.version


def _require_begun(quarter: Period, *, now: datetime) -> None:
    require_quarter(quarter)
    if quarter.first_day > london_date(now):
        raise RuleViolation(f"{quarter.label} has not begun.", field="quarter")


def _refuse_word(session: Session, quarter: Period, status: str, standing: Update | None) -> None:
    """Refuse a word that is none of the quarter's; what stands may keep a word that was retired since."""
    words = statuses.words_on(statuses.status_versions(session), quarter.first_day)
    is_kept = standing is not None and standing.status == status
    if status not in words or (words[status].is_retired and not is_kept):
        raise RuleViolation(f"The board has no such word in {quarter.label}.", field="status")


def _add(
    session: Session, action_id: int, quarter: Period, new: NewUpdate, *, actor: Actor, now: datetime
) -> BoardActionUpdate:
    row = BoardActionUpdate(action_id=action_id, first_day=quarter.first_day, version=new.version + 1)
    row.status, row.text, row.written_by, row.written_at = new.status, new.text, actor.officer_id, as_utc(now)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Overtaken(_OVERTAKEN, legal=_LEGAL) from error
    return row
