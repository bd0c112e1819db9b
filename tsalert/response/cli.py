"""Commands about rapid response."""

import json
from collections.abc import Iterator

import click

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_span
from tsalert.db import db
from tsalert.response import figure_telling
from tsalert.response.clock import ClockState
from tsalert.response.counting import Group, Tally
from tsalert.response.figure_schemas import ResponseFiguresSchema
from tsalert.response.figure_telling import COLUMNS, HEAD, Told
from tsalert.web.exports import csv_text

group = CommandGroup("response", help="Rapid response: calls, incidents and the two-hour clock.")


@group.command("figures")
@click.argument("label", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def figures(label: tuple[str, ...], *, as_json: bool, as_csv: bool) -> None:
    """Print the figures of a period, such as 2022/23 Q1, "May 2022" or "2022-05-03 to 2022-05-14"."""
    told = figure_telling.tell(db.session(), parse_span(" ".join(label)), now=utc_now())
    if as_json:
        click.echo(json.dumps(ResponseFiguresSchema().dump(told), indent=2))
    elif as_csv:
        click.echo(csv_text(HEAD, figure_telling.table(told)), nl=False)
    else:
        click.echo("\n".join(_lines(told)))


def _lines(told: Told) -> Iterator[str]:
    yield f"{told.period.label}, {told.period.prose}"
    if told.is_provisional:
        yield "Provisional: the period has not ended."
    yield from ("", *_total(told.total))
    for by, groups in told.groups.items():
        yield from ("", by.label, *(_group(each) for each in groups))
    for title, numbers in _counts(told):
        yield from ("", title, *(f"  {number:>7,}  {label}" for label, number in numbers))
    yield from ("", "Met, and told only after the target")
    yield from (f"  {each.reference}  {each.officer}" for each in told.met_after_breach)


def _counts(told: Told) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    yield "Calls", [(f"{each.line.label}: {each.disposition.label}", each.calls) for each in told.calls]
    for title, counts in (
        ("Outcomes of the reports", told.outcomes),
        ("Never graded immediate", told.not_immediate),
        ("Incidents that are no reports", told.no_reports),
    ):
        yield title, [(each.label, each.number) for each in counts]
    ended = [(f"{each.state.capitalize()}: {each.label}", each.clocks) for each in told.ended]
    yield "Clocks that ended with nobody there", ended


def _total(tally: Tally) -> Iterator[str]:
    numbers = [("Reports", tally.reports), ("Immediate", tally.immediate)]
    numbers += [(title, tally.states[state]) for title, state in COLUMNS]
    numbers += [("Told over 15 minutes later", tally.told_late), ("Met after breach", tally.met_after_breach)]
    yield from (f"{title:<28}{number:>9,}" for title, number in numbers)
    yield f"{'Share met':<28}{_share(tally):>9}"
    yield f"{'Minutes to scene, median':<28}{tally.median_minutes if tally.to_scene else '-':>9}"
    yield f"{'Minutes to scene, 90th':<28}{tally.p90_minutes if tally.to_scene else '-':>9}"


def _group(found: Group) -> str:
    return f"  {found.tally.reports:>7,}  {found.label}; immediate {found.tally.immediate:,}, met {_share(found.tally)}"


def _share(tally: Tally) -> str:
    told = f"{tally.states[ClockState.MET]:,} of {tally.counted:,}"
    return told if tally.met_percent is None else f"{told} ({tally.met_percent}%)"
