"""Whom nothing but a restricted record tells of: they are restricted with it, or their own page would name them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, column, select, table
from sqlalchemy.orm import Session

from tsalert.cases.people.models import CaseParty
from tsalert.core.actors import Actor
from tsalert.response.models import CallParty
from tsalert.tiers import service as tiers
from tsalert.tiers.queries import is_restricted, restricted
from tsalert.tiers.vocabulary import Subject

# By their names alone: prosecutions are recorded by a capability above.
_DEFENDANT = table("defendant", column("party_id"), column("prosecution_id"))
_PROSECUTION = table("prosecution", column("id"), column("case_id"))
_TRIED = select(_DEFENDANT.c.party_id).join(_PROSECUTION, _PROSECUTION.c.id == _DEFENDANT.c.prosecution_id)


def restrict_people(session: Session, record: tuple[Subject, int], *, actor: Actor, now: datetime) -> None:
    """Restrict whoever stands in a restricted call or case and in nothing that is open; a step."""
    if not is_restricted(session, *record):
        return
    told = _of_call(session, record[1]) if record[0] is Subject.CALL else _of_case(session, record[1])
    for party_id in sorted(told - _told_of_openly(session, told)):
        tiers.inherit(session, Subject.PARTY, party_id, record, actor=actor, now=now)


def _of_call(session: Session, call_id: int) -> set[int]:
    return set(session.scalars(select(CallParty.party_id).where(CallParty.call_id == call_id)))


def _of_case(session: Session, case_id: int) -> set[int]:
    people = session.scalars(select(CaseParty.party_id).where(CaseParty.case_id == case_id))
    return {*people, *session.scalars(_TRIED.where(_PROSECUTION.c.case_id == case_id))}


def _told_of_openly(session: Session, party_ids: Collection[int]) -> set[int]:
    """Return those of some parties of whom an open record tells too."""
    queries: tuple[Select[int], ...] = (
        select(CallParty.party_id).where(
            CallParty.party_id.in_(party_ids), ~restricted(Subject.CALL, CallParty.call_id)
        ),
        select(CaseParty.party_id).where(
            CaseParty.party_id.in_(party_ids), ~restricted(Subject.CASE, CaseParty.case_id)
        ),
        _TRIED.where(_DEFENDANT.c.party_id.in_(party_ids), ~restricted(Subject.CASE, _PROSECUTION.c.case_id)),
    )
    return {party_id for query in queries for party_id in session.scalars(query)}
