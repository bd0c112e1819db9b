"""The one switch from a terminal: for whoever runs the machine when no officer can be reached."""

import click

from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import stopping
from tsalert.delivery.stop_schemas import SwitchSchema

_OPERATOR = Actor(None, "the command line", frozenset({Permission.STOP_SENDING}), Via.COMMAND)

group = CommandGroup("sending", help="All sending of alerts and digests, by one switch.")


@group.command("stop")
@click.option("--reason", required=True, help="Why; it is shown on every officer's page.")
def stop(reason: str) -> None:
    """Let no alert and no digest leave, from the next batch of every worker on."""
    stopping.stop_sending(SwitchSchema().load({"reason": reason})["reason"], actor=_OPERATOR, now=utc_now())
    click.echo(f"Stopped. {_waiting()}")


@group.command("start")
@click.option("--reason", required=True, help="Why it may go on.")
def start(reason: str) -> None:
    """Let what waits leave at once."""
    stopping.start_sending(SwitchSchema().load({"reason": reason})["reason"], actor=_OPERATOR, now=utc_now())
    click.echo(f"Started. {_waiting()}")


def _waiting() -> str:
    count = stopping.count_waiting(db.session())
    return f"{count:,} message{' waits' if count == 1 else 's wait'}."
