"""Commands about the rota."""

import click

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.rota import alarms, queries, wording
from tsalert.rota.schemas import WhenSchema
from tsalert.web.filters import moment

group = CommandGroup("rota", help="Who is on duty, and when nobody is.")


@group.command("on-duty")
@click.option("--at", help="An instant with its zone, like 2026-11-22T03:15:00Z; now if left out.")
def on_duty(at: str | None) -> None:
    """Print who is, was or will be on duty, one line each: duty, name, until when."""
    instant = WhenSchema().load({"at": at} if at is not None else {})["at"] or utc_now()
    people = queries.on_duty(db.session(), at=instant)
    for each in people:
        click.echo(f"{each.duty.label}: {each.name}, until {moment(each.until)}")
    if not people:
        click.echo(f"Nobody is on duty at {moment(instant)}.")


@group.command("gaps")
def gaps() -> None:
    """Print the gaps that begin within seven days; exit 1 if there are any."""
    found = alarms.gaps_ahead(db.session(), now=utc_now())
    for gap in found:
        click.echo(wording.describe_gap(gap))
    if found:
        raise SystemExit(1)
    click.echo("No gap in the next seven days.")
