"""The command that tries out everything and says what is wrong."""

from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.watching.checks import others, own
from tsalert.watching.checks.rules import WRONG, Finding


@click.command("check")
@with_appcontext
def command() -> None:
    """Try out settings, database, clock, room, worker, backup, providers, public address; exit 1 if one is wrong.

    Nothing is sent to anybody, and no secret is printed.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    bad = 0
    for finding in _findings(db.session(), settings):
        click.echo(finding.line)
        bad += finding.verdict == WRONG
    if bad:
        raise SystemExit(1)


def _findings(session: Session, settings: Settings) -> Iterator[Finding]:
    yield from own.of_settings(settings)
    yield from own.of_database(session)
    yield from own.of_start(settings)
    yield from own.of_room(settings)
    yield from own.of_worker(session, now=utc_now())
    yield from own.of_backup(session, now=utc_now())
    yield from others.of_providers(current_app.extensions["tsalert_gateways"])
    yield from others.of_public_address(settings.public_url)
