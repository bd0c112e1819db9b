"""Commands about places."""

from pathlib import Path

import click

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.places import service
from tsalert.places.rules import read_wards

group = CommandGroup("places", help="Wards.")


@group.command("wards")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_wards(file: Path) -> None:
    """Load wards from FILE, a CSV of code,name; exit 1 if a line was refused."""
    found = read_wards(_text(file).splitlines(keepends=True))
    for problem in found.problems:
        click.echo(problem, err=True)
    click.echo(f"{service.add_wards(found.wards, now=utc_now())} wards loaded.")
    if found.problems:
        raise SystemExit(1)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleViolation(f"The file is not UTF-8: byte {error.start} cannot be read.") from error
