"""The one place that says which records a search or a board may show to its reader."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.core.actors import Actor
from tsalert.fulltext.vocabulary import Found
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_SUBJECTS = {Found.CALL: Subject.CALL, Found.INCIDENT: Subject.INCIDENT, Found.CASE: Subject.CASE}


def may_see(
    actor: Actor, found: Found, key: ColumnElement[int] | InstrumentedAttribute[int], *, now: datetime
) -> ColumnElement[bool]:
    """Return the condition that this reader may see a call, an incident or a case."""
    return tiers.visible(actor, _SUBJECTS[found], key, now=now)


def visible_parties(session: Session, actor: Actor, ids: Collection[int], *, now: datetime) -> set[int]:
    """Return those of some parties that this reader may see."""
    return set(ids) - tiers.withheld(session, actor, Subject.PARTY, ids, now=now)
