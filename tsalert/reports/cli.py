"""Commands that print a period's figures; they join the group ``savings``."""

import json
from collections.abc import Sequence

import click

from tsalert.core.clock import utc_now
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
    figures = period_figures(db.session(), period, utc_now())
    if as_json:
        click.echo(json.dumps(PeriodFiguresSchema().dump(figures), indent=2))
        return
    for line in _lines(figures, read_all(figures, indicators_on(db.session(), period.last_day))):
        click.echo(line)


def _lines(figures: PeriodFigures, read: Sequence[Reading]) -> list[str]:
    readings = [(reading.indicator.label, reading.text) for reading in read]
    return [
        f"{figures.period.label}, {figures.period.prose}",
        *(["Provisional: the period has not ended."] if figures.is_provisional else []),
        "",
        *aligned(readings),
        "",
        *table_lines(figures.savings),
    ]
