"""The dashboard's charts: each says in its title what its figures show."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tsalert.cases.losses import LossSummary
from tsalert.core.money import whole_pounds
from tsalert.core.periods import Period
from tsalert.reports.change import NOT_AVAILABLE, write_value
from tsalert.reports.charts import Chart, Series, Subject, Write, bars, lines, stacked_bars
from tsalert.reports.dashboard import Dashboard
from tsalert.reports.glance import GlanceRow
from tsalert.reports.measures import share_met
from tsalert.response.clock import ResponseFigures
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.valuing.profiles import TOTAL
from tsalert.savings.valuing.valuation import shown_pounds


def charts_of(shown: Dashboard) -> dict[str, Chart]:
    """Draw the charts of a dashboard, by name."""
    return {
        "enquiries": enquiries(shown),
        "detriment": detriment(shown),
        "categories": losses("categories", "What cost victims most", shown.losses.by_category, shown.period),
        "channels": losses("channels", "How victims were reached", shown.losses.by_channel, shown.period),
        "clocks": clocks(shown.glance.figures.response, shown.period),
        "savings": savings(shown),
    }


def enquiries(shown: Dashboard) -> Chart:
    """Draw enquiries, and the cases of a board's categories among them, over quarters."""
    of = list(shown.trend.values())
    series = [
        Series("Enquiries", tuple(Decimal(each.enquiries) for each in of)),
        Series("Scam, doorstep and abuse cases", tuple(Decimal(each.scam_doorstep_abuse) for each in of)),
    ]
    title = _finding(shown, "enquiries", "Enquiries")
    return lines(_subject("enquiries", title, _over(shown), "Enquiries", _count), _labels(shown.trend), series)


def detriment(shown: Dashboard) -> Chart:
    """Draw the money that left victims over quarters."""
    series = [Series("Detriment", tuple(each.detriment for each in shown.trend.values()))]
    title = _finding(shown, "detriment", "Consumer detriment")
    return lines(_subject("detriment", title, _over(shown), "Detriment", shown_pounds), _labels(shown.trend), series)


def losses(slug: str, what: str, summaries: Sequence[LossSummary], period: Period) -> Chart:
    """Draw what victims lost, kind by kind."""
    most = next((each for each in summaries if each.total), None)
    told = f"{most.label}, {shown_pounds(most.total)}" if most else "no loss is recorded"
    title = f"{what} in {period.prose}: {told}"
    parts = [(each.label, each.total) for each in summaries]
    return bars(_subject(slug, title, "One bar for each, the greatest loss first.", "Loss", shown_pounds), parts)


def clocks(found: ResponseFigures, period: Period) -> Chart:
    """Draw how the clocks of immediate responses came out."""
    parts = [
        ("Met within two hours", Decimal(found.met)),
        ("Late", Decimal(found.late)),
        ("Breached, then ended", Decimal(found.breached_then_ended)),
        ("Overdue", Decimal(found.overdue)),
        ("Ended in time without a visit", Decimal(found.not_applicable)),
        ("Still running", Decimal(found.running)),
    ]
    share = share_met(found)
    told = write_value(share) if share.whole else "no clock came out"
    title = f"Immediate responses met within two hours in {period.prose}: {told}"
    return bars(_subject("clocks", title, "One bar for each way in which a clock came out.", "Clocks", _count), parts)


def savings(shown: Dashboard) -> Chart:
    """Draw savings by class, quarter by quarter."""
    tables = list(shown.classes.values())
    classes = {row.slug: row.title for table in tables for row in table.rows}
    series = [Series(title, tuple(_shown_of(table, slug) for table in tables)) for slug, title in classes.items()]
    last, table = list(shown.classes.items())[-1]
    title = f"Savings with every class by itself: {shown_pounds(table.grand_total.exact)} in {last.prose}"
    told = "One bar for each quarter, a part for each class of savings; estimates, not the Council's budget."
    return stacked_bars(_subject("savings", title, told, "Savings", shown_pounds), _labels(shown.classes), series)


def _finding(shown: Dashboard, name: str, label: str) -> str:
    """Say a figure of the period and how it changed; a period that runs has no change yet."""
    row = _row(shown, name)
    if row is None:
        return f"{label} by quarter"
    so_far = " so far" if shown.glance.is_provisional else ""
    changed = "" if row.change.text == NOT_AVAILABLE else f", {row.change.text} on a year before"
    return f"{row.indicator.label}: {write_value(row.current)} in {shown.period.prose}{so_far}{changed}"


def _row(shown: Dashboard, name: str) -> GlanceRow | None:
    return next((row for row in shown.glance.rows if row.indicator.name == name), None)


def _over(shown: Dashboard) -> str:
    quarters = list(shown.trend)
    return f"The quarters from {quarters[0].label} to {quarters[-1].label}, from left to right."


def _labels(quarters: Mapping[Period, object]) -> list[str]:
    return [each.label for each in quarters]


def _shown_of(table: SavingsTable, slug: str) -> Decimal:
    found = next((row.cells.get(TOTAL) for row in table.rows if row.slug == slug), None)
    return whole_pounds(found.exact) if found else Decimal(0)


def _count(value: Decimal) -> str:
    return f"{value:,.0f}"


def _subject(slug: str, title: str, description: str, of: str, write: Write) -> Subject:
    return Subject(f"chart-{slug}", title, description, write, of)
