"""Everybody who gets anything, by what they get: from it the audience of any alert for the same wards is added up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, select
from sqlalchemy.orm import Session

from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers import queries, reading
from tsalert.subscribers.rules import Frequency, topics_reached

_PACES = (Frequency.IMMEDIATE, Frequency.DAILY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class Alike:
    """How many addresses of one channel get the same: one bit for each topic at each pace.

    :param by_partner: somebody of a partner reads them; ``large_print`` is asked for there.
    """

    channel: str
    by_partner: bool
    large_print: bool
    bits: Mapping[str, int]
    count: int


@dataclass(frozen=True, slots=True)
class Audiences:
    """Every address that may be written to, by what goes there; the first of the topics has the lowest bit."""

    topics: tuple[str, ...]
    alike: tuple[Alike, ...]

    def at_once(self, topic: str, channels: Collection[str], *, urgent: bool) -> list[Alike]:
        """Return whom an alert reaches at once."""
        wanted = self._bits(topic)
        return [each for each in self.alike if each.channel in channels and _gets_at_once(each, wanted, urgent=urgent)]

    def later(
        self, topic: str, frequency: Frequency, *, by: Collection[str], at_once: Collection[str], urgent: bool
    ) -> int:
        """Return how many addresses hear of an alert in a daily or weekly mail alone.

        :param by: the channels that such mails go by.
        :param at_once: the channels by which the alert itself goes.
        """
        wanted, has_it = self._bits(topic), self.at_once(topic, at_once, urgent=urgent)
        return sum(
            each.count
            for each in self.alike
            if each.channel in by and each.bits[frequency] & wanted and each not in has_it
        )

    def _bits(self, topic: str) -> int:
        reached = topics_reached(topic)
        return sum(1 << place for place, slug in enumerate(self.topics) if reached is None or slug in reached)

    def written(self) -> dict[str, Any]:
        """Return this as it is kept."""
        return {"topics": [*self.topics], "alike": [_row(each) for each in self.alike]}


def read_audiences(written: Mapping[str, Any]) -> Audiences:
    """Return what ``Audiences.written`` wrote."""
    alike = (
        Alike(channel, bool(by_partner), bool(large_print), dict(zip(_PACES, bits, strict=True)), count)
        for channel, by_partner, large_print, *bits, count in written["alike"]
    )
    return Audiences(tuple(written["topics"]), tuple(alike))


def count_audiences(session: Session, wards: Collection[str] = ()) -> Audiences:
    """Count everybody by what they get; their state alone is read, as in ``delivery.queries.count_active``.

    :param wards: count only who hears of one of these; none means everywhere.
    """
    topics = queries.topic_ids(session)
    asked = queries.asked(wards).subquery("asked")
    places = {topic_id: literal(1 << place, BigInteger) for place, topic_id in enumerate(topics.values())}
    bit = case(places, value=asked.c.topic_id, else_=0)

    def bits(pace: Frequency) -> ColumnElement[int]:
        # Each bit once, however many people read the address; PostgreSQL adds whole numbers up to a decimal one.
        return cast(func.sum(case((asked.c.frequency == pace, bit), else_=0).distinct()), BigInteger).label(pace)

    got = select(asked.c.endpoint_id, *map(bits, _PACES)).group_by(asked.c.endpoint_id).subquery("got")
    ends = delivery.endpoints().subquery("ends")
    read_by = (reading.read_by_partners(), reading.read_in_large_print())
    flags = (
        case((got.c.endpoint_id.in_(people), 1), else_=0).label(f"flag_{place}") for place, people in enumerate(read_by)
    )
    columns = (ends.c.channel, *flags, *(got.c[pace] for pace in _PACES))
    query = select(*columns).join(ends, ends.c.id == got.c.endpoint_id).where(ends.c.status == EndpointStatus.ACTIVE)
    each = query.subquery("each")
    rows = session.execute(select(*each.c, func.count()).group_by(*each.c))
    return read_audiences({"topics": [*topics], "alike": [[str(channel), *rest] for channel, *rest in rows]})


def _row(each: Alike) -> list[str | int]:
    flags = (int(each.by_partner), int(each.large_print))
    return [each.channel, *flags, *(each.bits[pace] for pace in _PACES), each.count]


def _gets_at_once(each: Alike, wanted: int, *, urgent: bool) -> bool:
    paces = _PACES if urgent else (Frequency.IMMEDIATE,)
    return any(each.bits[pace] & wanted for pace in paces)
