"""Commands about places."""

import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

import click
from tqdm import tqdm

from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.core.records import decoded
from tsalert.core.words import counted
from tsalert.places import importing, service
from tsalert.places.directory import edition_in, read_month
from tsalert.places.finding import own_authority
from tsalert.places.importing import Source
from tsalert.places.rules import read_wards
from tsalert.places.wards import import_names

group = CommandGroup("places", help="Wards, postcodes and borders.")
_OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_RESPONSE}), Via.COMMAND)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LONGEST_PIECE = 100_000


@group.command("wards")
@click.argument("file", type=_FILE)
def load_wards(file: Path) -> None:
    """Load wards from FILE, a CSV of code,name; exit 1 if a line was refused."""
    found = read_wards(decoded(file.read_bytes()).splitlines(keepends=True))
    for problem in found.problems:
        click.echo(problem, err=True)
    click.echo(f"{counted(service.add_wards(found.wards, now=utc_now()), 'ward')} loaded.")
    if found.problems:
        raise SystemExit(1)


@group.command("import")
@click.argument("file", type=_FILE)
@click.option("--edition", help="The month that it describes, like 2026-08; by default read from the file's name.")
def import_directory(file: Path, edition: str | None) -> None:
    """Keep the postcodes of FILE, the ONS Postcode Directory as one CSV file; exit 1 if any row was bad.

    A run that was stopped goes on where it was when it is started again with the same file. Bad rows are written to
    standard error, each with its line.
    """
    source = Source(file, _edition(file, edition))
    with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, disable=None) as bar:
        report = importing.import_directory(
            source,
            own=own_authority(),
            actor=_OPERATOR,
            now=utc_now(),
            on_progress=lambda done: bar.update(done - bar.n),
            on_fault=_tell_fault,
        )
    if report.was_done:
        click.echo("This file was imported to its end before; nothing was done.")
    click.echo(f"{report.added:,} added, {report.moved:,} moved, {report.changed:,} put right, {report.bad:,} bad.")
    if report.wards:
        changed = counted(report.wards, "ward of ours is new or has", "wards of ours are new or have")
        click.echo(f"{changed} a new name.")
    raise SystemExit(1 if report.bad else 0)


@group.command("import-names")
@click.argument("file", type=_FILE)
def load_names(file: Path) -> None:
    """Keep the names of wards, authorities or counties from FILE, a CSV file of the ONS; exit 1 if any row was bad."""
    with file.open(encoding="utf-8", errors="surrogateescape", newline="") as opened:
        report = import_names(_lines(opened), own=own_authority(), actor=_OPERATOR, now=utc_now())
    kept, changed = counted(report.names, "name"), counted(report.wards, "ward")
    click.echo(f"{kept} kept, {report.bad:,} bad; {changed} of ours new or renamed.")
    raise SystemExit(1 if report.bad else 0)


def _edition(file: Path, told: str | None) -> date:
    try:
        found = read_month(told) if told else edition_in(file.name)
    except RuleViolation as error:
        raise RuleViolation("Give the month of the edition, like --edition 2026-08.") from error
    if found is None:
        raise RuleViolation("The file's name does not tell its month. Give it, like --edition 2026-08.")
    return found


def _lines(opened: TextIO) -> Iterator[str]:
    return iter(partial(opened.readline, _LONGEST_PIECE), "")


def _tell_fault(line: int, reason: str) -> None:
    tqdm.write(f"line {line}: {reason}", file=sys.stderr)
