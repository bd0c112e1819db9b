"""Who has what to hear of in a digest: found by the database once for each digest, and never passed through Python."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.audience.later import CHANNELS
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition
from tsalert.delivery.recipients import Mailings, recipients_of, was_sent
from tsalert.digests.models import DigestItem
from tsalert.digests.rules import Tells
from tsalert.digests.wording import Line
from tsalert.subscribers import reading
from tsalert.subscribers.preferences.moved import moved_with
from tsalert.subscribers.rules import Frequency
from tsalert.subscribers.waiting import digest_audience, following_audience

# Seen by one connection alone and gone when its transaction ends: what somebody changes meanwhile makes nobody hear
# twice or of nothing, and a list of any length is looked through once, however many different mails come of it.
_GATHERED = Table(
    "digest_reader",
    MetaData(),
    Column("endpoint_id", BigInteger),
    Column("channel", Text),
    Column("told", BigInteger),
    Column("edition", Text),
    Index("ix_digest_reader_share", "told", "edition"),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Share:
    """Some of a digest's alerts, in one edition; ``bits`` has one bit for each item, the first item's the lowest."""

    bits: int
    edition: Edition

    def items_of(self, items: Sequence[Line]) -> list[Line]:
        """Return those of a digest's items that belong to it."""
        return [item for place, item in enumerate(items) if self.bits >> place & 1]


def audience(items: Sequence[Line], frequency: Frequency) -> Select[int, str, int]:
    """Return the query of (endpoint id, channel, set) of everybody who has something to hear of.

    The set has one bit for each item, the first item's the lowest.

    :param items: at least one.
    """
    every = union_all(*(_bit(_readers(one, frequency), 1 << place) for place, one in enumerate(items)))
    bits = every.subquery("every")
    # PostgreSQL adds whole numbers up to a decimal one.
    added = cast(func.sum(bits.c.bit), BigInteger)
    return select(bits.c.id, bits.c.channel, added.label("told")).group_by(bits.c.id, bits.c.channel)


def count(session: Session, people: Select[int, str, int]) -> int:
    """Return how many an audience finds."""
    return session.scalar(select(func.count()).select_from(people.subquery("people"))) or 0


@contextmanager
def gathered(session: Session, people: Select[int, str, int]) -> Iterator[list[Share]]:
    """Find everybody of an audience, and hold what each is to hear until the block ends; a step.

    :return: what there is to write: each set of alerts that anybody has to hear of, in each edition it is read in.
    """
    connection, kept = session.connection(), _GATHERED.c
    _GATHERED.create(connection)
    session.execute(insert(_GATHERED).from_select([each.name for each in kept], _with_edition(people)))
    different = select(kept.told, kept.edition).distinct().order_by(kept.told, kept.edition)
    yield [Share(bits, Edition(edition)) for bits, edition in session.execute(different)]
    _GATHERED.drop(connection)


def people_of(share: Share) -> Select[int, str]:
    """Return the query of those who were gathered and are to get one share."""
    kept = _GATHERED.c
    return select(kept.endpoint_id, kept.channel).where(kept.told == share.bits, kept.edition == share.edition)


def told_of(alert_id: int, tells: Tells) -> Select[int]:
    """Return the query of the mailings of digests that told something of an alert."""
    return select(DigestItem.mailing_id).where(DigestItem.alert_id == alert_id, DigestItem.tells == tells)


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


def _readers(item: Line, frequency: Frequency) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of those who are to hear one thing of one alert."""
    alert, earlier = item.alert, told_of(item.alert.id, Tells.NEW)
    if item.tells is Tells.WITHDRAWN:
        return _but(following_audience(frequency, _told_by(earlier), CHANNELS), told_of(alert.id, Tells.WITHDRAWN))
    had, concerned = union_all(editions.mailing_ids_of(alert.id), earlier), _concerned(alert, frequency)
    if alert.in_reply_to is None:
        return _but(concerned, had)
    first = _told_by(told_of(alert.in_reply_to, Tells.NEW))
    either = union(concerned, following_audience(frequency, first, CHANNELS)).subquery()
    return _but(select(either.c.id, either.c.channel), had)


def _concerned(alert: Alert, frequency: Frequency) -> Select[int, str]:
    assert alert.published_at is not None  # only published ones become lines
    return digest_audience(
        frequency,
        wards=alert.wards,
        topic=alert.topic,
        channels=CHANNELS,
        joined_by=alert.published_at,
        choice=choice_of(alert),
    )


def _told_by(mailings: Mailings) -> Select[int]:
    """Return the query of the addresses at which those are reached now whom some mailings went to."""
    told = union(recipients_of(mailings), moved_with(mailings)).cte()
    return select(told.c[0])


def _but(people: Select[int, str], mailings: Mailings) -> Select[int, str]:
    """Return the query of some people without those whom any of some mailings went to."""
    # Side by side, since SQLite refuses a statement in which so many others stand within one another.
    found, moved = people.cte(), moved_with(mailings).cte()
    lack_it = (~was_sent(mailings, found.c.id), found.c.id.not_in(select(moved.c[0])))
    return select(found.c.id, found.c.channel).where(*lack_it)


def _bit(people: Select[int, str], bit: int) -> Select[int, str, int]:
    return people.add_columns(literal(bit, BigInteger).label("bit"))
