"""Commands about subscribers."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn, TextIO

import click
from flask import current_app
from tqdm import tqdm

from tsalert.commands import CommandGroup
from tsalert.config import SettingsError
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.installation.service import check_start
from tsalert.subscribers import service
from tsalert.subscribers.service import Fault, ImportReport

group = CommandGroup("subscribers", help="Residents and partners who get alerts.")
_OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_SUBSCRIBERS}), Via.COMMAND)
# A line of any length is read in pieces of this many characters, so that no file fills the memory.
_LONGEST_PIECE = 1_000_000


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm", is_flag=True, help="Ask addresses without consent to confirm.")
def import_file(file: Path, confirm: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Add and update subscribers from FILE, a CSV file; exit 1 if any row was bad.

    Bad rows are written to standard error, each with its line; the good ones are kept.
    """
    _check_address_key()
    with file.open(encoding="utf-8", errors="surrogateescape", newline="") as opened, _bar(file) as bar:
        report = service.import_subscribers(
            _lines(opened),
            actor=_OPERATOR,
            now=utc_now(),
            confirm=confirm,
            on_progress=lambda line: bar.update(line - bar.n),
            on_fault=_tell_fault,
        )
    for line in _summary(report, asked=confirm):
        click.echo(line)
    raise SystemExit(1 if report.bad else 0)


def _check_address_key() -> None:
    """Refuse a key under which nobody on the list would be found again, nor those who left."""
    try:
        check_start(current_app.extensions["tsalert_settings"])
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _lines(opened: TextIO) -> Iterator[str]:
    return iter(partial(opened.readline, _LONGEST_PIECE), "")


def _bar(file: Path) -> "tqdm[NoReturn]":
    """Return a progress bar that shows on a terminal only."""
    with file.open("rb") as opened:
        total = sum(piece.count(b"\n") for piece in iter(partial(opened.read, _LONGEST_PIECE), b""))
    return tqdm(total=total, unit=" lines", disable=None)


def _tell_fault(fault: Fault) -> None:
    tqdm.write(f"line {fault.line}: {fault.reason}", file=sys.stderr)


def _summary(report: ImportReport, *, asked: bool) -> Iterator[str]:
    yield f"{report.added:,} added, {report.updated:,} updated, {report.bad:,} bad."
    if report.left:
        yield f"{report.left:,} left the list or cannot be reached, and were let alone."
    if report.unconfirmed:
        told = f"{counted(report.asked, 'was', 'were')} asked to confirm" if asked else "use --confirm to ask them"
        waiting = counted(report.unconfirmed, "address has", "addresses have")
        yield f"{waiting} not confirmed and will get nothing before that; {told}."
