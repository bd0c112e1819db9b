"""Commands about the trail."""

import click

from tsalert.audit import queries
from tsalert.commands import CommandGroup
from tsalert.db import db

group = CommandGroup("audit", help="The append-only trail of who did what.")


@group.command("verify")
def verify() -> None:
    """Check every seal of the trail; exit 1 if one does not fit."""
    verdict = queries.verify_chain(db.session())
    if not verdict.is_whole:
        click.echo(f"The trail is broken at entry {verdict.broken_at}.", err=True)
        raise SystemExit(1)
    click.echo(f"{verdict.length} entries, every seal fits.")
