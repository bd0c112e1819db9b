"""Commands about those whom an alert did not reach, for a script or an officer without a browser."""

import click
from flask.cli import with_appcontext

from tsalert.alerts import queries
from tsalert.alerts.missing import queries as missed
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import SENT_AGAIN, Reason, Way
from tsalert.alerts.missing.service import Again
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import read_reference
from tsalert.alerts.sending_words import on_their_way
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import every
from tsalert.staff.queries import actor_of, get_officer


@click.command("missing")
@click.argument("reference")
@click.option("--each", is_flag=True, help="Name every message too, its address masked.")
@with_appcontext
def missing(reference: str, *, each: bool) -> None:
    """Print whom the alert with REFERENCE did not reach; exit 1 if there is anybody.

    A line for each reason: the reason, how many, and how many of them could get it again at the same address.
    """
    session, alert = db.session(), _get(reference)
    found = missed.by_reason(session, alert)
    for one in found:
        click.echo(f"{one.reason}\t{one.count}\t{one.again}")
    if each:
        _name_each(alert)
    raise SystemExit(1 if found else 0)


@click.command("send-again")
@click.argument("reference")
@click.option("--as", "email", required=True, metavar="EMAIL", help="The officer who sends it; needs leave to approve.")
@click.option(
    "--for",
    "reasons",
    type=click.Choice([each.value for each in SENT_AGAIN]),
    multiple=True,
    help="To those alone whom it did not reach for this reason; may be given more than once. Left out: to all of them.",
)
@click.option(
    "--way",
    type=click.Choice([each.value for each in Way]),
    default=Way.SAME.value,
    help="There, or at another address of theirs.",
)
@click.option("--night-reason", help="Why it cannot wait until the morning, where it wakes people.")
@with_appcontext
def send_again(reference: str, email: str, reasons: tuple[str, ...], way: str, night_reason: str | None) -> None:
    """Send the alert with REFERENCE again to those whom it did not reach, in the words that were approved.

    Whoever has it, may have it, or asked us to stop gets nothing. A worker must be running to deliver it.
    """
    actor = actor_of(get_officer(db.session(), email), Via.COMMAND)
    wanted = Again(tuple(Reason(each) for each in reasons or SENT_AGAIN), Way(way), night_reason)
    size = resending.send_again(_get(reference).id, wanted, actor=actor, now=utc_now())
    click.echo(on_their_way(size))


def _get(reference: str) -> Alert:
    stored = read_reference(reference)
    alert = queries.find_published(db.session(), stored) if stored else None
    if alert is None:
        raise click.ClickException(f"No alert {reference} has been sent.")
    return alert


def _name_each(alert: Alert) -> None:
    for message in every(lambda after: missed.page_of(db.session(), alert, [*Reason], after=after)):
        click.echo(f"{message.channel}\t{message.masked}\t{message.reason}")
