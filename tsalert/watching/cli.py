"""The command that a timer outside runs, so that somebody hears of a worker that is gone."""

from collections.abc import Sequence
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.ports import Unavailable
from tsalert.watching import queries, service


@click.command("watch")
@click.option("--quiet", is_flag=True, help="Write to nobody; only print what is wrong.")
@with_appcontext
def command(*, quiet: bool) -> None:
    """Print what is wrong with the service, write to the managers about it once an hour, and exit 1.

    It sends the mail by itself, without a worker. With nothing wrong it says so and exits 0.
    """
    now = utc_now()
    problems = queries.all_problems(db.session(), current_app.extensions["tsalert_settings"], now=now)
    db.session.rollback()
    if not problems:
        click.echo("All is well.")
        return
    for each in problems:
        click.echo(each)
    if not quiet:
        click.echo(_told(problems, now))
    raise SystemExit(1)


def _told(problems: Sequence[str], now: datetime) -> str:
    """Write to the managers and say what came of it; the watch itself never fails."""
    if problems == [queries.NO_DATABASE]:
        return "Nobody was written to: the addresses are in the database."
    try:
        written = service.write_to_managers(problems, now=now)
        service.send_urgent_mail()
    except Unavailable as error:
        return f"The managers have not got it yet: {error}"
    except SQLAlchemyError as error:
        return f"The managers could not be written to: {type(error).__name__}"
    if written is None:
        return "The managers were written to within the last hour."
    told = {0: "There is no manager to write to.", 1: "1 manager was written to."}
    return told.get(written, f"{written} managers were written to.")
