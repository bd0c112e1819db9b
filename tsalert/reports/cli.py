"""Commands that print a period's figures; they join the group ``savings``."""

import json
from collections.abc import Sequence

import click

from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_period
from tsalert.db import db
from tsalert.reports.indicators import Reading, indicators_on, read_all
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.reports.schemas import PeriodFiguresSchema
from tsalert.savings.figures.cli import aligned, table_lines

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, with money in strings.")


@click.command("quarter")
@click.argument("label", nargs=-1, required=True)
@_AS_JSON
def quarter(label: tuple[str, ...], *, as_json: bool) -> None:
    """Print the figures of a quarter, such as 2022/23 Q1."""
    period = parse_period(" ".join(label))
    if "Q" not in period.label:
        raise RuleViolation(f"Name a quarter too, like {period.label} Q1.")
    _show(period, as_json=as_json)


@click.command("year")
@click.argument("label")
@_AS_JSON
def year(label: str, *, as_json: bool) -> None:
    """Print the figures of a financial year, such as 2021/22."""
    period = parse_period(label)
    if "Q" in period.label:
        raise RuleViolation("Name a year alone, like 2021/22.")
    _show(period, as_json=as_json)


def _show(period: Period, *, as_json: bool) -> None:
    now = utc_now()
    figures = period_figures(db.session(), period, now)
    if as_json:
        click.echo(json.dumps(PeriodFiguresSchema().dump(figures), indent=2))
        return
    read = read_all(figures, indicators_on(db.session(), period.last_day))
    for line in _lines(figures, read, has_begun=period.first_day <= london_date(now)):
        click.echo(line)


def _lines(figures: PeriodFigures, read: Sequence[Reading], *, has_begun: bool) -> list[str]:
    readings = [(reading.indicator.label, reading.text) for reading in read]
    return [
        f"{figures.period.label}, {figures.period.prose}",
        *([f"Provisional: the period has not {'ended' if has_begun else 'begun'}."] if figures.is_provisional else []),
        "",
        *aligned(readings),
        "",
        *table_lines(figures.savings),
    ]
