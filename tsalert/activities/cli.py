"""Commands about activities."""

from pathlib import Path

import click

from tsalert.activities.figures import activity_totals, total_rows
from tsalert.activities.importing import import_activities
from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_span
from tsalert.core.spreadsheets import write_csv
from tsalert.db import db

group = CommandGroup("activities", help="Talks, sessions, training, campaigns and zones.")
_OPERATOR = Actor(None, "command", frozenset({Permission.RECORD_INTERVENTION}), Via.COMMAND)
_LONGEST_PIECE = 100_000


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Add activities that were held from FILE, a CSV file; exit 1 if any row was bad.

    Bad rows are written to standard error, each with its line; the good ones are kept, and none is added twice.
    """
    with file.open(encoding="utf-8", errors="surrogateescape", newline="") as opened:
        lines = iter(lambda: opened.readline(_LONGEST_PIECE), "")
        report = import_activities(lines, actor=_OPERATOR, now=utc_now(), on_fault=_tell_fault)
    click.echo(f"{report.added:,} added, {report.known:,} known before, {report.bad:,} bad.")
    raise SystemExit(1 if report.bad else 0)


@group.command("totals")
@click.argument("period")
def print_totals(period: str) -> None:
    """Print the activities of PERIOD, like "2022/23 Q1", in numbers, as CSV."""
    totals = activity_totals(db.session(), parse_span(period))
    click.echo(write_csv(("Group", "What", "Number"), total_rows(totals)), nl=False)


def _tell_fault(line: int, reason: str) -> None:
    click.echo(f"line {line}: {reason}", err=True)
