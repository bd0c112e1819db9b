"""Who is rung next for a call: read from the rota and from what was spent, nothing is written."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.rota import queries as rota
from tsalert.rota.queries import OnDuty
from tsalert.telephone import rules
from tsalert.telephone.models import TelephoneCall, TelephoneEvent
from tsalert.telephone.rules import Candidate, EventKind, Limits, Reason


class House(Struct, frozen=True):
    """What differs between installations: how often may be rung, and whether the numbers of drama count as real."""

    limits: Limits
    is_demo: bool = False


class Plan(Struct, frozen=True):
    """Who is rung next, or why nobody is; ``is_uncovered`` where nobody who can be rung is on duty."""

    candidate: Candidate | None
    reason: Reason | None
    is_uncovered: bool


def plan(session: Session, prefix: str, rung: Collection[int], *, house: House, now: datetime) -> Plan:
    """Choose who is rung next: those on duty in their order, or the managers where nobody is.

    :param prefix: the caller's, for the limit on one block of numbers.
    :param rung: the officers who were rung for this call already.
    """
    chain = _reachable(rota.on_duty(session, at=now), house)
    is_uncovered = not chain
    found = rules.next_to_ring(chain or _reachable(rota.reachable_managers(session), house), rung)
    if found is None:
        return Plan(None, Reason.NOBODY_TOOK_IT if rung else Reason.NOBODY_TO_RING, is_uncovered)
    since = now - rules.SPENDING_SPAN
    spent = [rings_since(session, since), rings_since(session, since, prefix=prefix)]
    limit = rules.limit_reached(house.limits, in_all=spent[0], by_prefix=spent[1])
    return Plan(None if limit else found, limit, is_uncovered)


def rings_since(session: Session, since: datetime, *, prefix: str | None = None) -> int:
    """Count how many times an officer's mobile was rung for callers, of one block of numbers or all."""
    rang = (TelephoneEvent.kind == EventKind.RANG, TelephoneEvent.at > since)
    query = select(func.count()).select_from(TelephoneEvent).where(*rang)
    if prefix is not None:
        query = query.join(TelephoneCall).where(TelephoneCall.prefix == prefix)
    return session.scalar(query) or 0


def _reachable(people: list[OnDuty], house: House) -> list[Candidate]:
    mobiles = {each.mobile: each.officer_id for each in reversed(people) if each.mobile}
    ordered = dict.fromkeys(each.mobile for each in people if each.mobile)
    able = [mobile for mobile in ordered if rules.may_be_rung(mobile, is_demo=house.is_demo)]
    return [Candidate(mobiles[mobile], mobile) for mobile in able]
