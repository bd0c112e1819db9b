"""Prevention and intervention: immediate responses, units in homes, talks and Friends, alerts and their reach."""

from collections.abc import Iterator
from datetime import datetime

from tsalert.activities.figures import KindTotals, ZoneTotals
from tsalert.activities.vocabulary import ActivityKind
from tsalert.circulation.ledger import CirculationFigures, DeclaredOn
from tsalert.core.words import counted, write_day
from tsalert.prevention.queries import UnitCounts
from tsalert.prevention.rules import Ending, UnitKind
from tsalert.quarterly.content import AS_OF, Block, Chart, Column, Figure, Row, Section, Table
from tsalert.quarterly.figures.figuring import NOTHING, count, words
from tsalert.quarterly.figures.findings import met_of
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, ChartKind, SectionKey, Unit
from tsalert.reports.measures import share_met
from tsalert.response.counting import LEAST_FOR_A_SHARE, Tally

_NUMBER = (Column("number", "Number", Unit.COUNT),)
_ENDINGS = (Ending.RETURNED, Ending.FAULTY, Ending.UNPLUGGED)
_UNITS = (
    Column("installed", "Installed in the quarter", Unit.COUNT),
    Column("in_place", "In place at its end", Unit.COUNT),
    *(Column(how.value, how.label, Unit.COUNT) for how in _ENDINGS),
)
_HELD = (
    Column("held", "Held", Unit.COUNT),
    Column("present", "People present", Unit.COUNT),
    Column("trained", "People trained for the first time", Unit.COUNT),
    Column("refreshers", "People trained again", Unit.COUNT),
    Column("leaflets", "Leaflets", Unit.COUNT),
)
_KNOWN = (
    Column("number", "Number", Unit.COUNT),
    Column("partners", "Partners", Unit.COUNT),
    Column(AS_OF, "As of", Unit.WORDS),
)
_REACHED = {
    "email": "Email addresses reached",
    "sms": "Mobile numbers reached by text",
    "voice": "Landlines reached by call",
}
_DECLARED = (Column("partners", "Partners", Unit.COUNT), Column("reach", "Readers declared", Unit.COUNT))


def prevention_section(material: Material) -> Section:
    """Lay out a quarter's prevention and intervention."""
    return Section(SectionKey.PREVENTION, tuple(_blocks(material)))


def _blocks(material: Material) -> Iterator[Block]:
    found = share_met(material.figures[material.quarter].response)
    yield Chart(
        "prevention_clocks",
        met_of(found.part, found.whole, material.quarter),
        "One bar for each way in which the two-hour clock of an immediate response came out.",
        ChartKind.BARS,
        "prevention_clocks",
        ("number",),
        tuple(key for key, _, _ in _CLOCKS),
    )
    yield _clocks(material)
    yield _times(material.response.total())
    yield _units(material)
    yield _activities(material)
    yield _zones(material.activities.zones)
    yield _alerts(material)
    yield _passed_on(material.reach.passed_on)
    if material.reach.passed_on.declarations:
        yield _declared(material.reach.passed_on.declarations)


_CLOCKS = (
    ("met", "Met within two hours", "met"),
    ("late", "Late", "late"),
    ("breached_then_ended", "Past two hours, then ended with nobody there", "breached_then_ended"),
    ("overdue", "Past two hours, nobody there yet", "overdue"),
    ("not_applicable", "Ended within two hours without a visit", "not_applicable"),
    ("running", "Still running", "running"),
)


_CLOCK_NOTES = (
    "The clock starts when the call came in, never pauses, and stops when an officer is on scene.",
    "A second clock runs where an incident is opened again: there may be more clocks than immediate responses.",
)
_TOLD_LATE = (
    "was told of only after the two hours; its lateness",
    "were told of only after the two hours; their lateness",
)


def _clocks(material: Material) -> Table:
    figures = material.figures[material.quarter]
    response, met_late = figures.response, figures.response.met_after_breach
    rows = (
        Row("reports", "Rapid-response reports", (count(response.reports),), about=About.PEOPLE),
        Row("immediate", "Immediate responses among them", (count(response.immediate),)),
        Row("visits", "Visits to the scene that stopped a clock", (count(len(material.response.total().to_scene)),)),
        *(Row(key, title, (count(getattr(response, name)),)) for key, title, name in _CLOCKS),
    )
    told = f"Of those met, {counted(met_late, *_TOLD_LATE)} stays on record."
    notes = (*_CLOCK_NOTES, told) if met_late else _CLOCK_NOTES
    return Table("prevention_clocks", "Immediate responses and their two-hour clocks", "What", _NUMBER, rows, notes)


