"""Adding the board's priority actions, changing and retiring them from a quarter on; earlier quarters keep theirs."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import Period, quarter_of
from tsalert.db import transaction
from tsalert.quarterly.actions import queries, rules
from tsalert.quarterly.actions.holding import first_day_of, set_in_turn
from tsalert.quarterly.actions.models import BoardAction, BoardActionVersion
from tsalert.quarterly.actions.queries import ActionVersion
from tsalert.quarterly.writing.markdown import check


class NewAction(Struct, frozen=True):
    """What an action says from a quarter on; no quarter means the one that runs."""

    number: int
    title: str
    text: str
    lead: str
    is_from_records: bool
    reason: str
    quarter: Period | None = None
    is_retired: bool = False

    @property
    def content(self) -> tuple[object, ...]:
        """What would make it another version."""
        return (self.number, self.title, self.text, self.lead, self.is_from_records, self.is_retired)


def add_action(new: NewAction, *, actor: Actor, now: datetime) -> int:
    """Add an action from a quarter on; returns its id.

    :raises RuleViolation: another has its number, it says nothing, or its quarter is over.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    if new.is_retired:
        raise RuleViolation("An action that is added is not retired.", field="is_retired")
    with transaction() as session:
        set_in_turn(session)
        first_day = first_day_of(session, new.quarter, now=now)
        row = BoardAction(added_by=actor.officer_id, added_at=as_utc(now))
        session.add(row)
        session.flush()
        _add(session, row.id, new, first_day, actor=actor, now=now)
        audit.record(
            session, actor, "added", "board action", row.id, now=now, number=new.number, holds_from=str(first_day)
        )
        return row.id


def change_action(action_id: int, new: NewAction, *, after: int, actor: Actor, now: datetime) -> int:
    """Give an action a further version, or retire it, from a quarter on; returns the version's id.

    :param after: the id of the version that was newest when the change was begun.
    :raises NotFound: there is no such action, or none yet in that quarter.
    :raises Conflict: somebody changed it meanwhile.
    :raises RuleViolation: it changes nothing, another has its number, or its quarter is over.
    """
    actor.require(Permission.MANAGE_INDICATORS)
    with transaction() as session:
        set_in_turn(session)
        newest = max(each.id for each in queries.versions_of(session, action_id))
        if newest != after:
            raise Conflict("Somebody has changed this action meanwhile.", legal=["look at its versions"])
        first_day = first_day_of(session, new.quarter, now=now)
        if _content(_held(session, action_id, first_day)) == new.content:
            raise RuleViolation("That is what it says then already.")
        row = _add(session, action_id, new, first_day, actor=actor, now=now)
        act = "retired" if new.is_retired else "changed"
        audit.record(session, actor, act, "board action", action_id, now=now, version=row.id, holds_from=str(first_day))
        return row.id


def _held(session: Session, action_id: int, first_day: date) -> ActionVersion:
    return queries.get_action(session, action_id, quarter_of(first_day))


def _content(held: ActionVersion) -> tuple[object, ...]:
    return (held.number, held.title, held.text, held.lead, held.is_from_records, held.is_retired)


def _add(
    session: Session, action_id: int, new: NewAction, first_day: date, *, actor: Actor, now: datetime
) -> BoardActionVersion:
    rules.check_word(new.title, field="title")
    check(new.text, field="text")
    _refuse_taken_number(session, action_id, new, first_day)
    row = BoardActionVersion(action_id=action_id, number=new.number, title=new.title, text=new.text, lead=new.lead)
    row.is_from_records, row.is_retired = new.is_from_records, new.is_retired
    row.first_day, row.reason, row.set_by, row.set_at = first_day, new.reason, actor.officer_id, as_utc(now)
    session.add(row)
    session.flush()
    return row


def _refuse_taken_number(session: Session, action_id: int, new: NewAction, first_day: date) -> None:
    """Refuse a number that another action has in the first quarter, or in a later one in which something changes."""
    versions = queries.action_versions(session)
    days = {first_day} | {each.first_day for each in versions if each.first_day > first_day}
    others = (each for day in sorted(days) for each in queries.actions_on(versions, day) if each.action_id != action_id)
    taken = next((each for each in others if each.number == new.number and not new.is_retired), None)
    if new.number < 1 or taken:
        told = f"Number {new.number} is “{taken.title}”." if taken else "Actions are numbered from 1."
        raise RuleViolation(told, field="number")
