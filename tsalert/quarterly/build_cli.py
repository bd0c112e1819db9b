"""The command that builds a quarter's report as a file."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from tqdm import tqdm

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_quarter
from tsalert.db import db
from tsalert.documents.pdf import Unprintable
from tsalert.quarterly import building
from tsalert.quarterly.building import Wanted
from tsalert.quarterly.content import Report
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing import formats, wording
from tsalert.quarterly.writing.formats import Format, Making
from tsalert.reports.memory import FiguresMemory

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("build")
@click.argument("quarter", nargs=-1, required=True)
@click.option("--format", "kind", type=click.Choice([each.value for each in Format]), required=True)
@click.option("--out", type=_FILE, required=True, metavar="FILE", help="Where to put it; written whole or not at all.")
@click.option(
    "--edition",
    type=click.Choice([each.value for each in Edition]),
    default=Edition.PUBLIC.value,
    show_default=True,
    help="The board's tells of single people.",
)
@click.option("--revision", type=click.IntRange(min=1), help="Its newest revision, if left out.")
def build(quarter: tuple[str, ...], kind: str, out: Path, edition: str, revision: int | None) -> None:
    """Build the report of QUARTER, such as 2022/23 Q1, as a file.

    Where no report is open yet, it is built from the records as an unsaved draft.
    """
    now, wanted = utc_now(), Wanted(parse_quarter(" ".join(quarter)), Edition.of(edition), revision)
    with tqdm(total=3, unit=" steps", disable=None) as bar:
        bar.set_description("Reading the records")
        report = building.report_of(db.session(), wanted, memory=FiguresMemory(), now=now)
        bar.update()
        bar.set_description("Writing the report")
        content = _written(report, Format.of(kind), now)
        bar.update()
        bar.set_description("Saving the file")
        _put(content, out)
        bar.update()
    standing = wording.standing_of(report.head)
    click.echo(f"{out}: {report.head.period}, {edition} edition, {standing}, {len(content):,} bytes.")


def _written(report: Report, kind: Format, now: datetime) -> bytes:
    settings: Settings = current_app.extensions["tsalert_settings"]
    making = Making(now, settings.document_fonts, settings.word_template)
    try:
        return formats.content_of(report, kind, making)
    except Unprintable as error:
        raise click.ClickException(f"The PDF cannot be printed: {error}.") from error


def _put(content: bytes, out: Path) -> None:
    try:
        building.put(content, out)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
