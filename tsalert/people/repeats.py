"""Who was a victim, or a trader complained of, again and again: counted for a period, with the years before it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import CTE, ColumnElement, Select, and_, distinct, func, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.cases.models import CaseFile, CaseIncident, CaseMerge, MoneyLine
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.vocabulary import ACCUSED, Role
from tsalert.cases.queries import is_repeated, stands
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

    A case without an incident counts as one, and cases about one matter count once. What is restricted to whoever
    asks is left out.
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
    """Select (identity, episode, when) of all that happened; a matter without an incident is numbered below nought."""
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
    alone = _alone(who).where(case_at, seen_case, seen_party)
    joined = union_all(told, filed, alone).subquery()
    return select(joined.c.identity, joined.c.episode, joined.c.at)


def _alone(who: Who) -> Select[int, int, datetime]:
    """Select (identity, matter below nought, when) of the cases about a matter of which no incident of theirs tells."""
    own = _own(who)
    of_incidents = select(own.c.identity, own.c.matter).join(CaseIncident, CaseIncident.case_id == own.c.case_id)
    told_of = of_incidents.distinct().subquery()
    of_matter = and_(told_of.c.identity == own.c.identity, told_of.c.matter == own.c.matter)
    return (
        select(own.c.identity, -own.c.matter, CaseFile.opened_at)
        .join(Party, Party.id == own.c.party_id)
        .join(CaseFile, CaseFile.id == own.c.case_id)
        .outerjoin(told_of, of_matter)
        .where(told_of.c.matter.is_(None))
    )


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


def _own(who: Who) -> CTE:
    """Select (party, identity, case, matter) of whoever has such a role; cases about one matter share its number."""
    belongs = _belongs(who).subquery()
    matter = func.coalesce(CaseFile.continued_in_id, CaseFile.id).label("matter")
    return (
        select(Party.id.label("party_id"), _IDENTITY, CaseFile.id.label("case_id"), matter)
        .join(belongs, belongs.c.party_id == Party.id)
        .join(CaseFile, CaseFile.id == belongs.c.case_id)
        .cte()
    )


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
    own = _own(who)
    shown = (own.c.identity.in_(identities), tiers.visible(actor, Subject.CASE, own.c.case_id, now=now))
    theirs = select(own.c.identity, own.c.case_id).where(*shown).distinct().cte()
    other = theirs.alias()
    repeated = is_repeated(CaseMerge.later_id == other.c.case_id, other.c.identity == theirs.c.identity)
    query = select(theirs.c.identity, func.sum(MoneyLine.amount, type_=MoneyLine.amount.type))
    lines = query.join(MoneyLine, MoneyLine.case_id == theirs.c.case_id)
    paid = (MoneyLine.kind == MoneyKind.PAID, stands(), ~repeated)
    return dict(session.execute(lines.where(*paid).group_by(theirs.c.identity)).all())
