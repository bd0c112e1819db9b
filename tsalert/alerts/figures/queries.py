"""An alert in figures: by ward and channel as they were last counted, and what it cost as it was sent."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.models import Alert, AlertEdition, AlertPrice, AlertWardCount
from tsalert.core.money import whole_pence
from tsalert.core.one_by_one import one_by_one
from tsalert.db import transaction
from tsalert.delivery import queries as delivery
from tsalert.delivery.models import Mailing, MailingCount
from tsalert.delivery.progress import SENT
from tsalert.delivery.recipients import outcomes_of
from tsalert.delivery.rules import Status
from tsalert.places.queries import ward_names
from tsalert.subscribers.by_ward import ward_of

# Receipts come for some days; after them the figures stay as they are.
_COUNTED_FOR = timedelta(days=5)
_EVERY, _WHILE_SENDING = timedelta(hours=1), timedelta(minutes=5)
_AT_ONCE = 20
_FAILED = frozenset({Status.FAILED, Status.UNDELIVERED, Status.HARD_BOUNCED, Status.SOFT_BOUNCED})


class WardLine(Struct, frozen=True):
    """Messages of one alert to a ward on one channel; what failed after it was sent counts as both."""

    ward: str
    name: str
    channel: str
    messages: int
    sent: int
    delivered: int
    failed: int


class Spent(Struct, frozen=True):
    """What an alert's messages on one channel cost: how many a provider took, of how many units, at how many pence."""

    channel: str
    round: int
    sent: int
    units: int
    unit: str
    pence_each: Decimal

    @property
    def pence(self) -> Decimal:
        """Pence in all, before tax, exact."""
        return self.sent * self.units * self.pence_each

    @property
    def pounds(self) -> Decimal:
        """Pounds in all, before tax, to the penny."""
        return whole_pence(self.pence / 100)


def keep_figures(now: datetime) -> int:
    """Count the latest alerts by ward, anew for as long as receipts come, each in a transaction of its own.

    Returns how many were counted.
    """
    with transaction() as session:
        due = _due(session, now)

    def count(alert_id: int) -> bool:
        with transaction() as session:
            _count(session, alert_id, now)
        return True

    return one_by_one(due, count)


def by_ward(session: Session, alert_id: int) -> tuple[list[WardLine], datetime | None]:
    """Return an alert's figures by ward and channel, and when they were counted; None where they are not yet."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    counted_at = None
    for row in session.scalars(select(AlertWardCount).where(AlertWardCount.alert_id == alert_id)):
        counts.setdefault((row.ward, row.channel), Counter())[row.status] += row.count
        counted_at = row.counted_at
    names = ward_names(session)
    lines = [_line(ward, names.get(ward, ward), channel, found) for (ward, channel), found in counts.items()]
    return sorted(lines, key=lambda line: (not line.ward, line.name, line.channel)), counted_at


def spent(session: Session, alert_id: int) -> list[Spent]:
    """Return what an alert cost as it was sent, round by round; none where nothing has a price."""
    query = select(AlertEdition.round, AlertEdition.mailing_id).where(AlertEdition.alert_id == alert_id)
    rounds = {mailing_id: number for number, mailing_id in session.execute(query)}
    taken: Counter[tuple[int, str]] = Counter()
    for mailing_id, found in delivery.progress_of_all(session, [*rounds]).items():
        for channel, statuses in found.by_channel.items():
            taken[rounds[mailing_id], channel] += sum(statuses.get(status, 0) for status in SENT)
    prices = select(AlertPrice).where(AlertPrice.alert_id == alert_id).order_by(AlertPrice.round, AlertPrice.channel)
    lines = [
        Spent(each.channel, each.round, taken[each.round, each.channel], each.units, each.unit, each.pence_each)
        for each in session.scalars(prices)
    ]
    return [line for line in lines if line.sent]


def total(lines: Sequence[Spent]) -> Decimal:
    """Return pounds in all, before tax, to the penny: of the exact sum, as what is set aside is rounded."""
    return whole_pence(sum((line.pence for line in lines), Decimal(0)) / 100)


def _due(session: Session, now: datetime) -> Sequence[int]:
    """Return the alerts to be counted: those never counted, and anew those of which receipts may come.

    That is once an hour, every few minutes while it is being sent, and as soon as nothing of it waits any more.
    One that nobody got at once leaves nothing to count, ever.
    """
    last = select(func.max(AlertWardCount.counted_at)).where(AlertWardCount.alert_id == Alert.id).scalar_subquery()
    settled_at = Alert.published_at
    mine = (AlertEdition.alert_id == Alert.id, Mailing.id == AlertEdition.mailing_id)
    is_moving = exists().where(*mine, Mailing.completed_at.is_(None))
    has_ended = exists().where(*mine, Mailing.completed_at > last)
    is_stale = or_(last <= now - _EVERY, (last <= now - _WHILE_SENDING) & is_moving, has_ended)
    recent = (settled_at > now - _COUNTED_FOR) & is_stale
    messages = (AlertEdition.alert_id == Alert.id, MailingCount.mailing_id == AlertEdition.mailing_id)
    has_any = exists().where(*messages, MailingCount.count > 0)
    query = select(Alert.id).where(settled_at.is_not(None), has_any, or_(last.is_(None), recent))
    return session.scalars(query.order_by(Alert.id.desc()).limit(_AT_ONCE)).all()


def _count(session: Session, alert_id: int, now: datetime) -> None:
    messages = outcomes_of(editions.all_mailings_of(session, alert_id)).subquery("messages")
    wards = func.coalesce(ward_of(messages.c.endpoint_id), "").label("ward")
    each = select(wards, messages.c.channel, messages.c.status).subquery("each")
    columns = (each.c.ward, each.c.channel, each.c.status)
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    session.execute(delete(AlertWardCount).where(AlertWardCount.alert_id == alert_id))
    values = [
        {"alert_id": alert_id, "ward": ward, "channel": channel, "status": status, "count": count, "counted_at": now}
        for ward, channel, status, count in rows
    ]
    if values:
        session.execute(insert(AlertWardCount), values)


def _line(ward: str, name: str, channel: str, counts: Counter[str]) -> WardLine:
    sums = [sum(counts[status] for status in statuses) for statuses in (SENT, {Status.DELIVERED}, _FAILED)]
    return WardLine(ward, name, channel, counts.total(), *sums)
