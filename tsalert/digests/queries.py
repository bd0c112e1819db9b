"""Who has which alerts to hear of in a digest, found by the database; and the digests that went out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Select, Subquery, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.audience.later import CHANNELS
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition, Kind
from tsalert.alerts.steps import Status
from tsalert.core.clock import as_utc
from tsalert.delivery import queries as delivery
from tsalert.delivery.progress import Progress, together
from tsalert.delivery.recipients import find_recipient, was_sent
from tsalert.digests.models import DigestItem, DigestMailing, DigestRun
from tsalert.digests.rules import DIGESTS, MOST_ITEMS, Period, Tells, next_period
from tsalert.digests.wording import Line
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers import reading
from tsalert.subscribers.rules import EVERY_TOPIC, Frequency

PAGE = 25
_HELD_BACK = {Status.PAUSED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class Share:
    """Some of a digest's alerts, in one edition; ``bits`` has one bit for each item, the first item's the lowest."""

    bits: int
    edition: Edition

    def items_of(self, items: Sequence[Line]) -> list[Line]:
        """Return those of a digest's items that belong to it."""
        return [item for place, item in enumerate(items) if self.bits >> place & 1]


@dataclass(frozen=True, slots=True)
class Sent:
    """One digest that was made; ``progress`` is None where nobody had anything to hear of."""

    id: int
    frequency: Frequency
    day: date
    made_at: datetime
    references: tuple[str, ...]
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Coming:
    """A digest that is still to come."""

    frequency: Frequency
    leaves_at: datetime
    references: tuple[str, ...]
    readers: int


@dataclass(frozen=True, slots=True)
class Carried:
    """How many the mails of one frequency told of an alert and of its withdrawal, and how many the next would."""

    frequency: Frequency
    told: int
    told_withdrawn: int
    leaves_at: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Whom a message of a digest went to, and which alerts were new in it."""

    endpoint_id: int
    alert_ids: frozenset[int]


def find_heard(session: Session, delivery_id: int) -> Heard | None:
    """Return what a message told whom as new, or None where it is no digest's."""
    recipient = find_recipient(session, delivery_id)
    if recipient is None:
        return None
    mailing_id, endpoint_id = recipient
    query = select(DigestItem.alert_id).where(DigestItem.mailing_id == mailing_id, DigestItem.tells == Tells.NEW)
    told = frozenset(session.scalars(query))
    return Heard(endpoint_id, told) if told else None


def was_made(session: Session, period: Period) -> bool:
    """Tell whether a morning's digest has been made."""
    mine = (DigestRun.frequency == period.frequency, DigestRun.day == period.day)
    return session.scalar(select(DigestRun.id).where(*mine)) is not None


def lines(session: Session, period: Period, *, now: datetime) -> list[Line]:
    """Return what a digest may tell of: the newest alerts first, then those to take back."""
    # Once it is sent, an alert changes only by being held, let go on, or withdrawn.
    lately = (Alert.changed_at >= period.starts_at, Alert.published_at < period.ends_at)
    found = session.scalars(select(Alert).where(*lately).order_by(Alert.published_at.desc(), Alert.id.desc())).all()
    progress = editions.progress_of_all(session, [one.id for one in found])
    states = {key: each.state for key, each in progress.items()}
    # A correction is no news here: what such mails told of is taken back below.
    sent = [one for one in found if one.kind != Kind.CANCEL and states.get(one.id) not in _HELD_BACK]
    new = [Line(one, Tells.NEW) for one in sent if one.expires_at > as_utc(now)]
    told = _told(session, [one.id for one in found])
    # What had ended is taken back all the same: what was told was wrong.
    taken_back = [
        Line(one, Tells.WITHDRAWN)
        for one in found
        if states.get(one.id) == Status.CANCELLED and told[one.id, Tells.NEW]
    ]
    # What was told wrongly comes before what is new, where a mail cannot hold all.
    return [*new[: max(0, MOST_ITEMS - len(taken_back))], *taken_back[:MOST_ITEMS]]


