"""Who was a victim, or a trader complained of, again and again: counted for a period, with the years before it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.cases.models import CaseFile, CaseIncident, MoneyLine
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.vocabulary import ACCUSED, Role
from tsalert.cases.queries import stands
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.enforcement.models import Defendant, Prosecution
from tsalert.keysets import Order, read_rows
from tsalert.parties import queries as parties
from tsalert.parties.models import Party
from tsalert.parties.vocabulary import Side
from tsalert.people.rules import AT_LEAST, window_of
from tsalert.response.kept import names_for
from tsalert.response.models import Call, CallParty, Incident
from tsalert.response.vocabulary import REPORTED_CATEGORIES, CallSource
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_SHOWN = 100
_IDENTITY_KEY = func.coalesce(Party.identity_id, Party.id)
_IDENTITY = _IDENTITY_KEY.label("identity")


class Who(Word):
    """Of whom a list is."""

    VICTIMS = "victims", "Repeat victims"
    TRADERS = "traders", "Repeat traders"


class Repeated(Struct, frozen=True):
    """Somebody to whom it happened, or who did it, more than once."""

    party_id: int
    name: str | None
    kind: str
    episodes: int
    in_period: int
    last_at: datetime
    paid: Decimal


class RepeatList(Struct, frozen=True):
    """A page of who repeats in a period, most often first; ``people`` and ``episodes`` count all of them."""

    who: Who
    period: Period
    people: int
    episodes: int
    items: Sequence[Repeated]
    next: str | None


def repeat_list(
    session: Session, who: Who, period: Period, *, actor: Actor, now: datetime, after: str | None = None
) -> RepeatList:
    """Return who was in two incidents or more in the three years that end with a period, one of them in the period.

    A case without an incident counts as one. What is restricted to whoever asks is left out.
    """
    grouped = _grouped(who, period, actor, now).cte()
    people, episodes = session.execute(select(func.count(), func.sum(grouped.c.in_period)).select_from(grouped)).one()
    order = Order(grouped.c.identity, (grouped.c.episodes, grouped.c.last_at))
    page = read_rows(session, select(grouped), order, after=after, size=_SHOWN)
    ids = [identity for identity, *_ in page.items]
    found = {each.id: each for each in parties.parties_by_id(session, ids)}
    paid = _paid(session, who, ids, actor=actor, now=now)
    names = names_for(session, actor, ids, now=now)
    listed = [
        Repeated(
            identity,
            names[identity],
            found[identity].kind,
            times,
            in_period,
            last_at,
            paid.get(identity, Decimal("0.00")),
        )
        for identity, times, in_period, last_at in page.items
    ]
    return RepeatList(who, period, people, int(episodes or 0), listed, page.next)


def _grouped(who: Who, period: Period, actor: Actor, now: datetime) -> Select[int, int, int, datetime]:
    happened = _episodes(who, period, actor, now).subquery()
    in_period = func.count(distinct(happened.c.episode)).filter(happened.c.at >= period.starts_at)
    counted = func.count(distinct(happened.c.episode))
    columns = (counted.label("episodes"), in_period.label("in_period"), func.max(happened.c.at).label("last_at"))
    query = select(happened.c.identity, *columns).group_by(happened.c.identity)
    return query.having(and_(counted >= AT_LEAST, in_period >= 1))


def _episodes(who: Who, period: Period, actor: Actor, now: datetime) -> Select[int, int, datetime]:
    """Select (identity, episode, when) of all that happened; a case without an incident is numbered below nought."""
    belongs = _belongs(who).subquery()
    incident_at, case_at = _within(Incident.opened_at, period), _within(CaseFile.opened_at, period)
    seen = tiers.visible(actor, Subject.INCIDENT, Incident.id, now=now)
    seen_case = tiers.visible(actor, Subject.CASE, CaseFile.id, now=now)
    seen_party = tiers.visible(actor, Subject.PARTY, Party.id, now=now)
    told = (
        select(_IDENTITY, Incident.id.label("episode"), Incident.opened_at.label("at"))
        .join(CallParty, CallParty.party_id == Party.id)
        .join(Call, Call.id == CallParty.call_id)
        .join(Incident, Incident.id == Call.incident_id)
        .where(*_told_of(who), Incident.category.in_(REPORTED_CATEGORIES), incident_at, seen, seen_party)
    )
    filed = (
        select(_IDENTITY, Incident.id, Incident.opened_at)
        .join(belongs, belongs.c.party_id == Party.id)
        .join(CaseFile, CaseFile.id == belongs.c.case_id)
        .join(CaseIncident, CaseIncident.case_id == CaseFile.id)
        .join(Incident, Incident.id == CaseIncident.incident_id)
        .where(incident_at, seen, seen_case, seen_party)
    )
    alone = (
        select(_IDENTITY, -CaseFile.id, CaseFile.opened_at)
        .join(belongs, belongs.c.party_id == Party.id)
        .join(CaseFile, CaseFile.id == belongs.c.case_id)
        .where(case_at, seen_case, seen_party, ~exists().where(CaseIncident.case_id == CaseFile.id))
    )
    joined = union_all(told, filed, alone).subquery()
    return select(joined.c.identity, joined.c.episode, joined.c.at)


def _belongs(who: Who) -> Select[int, int]:
    """Select (party, case) of whoever has such a role in a case; whoever is prosecuted is at least suspected."""
    given = select(CaseParty.party_id, CaseParty.case_id).where(CaseParty.ended_at.is_(None))
    if who is Who.VICTIMS:
        return given.where(CaseParty.role == Role.VICTIM)
    tried = select(Defendant.party_id, Prosecution.case_id).join(
        Prosecution, Prosecution.id == Defendant.prosecution_id
    )
    both = union(given.where(CaseParty.role.in_(ACCUSED)), tried).subquery()
    return select(both.c.party_id, both.c.case_id)


def _told_of(who: Who) -> tuple[ColumnElement[bool], ...]:
    """Return the condition on a call that it tells of such people: only a resident rings about themselves."""
    if who is Who.TRADERS:
        return (CallParty.role == Side.TRADER,)
    return (CallParty.role == Side.CALLER, Call.source == CallSource.RESIDENT)


def _within(at: InstrumentedAttribute[datetime], period: Period) -> ColumnElement[bool]:
    first, _ = window_of(period)
    return and_(at >= london_midnight(first), at < period.ends_at)


def _paid(session: Session, who: Who, identities: Sequence[int], *, actor: Actor, now: datetime) -> dict[int, Decimal]:
    """Return what was paid in all cases in which each has such a role and that whoever asks may see."""
    if not identities:
        return {}
    belongs = _belongs(who).subquery()
    own = (
        select(_IDENTITY, belongs.c.case_id)
        .join(belongs, belongs.c.party_id == Party.id)
        .where(_IDENTITY_KEY.in_(identities), tiers.visible(actor, Subject.CASE, belongs.c.case_id, now=now))
        .distinct()
        .subquery()
    )
    query = select(own.c.identity, func.sum(MoneyLine.amount, type_=MoneyLine.amount.type))
    lines = query.join(MoneyLine, MoneyLine.case_id == own.c.case_id)
    rows = session.execute(lines.where(MoneyLine.kind == MoneyKind.PAID, stands()).group_by(own.c.identity))
    return dict(rows.all())
