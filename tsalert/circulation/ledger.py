"""The ledger: what was declared, acknowledged and observed, by alert and by partner, each for itself and dated."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.circulation.models import ForwardAck
from tsalert.core.clock import london_date
from tsalert.core.periods import Period
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.subscribers import observing, partnering
from tsalert.subscribers.models import PartnerDeclaration
from tsalert.subscribers.partnering import Standing
from tsalert.subscribers.profiles import PartnerProfile

HEAD = (
    "alert", "partner", "declared", "declared_on", "acknowledged", "acknowledged_at", "acknowledged_via", "observed",
    "observed_at",
)  # fmt: skip
Row = tuple[str, str, int | None, str | None, int | None, datetime | None, str | None, int, datetime]


class Passed(Struct, frozen=True):
    """One partner's word that it passed one alert on, beside what it had declared of its readers by then."""

    id: int
    alert_id: int
    reference: str
    headline: str
    partner: Standing
    declared: int | None
    declared_at: datetime | None
    reach: int
    at: datetime
    via: str
    observed: int


class DeclaredOn(Struct, frozen=True):
    """How many partners said on one day how many readers they pass alerts on to."""

    on: date
    partners: int
    reach: int


class CirculationFigures(Struct, frozen=True):
    """How far alerts were passed on in a period. The kinds of figure are never added to one another.

    :param declared: readers as partners of that time had last declared them by the period's end; ``declarations``
        are the same by the day on which it was said, the latest first.
    :param acknowledged: times an alert reached a reader, by what partners said of the alerts that they passed on.
    :param observed: people who had joined by a partner's code by the period's end and still get alerts.
    """

    declared: int
    declaring_partners: int
    last_declared_at: datetime | None
    declarations: tuple[DeclaredOn, ...]
    acknowledged: int
    acknowledgements: int
    acknowledging_partners: int
    alerts_passed_on: int
    last_acknowledged_at: datetime | None
    observed: int
    counted_at: datetime


def page_of(
    session: Session,
    *,
    alert_id: int | None = None,
    partner_id: int | None = None,
    period: Period | None = None,
    after: str | None = None,
    limit: int | None = PAGE,
) -> Page[Passed]:
    """Return a page of what partners said they passed on, the latest first; of what one said twice the later counts.

    :param limit: how many at most; None for all of them.
    :raises RuleViolation: ``after`` is no place of the ledger.
    """
    query = _standing_acks(period).where(ForwardAck.partner_id.in_(partnering.listed_ids()))
    for column, wanted in ((ForwardAck.alert_id, alert_id), (ForwardAck.partner_id, partner_id)):
        query = query if wanted is None else query.where(column == wanted)
    page = read_page(session, query, Order(ForwardAck.id, (ForwardAck.at,)), after=after, size=limit)
    return page.all_told_by(lambda acks: _lines(session, acks))


def _lines(session: Session, acks: Sequence[ForwardAck]) -> list[Passed]:
    partners = {each.id: each for each in partnering.list_partners(session)}
    words = alerts.headlines_of(session, {each.alert_id for each in acks})
    observed = observing.count_observed(session)
    history = partnering.every_declaration(session)
    return [_line(ack, words[ack.alert_id], partners[ack.partner_id], history, observed) for ack in acks]


def _line(
    ack: ForwardAck,
    words: tuple[str, str],
    partner: Standing,
    history: Mapping[int, Sequence[PartnerDeclaration]],
    observed: Mapping[str, int],
) -> Passed:
    declared = next((each for each in history.get(partner.id, ()) if each.declared_at <= ack.at), None)
    return Passed(
        ack.id,
        ack.alert_id,
        *words,
        partner,
        declared.reach if declared else None,
        declared.declared_at if declared else None,
        ack.reach,
        ack.at,
        ack.via,
        observed.get(partner.code, 0),
    )


def figures(session: Session, period: Period, *, now: datetime) -> CirculationFigures:
    """Return a period's figures of circulation, each kind for itself."""
    latest = _declared_before(session, period.ends_at)
    acks = session.scalars(_standing_acks(period)).all()
    observed = observing.count_observed(session, before=period.ends_at)
    return CirculationFigures(
        declared=sum(each.reach for each in latest),
        declaring_partners=len(latest),
        last_declared_at=max((each.declared_at for each in latest), default=None),
        declarations=_by_day(latest),
        acknowledged=sum(each.reach for each in acks),
        acknowledgements=len(acks),
        acknowledging_partners=len({each.partner_id for each in acks}),
        alerts_passed_on=len({each.alert_id for each in acks}),
        last_acknowledged_at=max((each.at for each in acks), default=None),
        observed=sum(observed.values()),
        counted_at=now,
    )


def rows(found: Sequence[Passed], *, now: datetime) -> list[Row]:
    """Return the ledger as lines of a table, in the order of ``HEAD``."""
    return [
        (
            each.reference,
            each.partner.name,
            each.declared,
            london_date(each.declared_at).isoformat() if each.declared_at else None,
            each.reach,
            each.at,
            each.via,
            each.observed,
            now,
        )
        for each in found
    ]


def _standing_acks(period: Period | None) -> Select[ForwardAck]:
    """Return the query of the last word on each alert of each partner, of a period by when it was first said."""
    firsts = select(func.min(ForwardAck.at).label("first"), func.max(ForwardAck.id).label("last"))
    each = firsts.group_by(ForwardAck.alert_id, ForwardAck.partner_id).subquery("each")
    query = select(ForwardAck).join(each, each.c.last == ForwardAck.id)
    if period is not None:
        query = query.where(each.c.first >= period.starts_at, each.c.first < period.ends_at)
    return query


def _declared_before(session: Session, at: datetime) -> list[PartnerDeclaration]:
    """Return the last declaration before an instant of each partner that was one then."""
    history, ended = partnering.every_declaration(session), _ended_before(session, at)
    earlier = (
        (each for each in history.get(one.id, []) if each.declared_at < at)
        for one in partnering.list_partners(session)
        if one.id not in ended
    )
    return [latest for each in earlier if (latest := next(each, None)) is not None]


def _ended_before(session: Session, at: datetime) -> set[int]:
    return set(session.scalars(select(PartnerProfile.partner_id).where(PartnerProfile.ended_at < at)))


def _by_day(declarations: Sequence[PartnerDeclaration]) -> tuple[DeclaredOn, ...]:
    found: defaultdict[date, list[int]] = defaultdict(list)
    for each in declarations:
        found[london_date(each.declared_at)].append(each.reach)
    return tuple(DeclaredOn(on, len(found[on]), sum(found[on])) for on in sorted(found, reverse=True))
