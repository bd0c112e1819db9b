"""How the list of subscribers grew: by month, by why people left, by channel and ward, from months that are kept."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.hygiene import months
from tsalert.hygiene.models import ListMonth
from tsalert.hygiene.rules import back, month_of
from tsalert.places.queries import ward_names
from tsalert.reports.charts import Chart, Series, Subject, lines
from tsalert.subscribers.wording import CHANNELS

_SHOWN = 12


class MonthRow(Struct, frozen=True):
    """One month of the list; ``reasons`` are why those who left did."""

    month: date
    joined: int
    left: int
    listed: int
    reasons: Mapping[str, int]


class PartRow(Struct, frozen=True):
    """How many of one ward or channel were on the list a year ago, and are now."""

    key: str
    name: str
    year_ago: int | None
    now: int


class Growth(Struct, frozen=True):
    """How the list grew in the last thirteen months, the oldest first; ``counted_at`` is when it was last counted."""

    months: Sequence[MonthRow]
    channels: Sequence[PartRow]
    wards: Sequence[PartRow]
    counted_at: datetime | None


def read_growth(session: Session, *, now: datetime) -> Growth:
    """Return how the list grew."""
    current = month_of(london_date(now))
    since = back(current, _SHOWN)
    every = months.months(session, months.EVERYBODY, since=since)
    reasons: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for row in months.months(session, months.REASON, since=since):
        reasons[row.month][row.key] += row.left
    rows = [MonthRow(row.month, row.joined, row.left, row.listed, reasons[row.month]) for row in every]
    last = rows[-1].month if rows else current
    wards = ward_names(session)
    channels = {str(channel): name for channel, name in CHANNELS.items()}
    return Growth(
        rows,
        _parts(months.months(session, months.CHANNEL, since=since), last, channels),
        _parts(months.months(session, months.WARD, since=since), last, wards | {"": "Not known"}),
        every[-1].counted_at if every else None,
    )


def chart_of_list(growth: Growth) -> Chart:
    """Draw how many were on the list at the end of each month."""
    first, last = growth.months[0], growth.months[-1]
    title = f"{last.listed:,} on the list, {_change(first.listed, last.listed)} {_name(first.month)}"
    subject = Subject("list", title, "One line, month by month.", _count, "On the list")
    return _monthly(subject, growth, [Series("On the list", tuple(Decimal(each.listed) for each in growth.months))])


def chart_of_changes(growth: Growth) -> Chart:
    """Draw how many joined and left in each month."""
    joined, left = sum(each.joined for each in growth.months), sum(each.left for each in growth.months)
    title = f"{joined:,} joined and {left:,} left since {_name(growth.months[0].month)}"
    subject = Subject("changes", title, "Two lines, month by month: who joined, and who left.", _count, "People")
    series = [
        Series("Joined", tuple(Decimal(each.joined) for each in growth.months)),
        Series("Left", tuple(Decimal(each.left) for each in growth.months)),
    ]
    return _monthly(subject, growth, series)


def _monthly(subject: Subject, growth: Growth, series: Sequence[Series]) -> Chart:
    # The year comes first, since a chart writes it once, beneath its first month.
    drawn = lines(subject, [f"{each.month:%Y %b}" for each in growth.months], series)
    named = tuple((_name(each.month), *row[1:]) for each, row in zip(growth.months, drawn.rows, strict=True))
    return replace(drawn, head=("Month", *drawn.head[1:]), rows=named)


def _parts(rows: Sequence[ListMonth], last: date, names: Mapping[str, str]) -> list[PartRow]:
    """Return a row for each part of the last month or of the same month a year before."""
    now = {row.key: row.listed for row in rows if row.month == last}
    before = {row.key: row.listed for row in rows if row.month == back(last, _SHOWN)}
    has_past = any(row.month == back(last, _SHOWN) for row in rows)
    found = [
        PartRow(key, names.get(key, key), before.get(key, 0) if has_past else None, now.get(key, 0))
        for key in now.keys() | before.keys()
        if now.get(key) or before.get(key)
    ]
    return sorted(found, key=lambda each: (each.key == "", each.name))


def _change(before: int, after: int) -> str:
    if after == before:
        return "as many as in"
    return f"{abs(after - before):,} {'more' if after > before else 'fewer'} than in"


def _name(month: date) -> str:
    return f"{month:%B %Y}"


def _count(value: Decimal) -> str:
    return f"{value:,.0f}"