def _times(tally: Tally) -> Table:
    """Say how long officers took; of fewer than five visits a time would tell of one household."""
    is_told = len(tally.to_scene) >= LEAST_FOR_A_SHARE
    found = (
        ("median", "Half of the visits within", tally.median_minutes),
        ("p90", "Nine in ten within", tally.p90_minutes),
    )
    rows = tuple(
        Row(key, title, (words(f"{minutes} minutes" if minutes is not None and is_told else "Fewer than five visits"),))
        for key, title, minutes in found
    )
    column = (Column("time", "From the call to the scene", Unit.WORDS),)
    return Table("prevention_times", "How long officers took to the scene", "Measure", column, rows)


def _units(material: Material) -> Table:
    activity = material.figures[material.quarter].activity
    found = ((UnitKind.CALL_BLOCKER, activity.blockers), (UnitKind.DOOR_CAMERA, activity.cameras))
    rows = tuple(_unit_row(kind, counts) for kind, counts in found)
    return Table("prevention_units", "Call blockers and door cameras", "Unit", _UNITS, rows)


def _unit_row(kind: UnitKind, counts: UnitCounts) -> Row:
    ended = (count(counts.ended.get(how, 0)) for how in _ENDINGS)
    return Row(kind.value, kind.label, (count(counts.installed), count(counts.in_place), *ended))


def _activities(material: Material) -> Table:
    found = material.activities.kinds
    rows = tuple(Row(kind.value, kind.label, tuple(_held(kind, totals))) for kind, totals in found.items())
    return Table("prevention_activities", "Talks, training and campaigns", "Activity", _HELD, rows, _FRIENDS)


def _held(kind: ActivityKind, totals: KindTotals) -> Iterator[Figure]:
    yield count(totals.held)
    for name in ("present", "trained", "refreshers"):
        yield count(getattr(totals, name) if name in kind.shape.numbers else None)
    yield count(totals.leaflets)


_FRIENDS = ("Those trained for the first time in Friends Against Scams are the Friends of the savings table.",)


def _zones(zones: ZoneTotals) -> Table:
    found = (
        ("in_force", "In force on the last day", zones.in_force),
        ("homes", "Homes in them", zones.homes),
        ("set_up", "Set up in the quarter", zones.set_up),
        ("renewed", "Renewed in the quarter", zones.renewed),
        ("ended", "Ended in the quarter", zones.ended),
    )
    rows = tuple(Row(key, title, (count(number),)) for key, title, number in found)
    return Table("prevention_zones", "No-cold-calling zones", "What", _NUMBER, rows)


def _alerts(material: Material) -> Table:
    activity, now = material.figures[material.quarter].activity, material.reach.circulation
    found = [
        ("sent", "Alerts sent in the quarter", activity.alerts_sent),
        ("subscribers", "On the list at its end: residents and partners", activity.subscribers),
        *((f"now_{channel}", _REACHED[channel], number) for channel, number in now.endpoints.items()),
        ("partners", "Partners on the list", now.partners),
    ]
    rows = tuple(Row(key, title, (count(number),)) for key, title, number in found)
    as_of = f"Addresses and partners on the list are as on {write_day(material.reach.on)}."
    return Table("prevention_alerts", "Alerts and our own list", "What", _NUMBER, rows, (as_of,))


_KINDS_OF_REACH = "The three are different kinds of number: they are never added to one another or to our own list."


def _passed_on(found: CirculationFigures) -> Table:
    """Tell the ledger of circulation, each kind of figure for itself and with its date."""
    rows = (
        Row("declared", "Declared: readers that partners say they have", (
            count(found.declared), count(found.declaring_partners), _day(found.last_declared_at))),
        Row("acknowledged", "Acknowledged: times an alert reached a reader, as partners told us", (
            count(found.acknowledged), count(found.acknowledging_partners), _day(found.last_acknowledged_at))),
        Row("observed", "Observed: people who joined by a partner's code and are still with us", (
            count(found.observed), NOTHING, _day(found.counted_at))),
    )  # fmt: skip
    caption = "How far partners carry alerts, by how it is known"
    return Table("prevention_circulation", caption, "How it is known", _KNOWN, rows, (_KINDS_OF_REACH,))


def _day(at: datetime | None) -> Figure:
    return words(write_day(at) if at else "")


def _declared(found: tuple[DeclaredOn, ...]) -> Table:
    """Tell what was declared day by day, and not by whom: some partners are a single volunteer."""
    rows = tuple(
        Row(each.on.isoformat(), write_day(each.on), (count(each.partners), count(each.reach))) for each in found
    )
    return Table("prevention_declared", "When partners declared their readers", "Declared on", _DECLARED, rows)
