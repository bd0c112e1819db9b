"""Shifts less leave, and the gaps between."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tsalert.rota.coverage import EVER, Gap, Reach, Slot, Span, find_gaps, first_change, merged, stretches, without
from tsalert.rota.vocabulary import DUTIES, Duty

START = datetime(2026, 6, 8, tzinfo=UTC)


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def span(first: int, last: int) -> Span:
    return Span(at(first), at(last))


ALWAYS = frozenset({Reach(Span(START - timedelta(days=99), EVER), "+447700900001")})
SPANS = st.tuples(st.integers(0, 48), st.integers(1, 24)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


def slot(first: int, last: int, officer_id: int = 1, **more: object) -> Slot:
    told: dict[str, object] = {"duty": Duty.PRIMARY, "reach": ALWAYS} | more
    return Slot(first, officer_id=officer_id, name=f"Officer {officer_id}", span=span(first, last), **told)  # type: ignore[arg-type]


def test_leave_takes_its_time_out_of_a_shift_and_leaves_a_gap() -> None:
    stood = stretches([slot(0, 12, leave=frozenset({span(4, 6)}))])
    assert [each.span for each in stood] == [span(0, 4), span(6, 12)]
    assert find_gaps(stood, span(0, 12), duties=[Duty.PRIMARY]) == [Gap(Duty.PRIMARY, span(4, 6))]


def test_nobody_stands_without_a_verified_mobile() -> None:
    held = frozenset({Reach(span(2, 5), "+447700900001"), Reach(span(5, 8), "+447700900002")})
    stood = stretches([slot(0, 12, reach=held), slot(12, 20, reach=frozenset())])
    assert [(each.span, each.mobile) for each in stood] == [
        (span(2, 5), "+447700900001"),
        (span(5, 8), "+447700900002"),
    ]
    assert [each.span for each in merged(stood)] == [span(2, 8)]


def test_somebody_else_stands_only_where_the_officer_changes() -> None:
    stood = stretches([slot(0, 8), slot(8, 16), slot(16, 24, officer_id=2)])
    assert first_change(stood, at(1)) == at(16)
    assert first_change(stood, at(16)) == at(24)
    assert first_change(stood, at(24)) is None


def test_an_empty_rota_is_one_gap_for_each_duty() -> None:
    assert [(gap.duty, gap.span) for gap in find_gaps([], span(0, 24))] == [(duty, span(0, 24)) for duty in DUTIES]


@given(SPANS, st.lists(SPANS, max_size=5))
def test_what_is_taken_out_and_what_is_left_make_the_whole(whole: Span, holes: list[Span]) -> None:
    left = without(whole, holes)
    for hour in range(80):
        inside = whole.starts_at <= at(hour) < whole.ends_at
        in_hole = any(hole.starts_at <= at(hour) < hole.ends_at for hole in holes)
        assert any(each.starts_at <= at(hour) < each.ends_at for each in left) == (inside and not in_hole)


@given(st.lists(st.tuples(SPANS, st.integers(1, 2)), max_size=6))
def test_at_every_hour_somebody_stands_or_there_is_a_gap(shifts: list[tuple[Span, int]]) -> None:
    slots = [Slot(n, Duty.BACKUP, who, "Pat", when, ALWAYS) for n, (when, who) in enumerate(shifts)]
    stood = stretches(slots)
    gaps = find_gaps(stood, span(0, 60), duties=[Duty.BACKUP])
    for hour in range(60):
        is_gap = any(gap.span.starts_at <= at(hour) < gap.span.ends_at for gap in gaps)
        assert is_gap != any(each.covers(at(hour)) for each in stood)
