"""What is odd in a week of readings, and what is not: officers on shift who read what they work on. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc, in_london, london_date, london_midnight
from tsalert.oversight.vocabulary import Kind

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
# Who hands over, or writes up what happened, still has a reason to read.
ROUND_A_SHIFT = timedelta(minutes=30)
# Whoever writes to a record within a day of reading it had something to do there.
TASK_WITHIN = timedelta(days=1)

Record = tuple[str, int]


class Reading(Struct, frozen=True):
    """That an officer opened one record, as the trail has it; ``record`` is its subject and number."""

    entry: int
    at: datetime
    officer_id: int
    record: Record


class Export(Struct, frozen=True):
    """That an officer took a file out."""

    entry: int
    at: datetime
    officer_id: int


class Background(Struct, frozen=True):
    """What is known of the officers and records of a week.

    :param duties: when each officer was on duty; None where there is no rota, and so no telling.
    :param tasks: since when an officer works on a record, by officer and record.
    :param supervisors: officers whose task it is to look at the work of others.
    :param namesakes: pairs of officer and record in which somebody has the officer's surname.
    :param neighbours: pairs of officer and record that lies in the officer's postcode.
    """

    duties: Mapping[int, Sequence[tuple[datetime, datetime]]] | None
    tasks: Mapping[tuple[int, Record], datetime]
    supervisors: Collection[int] = frozenset()
    namesakes: Collection[tuple[int, Record]] = frozenset()
    neighbours: Collection[tuple[int, Record]] = frozenset()

    def is_on_duty(self, officer_id: int, at: datetime) -> bool:
        """Tell whether an officer was on duty, or had just been or was about to be."""
        spans = (self.duties or {}).get(officer_id, ())
        return any(begins - ROUND_A_SHIFT <= at < ends + ROUND_A_SHIFT for begins, ends in spans)

    def has_task(self, reading: Reading) -> bool:
        """Tell whether an officer worked on a record when they opened it, or did within a day."""
        since = self.tasks.get((reading.officer_id, reading.record))
        return since is not None and since <= reading.at + TASK_WITHIN


class Line(Struct, frozen=True):
    """One thing to look at: what of one officer is odd in one stretch of time, with its entries of the trail."""

    kind: Kind
    officer_id: int
    since: datetime
    entries: tuple[int, ...]
    records: int

    @property
    def key(self) -> str:
        """What this line is known by, however many entries it comes to have."""
        return f"{self.kind}-{self.officer_id}-{as_utc(self.since):%Y%m%d%H}"


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_before(day: date) -> date:
    """Return the Monday of the week that ended before a day's week began."""
    return week_of(day) - timedelta(days=7)


def span_of(week: date) -> tuple[datetime, datetime]:
    """Return when a week begins and ends by London's clocks."""
    return london_midnight(week), london_midnight(week + timedelta(days=7))


def lines_of(
    readings: Sequence[Reading], exports: Sequence[Export], known: Background, *, records_an_hour: int
) -> list[Line]:
    """Return what is odd, the weightiest kind first; a reading at night is not told again as one with no task."""
    of_name = [each for each in readings if (each.officer_id, each.record) in known.namesakes]
    of_home = [each for each in readings if (each.officer_id, each.record) in known.neighbours]
    off_shift = [each for each in readings if is_off_shift(each, known)]
    told = {each.entry for each in off_shift}
    no_task = [each for each in readings if is_without_task(each, known) and each.entry not in told]
    return [
        *_lines(Kind.OWN_NAME, (each for each in of_name if not is_at_work(each, known)), _by_day),
        *_lines(Kind.OWN_HOME, (each for each in of_home if not is_at_work(each, known)), _by_day),
        *_lines(Kind.OFF_SHIFT, off_shift, _by_day),
        *_lines(Kind.NO_TASK, no_task, _by_day),
        *_lines(Kind.TOO_MANY, _crowded(readings, records_an_hour), _by_hour),
        *_exported(exports),
    ]


def is_at_work(reading: Reading, known: Background) -> bool:
    """Tell whether an officer on duty opened what they work on."""
    on_duty = known.duties is None or known.is_on_duty(reading.officer_id, reading.at)
    return on_duty and known.has_task(reading)


def is_off_shift(reading: Reading, known: Background) -> bool:
    """Tell whether a record was opened at night by somebody not on duty; without a rota nobody can tell."""
    if known.duties is None or known.is_on_duty(reading.officer_id, reading.at):
        return False
    hour = in_london(reading.at).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def is_without_task(reading: Reading, known: Background) -> bool:
    """Tell whether an officer had no reason that the program knows of to open a record."""
    if reading.officer_id in known.supervisors or known.has_task(reading):
        return False
    return not known.is_on_duty(reading.officer_id, reading.at)


def _by_day(at: datetime) -> datetime:
    return london_midnight(london_date(at))


def _by_hour(at: datetime) -> datetime:
    return as_utc(at).replace(minute=0, second=0, microsecond=0)


def _lines(kind: Kind, readings: Iterable[Reading], stretch: Callable[[datetime], datetime]) -> list[Line]:
    found: defaultdict[tuple[datetime, int], list[Reading]] = defaultdict(list)
    for each in readings:
        found[stretch(each.at), each.officer_id].append(each)
    return [
        Line(kind, officer_id, since, _entries(group), _different(each.record for each in group))
        for (since, officer_id), group in sorted(found.items())
    ]


def _crowded(readings: Iterable[Reading], records_an_hour: int) -> list[Reading]:
    """Return the readings of those hours in which an officer opened more different records than are usual."""
    found: defaultdict[tuple[int, datetime], list[Reading]] = defaultdict(list)
    for each in readings:
        found[each.officer_id, _by_hour(each.at)].append(each)
    full = (group for group in found.values() if len(group) > records_an_hour)
    return [each for group in full if _different(each.record for each in group) > records_an_hour for each in group]


def _exported(exports: Iterable[Export]) -> list[Line]:
    found: defaultdict[tuple[datetime, int], list[Export]] = defaultdict(list)
    for each in exports:
        found[_by_day(each.at), each.officer_id].append(each)
    return [
        Line(Kind.EXPORTED, officer_id, since, _entries(group), len(group))
        for (since, officer_id), group in sorted(found.items())
    ]


def _entries(group: Iterable[Reading | Export]) -> tuple[int, ...]:
    return tuple(sorted(each.entry for each in group))


def _different(records: Iterable[Hashable]) -> int:
    return len(set(records))
