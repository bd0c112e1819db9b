"""Demand and detriment: how many cases, what victims lost, by type and by channel, and eight quarters of both."""

from collections.abc import Sequence

from tsalert.cases.losses import LossSummary
from tsalert.cases.vocabulary import Channel
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.quarterly.content import Block, Chart, Column, Row, Section, Table
from tsalert.quarterly.figures.behind import behind_losses
from tsalert.quarterly.figures.figuring import Behind, count, pounds, pounds_and_pence
from tsalert.quarterly.figures.findings import counted, greatest
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, ChartKind, Kind, SectionKey, Unit
from tsalert.reports.comparing import year_before
from tsalert.response.vocabulary import Category

MERGED = "scams_and_doorstep_crime", "Scams and doorstep crime"
_MERGES = (((Category.SCAM.value, Category.DOORSTEP_CRIME.value), *MERGED),)
_LOST = (
    Column("told", "Cases that tell a loss", Unit.COUNT, About.PEOPLE),
    Column("untold", "Cases that tell none", Unit.COUNT, About.PEOPLE),
    Column("cases", "Cases", Unit.COUNT, About.PEOPLE, is_total=True),
    Column("lost", "Lost altogether", Unit.MONEY, About.PEOPLE),
)
_TYPICAL = (
    Column("told", "Cases that tell a loss", Unit.COUNT, About.PEOPLE),
    Column("mean", "Mean loss", Unit.MONEY, About.PEOPLE, kind=Kind.MEAN),
    Column("median", "Median loss", Unit.MONEY, About.PEOPLE, kind=Kind.MEDIAN),
)
_TREND = (
    Column("enquiries", "Enquiries", Unit.COUNT, About.PEOPLE, is_total=True),
    Column("cases", "Scam, doorstep and abuse cases", Unit.COUNT, About.PEOPLE),
    Column("other", "Other enquiries", Unit.COUNT, About.PEOPLE),
    Column("lost", "Lost in these cases", Unit.MONEY, About.PEOPLE),
)
_CASES = "Cases of scams, doorstep crime and financial abuse, by the day on which they were opened."
_TOLD = "Mean and median are of the cases that tell a loss; of an even number the median lies between the middle two."


def demand_section(material: Material) -> Section:
    """Lay out a quarter's demand and detriment."""
    losses, period = material.losses[material.quarter], material.quarter
    by_type, by_channel = _in_order(losses.by_category, Category), _in_order(losses.by_channel, Channel)
    most = next(iter(losses.by_category), losses.altogether)
    blocks: tuple[Block, ...] = (
        _chart(material),
        _trend(material),
        Chart(
            "demand_by_type",
            greatest("Money that victims lost", period, most.label.lower(), most.total, losses.altogether.total),
            "One bar for each type of case.",
            ChartKind.BARS,
            "demand_by_type",
            ("lost",),
        ),
        _lost("demand_by_type", "What victims lost, by type", "Type", by_type, losses.altogether, _MERGES),
        _lost("demand_by_channel", "What victims lost, by how they were reached", "Reached", by_channel,
              losses.altogether),
        _typical("demand_typical_by_type", "What one victim lost, by type", "Type", by_type, losses.altogether),
        _typical("demand_typical_by_channel", "What one victim lost, by how they were reached", "Reached",
                 by_channel, losses.altogether),
    )  # fmt: skip
    return Section(SectionKey.DEMAND, blocks)


def _in_order(found: Sequence[LossSummary], kinds: type[Word]) -> list[LossSummary]:
    """Bring kinds into one order for every quarter: by their losses it would tell between which a hidden one lies."""
    by_key = {each.key: each for each in found}
    return [by_key[kind.value] for kind in kinds if kind.value in by_key]


def _chart(material: Material) -> Chart:
    period, trend = material.quarter, material.trend
    is_known = not material.told_of_beginning(year_before(period))
    now, before = trend[period].enquiries, trend[year_before(period)].enquiries if is_known else None
    quarters = list(trend)
    return Chart(
        "demand_trend",
        counted("enquiry", "enquiries", period, now, before, is_provisional=material.is_provisional),
        f"Two lines from {quarters[0].prose} to {quarters[-1].prose}: all enquiries, and the cases of scams, doorstep "
        "crime and financial abuse among them.",
        ChartKind.LINES,
        "demand_trend",
        ("enquiries", "cases"),
    )


def _trend(material: Material) -> Table:
    running = ("The last quarter has not ended.",) if material.is_provisional else ()
    notes = (*running, *material.told_of_beginning(next(iter(material.trend))))
    rows = tuple(_quarter(material, each) for each in material.trend)
    return Table("demand_trend", "Demand and detriment, quarter by quarter", "Quarter", _TREND, rows, notes)


def _quarter(material: Material, period: Period) -> Row:
    found = material.trend[period]
    lost = pounds_and_pence(found.detriment, behind_losses(material, period))
    numbers = (found.enquiries, found.scam_doorstep_abuse, found.enquiries - found.scam_doorstep_abuse)
    return Row(period.label, period.label, (*map(count, numbers), lost))


def _lost(
    key: str,
    caption: str,
    head: str,
    kinds: Sequence[LossSummary],
    altogether: LossSummary,
    merges: tuple[tuple[tuple[str, ...], str, str], ...] = (),
) -> Table:
    rows = (*(_lost_row(each, each.key, each.label) for each in kinds), _lost_row(altogether, "total", "Total"))
    return Table(key, caption, head, _LOST, rows, (_CASES,), _among(merges, kinds))


def _lost_row(found: LossSummary, key: str, title: str) -> Row:
    money = pounds_and_pence(found.total, Behind(found.number, found.largest))
    numbers = map(count, (found.number, found.cases - found.number, found.cases))
    return Row(key, title, (*numbers, money), is_total=key == "total")


def _typical(key: str, caption: str, head: str, kinds: Sequence[LossSummary], altogether: LossSummary) -> Table:
    rows = (*(_typical_row(each, each.key, each.label) for each in kinds), _typical_row(altogether, "total", "All"))
    return Table(key, caption, head, _TYPICAL, rows, (_TOLD,))


def _typical_row(found: LossSummary, key: str, title: str) -> Row:
    behind = Behind(found.number, found.largest)
    figures = (count(found.number), pounds(found.mean, behind), pounds(found.median, behind))
    return Row(key, title, figures, is_total=key == "total")


def _among(
    merges: tuple[tuple[tuple[str, ...], str, str], ...], kinds: Sequence[LossSummary]
) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """Return the merges whose rows all stand in a table."""
    there = {each.key for each in kinds}
    return tuple(each for each in merges if there.issuperset(each[0]))
