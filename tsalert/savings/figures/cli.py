"""Commands that print savings by type, class, ward or quarter, and what a draft would change."""

import json
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

import click

from tsalert.core.actors import Via
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.savings.figures.claims import Claim, find_claim, quote_claim
from tsalert.savings.figures.comparing_tables import compare_rows
from tsalert.savings.figures.overview import By, Wanted, table_of
from tsalert.savings.figures.overview_schemas import TrialSchema, WantedSavingsSchema, WantedTrialSchema, resolve
from tsalert.savings.figures.schemas import SavingsTableSchema
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.figures.what_if import try_rates
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PROFILES
from tsalert.savings.valuing.recognition import Recognition
from tsalert.staff import queries as staff


def _words(choices: Iterable[StrEnum]) -> click.Choice[str]:
    """Offer the words that addresses and the interface take, not the names that the code has for them."""
    return click.Choice([each.value for each in choices])


def _method(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how figures are worked out."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON, with money in strings."),
        click.option("--profile", type=click.Choice(list(PROFILES)), help="Which columns."),
        click.option("--recognition", type=_words(Recognition), help="When what lasts is counted."),
        click.option("--basis", type=_words(Basis), help="Which rates, and which end of the evidence."),
    ):
        command = option(command)
    return command


@click.command("table")
@click.argument("label", nargs=-1)
@click.option("--since", help="Everything since a day, like 2006-04-01.")
@click.option("--by", type=_words(By), default=By.TYPE.value, help="What there is a row for.")
@_method
def table(label: tuple[str, ...], *, since: str | None, by: str, as_json: bool, **method: str | None) -> None:
    """Print savings of a period, such as 2022/23 Q1 or rolling, by type, class, ward or quarter."""
    asked = WantedSavingsSchema().load(_given(period=" ".join(label) or None, since=since, by=by, **method))
    period = resolve(asked["period"], asked["since"], london_date(utc_now()))
    found = table_of(db.session(), Wanted(period, asked["by"], asked["method"]))
    if as_json:
        click.echo(json.dumps(SavingsTableSchema().dump(found), indent=2))
        return
    _echo([f"{period.label}, {period.prose}, {found.method.basis.label.lower()} basis", "", *table_lines(found)])
    claim = find_claim(db.session()) if since else None
    if claim:
        click.echo(f"Quoted, and in no figure: {claim.words} ({claim.source})")


@click.command("what-if")
@click.argument("rate_set")
@click.argument("label", nargs=-1, required=True)
@_method
def what_if(rate_set: str, label: tuple[str, ...], *, as_json: bool, **method: str | None) -> None:
    """Print what a rate set, such as a draft, would make of a period; nothing is written."""
    asked = WantedTrialSchema().load(_given(trial=rate_set, period=" ".join(label), **method))
    period = resolve(asked["period"], None, london_date(utc_now()))
    trial = try_rates(db.session(), period, asked["method"])
    if as_json:
        click.echo(json.dumps(TrialSchema().dump({"standing": trial.standing, "tried": trial.tried}), indent=2))
        return
    head = ("Work", "As it is now", "With the rates tried", "Difference")
    rows = [
        (row.standing.title, row.standing.total.text, row.tried.total.text, row.text)
        for row in compare_rows(trial.standing, trial.tried)
    ]
    _echo([f"{period.label}, {period.prose}: {trial.rate_set.title}", "", *aligned([head, *rows])])
    _echo([f"Note: {note}" for note in trial.tried.notes])


@click.command("claim")
@click.option("--words", required=True, help='Such as "£2.5 million saved since 2006".')
@click.option("--source", required=True, help="Where it stands.")
@click.option("--as", "by", required=True, metavar="EMAIL", help="The manager who quotes it.")
def claim(words: str, source: str, by: str) -> None:
    """Quote what others say of the savings beside cumulative figures; it is added to none."""
    actor = staff.actor_of(staff.get_officer(db.session(), by), Via.COMMAND)
    quote_claim(Claim(words, source), actor=actor, now=utc_now())
    click.echo(f"Quoted beside cumulative figures, and in none of them: {words} ({source})")


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def table_lines(found: SavingsTable) -> list[str]:
    """Write a table in aligned columns, with its notes beneath."""
    head = ("Savings", "Number", *found.columns.values())
    rows = []
    for row in found.lines:
        cells = [row.cell(name) for name in found.columns]
        number = "" if row.number is None else f"{row.number:,}"
        rows.append((row.title, number, *(cell.text if cell else "-" for cell in cells)))
    notes = [*found.notes, *(line.text for line in found.reconciliation)]
    apart = [f"{item.title}: {item.records:,} ({item.reason})" for item in found.apart]
    return [*aligned([head, *rows]), *(f"Note: {note}" for note in notes), *(f"Apart: {item}" for item in apart)]


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Align the first column to the left and the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)
