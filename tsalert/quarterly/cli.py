"""Commands about the board's reports."""

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.quarterly import opening, queries
from tsalert.quarterly.build_cli import build
from tsalert.quarterly.vocabulary import Status
from tsalert.staff import queries as staff

group = CommandGroup("reports", help="The board's quarterly reports.")
group.add_command(build)


@group.command("list")
def list_reports() -> None:
    """Print the newest revision of each quarter's report, and how far it is."""
    for row in queries.newest_reports(db.session()):
        click.echo(f"{row.quarter}  revision {row.revision}  {Status(row.status).label}")


@group.command("open")
@click.argument("quarter", nargs=-1, required=True)
@click.option("--as", "by", required=True, metavar="EMAIL", help="The officer who writes it.")
def open_report(quarter: tuple[str, ...], by: str) -> None:
    """Open the report of QUARTER, such as 2022/23 Q1."""
    period = parse_period(" ".join(quarter))
    actor = staff.actor_of(staff.get_officer(db.session(), by), Via.COMMAND)
    opening.open_report(period, actor=actor, now=utc_now())
    click.echo(f"The report of {period.label} is open.")
