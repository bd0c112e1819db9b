"""Everybody who gets anything, by what they get and where: from it the audience of any alert is added up."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, Text, case, cast, func, literal, select
from sqlalchemy.orm import Session

from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers import queries, reading
from tsalert.subscribers.rules import Frequency, topics_reached

_PACES = (Frequency.IMMEDIATE, Frequency.DAILY, Frequency.WEEKLY)
# No ward holds either: fields and imports keep out what cannot be seen, and codes are letters and digits.
_BETWEEN_PARTS, _WITHIN_PART = "\x1e", "\x1f"


class Part(Struct, frozen=True, order=True):
    """What is read at an address of one ward: one bit for each topic at each pace.

    :param ward: empty where nobody knows in which ward the reader lives, who then gets what is for any.
    """

    ward: str
    immediate: int
    daily: int
    weekly: int

    def at_pace(self, frequency: Frequency) -> int:
        """Return the bits of one pace."""
        return {Frequency.IMMEDIATE: self.immediate, Frequency.DAILY: self.daily, Frequency.WEEKLY: self.weekly}[
            frequency
        ]

    def is_of(self, wards: Collection[str]) -> bool:
        """Tell whether an alert for some wards is read here; none stands for everywhere."""
        return not wards or not self.ward or self.ward in wards


class Alike(Struct, frozen=True):
    """How many addresses of one channel get the same.

    :param by_partner: somebody of a partner reads them; ``large_print`` is asked for there.
    """

    channel: str
    by_partner: bool
    large_print: bool
    parts: tuple[Part, ...]
    count: int

    def gets(self, wanted: int, wards: Collection[str], paces: Collection[Frequency]) -> bool:
        """Tell whether one of some topics goes here at one of some paces."""
        return any(part.is_of(wards) and any(part.at_pace(pace) & wanted for pace in paces) for part in self.parts)


class Audiences(Struct, frozen=True):
    """Every address that may be written to, by what goes there; the first of the topics has the lowest bit."""

    topics: tuple[str, ...]
    alike: tuple[Alike, ...]

    def at_once(self, topic: str, channels: Collection[str], *, wards: Collection[str], urgent: bool) -> list[Alike]:
        """Return whom an alert reaches at once."""
        wanted, paces = self._bits_of(topic), _PACES if urgent else (Frequency.IMMEDIATE,)
        return [each for each in self.alike if each.channel in channels and each.gets(wanted, wards, paces)]

    def later(
        self,
        topic: str,
        frequency: Frequency,
        *,
        wards: Collection[str],
        by: Collection[str],
        besides: Collection[Alike],
    ) -> int:
        """Return how many addresses hear of an alert in a daily or weekly mail alone.

        :param by: the channels that such mails go by.
        :param besides: whom the alert itself reaches.
        """
        wanted, has_it = self._bits_of(topic), {id(each) for each in besides}
        return sum(
            each.count
            for each in self.alike
            if each.channel in by and id(each) not in has_it and each.gets(wanted, wards, (frequency,))
        )

    def _bits_of(self, topic: str) -> int:
        """Return the bits of the topics whose people an alert on one reaches."""
        reached = topics_reached(topic)
        return sum(1 << place for place, slug in enumerate(self.topics) if reached is None or slug in reached)

    def written(self) -> dict[str, Any]:
        """Return this as it is kept."""
        return {"topics": [*self.topics], "alike": [_row(each) for each in self.alike]}


def read_audiences(written: Mapping[str, Any]) -> Audiences:
    """Return what ``Audiences.written`` wrote."""
    alike = (
        Alike(channel, bool(by_partner), bool(large_print), tuple(Part(*part) for part in parts), count)
        for channel, by_partner, large_print, parts, count in written["alike"]
    )
    return Audiences(tuple(written["topics"]), tuple(alike))


def count_audiences(session: Session, wards: Collection[str] = ()) -> Audiences:
    """Count everybody by what they get; their state alone is read, as in ``delivery.queries.count_active``.

    :param wards: count only who hears of one of these; none means everybody.
    """
    topics = queries.topic_ids(session)
    got, ends = _got(wards, topics).subquery("got"), delivery.endpoints().subquery("ends")
    read_by = (reading.read_by_partners(), reading.read_in_large_print())
    asked_there = (
        case((got.c.endpoint_id.in_(people), 1), else_=0).label(f"flag_{place}") for place, people in enumerate(read_by)
    )
    query = select(ends.c.channel, *asked_there, got.c.parts).join(ends, ends.c.id == got.c.endpoint_id)
    each = query.where(ends.c.status == EndpointStatus.ACTIVE).subquery("each")
    found: Counter[tuple[str, bool, bool, tuple[Part, ...]]] = Counter()
    rows = session.execute(select(*each.c, func.count()).group_by(*each.c))
    for channel, *flags, parts, count in rows:
        by_partner, large_print = flags
        found[str(channel), bool(by_partner), bool(large_print), _read_parts(parts)] += count
    return Audiences(
        tuple(topics),
        tuple(
            Alike(channel, by_partner, large_print, parts, count)
            for (channel, by_partner, large_print, parts), count in found.items()
        ),
    )


def _got(wards: Collection[str], topics: Mapping[str, int]) -> Select[int, str]:
    """Return the query of (endpoint id, parts): what is read at each address, ward by ward."""
    asked = queries.asked(wards).subquery("asked")
    places = {topic_id: literal(1 << place, BigInteger) for place, topic_id in enumerate(topics.values())}
    of_ward = (
        select(asked.c.endpoint_id, func.coalesce(asked.c.ward, "").label("ward"), *_bits(asked, places))
        .group_by(asked.c.endpoint_id, asked.c.ward)
        .subquery("of_ward")
    )
    part: ColumnElement[str] = of_ward.c.ward
    for pace in _PACES:
        part = part + _WITHIN_PART + cast(of_ward.c[pace], Text)
    parts = func.aggregate_strings(part, _BETWEEN_PARTS).label("parts")
    return select(of_ward.c.endpoint_id, parts).group_by(of_ward.c.endpoint_id)


def _bits(asked: Subquery, places: Mapping[int, ColumnElement[int]]) -> list[ColumnElement[int]]:
    """Return the sum of each pace's bits, each once however many people read the address."""
    bit = case(places, value=asked.c.topic_id, else_=0)
    sums = (func.sum(case((asked.c.frequency == pace, bit), else_=0).distinct()) for pace in _PACES)
    # PostgreSQL adds whole numbers up to a decimal one.
    return [cast(each, BigInteger).label(pace) for each, pace in zip(sums, _PACES, strict=True)]


def _read_parts(written: str) -> tuple[Part, ...]:
    """Return what is read, in one order whichever order the database had."""
    parts = (part.split(_WITHIN_PART) for part in written.split(_BETWEEN_PARTS))
    return tuple(sorted(Part(ward, *map(int, bits)) for ward, *bits in parts))


def _row(each: Alike) -> list[Any]:
    parts = [[part.ward, part.immediate, part.daily, part.weekly] for part in each.parts]
    return [each.channel, int(each.by_partner), int(each.large_print), parts, each.count]