def audience(session: Session, items: Sequence[Line], frequency: Frequency) -> Select[int, str, int]:
    """Return the query of (endpoint id, channel, set) of everybody who has something to hear of.

    The set has one bit for each item, the first item's the lowest.

    :param items: at least one.
    """
    told = _told(session, [one.alert.id for one in items])
    every = union_all(*(_bit(_readers(session, one, told, frequency), 1 << place) for place, one in enumerate(items)))
    bits = every.subquery("every")
    # PostgreSQL adds whole numbers up to a decimal one.
    added = cast(func.sum(bits.c.bit), BigInteger)
    return select(bits.c.id, bits.c.channel, added.label("told")).group_by(bits.c.id, bits.c.channel)


def shares(session: Session, people: Select[int, str, int]) -> list[Share]:
    """Return what there is to write: each set of alerts that anybody has to hear of, in each edition it is read in."""
    each = _with_edition(people)
    query = select(each.c.told, each.c.edition).distinct().order_by(each.c.told, each.c.edition)
    return [Share(bits, Edition(edition)) for bits, edition in session.execute(query)]


def people_of(people: Select[int, str, int], share: Share, made: Collection[int]) -> Select[int, str]:
    """Return the query of those who are to get one share.

    :param made: the mailings of the other shares, lest somebody who changes what they asked for get two.
    """
    each = _with_edition(people)
    mine = (each.c.told == share.bits, each.c.edition == share.edition, ~was_sent(made, each.c.id))
    return select(each.c.id, each.c.channel).where(*mine)


def list_sent(session: Session, *, before: int | None = None, limit: int = PAGE) -> list[Sent]:
    """Return a page of the digests that were made, newest first, below the id ``before``."""
    query = select(DigestRun).order_by(DigestRun.id.desc()).limit(limit)
    if before is not None:
        query = query.where(DigestRun.id < before)
    runs = session.scalars(query).all()
    ids = [run.id for run in runs]
    mailings, references = _mailings(session, ids), _references(session, ids)
    found = delivery.progress_of_all(session, [number for each in mailings.values() for number in each])
    return [
        Sent(
            id=run.id,
            frequency=Frequency(run.frequency),
            day=run.day,
            made_at=run.made_at,
            references=tuple(references[run.id]),
            progress=together([found[number] for number in mailings[run.id]]) if mailings[run.id] else None,
        )
        for run in runs
    ]


def coming(session: Session, *, now: datetime) -> list[Coming]:
    """Return the next digest of each frequency as it would be made of what is known now."""
    found = []
    for frequency in DIGESTS:
        period = next_period(frequency, now)
        items = lines(session, period, now=period.ends_at)
        readers = _count(session, audience(session, items, frequency)) if items else 0
        references = tuple(one.alert.reference for one in items) if readers else ()
        found.append(Coming(frequency, period.ends_at, references, readers))
    return found


def of_alert(session: Session, alert: Alert, *, now: datetime) -> list[Carried]:
    """Return for each frequency what its mails told of one alert, and what the next would tell as things stand."""
    query = select(DigestRun.frequency, DigestItem.tells, DigestItem.mailing_id)
    query = query.join(DigestMailing, DigestMailing.mailing_id == DigestItem.mailing_id)
    query = query.join(DigestRun, DigestRun.id == DigestMailing.run_id).where(DigestItem.alert_id == alert.id)
    rows = session.execute(query).all()
    sizes = delivery.progress_of_all(session, [mailing_id for _, _, mailing_id in rows])
    told: Counter[tuple[str, str]] = Counter()
    for frequency, tells, mailing_id in rows:
        told[frequency, tells] += sizes[mailing_id].total
    return [
        Carried(
            often, told[often, Tells.NEW], told[often, Tells.WITHDRAWN], *_still_to_tell(session, alert, often, now)
        )
        for often in DIGESTS
    ]


