"""Commands that keep the data safe, and move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from tqdm import tqdm

from tsalert.commands import CommandGroup
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.safekeeping import checking, making, moving, restoring, settling
from tsalert.safekeeping.carrying import TakenBack
from tsalert.safekeeping.progress import Advance, Surroundings
from tsalert.safekeeping.rules import Manifest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

group = CommandGroup("backup", help="All records and files in one file, and back.")
database = CommandGroup("database", help="The database as a whole.")


class _Bars:
    """Shows how far the work has come, where a person looks."""

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[Advance]:
        """Show one part of the work."""
        scaled = unit == "B"
        with tqdm(desc=name, total=total, unit=unit if scaled else f" {unit}", unit_scale=scaled, disable=None) as bar:
            yield bar.update


@group.command("make")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make(file: Path) -> None:
    """Write every record and every file into FILE, while the service goes on."""
    manifest = making.make(file, db.engine, _around())
    click.echo(f"{file}: {_told(manifest)}.")


@group.command("check")
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Read FILE through and compare it with its digests; changes nothing."""
    backup = checking.check(file, _settings().address_key, _Bars())
    head = backup.head
    click.echo(f"Made {head.made_at} for {head.made_for} from {head.database}, schema {head.schema}.")
    click.echo(f"{file} is whole: {_told(backup.manifest)}.")


@group.command("restore")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Lose every record and every file that is here now.")
def restore(file: Path, *, replace: bool) -> None:
    """Put what is in FILE in the place of all records and files, or change nothing; web and worker must be stopped.

    Alerts and digests are not sent until somebody starts sending again.
    """
    db.session.remove()
    restored = restoring.restore(file, db.engine, _around(), replaces=replace)
    click.echo(f"Restored as of {restored.backup.head.made_at}: {_told(restored.backup.manifest)}.")
    _tell_taken_back(restored.taken_back)
    click.echo('Sending is stopped. Look at what waits, then: flask --app wsgi sending start --reason "…"')


@group.command("settle")
def settle() -> None:
    """Finish or undo a restore that was cut off at its very end."""
    db.session.remove()
    number = settling.settle(_settings().files, db.engine)
    click.echo(f"{counted(number, 'restore')} settled." if number else "Nothing to settle.")


@database.command("move")
@click.option("--to", "url", required=True, help="The empty database, as TSALERT_DATABASE_URL would name it.")
def move(url: str) -> None:
    """Copy every record to another database and compare both; web and worker must be stopped.

    Leave the password out of the URL: it is taken from PGPASSWORD or ~/.pgpass.
    """
    db.session.remove()
    rows = moving.move(url, db.engine, _Bars(), now=utc_now())
    click.echo(f"{counted(rows, 'row')} moved, every table compared. Now set TSALERT_DATABASE_URL to it, and start.")


def _around() -> Surroundings:
    return Surroundings(_settings(), utc_now(), _Bars())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings


def _tell_taken_back(taken_back: TakenBack) -> None:
    if not taken_back.is_known:
        click.echo("Who left, was erased or shut out since is not known here: see docs/operations.md, After a restore.")
        return
    left = {subscriber_id for subscriber_id, _, _ in taken_back.left}
    click.echo(f"Taken out again: {counted(len(left), 'subscriber')} who left, {len(taken_back.erased):,} erased.")
    click.echo("Officers sign in and may do what they did until now; tokens, keys and links that were ended stay so.")
    if taken_back.records:
        again = counted(taken_back.records, "record that was erased names", "records that were erased name")
        click.echo(f"{again} people again: flask --app wsgi retention due")


def _told(manifest: Manifest) -> str:
    return f"{counted(manifest.rows, 'row')}, {counted(manifest.files.number, 'file')}"
