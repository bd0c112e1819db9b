"""Sending an alert from a file, for a lone officer at night or a script."""

import json
from time import sleep
from typing import IO, Any

import click
from tqdm import tqdm

from tsalert.alerts import queries, service
from tsalert.alerts.missing.cli import missing, send_again
from tsalert.alerts.pointing import MayStay
from tsalert.alerts.rules import Draft
from tsalert.alerts.schemas import AlertDraftSchema
from tsalert.alerts.steps import STATUS_WORDS, Status
from tsalert.commands import CommandGroup
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.staff.queries import actor_of, get_officer

_PAUSE = 0.25
_PATIENCE = 60  # looks without a change before it asks whether a worker runs
_LARGEST_FILE = 1_000_000

group = CommandGroup("alerts", help="Alerts to residents.")
group.add_command(missing)
group.add_command(send_again)


@group.command("send")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--as", "email", required=True, metavar="EMAIL", help="The officer who sends; needs permission to send alone."
)
@click.option("--reason", required=True, help="Why it cannot wait for a second person; a manager reviews it.")
@click.option(
    "--may-stay",
    type=click.Choice([each.value for each in MayStay]),
    help="Why all in it that may point to a person stays: it is public, points to nobody, or residents need it.",
)
@click.option("--readers", type=int, help="How many get it; asked for where they are far more than usual, or one.")
@click.option(
    "--wait", is_flag=True, help="Show progress until all is done; exit 1 unless it was sent, with no message in doubt."
)
def send(file: IO[bytes], email: str, reason: str, may_stay: str | None, readers: int | None, *, wait: bool) -> None:
    """Send the alert in FILE without a second person.

    FILE is JSON: headline, body (Markdown), topic, channels (email, sms) and expires_at; if wanted advice, sms,
    wards (none means everywhere), urgency (routine, urgent), and for whom it is beside that: with_neighbours,
    partner_kinds, but_wards, named, left_out. A worker must be running to deliver it.
    """
    draft = _read(file)
    actor = actor_of(get_officer(db.session(), email), Via.COMMAND)
    why = MayStay(may_stay) if may_stay else None
    alert_id = service.write_and_send_alone(draft, reason, may_stay=why, readers=readers, actor=actor, now=utc_now())
    alert = queries.get_alert(db.session(), alert_id)
    progress = queries.progress(db.session(), alert)
    if progress and progress.total:
        click.echo(f"{alert.reference} is on its way to {counted(progress.total, 'address', 'addresses')}.")
    else:
        click.echo(f"{alert.reference} goes out with the next daily and weekly mails; nobody gets it at once.")
    if wait:
        status, in_doubt = _watch(alert_id)
        click.echo(f"{STATUS_WORDS[status]}; {in_doubt:,} in doubt." if in_doubt else f"{STATUS_WORDS[status]}.")
        raise SystemExit(0 if status is Status.COMPLETED and not in_doubt else 1)


def _read(file: IO[bytes]) -> Draft:
    """Read a draft from JSON.

    :raises ClickException: the file is not JSON in UTF-8, or no object.
    :raises ValidationError: naming each field at fault.
    """
    raw = file.read(_LARGEST_FILE + 1)
    if len(raw) > _LARGEST_FILE:
        raise click.ClickException("The file is larger than a megabyte.")
    try:
        data: Any = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise click.ClickException("The file is not JSON in UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"The file is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise click.ClickException("The file must hold one JSON object.")
    draft: Draft = AlertDraftSchema(exclude=["case_id"]).load(data)
    return draft


def _watch(alert_id: int) -> tuple[Status, int]:
    """Show how far an alert has come until nothing moves any more; return how it ended and how many are in doubt."""
    with tqdm(unit=" messages", desc="Sending") as bar:
        idle = 0
        while True:
            alert = queries.get_alert(db.session(), alert_id)
            status, progress = queries.standing_and_progress(db.session(), alert)
            db.session.remove()
            assert progress is not None  # it was enqueued
            done = progress.total - progress.pending
            idle = 0 if done != bar.n else idle + 1
            bar.total, bar.n = progress.total, done
            bar.refresh()
            if status not in {Status.SENDING, Status.PAUSED}:
                return status, progress.in_doubt
            if idle == _PATIENCE:
                tqdm.write("Nothing moves. Is a worker running, or has somebody paused it?")
            sleep(_PAUSE)
