"""Who stands when: shifts less leave and less the times without a verified mobile, and the gaps between. Pure.

Everything here is in UTC, so the nights on which the clocks change need no care.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from tsalert.rota.vocabulary import DUTIES, Duty

EVER = datetime(9999, 12, 31, tzinfo=UTC)


class Span(Struct, frozen=True):
    """The time from one instant up to, and without, another."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Span") -> bool:
        """Tell whether the two have an instant in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def common(self, other: "Span") -> "Span | None":
        """Return what the two have in common."""
        starts_at, ends_at = max(self.starts_at, other.starts_at), min(self.ends_at, other.ends_at)
        return Span(starts_at, ends_at) if starts_at < ends_at else None


class Reach(Struct, frozen=True):
    """When an officer could be reached at a mobile that they had verified."""

    span: Span
    mobile: str


class Slot(Struct, frozen=True):
    """One shift as it stands in the rota, with what may keep its officer from standing it."""

    shift_id: int
    duty: Duty
    officer_id: int
    name: str
    span: Span
    reach: frozenset[Reach] = frozenset()
    leave: frozenset[Span] = frozenset()


class Stretch(Struct, frozen=True):
    """A time in which one officer really stands one duty."""

    duty: Duty
    officer_id: int
    name: str
    mobile: str
    span: Span
    shift_id: int

    def covers(self, at: datetime) -> bool:
        """Tell whether the officer stands at an instant."""
        return self.span.starts_at <= at < self.span.ends_at


class Gap(Struct, frozen=True):
    """A time in which nobody stands a duty."""

    duty: Duty
    span: Span


def stretches(slots: Iterable[Slot]) -> list[Stretch]:
    """Return who really stands, by the beginning and then by the duty."""
    return _in_order(stretch for slot in slots for stretch in _stood(slot))


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """Return what is left of a time when others are taken out of it."""
    left, begins = [], span.starts_at
    for hole in sorted(holes, key=lambda each: each.starts_at):
        if hole.starts_at > begins:
            left.append(Span(begins, min(hole.starts_at, span.ends_at)))
        begins = max(begins, hole.ends_at)
        if begins >= span.ends_at:
            break
    if begins < span.ends_at:
        left.append(Span(begins, span.ends_at))
    return [each for each in left if each.starts_at < each.ends_at]


def find_gaps(stood: Sequence[Stretch], within: Span, *, duties: Sequence[Duty] = DUTIES) -> list[Gap]:
    """Return the times in which nobody stands a duty, in the order in which they begin."""
    gaps = [
        Gap(duty, hole)
        for duty in duties
        for hole in without(within, [each.span for each in stood if each.duty is duty])
    ]
    return sorted(gaps, key=lambda gap: (gap.span.starts_at, DUTIES.index(gap.duty)))


def merged(stood: Iterable[Stretch]) -> list[Stretch]:
    """Join the stretches of one officer and duty that follow each other without a break."""
    runs: list[Stretch] = []
    for each in sorted(stood, key=lambda stretch: (DUTIES.index(stretch.duty), stretch.span.starts_at)):
        if runs and _goes_on(runs[-1], each):
            runs[-1] = replace(runs[-1], span=Span(runs[-1].span.starts_at, each.span.ends_at))
        else:
            runs.append(each)
    return _in_order(runs)


def first_change(stood: Iterable[Stretch], at: datetime) -> datetime | None:
    """Return the first instant after ``at`` at which somebody else stands, or None where none is known."""
    ends = [end for each in merged(stood) for end in (each.span.starts_at, each.span.ends_at) if end > at]
    return min(ends, default=None)


def _stood(slot: Slot) -> Iterator[Stretch]:
    for reach in slot.reach:
        reachable = slot.span.common(reach.span)
        for span in without(reachable, slot.leave) if reachable else ():
            yield Stretch(slot.duty, slot.officer_id, slot.name, reach.mobile, span, slot.shift_id)


def _goes_on(before: Stretch, after: Stretch) -> bool:
    same = (before.duty, before.officer_id) == (after.duty, after.officer_id)
    return same and before.span.ends_at == after.span.starts_at


def _in_order(stood: Iterable[Stretch]) -> list[Stretch]:
    return sorted(stood, key=lambda each: (each.span.starts_at, DUTIES.index(each.duty), each.shift_id))
