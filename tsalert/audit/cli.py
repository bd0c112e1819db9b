"""Commands about the trail."""

import click

from tsalert.audit import queries
from tsalert.audit.rules import Head
from tsalert.commands import CommandGroup
from tsalert.core.words import counted
from tsalert.db import db

group = CommandGroup("audit", help="The append-only trail of who did what.")


@group.command("verify")
@click.option(
    "--published", nargs=2, type=(int, str), metavar="ENTRIES SEAL", help="The head as it was once published."
)
def verify(published: tuple[int, str] | None) -> None:
    """Check every seal of the trail, and the heads that were published; exit 1 if one does not fit."""
    verdict = queries.verify_chain(db.session(), published=Head(*published) if published else None)
    if not verdict.is_whole:
        click.echo(f"The trail is broken at entry {verdict.broken_at}.", err=True)
        raise SystemExit(1)
    click.echo(f"{counted(verdict.length, 'entry', 'entries')}, every seal fits.")
