"""The command that counts every household's records again; it joins the group ``savings``."""

import click

from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.savings.counting import recounting

_OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_RATES}), Via.COMMAND)


@click.command("recount")
def recount() -> None:
    """Work out again what counts of every household's records; it changes only what was not true.

    Needed once after an update from a version that knew no households; running it again changes nothing.
    """
    changed = recounting.recount_households(actor=_OPERATOR, now=utc_now())
    click.echo(f"{counted(changed, 'record counts', 'records count')} otherwise than before.")