def _still_to_tell(session: Session, alert: Alert, frequency: Frequency, now: datetime) -> tuple[datetime, int]:
    """Return when the next mail leaves, and how many it tells of an alert or of its withdrawal."""
    period = next_period(frequency, now)
    mine = [line for line in lines(session, period, now=period.ends_at) if line.alert.id == alert.id]
    return period.ends_at, _count(session, audience(session, mine, frequency)) if mine else 0


def _count(session: Session, people: Select[int, str, int]) -> int:
    return session.scalar(select(func.count()).select_from(people.subquery("people"))) or 0


def _with_edition(people: Select[int, str, int]) -> Subquery:
    """Add the edition that each reads; only mail has other editions than the ordinary one."""
    found = people.subquery("found")
    by_mail = found.c.channel == Channel.EMAIL
    edition = case(
        (and_(by_mail, reading.is_read_by_partners(found.c.id)), Edition.PARTNER),
        (and_(by_mail, reading.is_read_in_large_print(found.c.id)), Edition.LARGE_PRINT),
        else_=Edition.ORDINARY,
    )
    return select(found.c.id, found.c.channel, found.c.told, edition.label("edition")).subquery("each")


def _mailings(session: Session, run_ids: Collection[int]) -> defaultdict[int, list[int]]:
    query = select(DigestMailing.run_id, DigestMailing.mailing_id).where(DigestMailing.run_id.in_(run_ids))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for run_id, mailing_id in session.execute(query):
        found[run_id].append(mailing_id)
    return found


def _references(session: Session, run_ids: Collection[int]) -> defaultdict[int, list[str]]:
    query = select(DigestMailing.run_id, Alert.reference).distinct().where(DigestMailing.run_id.in_(run_ids))
    query = query.join(DigestItem, DigestItem.mailing_id == DigestMailing.mailing_id)
    query = query.join(Alert, Alert.id == DigestItem.alert_id).order_by(Alert.reference)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for run_id, reference in session.execute(query):
        found[run_id].append(reference)
    return found


def _told(session: Session, alert_ids: Collection[int]) -> defaultdict[tuple[int, Tells], list[int]]:
    """Return the mailings of digests that told of each alert, by what they said of it."""
    query = select(DigestItem.alert_id, DigestItem.tells, DigestItem.mailing_id)
    found: defaultdict[tuple[int, Tells], list[int]] = defaultdict(list)
    for alert_id, tells, mailing_id in session.execute(query.where(DigestItem.alert_id.in_(alert_ids))):
        found[alert_id, Tells(tells)].append(mailing_id)
    return found


def _readers(
    session: Session, item: Line, told: defaultdict[tuple[int, Tells], list[int]], frequency: Frequency
) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of those who are to hear one thing of one alert."""
    alert, earlier = item.alert, told[item.alert.id, Tells.NEW]
    if item.tells is Tells.WITHDRAWN:
        everybody = subscribers.digest_audience(
            frequency, wards=(), topic=EVERY_TOPIC, channels=CHANNELS, joined_by=alert.changed_at
        ).subquery()
        had = was_sent(earlier, everybody.c.id)
        return _but(everybody, told[alert.id, Tells.WITHDRAWN]).where(had)
    assert alert.published_at is not None  # only published ones become lines
    wanted = subscribers.digest_audience(
        frequency,
        wards=alert.wards,
        topic=alert.topic,
        channels=CHANNELS,
        joined_by=alert.published_at,
        choice=choice_of(alert),
    ).subquery()
    return _but(wanted, [*editions.all_mailings_of(session, alert.id), *earlier])


def _but(people: Subquery, mailing_ids: Collection[int]) -> Select[int, str]:
    """Return the query of some people without those whom any of some mailings went to."""
    return select(people.c.id, people.c.channel).where(~was_sent(mailing_ids, people.c.id))


def _bit(people: Select[int, str], bit: int) -> Select[int, str, int]:
    return people.add_columns(literal(bit, BigInteger).label("bit"))
