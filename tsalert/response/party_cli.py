"""Commands about the parties of calls."""

import click
from tqdm import tqdm

from tsalert.commands import CommandGroup
from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.installation.service import is_demo
from tsalert.response import indexing

group = CommandGroup("parties", help="People and businesses across calls.")


@group.command("index")
def index() -> None:
    """Find the parties of calls that were logged before parties were kept; may be stopped and run again."""
    with tqdm(total=indexing.count_calls(db.session()), unit=" calls", disable=None) as bar:
        read = indexing.index_calls(
            is_demo=is_demo(), now=utc_now(), on_progress=lambda count: bar.update(count - bar.n)
        )
    click.echo(f"{counted(read, 'call')} read.")
