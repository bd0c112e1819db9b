"""Commands about cases."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

import click

from tsalert.cases.helpline import HEADER, import_contacts
from tsalert.commands import CommandGroup
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now

group = CommandGroup("cases", help="Case files and what the consumer helpline sends.")
_OPERATOR = Actor(None, "command", frozenset({Permission.WORK_CASE}), Via.COMMAND)
# A line of any length is read in pieces of this many characters, so that no file fills the memory.
_LONGEST_PIECE = 1_000_000


@group.command(
    "helpline",
    epilog=f"The first line of FILE is {','.join(HEADER)}. Of these, scam_type, loss and case may be left empty.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def helpline(file: Path) -> None:
    """Keep the complaints of FILE, a CSV file of the Citizens Advice consumer service; exit 1 if any row was bad.

    Bad rows are written to standard error, each with its line; the good ones are kept. A second run adds nothing.
    """
    with file.open(encoding="utf-8", errors="surrogateescape", newline="") as opened:
        report = import_contacts(_lines(opened), actor=_OPERATOR, now=utc_now(), on_fault=_tell_fault)
    click.echo(
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} as before, {report.bad:,} bad."
    )
    raise SystemExit(1 if report.bad else 0)


def _lines(opened: TextIO) -> Iterator[str]:
    return iter(partial(opened.readline, _LONGEST_PIECE), "")


def _tell_fault(line: int, reason: str) -> None:
    click.echo(f"line {line}: {reason}", err=True)
