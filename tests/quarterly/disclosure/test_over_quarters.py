"""Whoever keeps every quarter's report works out no number that one of them hid: every sum of theirs is tried."""

from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.quarterly.disclosure.attacker import Equation, Name, ranges
from tests.quarterly.disclosure.tables import figure
from tsalert.core.periods import quarter
from tsalert.quarterly.content import SUPPRESSED, Column, Row, Section, Table
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.disclosure.quoting import Published
from tsalert.quarterly.disclosure.sensitive import FEW
from tsalert.quarterly.vocabulary import About, Kind, SectionKey, Unit

FIRST, LAST = 4, 11
QUARTERS = [quarter(2019 + number // 4, number % 4 + 1) for number in range(LAST + 1)]
COLUMNS = {"current": Kind.QUARTER, "before": Kind.QUARTER, "last_year": Kind.PLAIN, "rolling": Kind.YEAR}


def told(number: int) -> tuple[Sequence[int], ...]:
    """Give the quarters that each column of a quarter's report adds up."""
    return (number,), (number - 1,), (number - 4,), range(number - 3, number + 1)


def section(counts: Sequence[int], number: int) -> Section:
    columns = tuple(Column(key, key, Unit.COUNT, kind=kind) for key, kind in COLUMNS.items())
    figures = tuple(figure(sum(counts[each] for each in quarters)) for quarters in told(number))
    row = Row("reports", "Reports", figures, about=About.PEOPLE)
    return Section(SectionKey.GLANCE, (Table("glance_count", "Glance", "Indicator", columns, (row,)),))


def publications(counts: Sequence[int]) -> dict[int, Row]:
    """Publish one quarter after the other; returns the row of each."""
    published: list[Published] = []
    for number in range(FIRST, LAST + 1):
        sections = for_public((section(counts, number),), (), QUARTERS[number], published)
        published.insert(0, Published(QUARTERS[number], sections))
    blocks = (block for each in reversed(published) for block in each.sections[0].blocks)
    rows = (block.rows[0] for block in blocks if isinstance(block, Table))
    return dict(zip(range(FIRST, LAST + 1), rows, strict=True))


def name(number: int) -> Name:
    return ("glance_count", "reports", str(number))


@example([30, 30, 30, 30, 30, 2, 30, 30, 30, 30, 30, 30])
@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 9, 20, 60]), min_size=LAST + 1, max_size=LAST + 1))
@settings(max_examples=60, deadline=None)
def test_no_report_tells_what_another_quarters_hid(counts: list[int]) -> None:
    sums: list[Equation] = []
    for number, row in publications(counts).items():
        for quarters, shown in zip(told(number), row.figures, strict=True):
            if shown.shown != SUPPRESSED:
                sums.append(({name(each): 1 for each in quarters}, int(shown.value or 0)))
    known = {each: total for parts, total in sums if len(parts) == 1 for each in parts}
    hidden = sorted({each for parts, _ in sums for each in parts} - set(known))
    left = [
        ({each: 1 for each in parts if each in hidden}, total - sum(known.get(each, 0) for each in parts))
        for parts, total in sums
    ]
    few = [name(each) for each in range(FIRST, LAST + 1) if counts[each] in FEW]
    assert not set(few) & set(known)
    found = ranges([each for each in left if each[0]], hidden)
    assert not [each for each in few if each in found and found[each][0] == found[each][1]]
