"""Commands about the board's reports."""

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_quarter
from tsalert.db import db
from tsalert.quarterly import opening, queries, verifying
from tsalert.quarterly.build_cli import build
from tsalert.quarterly.verifying import Verdict
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
    period = parse_quarter(" ".join(quarter))
    actor = staff.actor_of(staff.get_officer(db.session(), by), Via.COMMAND)
    opening.open_report(period, actor=actor, now=utc_now())
    click.echo(f"The report of {period.label} is open.")


@group.command("verify")
@click.argument("quarter", nargs=-1)
def verify(quarter: tuple[str, ...]) -> None:
    """Compare the reports of QUARTER, or of all, with their digests, signatures and the trail; exit 1 if one differs.

    The trail itself is checked by ``audit verify``.
    """
    wanted = parse_quarter(" ".join(quarter)) if quarter else None
    verdicts = verifying.verify(db.session(), wanted)
    gone = verifying.missing(db.session())
    for verdict in verdicts:
        _tell(verdict)
    for number in gone:
        click.echo(f"Report number {number} was published, as the trail tells, and is gone.", err=True)
    differing = sum(bool(verdict.faults) for verdict in verdicts) + len(gone)
    click.echo(f"Revisions compared: {len(verdicts):,}. Not what they were: {differing:,}.")
    raise SystemExit(1 if differing else 0)


def _tell(verdict: Verdict) -> None:
    name = f"{verdict.quarter}  revision {verdict.revision}"
    for fault in verdict.faults:
        click.echo(f"{name}: {fault}", err=True)
    if not verdict.faults:
        click.echo("  ".join(filter(None, (name, verdict.status.label, verdict.digest))))
