"""The command into which a mail server pipes what comes to the address of the alerts."""

import os
import sys

import click
from sqlalchemy.exc import DBAPIError

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound.mail import service
from tsalert.inbound.mail.rules import LARGEST
from tsalert.inbound.mail.service import Taken
from tsalert.installation import marks

group = CommandGroup("mail", help="Mail that comes to the address of the alerts.")


@group.command("receive")
def receive() -> None:
    """Take one mail from standard input; exit 75 where the database cannot be reached, so that it is tried again.

    Mail that came back, reports of spam and automatic answers are told apart; what people write waits for an officer.
    """
    raw = _read_whole()
    try:
        _refuse_where_moved()
        taken = _take(raw)
    except DBAPIError as error:
        click.echo("The database cannot be reached. Try again.", err=True)
        raise SystemExit(os.EX_TEMPFAIL) from error
    click.echo(f"{taken.sort.label}{'' if taken.is_new else ', taken before'}.")


def _refuse_where_moved() -> None:
    """Have the mail server keep the mail: nobody ever reads what comes into a database that was left for another."""
    fault = marks.moved_fault(db.session())
    db.session.rollback()
    if fault:
        click.echo(fault, err=True)
        raise SystemExit(os.EX_TEMPFAIL)


def _take(raw: bytes) -> Taken:
    now = utc_now()
    try:
        return service.take_mail(raw, now=now)
    except DBAPIError:
        raise
    except Exception:  # noqa: BLE001 - nothing that a stranger sends is lost, or makes the mail server answer them
        return service.keep_unread(raw, now=now)


def _read_whole() -> bytes:
    """Return the beginning of what is piped in; the rest is read too, or the mail server would see its pipe break."""
    stream = sys.stdin.buffer
    raw = stream.read(LARGEST)
    while stream.read(LARGEST):
        pass
    return raw
