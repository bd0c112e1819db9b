"""Who has what to hear of in a digest: found by the database once for each digest, and never passed through Python."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    CompoundSelect,
    Index,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    except_,
    func,
    insert,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.audience.later import CHANNELS
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition, Kind
from tsalert.delivery import queries as delivery
from tsalert.delivery.recipients import Mailings, taken_by, was_sent
from tsalert.digests.models import DigestItem
from tsalert.digests.rules import Tells
from tsalert.digests.wording import Line
from tsalert.subscribers import reading
from tsalert.subscribers.preferences.moved import moved_with
from tsalert.subscribers.rules import Frequency
from tsalert.subscribers.waiting import digest_addresses, following_addresses

# Seen by one connection alone and gone when its transaction ends: what somebody changes meanwhile makes nobody hear
# twice or of nothing, and a list of any length is looked through once for each alert, however many mails come of it.
_TEMPORARY = ["TEMPORARY"]
_FOUND = Table(
    "digest_found", MetaData(), Column("endpoint_id", BigInteger), Column("bit", BigInteger), prefixes=_TEMPORARY
)
_GATHERED = Table(
    "digest_reader",
    MetaData(),
    Column("endpoint_id", BigInteger),
    Column("channel", Text),
    Column("told", BigInteger),
    Column("edition", Text),
    Index("ix_digest_reader_share", "told", "edition"),
    prefixes=_TEMPORARY,
)


class Share(Struct, frozen=True):
    """Some of a digest's alerts, in one edition; ``bits`` has one bit for each item, the first item's the lowest."""

    bits: int
    edition: Edition

    def items_of(self, items: Sequence[Line]) -> list[Line]:
        """Return those of a digest's items that belong to it."""
        return [item for place, item in enumerate(items) if self.bits >> place & 1]


@contextmanager
def gathered(session: Session, items: Sequence[Line], frequency: Frequency, *, now: datetime) -> Iterator[list[Share]]:
    """Find everybody who has something to hear of, and hold what each is to hear until the block ends; a step.

    :return: what there is to write: each set of alerts that anybody has to hear of, in each edition it is read in.
    """
    connection, kept = session.connection(), _GATHERED.c
    for table in (_FOUND, _GATHERED):
        table.create(connection)
    for place, item in enumerate(items):
        ids = _readers(item, frequency, now).subquery()
        session.execute(
            insert(_FOUND).from_select([*_FOUND.c.keys()], select(ids.c[0], literal(1 << place, BigInteger)))
        )
    session.execute(insert(_GATHERED).from_select([*kept.keys()], _with_edition(_together())))
    different = select(kept.told, kept.edition).distinct().order_by(kept.told, kept.edition)
    yield [Share(bits, Edition(edition)) for bits, edition in session.execute(different)]
    for table in (_FOUND, _GATHERED):
        table.drop(connection)


def count(session: Session, items: Sequence[Line], frequency: Frequency, *, now: datetime) -> int:
    """Return how many addresses have something to hear of."""
    return outlook(session, items, frequency, now=now)[0]


def outlook(session: Session, items: Sequence[Line], frequency: Frequency, *, now: datetime) -> tuple[int, list[Line]]:
    """Return how many addresses have something to hear of, and of which items."""
    with gathered(session, items, frequency, now=now) as shares:
        number = session.scalar(select(func.count()).select_from(_GATHERED)) or 0
    return number, [item for item in items if any(item in share.items_of(items) for share in shares)]


def people_of(share: Share) -> Select[int, str]:
    """Return the query of those who were gathered and are to get one share."""
    kept = _GATHERED.c
    return select(kept.endpoint_id, kept.channel).where(kept.told == share.bits, kept.edition == share.edition)


def told_of(alert_id: int, tells: Tells) -> Select[int]:
    """Return the query of the mailings of digests that told something of an alert."""
    return select(DigestItem.mailing_id).where(DigestItem.alert_id == alert_id, DigestItem.tells == tells)


def _together() -> Select[int, str, int]:
    """Return the query of (endpoint id, channel, set) of those found who can be written to."""
    reachable = delivery.reachable_endpoints().subquery("reachable")
    # PostgreSQL adds whole numbers up to a decimal one.
    told = cast(func.sum(_FOUND.c.bit), BigInteger).label("told")
    query = select(reachable.c.id, reachable.c.channel, told).join(_FOUND, _FOUND.c.endpoint_id == reachable.c.id)
    return query.where(reachable.c.channel.in_(CHANNELS)).group_by(reachable.c.id, reachable.c.channel)


def _with_edition(people: Select[int, str, int]) -> Select[int, str, int, str]:
    """Add the edition that each reads; only mail has other editions than the ordinary one."""
    found = people.subquery("found")
    by_mail = found.c.channel == Channel.EMAIL
    edition = case(
        (and_(by_mail, reading.is_read_by_partners(found.c.id)), Edition.PARTNER),
        (and_(by_mail, reading.is_read_in_large_print(found.c.id)), Edition.LARGE_PRINT),
        else_=Edition.ORDINARY,
    )
    return select(found.c.id, found.c.channel, found.c.told, edition.label("edition"))


def _readers(item: Line, frequency: Frequency, now: datetime) -> CompoundSelect[int]:
    """Return the query of the endpoints of those who are to hear one thing of one alert, each once.

    Whom an earlier mail did not reach, since no provider took it in its time, is told with the next one.
    """
    alert, new = item.alert, told_of(item.alert.id, Tells.NEW)
    if item.tells is Tells.WITHDRAWN:
        told = told_of(alert.id, Tells.WITHDRAWN)
        return except_(following_addresses(frequency, _told_by(new, now)), taken_by(told, now=now), moved_with(told))
    at_once = editions.mailing_ids_of(alert.id)
    people = _concerned(alert, frequency, now).subquery()
    # Those who got it at once may be a million, of whom each reader is looked for; those whom mails told are as few as
    # the readers, and are taken away together.
    lack_it = select(people.c[0]).where(~was_sent(at_once, people.c[0]))
    return except_(lack_it, taken_by(new, now=now), moved_with(at_once), moved_with(new))


def _concerned(alert: Alert, frequency: Frequency, now: datetime) -> Select[int] | CompoundSelect[int]:
    """Return the query of the endpoints that an alert concerns, or that were told by mail of what it continues.

    That something is over is for those alone who were told of it.
    """
    assert alert.published_at is not None  # only published ones become lines
    waiting = digest_addresses(
        frequency, wards=alert.wards, topic=alert.topic, joined_by=alert.published_at, choice=choice_of(alert)
    )
    if alert.in_reply_to is None:
        return waiting
    told = following_addresses(frequency, _told_by(_told_of_thread(alert.in_reply_to), now))
    return told if alert.kind == Kind.ALL_CLEAR else union(waiting, told)


def _told_of_thread(original_id: int) -> Select[int]:
    """Return the query of the mailings of digests that told of an alert or of one of its updates."""
    update = (Alert.in_reply_to == original_id) & (Alert.kind == Kind.UPDATE)
    thread = select(Alert.id).where(or_(Alert.id == original_id, update))
    return select(DigestItem.mailing_id).where(DigestItem.alert_id.in_(thread), DigestItem.tells == Tells.NEW)


def _told_by(mailings: Mailings, now: datetime) -> Select[int]:
    """Return the query of the addresses at which those are reached now to whom some mailings came."""
    # Side by side, since SQLite refuses a statement in which so many others stand within one another.
    told = union(taken_by(mailings, now=now), moved_with(mailings)).cte()
    return select(told.c[0])
