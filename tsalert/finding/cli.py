"""Commands about the search."""

import click
from tqdm import tqdm

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.finding import indexing

group = CommandGroup("search", help="Finding records by their words.")


@group.command("index")
def index() -> None:
    """Build the index of words anew while officers go on working; may be stopped, and goes on where it was."""
    with tqdm(total=indexing.count_left(db.session()), unit=" records", disable=None) as bar:
        read = indexing.index_all(now=utc_now(), on_progress=bar.update)
    click.echo(f"{counted(read, 'record')} read.")
