"""The board's words for how far an action has got: added, named anew, moved and retired from a quarter on."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import Period
from tsalert.db import transaction
from tsalert.quarterly.actions import rules, statuses
from tsalert.quarterly.actions.holding import first_day_of, set_in_turn
from tsalert.quarterly.actions.models import BoardActionStatus

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 40
_LAST = 1_000


class NewStatus(Struct, frozen=True):
    """What a word reads from a quarter on, and its place; no quarter means the one that runs, no place the end."""

    word: str
    reason: str
    place: int | None = None
    quarter: Period | None = None
    is_retired: bool = False


def add_status(new: NewStatus, *, actor: Actor, now: datetime) -> str:
    """Add a word from a quarter on; returns the name under which updates keep it.

    :raises RuleViolation: the board has it then already, or its quarter is over.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    if new.is_retired:
        raise RuleViolation("A word that is added is not retired.", field="is_retired")
    with transaction() as session:
        set_in_turn(session)
        known = {each.name for each in statuses.status_versions(session)}
        name = name_of(new.word, known)
        _add(session, name, new, first_day_of(session, new.quarter, now=now), actor=actor, now=now)
        return name


def change_status(name: str, new: NewStatus, *, after: int, actor: Actor, now: datetime) -> int:
    """Give a word another reading or place, or retire it, from a quarter on; returns the version's id.

    :param after: the id of the version that was newest when the change was begun.
    :raises NotFound: the board has no such word.
    :raises Conflict: somebody changed it meanwhile.
    :raises RuleViolation: it changes nothing, another word reads so, or its quarter is over.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    with transaction() as session:
        set_in_turn(session)
        versions = statuses.versions_of(session, name)
        if max(each.id for each in versions) != after:
            raise Conflict("Somebody has changed this word meanwhile.", legal=["look at its versions"])
        first_day = first_day_of(session, new.quarter, now=now)
        held = next((each for each in versions if each.first_day <= first_day), None)
        if held is None:
            raise RuleViolation("The board has this word only later.", field="quarter")
        if (held.word, held.is_retired) == (new.word, new.is_retired) and new.place in {None, held.place}:
            raise RuleViolation("That is what it reads then already.")
        return _add(session, name, new, first_day, default=held.place, actor=actor, now=now)


def name_of(word: str, known: Collection[str]) -> str:
    """Return a name for a word that no other has."""
    letters = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    base = _NOT_IN_NAMES.sub("_", letters).strip("_")[:_LONGEST_NAME] or "status"
    names = (base, *(f"{base}_{number}" for number in range(2, len(known) + 3)))
    return next(name for name in names if name not in known)


def _add(  # noqa: PLR0913 - what a version consists of
    session: Session,
    name: str,
    new: NewStatus,
    first_day: date,
    *,
    default: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    rules.check_word(new.word, field="word")
    _refuse_same_word(session, name, new, first_day)
    row = BoardActionStatus(name=name, word=new.word, is_retired=new.is_retired, first_day=first_day)
    row.place = new.place or default or _end(session)
    row.reason, row.set_by, row.set_at = new.reason, actor.officer_id, as_utc(now)
    session.add(row)
    session.flush()
    told: dict[str, Detail] = {
        "name": name,
        "word": new.word,
        "is_retired": new.is_retired,
        "holds_from": str(first_day),
    }
    audit.record(session, actor, "set", "board action status", row.id, now=now, **told)
    return row.id


def _refuse_same_word(session: Session, name: str, new: NewStatus, first_day: date) -> None:
    versions = statuses.status_versions(session)
    days = {first_day} | {each.first_day for each in versions if each.first_day > first_day}
    others = [each for day in days for each in statuses.in_use(statuses.words_on(versions, day)) if each.name != name]
    if not new.is_retired and any(each.word.casefold() == new.word.casefold() for each in others):
        raise RuleViolation("The board has this word already.", field="word")


def _end(session: Session) -> int:
    return min(max((each.place for each in statuses.status_versions(session)), default=0) + 1, _LAST)
